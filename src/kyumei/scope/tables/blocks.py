"""A file of lines in blocks: decoded to UTF-8, each line's place in the original bytes kept, bad bytes counted."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO, Final

from kyumei.model.fault import Fault
from kyumei.model.text import encoding_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]

BLOCK_BYTES: Final = 4 * 1024 * 1024
MAX_LINE: Final = 16 * BLOCK_BYTES
"""A longer line is cut: what has no line ends for so long is no table of lines."""
_SAFE: Final = ("utf-8", "cp932", "euc_jp")
"""Codecs in which bytes below 0x40 are always characters of their own."""
_TABLED: Final = frozenset({"cp932", "euc_jp"})
"""Codecs with tables in `kyumei.scope.scan.codes`."""
MAX_FLAWS: Final = 1000
"""Flaws listed one by one for a table; further ones are counted in a last one."""


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines.

    Attributes:
        text: UTF-8.
        lines: for each line, where it begins in `text`.
        places: for each line, where it begins in the original bytes.
        codec: that of the original.
        last: whether the file ends here.
        linear: whether `text` is the original bytes, so that all places are equally far from the positions.
    """

    text: bytes
    lines: Ints
    places: Ints
    codec: str
    last: bool
    linear: bool = False

    def place(self, positions: Ints) -> Ints:
        """Return the places in the original of positions that begin a line."""
        import numpy as np

        if self.linear:
            moved: Ints = positions + (self.places[0] - self.lines[0])
            return moved
        first = self.lines[: len(positions)]
        if len(first) == len(positions) and np.array_equal(first, positions):
            return self.places[: len(positions)]
        found: Ints = self.places[np.searchsorted(self.lines, positions, side="right") - 1]
        return found

    def inside(self, positions: Ints) -> Ints:
        """Return the places in the original of any positions, ascending; exact unless the line holds undecodable bytes."""
        import numpy as np

        if self.linear:
            return self.place(positions)
        line = np.searchsorted(self.lines, positions, side="right") - 1
        if self.codec == "utf-8":
            found: Ints = self.places[line] + positions - self.lines[line]
            return found
        starts = np.flatnonzero((np.frombuffer(self.text, np.uint8) & 0xC0) != 0x80)
        codes = np.frombuffer(self.text.decode("utf-8").encode("utf-32-le", "surrogatepass"), np.uint32)
        distinct, inverse = np.unique(codes, return_inverse=True)
        widths = np.array([len(chr(code).encode(self.codec, "backslashreplace")) for code in distinct.tolist()])
        before = np.concatenate([[0], np.cumsum(widths[inverse])])
        at, begin = np.searchsorted(starts, positions), np.searchsorted(starts, self.lines[line])
        moved: Ints = self.places[line] + before[at] - before[begin]
        return moved

    def joined(self, other: Block) -> Block:
        """Return this block and the one after it as one."""
        import numpy as np

        shift = len(self.text)
        # The line that begins at the end of this block is the first one of the other.
        kept = self.lines < shift
        lines = np.concatenate([self.lines[kept], other.lines + shift])
        places = np.concatenate([self.places[kept], other.places])
        return Block(self.text + other.text, lines, places, other.codec, other.last, self.linear and other.linear)

    def after(self, used: int) -> Block:
        """Return the block without its first bytes; the first line may have lost its beginning."""
        import numpy as np

        kept = self.lines >= used
        lines, places = self.lines[kept] - used, self.places[kept]
        if not len(lines) or lines[0] != 0:
            first = self.inside(np.array([used]))
            lines, places = np.concatenate([[0], lines]), np.concatenate([first, places])
        return Block(self.text[used:], lines, places, self.codec, self.last, self.linear)


@dataclass(slots=True)
class Flaws:
    """Damage inside what was given all the same, listed up to a limit and counted beyond it."""

    listed: list[Fault] = field(default_factory=list[Fault])
    more: int = 0

    def add(self, offset: int, reason: str) -> None:
        """Add one place."""
        if len(self.listed) < MAX_FLAWS:
            self.listed.append(Fault(offset, reason))
        else:
            self.more += 1

    def all(self) -> list[Fault]:
        """Return the places, and last how many more there were."""
        more = [Fault(self.listed[-1].offset, f"{self.more} more flaws after this one")] if self.more else []
        return self.listed + more


class Lines:
    """The lines of a stream in blocks of whole lines.

    Args:
        stream: at the first byte.
        encoding: as `kyumei.model.text.encoding_of` names it; where that saw only ASCII, the first block that has more
            decides.
        flaws: where undecodable bytes are noted.
        whole: whether blocks end with lines; otherwise they may end inside one, though not inside a character.
    """

    def __init__(self, stream: BinaryIO, encoding: str, flaws: Flaws, *, whole: bool = True) -> None:
        self._stream = stream
        self._whole = whole
        self._flaws = flaws
        self._place = 0
        self._rest = stream.read(BLOCK_BYTES)
        self._codec, self._skip = bare_codec(encoding, self._rest)
        self._settled = not self._rest[: 64 * 1024].isascii()
        self._step = 2 if self._codec.startswith("utf-16") else 1

    def __iter__(self) -> Iterator[Block]:
        raw = self._rest
        while raw:
            more = self._stream.read(BLOCK_BYTES)
            cut = self._cut(raw) if more else len(raw)
            if not cut and len(raw) < MAX_LINE:
                raw += more
                continue
            cut = cut or len(raw)
            yield self._block(raw[:cut], last=not more)
            self._place += cut
            raw = raw[cut:] + more

    def _cut(self, raw: bytes) -> int:
        """Return the length of the whole lines, or of what ends in a byte that is no part of another character."""
        import numpy as np

        if self._step == 1 and (self._whole or self._codec not in _SAFE):
            return raw.rfind(b"\n") + 1
        if self._step == 1:
            tail = np.frombuffer(raw[-65_536:], np.uint8)
            safe = np.flatnonzero(tail < 0x40)
            return len(raw) - len(tail) + int(safe[-1]) + 1 if len(safe) else 0
        found = self._newlines(raw)
        return int(found[-1]) + 2 if len(found) else 0

    def _block(self, raw: bytes, *, last: bool) -> Block:
        import numpy as np

        skip = self._skip if self._place == 0 else 0
        given = raw[skip:] if skip else raw
        text = self._decoded(given, self._place + skip)
        before = np.concatenate([[skip], self._newlines(raw) + self._step])
        same = text is given
        lines = before - skip if same else np.concatenate([[0], _places(text, 10, len(before)) + 1])
        n = min(len(before), len(lines))
        return Block(text, lines[:n], before[:n] + self._place, self._codec, last, same)

    def _decoded(self, raw: bytes, place: int) -> bytes:
        if not self._settled and not raw.isascii():
            self._settled = True
            self._codec = encoding_of(raw) if self._codec == "utf-8" else self._codec
        if self._codec == "utf-8" and _is_utf8(raw):
            return raw
        if self._codec in _TABLED and (tabled := _transcoded(raw, self._codec)) is not None:
            return tabled
        try:
            text = raw.decode(self._codec)
        except UnicodeDecodeError:
            return self._decoded_by_line(raw, place)
        return raw if self._codec == "utf-8" else text.encode("utf-8", "backslashreplace")

    def _decoded_by_line(self, raw: bytes, place: int) -> bytes:
        """Return the text with what cannot be decoded as escapes, the number of lines unchanged."""
        bounds = [0, *(self._newlines(raw) + self._step).tolist()]
        if bounds[-1] < len(raw):
            bounds.append(len(raw))
        parts: list[str] = []
        for start, end in pairwise(bounds):
            line = raw[start:end]
            try:
                parts.append(line.decode(self._codec))
            except UnicodeDecodeError as bad:
                self._flaws.add(place + start + bad.start, f"bytes that are not {self._codec}")
                parts.append(self._escaped(line))
        return "".join(parts).encode("utf-8", "backslashreplace")

    def _escaped(self, line: bytes) -> str:
        """Return one line, whose end stays the only one."""
        ended = "\n".encode(self._codec)
        text = line.removesuffix(ended).decode(self._codec, "backslashreplace").replace("\n", "\\n")
        return text + ("\n" if line.endswith(ended) else "")

    def _newlines(self, raw: bytes) -> Ints:
        """Return the positions of line feeds."""
        import numpy as np

        if self._step == 1:
            return _places(raw, 10)
        units = np.frombuffer(raw[: len(raw) // 2 * 2], ">u2" if self._codec == "utf-16-be" else "<u2")
        return np.flatnonzero(units == 10) * 2


def _is_utf8(raw: bytes) -> bool:
    """Return whether the bytes are UTF-8, without making a text of them."""
    import numpy as np
    import pyarrow as pa

    offsets = pa.py_buffer(np.array([0, len(raw)], np.int32))
    try:
        pa.StringArray.from_buffers(1, offsets, pa.py_buffer(raw)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _places(raw: bytes, byte: int, room: int | None = None) -> Ints:
    """Return where a byte stands, where there is only so much room the first of them."""
    import numpy as np

    from kyumei.scope.tables.tokenise import count_of, places_of

    data = np.frombuffer(raw, np.uint8)
    found = np.empty(count_of(data, byte) if room is None else room, np.int64)
    number = places_of(data, byte, found)
    return found[:number]


def _transcoded(raw: bytes, codec: str) -> bytes | None:
    """Return text in one of `_TABLED` as UTF-8; None where some bytes are no character of the tables."""
    import numpy as np

    from kyumei.scope.scan.codes import STEP, coded, transcode

    data = np.frombuffer(raw, np.uint8)
    out = np.empty(3 * len(data) + 8, np.uint8)
    marks = np.empty((3 * len(data) // STEP + 2, 2), np.int32)
    length, bad = transcode(data, *coded(codec, folded=False), out, marks)
    return None if bad else out[:length].tobytes()


def bare_codec(encoding: str, head: bytes) -> tuple[str, int]:
    """Return the codec without its mark, and how many bytes the mark has here."""
    if encoding == "utf-8-sig":
        return "utf-8", 3
    if encoding == "utf-16":
        return ("utf-16-be" if head.startswith(codecs.BOM_UTF16_BE) else "utf-16-le"), 2
    return encoding, 0
