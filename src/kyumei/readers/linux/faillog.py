"""Failed logins of each account: /var/log/faillog, records of 32 bytes (64-bit machines), one for each numeric user, in order.

Format: https://man7.org/linux/man-pages/man5/faillog.5.html, `struct faillog` of the shadow suite: two 16-bit counts, a
terminal's name of 12 bytes, time of the last failure and seconds of locking as 64-bit numbers
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from kyumei.model.source import LIKELY
from kyumei.model.text import decode
from kyumei.readers.linux.by_uid import used
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

SIZE: Final = 32
_STRUCT: Final = struct.Struct("<hh12sqq")
_FIRST: Final = 631_152_000
_LAST: Final = 253_402_300_800
_LONGEST: Final = 10 * 365 * 86_400


def accepts(source: Source) -> int:
    """Return how sure it is that the beginning holds records of failures and empty ones, and nothing else."""
    head = source.head
    records = [head[at : at + SIZE] for at in range(0, len(head) - SIZE + 1, SIZE)]
    filled = [record for record in records if any(record)]
    sound = sum(_is_sound(record) for record in filled)
    failed = any(_STRUCT.unpack(record)[3] for record in filled if _is_sound(record))
    return LIKELY + 5 if failed and 4 * sound >= 3 * len(filled) else 0


@reader(
    "linux.faillog",
    accepts=accepts,
    title="Failed logins by account (faillog)",
    spec="https://man7.org/linux/man-pages/man5/faillog.5.html",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each account with a record; `rec` is the byte offset of the record, `uid` its number.

    The event is the last failure, `fail_count` how many there were since the last success. Times are UTC with the precision of
    a second. Records of zeros are no events.
    """
    for at, data in used(source, SIZE):
        _record(at, data, rows)


def _record(at: int, data: bytes, rows: Rows) -> None:
    if len(data) < SIZE or not _is_sound(data):
        rows.fault(at, "failed-login record cut short" if len(data) < SIZE else "no failed-login record", len(data))
        return
    count, most, line, seconds, locked = _STRUCT.unpack(data)
    terminal = decode(line.partition(b"\0")[0]).text
    rows.add(
        rec=at,
        ts=seconds * 1_000_000 if seconds else None,
        ts_kind="last failure" if seconds else None,
        zone_assumed=False,
        action="login.failed" if seconds else "record.written",
        outcome="failure" if seconds else None,
        message=f"{count} failed logins of uid {at // SIZE} {terminal}".rstrip(),
        fields={
            "uid": str(at // SIZE),
            "fail_count": str(count),
            "fail_max": str(most) if most else None,
            "line": terminal,
            "locked_s": str(locked) if locked else None,
        },
    )


def _is_sound(data: bytes) -> bool:
    count, most, line, seconds, locked = _STRUCT.unpack(data)
    name, _, padding = line.partition(b"\0")
    timed = _FIRST < seconds < _LAST and bool(name or count) if seconds else not name
    good = timed and count >= 0 and most >= 0 and 0 <= locked < _LONGEST and not padding.strip(b"\0")
    return good and all(0x20 < byte < 0x7F for byte in name)
