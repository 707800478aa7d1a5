"""The last login of each account: /var/log/lastlog, records of 292 bytes, one for each numeric user, in order.

Accounts that never logged in are records of zeros, so the file is mostly holes. The record's place is the user's number; the
name stands in the passwd file of the same machine.

Format: https://man7.org/linux/man-pages/man8/lastlog.8.html, `struct lastlog` of glibc's bits/utmp.h
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from kyumei.model.source import LIKELY
from kyumei.model.text import decode
from kyumei.readers.addresses import normal
from kyumei.readers.linux.by_uid import used
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

SIZE: Final = 292
_STRUCT: Final = struct.Struct("<I32s256s")
_EMPTY: Final = bytes(SIZE)
_FIRST: Final = 631_152_000
"""1990-01-01: no login is older."""


def accepts(source: Source) -> int:
    """Return how sure it is that the beginning holds records of logins and empty ones, and nothing else."""
    head = source.head
    records = [head[at : at + SIZE] for at in range(0, len(head) - SIZE + 1, SIZE)]
    filled = [record for record in records if record != _EMPTY]
    if not filled or source.size < SIZE:
        return 0
    sound = sum(_is_sound(record) for record in filled)
    return LIKELY + 10 if 4 * sound >= 3 * len(filled) else 0


@reader(
    "linux.lastlog",
    accepts=accepts,
    title="Last logins (lastlog)",
    spec="https://man7.org/linux/man-pages/man8/lastlog.8.html",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each account that logged in; `rec` is the byte offset of the record, `uid` its number.

    Times are UTC with the precision of a second. Records of zeros say that an account never logged in and are no events.
    Records that the format does not allow, and a cut one at the end, are faults.
    """
    for at, data in used(source, SIZE):
        _record(at, data, rows)


def _record(at: int, data: bytes, rows: Rows) -> None:
    if len(data) < SIZE or not _is_sound(data):
        rows.fault(at, "last-login record cut short" if len(data) < SIZE else "no last-login record", len(data))
        return
    seconds, line, host = _STRUCT.unpack(data)
    where, place = _text(host), _text(line)
    rows.add(
        rec=at,
        ts=seconds * 1_000_000,
        ts_kind="last login",
        zone_assumed=False,
        action="login.succeeded",
        outcome="success",
        src_ip=None if where.startswith(":") else normal(where) or None,
        message=" ".join(part for part in (f"last login of uid {at // SIZE}", place, where) if part),
        fields={"uid": str(at // SIZE), "line": place, "ll_host": where},
    )


def _is_sound(data: bytes) -> bool:
    seconds, line, host = _STRUCT.unpack(data)
    name, _, padding = line.partition(b"\0")
    where, _, rest = host.partition(b"\0")
    good = seconds > _FIRST and bool(name) and not padding.strip(b"\0") and not rest.strip(b"\0")
    return good and all(0x20 < byte < 0x7F for byte in name) and all(byte >= 0x20 for byte in where)


def _text(field: bytes) -> str:
    return decode(field.partition(b"\0")[0]).text
