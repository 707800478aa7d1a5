"""A source in pieces that the pass can take: UTF-8 with full-width ASCII folded, each byte's place in the original known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from kyumei.model.text import encoding_of
from kyumei.scope.scan.codes import STEP, cp932, placed, transcode
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
    if codec not in {"utf-8", "cp932"}:
        with source.open() as stream:
            for block in Lines(stream, source.sample.encoding, Flaws()):
                yield folded(np.frombuffer(block.text, np.uint8), _inside(block))
        return
    settled = codec != "utf-8" or not source.head.isascii()
    for place, raw in _raw(source, _line):
        data = np.frombuffer(raw, np.uint8)
        if not settled and (data >= 0x80).any():
            settled = True
            codec = encoding_of(bytes(raw))
        yield _transcoded(data, _shifted(place)) if codec == "cp932" else folded(data, _shifted(place))


def _of_bytes(source: Source) -> Iterator[Piece]:
    """Yield the bytes as they are; pieces end at a control byte, so that no value is cut."""
    for place, raw in _raw(source, _control):
        yield folded(np.frombuffer(raw, np.uint8), _shifted(place))


def _raw(source: Source, cut: Callable[[bytes], int]) -> Iterator[tuple[int, memoryview]]:
    place = 0
    rest = b""
    with source.open() as stream:
        while True:
            more = stream.read(RAW_BYTES)
            raw = rest + more if rest else more
            if not raw:
                return
            end = cut(raw) if more else len(raw)
            yield place, memoryview(raw)[:end]
            place, rest = place + end, raw[end:]


def _inside(block: Block) -> Callable[[Ints], Ints]:
    return lambda positions: np.asarray(block.inside(positions), np.int64)


def _line(raw: bytes) -> int:
    return raw.rfind(b"\n", max(0, len(raw) - RAW_BYTES)) + 1 or _control(raw)


def _shifted(place: int) -> Callable[[Ints], Ints]:
    return lambda positions: positions + place


def _control(raw: bytes) -> int:
    tail = np.frombuffer(raw[-_OVERLAP:], np.uint8)
    found = np.flatnonzero(tail < 0x20)
    return len(raw) - len(tail) + int(found[-1]) + 1 if len(found) else len(raw)


def folded(data: Bytes, origin: Callable[[Ints], Ints]) -> Piece:
    """Return a piece with its full-width ASCII, dashes and blanks as ASCII."""
    if not (data >= 0xE2).any():
        return Piece(data, origin)
    out, at = np.empty(len(data), np.uint8), np.empty(len(data) // 32 + 64, np.int32)
    length, found = fold(data, out, at)
    if found > len(at):
        at = np.empty(found, np.int32)
        fold(data, out, at)
    return Piece(out[:length], _unfolded(at[:found].copy(), origin) if found else origin)


def _unfolded(at: npt.NDArray[np.int32], origin: Callable[[Ints], Ints]) -> Callable[[Ints], Ints]:
    """Return the way from places in folded text to the source, where each letter folded at `at` was two bytes longer."""
    return lambda positions: origin(positions + 2 * np.searchsorted(at, positions))


def _transcoded(data: Bytes, origin: Callable[[Ints], Ints]) -> Piece:
    """Return a piece of CP932 text."""
    if not (data >= 0x80).any():
        return Piece(data, origin)
    out = np.empty(3 * len(data) + 8, np.uint8)
    marks = np.zeros((3 * len(data) // STEP + 2, 2), np.int32)
    length, _ = transcode(data, *cp932(), out, marks)

    def before(positions: Ints) -> Ints:
        found = np.empty(len(positions), np.int64)
        placed(data, *cp932(), marks, positions, found)
        return origin(found)

    return Piece(out[:length], before)
