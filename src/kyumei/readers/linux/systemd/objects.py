"""The objects of a journal file, walked from first to last, and the data that entries point at.

The walk does not rely on the file's hash tables and arrays of entries: a cut or half overwritten file gives the entries that
are still whole. After damage it goes on at the next place, on the 8-byte grid, that holds an object whose successor is one too.
Data is found by its place in the file, through pages of bounded number.

Format: https://systemd.io/JOURNAL_FILE_FORMAT/
"""

from __future__ import annotations

import lzma
import struct
from typing import TYPE_CHECKING, Any, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.store.rows import Rows

SIGNATURE: Final = b"LPKSHHRH"
DATA: Final = 1
ENTRY: Final = 3
COMPACT: Final = 16
_LEAST: Final = {1: 64, 2: 40, 3: 64, 4: 16, 5: 16, 6: 24, 7: 64}
_PAGE: Final = 1024 * 1024
_PAGES: Final = 64
_LARGEST: Final = 64 * 1024 * 1024
_XZ: Final = 1
_LZ4: Final = 2
_ZSTD: Final = 4
_HEAD: Final = struct.Struct("<BBHIQ")


class Pages:
    """Bytes by place, through a bounded number of pages.

    Args:
        stream: the file.
        size: its length.
    """

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self.size = size
        self._held: dict[int, bytes] = {}

    def get(self, at: int, count: int) -> bytes:
        """Return up to `count` bytes from there on, fewer at the end of the file."""
        number, within = divmod(at, _PAGE)
        page = self._held.get(number)
        if page is None:
            page = self._load(number)
        if within + count <= len(page) or len(page) < _PAGE:
            return page[within : within + count]
        return page[within:] + self.get((number + 1) * _PAGE, count - (_PAGE - within))

    def _load(self, number: int) -> bytes:
        if len(self._held) >= _PAGES:
            del self._held[next(iter(self._held))]
        self._stream.seek(number * _PAGE)
        page = self._held[number] = self._stream.read(_PAGE)
        return page


class Journal:
    """A journal file.

    Args:
        pages: its bytes.

    Attributes:
        is_compact: whether references have 32 bits.
        counted: how many entries the header counts.
    """

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        head = pages.get(0, 208).ljust(208, b"\0")
        self.is_compact = bool(struct.unpack_from("<I", head, 12)[0] & COMPACT)
        self._begin = struct.unpack_from("<Q", head, 88)[0]
        self.counted = struct.unpack_from("<Q", head, 152)[0]

    def objects(self, rows: Rows) -> Iterator[tuple[int, int, int]]:
        """Yield place, kind and size of each object; what is none becomes a fault of `rows`, but no unused space at the end."""
        at = self._begin if 208 <= self._begin <= 4096 and self._begin % 8 == 0 else 208
        while at < self._pages.size:
            kind, size = self._object(at)
            if kind:
                yield at, kind, size
                at += (size + 7) // 8 * 8
                continue
            following = self._resumed(at)
            if following < 0:
                if self._is_used(at):
                    rows.fault(at, "no journal object", self._pages.size - at)
                return
            rows.fault(at, "no journal object", following - at)
            at = following

    def payload(self, at: int) -> bytes | None:
        """Return what the data object there holds (`NAME=value`), None where there is none or it cannot be unpacked."""
        kind, size = self._object(at) if at % 8 == 0 else (0, 0)
        begin = 72 if self.is_compact else 64
        if kind != DATA or not begin <= size <= _LARGEST:
            return None
        data = self._pages.get(at, size)
        return _unpacked(data[begin:], data[1])

    def entry(self, at: int, size: int) -> tuple[tuple[int, int, int, bytes], list[int]]:
        """Return sequence number, microseconds of both clocks and boot of an entry, and the places of its data."""
        data = self._pages.get(at, min(size, _PAGE))
        seqnum, real, monotonic, boot = struct.unpack_from("<QQQ16s", data, 16)
        step, form = (4, "I") if self.is_compact else (16, "Q8x")
        count = (len(data) - 64) // step
        places = struct.unpack_from("<" + form * count, data, 64)
        return (seqnum, real, monotonic, boot), [place for place in places if place]

    def _object(self, at: int) -> tuple[int, int]:
        """Return kind and size of the object there, zeros where there is none."""
        head = self._pages.get(at, 16)
        if len(head) < 16:
            return 0, 0
        kind, flags, low, high, size = _HEAD.unpack(head)
        least = _LEAST.get(kind, 0)
        good = least and size >= least and at + size <= self._pages.size and not low and not high
        return (kind, size) if good and flags in {0, _XZ, _LZ4, _ZSTD} and (kind == DATA or not flags) else (0, 0)

    def _resumed(self, at: int) -> int:
        """Return the next place behind `at` where an object stands and another, or nothing at all, behind it; -1 if none."""
        import numpy as np

        at += 8
        while at < self._pages.size:
            data = self._pages.get(at, _PAGE)
            words = np.frombuffer(data[: len(data) // 8 * 8], np.uint64)
            if not len(words):
                return -1
            first, second = words[:-1], words[1:]
            kinds = first & np.uint64(0xFF)
            likely = (kinds >= 1) & (kinds <= 7) & (first < 0x500) & (second >= 16) & (second <= self._pages.size)
            for place in np.flatnonzero(likely):
                here = at + 8 * int(place)
                kind, size = self._object(here)
                if kind and self._follows(here + (size + 7) // 8 * 8):
                    return here
            at += max(8, len(data) // 8 * 8 - 8)
            if len(data) < _PAGE:
                break
        return -1

    def _follows(self, at: int) -> bool:
        return self._object(at)[0] > 0 or not any(self._pages.get(at, 16))

    def _is_used(self, at: int) -> bool:
        while at < self._pages.size:
            data = self._pages.get(at, _PAGE)
            if data.count(0) != len(data):
                return True
            at += len(data)
        return False


def _unpacked(data: bytes, flags: int) -> bytes | None:
    if not flags:
        return data
    unpack: Any = {_XZ: _xz, _LZ4: _lz4, _ZSTD: _zstd}.get(flags)
    try:
        found: bytes | None = unpack(data)
    except (ValueError, OSError, EOFError, lzma.LZMAError, struct.error):  # Arrow's errors are ValueError and OSError
        return None
    return found


def _xz(data: bytes) -> bytes:
    return lzma.LZMADecompressor(memlimit=_LARGEST * 2).decompress(data, _LARGEST)


def _lz4(data: bytes) -> bytes | None:
    import pyarrow as pa

    size = struct.unpack_from("<Q", data)[0]
    if size > min(_LARGEST, 256 * len(data)):
        return None
    return bytes(pa.Codec("lz4_raw").decompress(data[8:], size, asbytes=True))


def _zstd(data: bytes) -> bytes:
    import pyarrow as pa

    with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
        return bytes(stream.read(_LARGEST))
