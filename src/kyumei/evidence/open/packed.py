"""Single compressed streams: gzip, bzip2, xz (`archive.gzip`, `archive.bzip2`, `archive.xz`).

Found as rotated logs (`access.log.2.gz`) and around tar archives. A stream may be several compressed members one after the
other (`cat a.gz b.gz`), which are read as one. What a damaged or truncated stream gives before the damage is yielded, the
rest is a fault. Specifications: RFC 1952, the bzip2 source (1.0.8), the .xz file format 1.1.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from typing import TYPE_CHECKING, Final, Protocol

from kyumei.evidence.open.hold import held
from kyumei.evidence.open.limits import Budget
from kyumei.evidence.open.names import safe
from kyumei.evidence.open.registry import opener
from kyumei.model.source import CERTAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from kyumei.evidence.open.registry import Opening
    from kyumei.model.source import Source

_IN: Final = 65_536
_OUT: Final = 1 << 20
_SUFFIXES: Final = {".gz": "", ".tgz": ".tar", ".bz2": "", ".tbz2": ".tar", ".tbz": ".tar", ".xz": "", ".txz": ".tar", ".z": ""}


class _Decompressor(Protocol):
    """What `bz2` and `lzma` offer for one member."""

    @property
    def eof(self) -> bool:
        """Return whether the member has ended."""

    @property
    def needs_input(self) -> bool:
        """Return whether nothing more comes out without more bytes."""

    @property
    def unused_data(self) -> bytes:
        """Return the bytes after the member."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Return at most that many bytes."""


class _Gzip:
    """`zlib` in the shape of `bz2.BZ2Decompressor`."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=31)
        self._damage: zlib.error | None = None
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._zlib.eof and not self._damage

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        if self._damage:
            raise self._damage
        before = self._zlib.copy()
        feed = self._zlib.unconsumed_tail + data
        try:
            out = self._zlib.decompress(feed, max_length)
        except zlib.error as wrong:
            self._damage, self.needs_input = wrong, False
            return _squeezed(before, feed)
        self.needs_input = not self._zlib.unconsumed_tail
        return out


def _squeezed(before: zlib._Decompress, feed: bytes) -> bytes:
    """Return what comes out before the damage, fed byte by byte."""
    out = bytearray()
    for at in range(len(feed)):
        try:
            out += before.decompress(feed[at : at + 1])
        except zlib.error:
            break
    return bytes(out)


def _is_gzip(source: Source) -> int:
    head = source.head[:10]
    return CERTAIN if head[:3] == b"\x1f\x8b\x08" and len(head) == 10 and not head[3] & 0xE0 else 0


def _is_bzip2(source: Source) -> int:
    head = source.head[:10]
    blocks = {b"1AY&SY", b"\x17rE8P\x90"}
    return CERTAIN if head[:3] == b"BZh" and head[3:4].isdigit() and head[4:] in blocks else 0


def _is_xz(source: Source) -> int:
    return CERTAIN if source.head[:6] == b"\xfd7zXZ\x00" else 0


@opener("archive.gzip", accepts=_is_gzip, title="gzip stream", spec="https://www.rfc-editor.org/rfc/rfc1952")
def gzip(source: Source, opening: Opening) -> Iterator[Source]:
    """Yield the one file inside; its time is the one in the header when there is one."""
    stamp = struct.unpack("<I", source.head[4:8])[0] if len(source.head) >= 8 else 0
    yield from _one(source, opening, _Gzip, stamp * 1_000_000 if stamp else None)


@opener("archive.bzip2", accepts=_is_bzip2, title="bzip2 stream", spec="https://sourceware.org/bzip2/")
def bzip2(source: Source, opening: Opening) -> Iterator[Source]:
    """Yield the one file inside."""
    yield from _one(source, opening, bz2.BZ2Decompressor, None)


@opener("archive.xz", accepts=_is_xz, title="xz stream", spec="https://tukaani.org/xz/xz-file-format.txt")
def xz(source: Source, opening: Opening) -> Iterator[Source]:
    """Yield the one file inside."""
    yield from _one(source, opening, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=1 << 30), None)


def _one(source: Source, opening: Opening, new: Callable[[], _Decompressor], mtime: int | None) -> Iterator[Source]:
    budget = Budget(opening, source.size)
    chunks = budget.metered(_unpacked(source, opening, new), 0)
    facts = {"mtime": source.mtime if mtime is None else mtime}
    with held(source, source.member(inner_name(source.name)), chunks, opening, facts) as member:
        yield member


def inner_name(name: str) -> str:
    """Return the name without the suffix of its compression (`x.tgz` gives `x.tar`)."""
    for suffix, instead in _SUFFIXES.items():
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return safe(name[: -len(suffix)] + instead)
    return safe(name)


def _unpacked(source: Source, opening: Opening, new: Callable[[], _Decompressor]) -> Iterator[bytes]:
    """Yield the bytes of all members; what follows damage is one fault."""
    with source.open() as stream:
        data = stream.read(_IN)
        while data:
            start = stream.tell() - len(data)
            unpack = new()
            try:
                yield from _member(unpack, data, stream)
            except (zlib.error, OSError, EOFError, lzma.LZMAError) as wrong:
                at = max(start, stream.tell() - _IN)
                opening.fault(at, f"damaged stream: {type(wrong).__name__}", source.size - at)
                return
            if not unpack.eof:
                opening.fault(source.size, "truncated stream")
                return
            data = _after_padding(unpack.unused_data, stream)


def _member(unpack: _Decompressor, data: bytes, stream: BinaryIO) -> Iterator[bytes]:
    """Yield what one member gives; at the end `unpack.eof` says whether it was whole."""
    while not unpack.eof:
        had = len(data)
        out = unpack.decompress(data, _OUT)
        if out:
            yield out
        data = stream.read(_IN) if unpack.needs_input and not unpack.eof else b""
        if not (out or had or data):
            return


def _after_padding(data: bytes, stream: BinaryIO) -> bytes:
    """Return what follows the zeros that may stand after a member."""
    while not (rest := data.lstrip(b"\0")):
        data = stream.read(_IN)
        if not data:
            break
    return rest
