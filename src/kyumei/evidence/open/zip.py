"""ZIP archives (`archive.zip`), ZIP64 included; the list of members is the central directory.

Documents that are ZIP files (OOXML, ODF, EPUB, JAR) are refused: they are data objects and are read as such. Encrypted
members are faults. Where the central directory is lost, members are read from their local headers.
Specification: PKWARE APPNOTE 6.3.10; Info-ZIP extra fields 5455 (times) and 7075 (names).
"""

from __future__ import annotations

import os
import re
import struct
import zipfile
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from kyumei.evidence.open.hold import held
from kyumei.evidence.open.limits import Budget
from kyumei.evidence.open.names import Names, decoded
from kyumei.evidence.open.registry import opener
from kyumei.model.source import CERTAIN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from kyumei.evidence.open.registry import Opening
    from kyumei.model.source import Source

_WRONG: Final = (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error, struct.error)
_DOCUMENT: Final = re.compile(r"\[Content_Types\]\.xml|META-INF/MANIFEST\.MF|AndroidManifest\.xml")
_DOCUMENT_HEAD: Final = re.compile(
    rb"PK\x03\x04.{22}\x08\x00..mimetype|PK\x03\x04.{26}(\[Content_Types\]\.xml|_rels/\.rels|META-INF/)", re.DOTALL
)
_LOCAL: Final = struct.Struct("<4s5H3I2H")
_END_BYTES: Final = 66_000  # the end records with the longest comment
_ENTRY_BYTES: Final = 500
_MOST_LISTED: Final = 1_000_000
_SYMLINK: Final = 0o120000


def _accepts(source: Source) -> int:
    if source.head[:4] not in {b"PK\x03\x04", b"PK\x05\x06"} or _DOCUMENT_HEAD.match(source.head):
        return 0
    try:
        with source.open() as stream, _archive(stream) as archive:
            is_document = any(_DOCUMENT.fullmatch(name) for name in archive.namelist())
    except _WRONG:
        is_document = bool(re.search(rb"PK\x03\x04.{26}(xl|word|ppt)/", source.head, re.DOTALL))
    return 0 if is_document else CERTAIN


@opener(
    "archive.zip", accepts=_accepts, title="ZIP archive", spec="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT"
)
def zip_(source: Source, opening: Opening) -> Iterator[Source]:
    """Yield the files, in the directory's order.

    Times are UTC where an extra field says so, else local time in the source's zone with a precision of two seconds.
    """
    with source.open() as stream:
        try:
            archive = _archive(stream)
        except _WRONG as wrong:
            opening.fault(0, f"no central directory: {type(wrong).__name__}")
            yield from _from_local_headers(source, opening)
            return
        names = Names()
        budget = Budget(opening, source.size)
        with archive:
            for info in archive.infolist():
                if info.is_dir() or info.external_attr >> 16 & 0o170000 == _SYMLINK:
                    continue
                if not budget.admits(info.header_offset):
                    return
                if info.flag_bits & 1:
                    listed = f"encrypted member: {_name(info)}, {info.file_size} bytes"
                    opening.fault(info.header_offset, listed, info.compress_size)
                    continue
                chunks = budget.metered(_chunks(archive, info, opening), info.header_offset)
                facts = {"mtime": _mtime(info, source.zone)}
                with held(source, source.member(names.unique(_name(info))), chunks, opening, facts) as member:
                    yield member


def _archive(stream: BinaryIO) -> zipfile.ZipFile:
    """Open the archive; a directory of more than a million members is not read, since it would lie in memory whole."""
    stream.seek(0, os.SEEK_END)
    stream.seek(max(0, stream.tell() - _END_BYTES))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at >= 0 and len(tail) >= at + 12:
        count = struct.unpack_from("<H", tail, at + 10)[0]
        long = tail.rfind(b"PK\x06\x06", 0, at)
        if long >= 0 and len(tail) >= long + 40:
            count = struct.unpack_from("<Q", tail, long + 32)[0]
        size = struct.unpack_from("<I", tail, at + 12)[0] if len(tail) >= at + 16 else 0
        if count > _MOST_LISTED or (size != 0xFFFFFFFF and size > _MOST_LISTED * _ENTRY_BYTES):
            raise zipfile.BadZipFile("more members than the limit")
    return zipfile.ZipFile(stream)


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, opening: Opening) -> Iterator[bytes]:
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(1 << 20):
                yield chunk
    except _WRONG as wrong:
        opening.fault(info.header_offset, f"damaged member: {type(wrong).__name__}", info.compress_size)


def _name(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & 0x800:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437")
    given = _extra(info, 0x7075)
    if len(given) > 5 and given[0] == 1 and struct.unpack_from("<I", given, 1)[0] == zlib.crc32(raw):
        return decoded(given[5:])
    return decoded(raw)


def _mtime(info: zipfile.ZipInfo, zone: str) -> int | None:
    stamp = _extra(info, 0x5455)
    if len(stamp) >= 5 and stamp[0] & 1:
        return int(struct.unpack_from("<i", stamp, 1)[0]) * 1_000_000
    try:
        local = datetime(*info.date_time, tzinfo=ZoneInfo(zone))
    except (ValueError, OSError):  # a month 0 is common; ZoneInfoNotFoundError is a KeyError and would be a bug
        return None
    return int((local - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 1_000_000


def _extra(info: zipfile.ZipInfo, wanted: int) -> bytes:
    data = info.extra
    while len(data) >= 4:
        kind, length = struct.unpack_from("<HH", data)
        if kind == wanted:
            return data[4 : 4 + length]
        data = data[4 + length :]
    return b""


def _from_local_headers(source: Source, opening: Opening) -> Iterator[Source]:
    """Yield the members that follow each other from the start, each found by its local header."""
    names = Names()
    budget = Budget(opening, source.size)
    at = 0
    while (header := _local(source, at)) is not None and budget.admits(at):
        method, flags, packed, name, data_at = header
        chunks = _Inflated(source, data_at, packed if not flags & 8 else None, method, opening)
        if not name.endswith(b"/"):
            path = source.member(names.unique(name.decode("utf-8", "backslashreplace") if flags & 0x800 else decoded(name)))
            with held(source, path, budget.metered(chunks, at), opening) as member:
                yield member
        at = _next_local(source, data_at + packed if packed and not flags & 8 else max(chunks.end, data_at))


def _local(source: Source, at: int) -> tuple[int, int, int, bytes, int] | None:
    """Return method, flags, packed size, name and the offset of the data; None where there is no local header."""
    with source.open() as stream:
        stream.seek(at)
        fixed = stream.read(_LOCAL.size)
        if len(fixed) < _LOCAL.size or fixed[:4] != b"PK\x03\x04":
            return None
        _, _, flags, method, _, _, _, packed, _, name_length, extra_length = _LOCAL.unpack(fixed)
        name = stream.read(name_length)
    return method, flags, packed, name, at + _LOCAL.size + name_length + extra_length


def _next_local(source: Source, at: int) -> int:
    """Return the offset of the next local header at or behind a place; the source's size when there is none."""
    with source.open() as stream:
        tail = b""
        stream.seek(at)
        while data := stream.read(1 << 20):
            found = (tail + data).find(b"PK\x03\x04")
            if found >= 0:
                return at - len(tail) + found
            at += len(data)
            tail = (tail + data)[-3:]
    return source.size


class _Inflated:
    """The bytes of one member read without the directory; `end` is where its data was found to end."""

    def __init__(self, source: Source, at: int, packed: int | None, method: int, opening: Opening) -> None:
        self.end = at
        self._source = source
        self._packed = packed
        self._method = method
        self._opening = opening

    def __iter__(self) -> Iterator[bytes]:
        if self._method not in {0, 8} or (self._method == 0 and self._packed is None):
            self._opening.fault(self.end, f"member of method {self._method} not readable without the directory")
            return
        with self._source.open() as stream:
            stream.seek(self.end)
            left = self._source.size - self.end if self._packed is None else self._packed
            inflate = zlib.decompressobj(-15) if self._method == 8 else None
            while left and (data := stream.read(min(65_536, left))):
                left -= len(data)
                self.end += len(data)
                if inflate is None:
                    yield data
                    continue
                try:
                    yield inflate.decompress(data)
                except zlib.error:
                    self._opening.fault(self.end - len(data), "damaged member: zlib.error")
                    return
                if inflate.eof:
                    self.end -= len(inflate.unused_data)
                    return
        if left or inflate:
            self._opening.fault(self.end, "truncated member", left if self._packed else 0)
