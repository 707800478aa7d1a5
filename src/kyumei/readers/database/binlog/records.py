"""The records of a binary log, one behind the other, with their checksums looked at.

After damage reading goes on where a record's header states the place at which it ends, or follows the server and time of those
before it. Packed transactions (MySQL 8) are opened.

Format: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication_binlog_event.html
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.store.rows import Rows

MAGIC: Final = b"\xfebin"
HEADER: Final = 19
QUERY, STOP, ROTATE, INTVAR, RAND, USER_VAR, FORMAT, XID = 2, 3, 4, 5, 13, 14, 15, 16
EXECUTE_LOAD, TABLE_MAP, INCIDENT, ROWS_QUERY, GTID, ANONYMOUS, PAYLOAD = 18, 19, 26, 29, 33, 34, 40
ANNOTATE, MARIA_GTID, ENCRYPTION, QUERY_PACKED = 160, 162, 164, 165
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of one record that is taken apart; of larger ones only kind and time are given."""
_KNOWN: Final = frozenset((*range(1, 43), *range(160, 172)))
_HEAD: Final = struct.Struct("<IBIIIH")
_WINDOW: Final = 1024 * 1024
_NEAR: Final = 400 * 86_400


class Record(NamedTuple):
    """One record: where it begins, seconds since 1970 UTC, kind, server, and what stands behind its header."""

    rec: int
    seconds: int
    kind: int
    server: int
    body: bytes


@dataclass
class Log:
    """A binary log that is walked through.

    Attributes:
        checked: whether records end with a checksum.
        version: of the server.
    """

    stream: BinaryIO
    size: int
    rows: Rows
    checked: bool = False
    version: str = ""
    _seconds: int = 0
    _server: int = -1

    def records(self) -> Iterator[Record]:
        """Yield the records in order; bytes that are none become faults."""
        at = len(MAGIC)
        while at < self.size:
            size = self._size(at)
            if size and at + size <= self.size:
                yield from self._opened(at, size)
                at += size
                continue
            following = self._resumed(at + 1)
            if following < 0:
                self.rows.fault(
                    at, "record of the binary log cut short" if size else "no record of a binary log", self.size - at
                )
                return
            self.rows.fault(at, "no record of a binary log", following - at)
            at = following

    def _read(self, at: int, count: int) -> bytes:
        self.stream.seek(at)
        return self.stream.read(count)

    def _size(self, at: int) -> int:
        """Return the length that the header there states, 0 where there is none."""
        head = self._read(at, HEADER)
        if len(head) < HEADER:
            return 0
        _, kind, _, size, _, _ = _HEAD.unpack(head)
        return size if kind in _KNOWN and size >= HEADER else 0

    def _opened(self, at: int, size: int) -> Iterator[Record]:
        data = self._read(at, min(size, LARGEST))
        seconds, kind, server, _, _, flags = _HEAD.unpack_from(data)
        whole = len(data) == size
        if kind == FORMAT:
            self._begin(data)
        if self.checked and whole and not _is_sound(data, kind, flags):
            self.rows.fault(at, "checksum of the record does not match", size)
            return
        self._seconds, self._server = seconds or self._seconds, server
        body = data[HEADER : len(data) - 4 if self.checked and whole else None]
        record = Record(at, seconds, kind, server, body)
        yield record
        if kind == PAYLOAD:
            yield from self._payload(record)

    def _begin(self, data: bytes) -> None:
        """Take the server's version and whether there are checksums from the log's description of itself."""
        self.version = data[HEADER + 2 : HEADER + 52].split(b"\0")[0].decode("ascii", "backslashreplace")
        self.checked = len(data) > HEADER + 62 and data[-5] == 1 and _has_checksums(self.version)

    def _payload(self, record: Record) -> Iterator[Record]:
        """Yield the records inside a packed transaction; all stand at the place of the pack."""
        inside = _unpacked(record.body)
        if inside is None:
            self.rows.fault(record.rec, "transaction payload cannot be unpacked", HEADER + len(record.body))
            return
        at = 0
        while at + HEADER <= len(inside):
            seconds, kind, server, size, _, _ = _HEAD.unpack_from(inside, at)
            if size < HEADER or at + size > len(inside):
                break
            if kind != PAYLOAD:
                yield Record(record.rec, seconds, kind, server, inside[at + HEADER : at + size])
            at += size
        if at < len(inside):
            self.rows.fault(record.rec, "record inside a transaction payload cut short")

    def _resumed(self, at: int) -> int:
        """Return the next place where a record begins, -1 where there is none."""
        import numpy as np

        while at + HEADER <= self.size:
            data = np.frombuffer(self._read(at, _WINDOW + HEADER - 1), np.uint8)
            count = len(data) - HEADER + 1
            if count <= 0:
                break
            seconds, server, size, end = (_words(data, place, count) for place in (0, 5, 9, 13))
            places = at + np.arange(count)
            fits = (size >= HEADER) & (places + size <= self.size) & np.isin(data[4 : 4 + count], list(_KNOWN))
            told = end == (places + size) % 2**32
            like = (server == self._server) & (np.abs(seconds - self._seconds) < _NEAR) & (self._server >= 0)
            for place in np.flatnonzero(fits & (told | like)):
                if told[place] or self._follows(int(places[place] + size[place])):
                    return int(places[place])
            at += count
        return -1

    def _follows(self, at: int) -> bool:
        return at == self.size or self._size(at) > 0


def _words(data: Any, at: int, count: int) -> Any:
    import numpy as np

    return sum(data[at + i : at + i + count].astype(np.int64) << 8 * i for i in range(4))


def _has_checksums(version: str) -> bool:
    digits = [int(part) for part in version.split("-", maxsplit=1)[0].split(".") if part.isdecimal()][:3]
    return tuple(digits) >= ((5, 3, 0) if "MariaDB" in version else (5, 6, 1))


def _is_sound(data: bytes, kind: int, flags: int) -> bool:
    stated = int.from_bytes(data[-4:], "little")
    if zlib.crc32(data[:-4]) == stated:
        return True
    open_ = kind == FORMAT and flags & 1  # the mark that the log is in use is not part of the sum
    return bool(open_) and zlib.crc32(data[:17] + struct.pack("<H", flags & ~1) + data[HEADER:-4]) == stated


def packed_integer(data: bytes, at: int) -> tuple[int, int]:
    """Return a length-encoded integer and the place behind it; 0 at the end of the data."""
    first = data[at] if at < len(data) else 0
    if first < 0xFB:
        return first, at + 1
    count = {0xFC: 2, 0xFD: 3, 0xFE: 8}.get(first, 0)
    return int.from_bytes(data[at + 1 : at + 1 + count], "little"), at + 1 + count


def _unpacked(body: bytes) -> bytes | None:
    at, size, packing, most = 0, 0, 0, 0
    while at < len(body):
        field, at = packed_integer(body, at)
        if not field:
            break
        length, at = packed_integer(body, at)
        value, _ = packed_integer(body, at)
        size, packing, most = (value if field == n else old for n, old in ((1, size), (2, packing), (3, most)))
        at += length
    data = body[at : at + size] if size else body[at:]
    if packing == 255:
        return data
    return _zstd(data) if packing == 0 and most <= LARGEST else None


def _zstd(data: bytes) -> bytes | None:
    import pyarrow as pa

    try:
        with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
            return bytes(stream.read(LARGEST))
    except (OSError, ValueError):
        return None


def unpacked_tail(data: bytes) -> bytes | None:
    """Return what MariaDB packed by zlib: a byte that says how, the length, the data; None where it is none."""
    if not data or data[0] & 0x80 == 0:
        return None
    skip = 1 + (data[0] & 7)
    try:
        return zlib.decompressobj().decompress(data[skip:], LARGEST)
    except zlib.error:
        return None
