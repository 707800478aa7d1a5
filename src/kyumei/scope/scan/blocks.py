"""A source in pieces that the pass can take: UTF-8 with full-width ASCII folded, each byte's place in the original known."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

from kyumei.model.text import encoding_of
from kyumei.scope.scan.codes import STEP, TABLED, coded, placed, transcode
from kyumei.scope.scan.kernel import fold
from kyumei.scope.tables.blocks import Flaws, Lines, bare_codec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from kyumei.model.source import Source
    from kyumei.scope.tables.blocks import Block

    Bytes = npt.NDArray[np.uint8]
    Ints = npt.NDArray[np.int64]

RAW_BYTES: Final = 4 * 1024 * 1024
_OVERLAP: Final = 4096


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text.

    A piece of `pieces` lies in memory that the next one is written to.

    Attributes:
        data: UTF-8, folded.
        origin: from positions in `data` to places in the source.
    """

    data: Bytes
    origin: Callable[[Ints], Ints] = field(repr=False)

    def places(self, spans: Ints) -> Ints:
        """Return the places in the source of spans in `data`."""
        distinct, back = np.unique(spans, return_inverse=True)
        placed: Ints = self.origin(distinct)[back].reshape(spans.shape)
        return placed

    def text(self, start: int, end: int) -> str:
        """Return a span as text."""
        return self.data[start:end].tobytes().decode("utf-8", "backslashreplace")


def pieces(source: Source, *, text: bool) -> Iterator[Piece]:
    """Yield the pieces of a source, in order."""
    yield from _of_text(source) if text else _of_bytes(source)


def _of_text(source: Source) -> Iterator[Piece]:
    codec, _ = bare_codec(source.sample.encoding, source.head)
    if codec != "utf-8" and codec not in TABLED:
        with source.open() as stream:
            for block in Lines(stream, source.sample.encoding, Flaws()):
                yield folded(np.frombuffer(block.text, np.uint8), _inside(block))
        return
    settled = codec != "utf-8" or not source.head.isascii()
    room = _Room()
    for place, data in _raw(source, _line):
        if not settled and (data >= 0x80).any():
            settled = True
            codec = encoding_of(data.tobytes())
        yield _transcoded(data, codec, _shifted(place), room) if codec in TABLED else folded(data, _shifted(place), room)


def _of_bytes(source: Source) -> Iterator[Piece]:
    """Yield the bytes as they are; pieces end at a control byte, so that no value is cut."""
    room = _Room()
    for place, data in _raw(source, _control):
        yield folded(data, _shifted(place), room)


class _Room:
    """Memory that is used again: new memory costs as much as what is written to it."""

    def __init__(self) -> None:
        self._bytes = np.empty(0, np.uint8)

    def of(self, size: int) -> Bytes:
        """Return so many bytes, whatever they hold."""
        if len(self._bytes) < size:
            self._bytes = np.empty(size, np.uint8)
        return self._bytes[:size]


def _raw(source: Source, cut: Callable[[Bytes], int]) -> Iterator[tuple[int, Bytes]]:
    """Yield parts of the source and where they begin; each is overwritten by the next."""
    place = size = 0
    buffer = np.empty(min(RAW_BYTES, source.size) + _OVERLAP, np.uint8)
    with source.open() as stream:
        while True:
            if 2 * size > len(buffer):
                buffer = np.concatenate([buffer[:size], np.empty(RAW_BYTES, np.uint8)])
            more = _into(stream, buffer[size:].data)
            size += more
            if not size:
                return
            end = cut(buffer[:size]) if more else size
            yield place, buffer[:end]
            place, size = place + end, size - end
            buffer[:size] = buffer[end : end + size]


def _into(stream: BinaryIO, room: memoryview) -> int:
    """Read into memory, as much as there is room for or less; return how many bytes, 0 at the end."""
    if isinstance(stream, io.RawIOBase | io.BufferedIOBase):
        return stream.readinto(room) or 0
    raw = stream.read(len(room))
    room[: len(raw)] = raw
    return len(raw)


def _inside(block: Block) -> Callable[[Ints], Ints]:
    return lambda positions: np.asarray(block.inside(positions), np.int64)


def _line(raw: Bytes) -> int:
    for reach in (min(_OVERLAP, len(raw)), len(raw)):
        found = np.flatnonzero(raw[-reach:] == 10)
        if len(found):
            return len(raw) - reach + int(found[-1]) + 1
    return _control(raw)


def _shifted(place: int) -> Callable[[Ints], Ints]:
    return lambda positions: positions + place


def _control(raw: Bytes) -> int:
    tail = raw[-_OVERLAP:]
    found = np.flatnonzero(tail < 0x20)
    return len(raw) - len(tail) + int(found[-1]) + 1 if len(found) else len(raw)


def folded(data: Bytes, origin: Callable[[Ints], Ints], room: _Room | None = None) -> Piece:
    """Return a piece with its full-width ASCII, dashes and blanks as ASCII; it may lie in the room given."""
    if not (data >= 0xE2).any():
        return Piece(data, origin)
    out, at = (room or _Room()).of(len(data)), np.empty(len(data) // 32 + 64, np.int32)
    length, found = fold(data, out, at)
    if found > len(at):
        at = np.empty(found, np.int32)
        fold(data, out, at)
    return Piece(out[:length], _unfolded(at[:found].copy(), origin) if found else origin)


def _unfolded(at: npt.NDArray[np.int32], origin: Callable[[Ints], Ints]) -> Callable[[Ints], Ints]:
    """Return the way from places in folded text to the source, where each letter folded at `at` was two bytes longer."""
    return lambda positions: origin(positions + 2 * np.searchsorted(at, positions))


def _transcoded(data: Bytes, codec: str, origin: Callable[[Ints], Ints], room: _Room) -> Piece:
    """Return a piece of text in one of `TABLED`."""
    if not (data >= 0x80).any():
        return Piece(data, origin)
    tables = coded(codec, folded=True)
    out = room.of(3 * len(data) + 8)
    marks = np.zeros((3 * len(data) // STEP + 2, 2), np.int32)
    length, _ = transcode(data, *tables, out, marks)

    def before(positions: Ints) -> Ints:
        found = np.empty(len(positions), np.int64)
        placed(data, *tables, marks, positions, found)
        return origin(found)

    return Piece(out[:length], before)
