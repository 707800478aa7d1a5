"""Login records of Linux: wtmp, btmp and utmp with the 384-byte records of glibc on x86-64 and most other machines.

Found as /var/log/wtmp*, /var/log/btmp* and /run/utmp. An emptied record (all zero) is kept as an event: tools that hide a
login write it so.

Format: https://man7.org/linux/man-pages/man5/utmp.5.html, `struct utmp` with `__WORDSIZE_TIME64_COMPAT32`.
"""

from __future__ import annotations

import struct
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kyumei.model.source import CERTAIN
from kyumei.model.text import decode
from kyumei.readers.addresses import normal
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

SIZE: Final = 384
_STRUCT: Final = struct.Struct("<h2xi32s4s32s256shhiii16s20x")
_TYPES: Final = (
    *("EMPTY", "RUN_LVL", "BOOT_TIME", "NEW_TIME", "OLD_TIME", "INIT_PROCESS", "LOGIN_PROCESS"),
    *("USER_PROCESS", "DEAD_PROCESS", "ACCOUNTING"),
)
_SAYS: Final = {
    "BOOT_TIME": ("log.started", None),
    "NEW_TIME": ("audit.changed", "success"),
    "USER_PROCESS": ("login.succeeded", "success"),
    "DEAD_PROCESS": ("session.ended", None),
}
_BUFFER: Final = SIZE * 8192


class Record(NamedTuple):
    """One record as it lies in the file."""

    type: int
    pid: int
    line: bytes
    id: bytes
    user: bytes
    host: bytes
    termination: int
    exit: int
    session: int
    seconds: int
    micros: int
    address: bytes


def accepts(source: Source) -> int:
    """Return how sure it is that the file is a row of login records; it may be damaged in places."""
    head = source.head[: 64 * SIZE]
    records = [_record(head, at) for at in range(0, len(head) - SIZE + 1, SIZE)]
    if not records:
        return 0
    sound = sum(_is_sound(record) for record in records)
    return CERTAIN if 2 * sound >= len(records) and all(_is_possible(r) or not _is_sound(r) for r in records) else 0


@reader(
    "linux.utmp",
    accepts=accepts,
    title="Login records (wtmp, btmp)",
    spec="https://man7.org/linux/man-pages/man5/utmp.5.html",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each record; `rec` is its byte offset. Times are UTC and have the precision of a microsecond.

    In a btmp file, known by its name or because every record of its beginning is a login in progress of some account, each
    record is a failed login. After bytes that are no record, reading resumes at the next place that holds a sound one.
    """
    failed = _is_btmp(source)
    for at, data in _records(source, rows):
        record = Record(*_STRUCT.unpack(data))
        kind = _TYPES[record.type]
        account = _text(record.user)
        action, outcome = _says(kind, account, failed=failed)
        host, address = _text(record.host), _address(record.address)
        rows.add(
            rec=at,
            ts=record.seconds * 1_000_000 + record.micros if record.seconds else None,
            ts_kind="written",
            zone_assumed=False,
            action=action,
            outcome=outcome,
            account=account or None,
            src_ip=address or _from(kind, host),
            message=" ".join(part for part in (kind, account, _text(record.line), host) if part),
            fields=_fields(record, kind, host, address),
        )


def _fields(record: Record, kind: str, host: str, address: str) -> dict[str, str | None]:
    return {
        "type": kind,
        "pid": str(record.pid),
        "line": _text(record.line),
        "id": _text(record.id),
        "ut_host": host,
        "address": address,
        "session": str(record.session) if record.session else None,
        "exit_status": str(record.exit) if record.exit else None,
    }


def _records(source: Source, rows: Rows) -> Iterator[tuple[int, bytes]]:
    """Yield offset and bytes of each record; what lies between is a fault."""
    with source.open() as stream:
        base, buffer, lost = 0, b"", -1
        while True:
            more = stream.read(_BUFFER)
            buffer += more
            at = 0
            while len(buffer) - at >= SIZE and (not more or len(buffer) - at >= 2 * SIZE):
                record = _record(buffer, at)
                if _is_possible(record) if lost < 0 else _is_sound(record):
                    if lost >= 0:
                        rows.fault(lost, "no login record", base + at - lost)
                        lost = -1
                    yield base + at, buffer[at : at + SIZE]
                    at += SIZE
                else:
                    lost = base + at if lost < 0 else lost
                    at += 1
            base, buffer = base + at, buffer[at:]
            if not more:
                break
        if lost >= 0 or buffer:
            start = lost if lost >= 0 else base
            rows.fault(start, "no login record" if lost >= 0 else "login record cut short", base + len(buffer) - start)


def _record(data: bytes, at: int) -> Record:
    return Record(*_STRUCT.unpack_from(data, at))


def _is_possible(record: Record) -> bool:
    """Return whether nothing in the record contradicts the format."""
    return 0 <= record.type < len(_TYPES) and 0 <= record.micros < 1_000_000 and record.seconds >= 0 and record.pid >= 0


def _is_sound(record: Record) -> bool:
    """Return whether the record says something that the format allows, so that reading may resume with it."""
    if not _is_possible(record) or record.type == 0 or record.seconds < 100_000_000:
        return False
    line, _, padding = record.line.partition(b"\0")
    return all(0x20 <= byte < 0x7F for byte in line) and not padding.strip(b"\0")


def _is_btmp(source: Source) -> bool:
    if source.name.lower().startswith("btmp"):
        return True
    head = source.head
    records = [_record(head, at) for at in range(0, len(head) - SIZE + 1, SIZE)]
    return bool(records) and all(r.type == 6 and _text(r.user) not in {"", "LOGIN"} for r in records)


def _says(kind: str, account: str, *, failed: bool) -> tuple[str, str | None]:
    if failed and kind in {"LOGIN_PROCESS", "USER_PROCESS"}:
        return "login.failed", "failure"
    if kind == "RUN_LVL" and account == "shutdown":
        return "log.stopped", None
    return _SAYS.get(kind, ("record.written", None))


def _from(kind: str, host: str) -> str | None:
    """Return the remote host; boot records have the kernel's release there, local ones the display."""
    if kind not in {"LOGIN_PROCESS", "USER_PROCESS", "DEAD_PROCESS"} or host.startswith(":"):
        return None
    return normal(host) or None


def _text(field: bytes) -> str:
    return decode(field.partition(b"\0")[0]).text


def _address(field: bytes) -> str:
    if not any(field):
        return ""
    address: Any = IPv4Address(field[:4]) if not any(field[4:]) else IPv6Address(field)
    return normal(str(address))
