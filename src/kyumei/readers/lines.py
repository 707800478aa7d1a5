r"""Lines of a text log in columnar batches of bounded size, each with the byte offset at which it begins.

Rules that hold for every line log:

* Lines end at LF, with or without CR. Blank lines say nothing and are passed over.
* A run of eight or more NUL bytes (a file whose last block was not written out) stands as a line of its own, so that the
  record behind it is still read.
* Bytes that are not UTF-8 are read in the codec that `kyumei.model.text` chooses for the file's beginning, else in the
  one it chooses for the odd lines of the block together, or one by one; what no codec takes is written as `\xNN`.
* A line longer than `BLOCK_BYTES` is a fault: no log has one, and memory stays bounded.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from kyumei.model.text import decode, encoding_of
from kyumei.readers.match import bools, ints

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

BLOCK_BYTES: Final = 4 * 1024 * 1024
SAMPLED_LINES: Final = 400
NULS: Final = bytes(8)
_NUL_RUN: Final = re.compile(rb"\x00{8,}")
_CUT: Final = re.compile("\n|\x00{8,}")


@dataclass(frozen=True, slots=True)
class Lines:
    """A batch of lines: equally long Arrow arrays.

    Attributes:
        rec: byte offset of each line in the source.
        size: bytes from there to the end of the line, line end included.
        text: the line without its end.
    """

    rec: pa.Array
    size: pa.Array
    text: pa.Array

    def __len__(self) -> int:
        return len(self.rec)

    def where(self, mask: pa.Array) -> Lines:
        """Return the lines for which the mask is true."""
        return Lines(self.rec.filter(mask), self.size.filter(mask), self.text.filter(mask))


class Unread:
    """Gathers lines that did not match and turns each run of neighbours into one fault."""

    def __init__(self, rows: Rows, reason: str) -> None:
        self._rows = rows
        self._reason = reason
        self._start = 0
        self._end = -1

    def add(self, lines: Lines) -> None:
        """Add unread lines; calls come in the order of the file."""
        for rec, size in zip(lines.rec.to_pylist(), lines.size.to_pylist(), strict=True):
            if rec != self._end:
                self.close()
                self._start = rec
            self._end = rec + size

    def close(self) -> None:
        """Hand on the last run; call it after the last line."""
        if self._end > self._start:
            self._rows.fault(self._start, self._reason, self._end - self._start)
        self._start, self._end = 0, -1


def share(source: Source, pattern: re.Pattern[str]) -> float:
    """Return which share of the first non-blank lines begins with a match; 0 for an empty source."""
    lines = [line for line in _CUT.split(source.sample.text, maxsplit=SAMPLED_LINES)[:SAMPLED_LINES] if line.strip()]
    return sum(pattern.match(line) is not None for line in lines) / len(lines) if lines else 0.0


def batches(source: Source, rows: Rows, *, block: int = BLOCK_BYTES) -> Iterator[Lines]:
    """Yield the source's non-blank lines in order; a line too long becomes a fault of `rows`.

    Args:
        source: what is read.
        rows: takes the faults.
        block: bytes read at once; also the longest line.
    """
    encoding = source.sample.encoding
    if encoding.startswith("utf-16"):
        yield from _wide(source, encoding, rows)
        return
    with source.open() as stream:
        start = len(codecs.BOM_UTF8) if source.head.startswith(codecs.BOM_UTF8) else 0
        stream.seek(start)
        for offset, data in _blocks(stream, start, rows, block):
            lines = _split(data, offset, encoding)
            if len(lines):
                yield lines


def _blocks(stream: BinaryIO, offset: int, rows: Rows, size: int) -> Iterator[tuple[int, bytes]]:
    """Yield offset and bytes of blocks cut at line ends."""
    rest, skipped = b"", 0
    while chunk := stream.read(size):
        block = rest + chunk
        end = block.rfind(b"\n") + 1
        if skipped:  # inside a line that is too long
            begin = block.find(b"\n") + 1
            skipped += begin or len(block)
            if begin:
                rows.fault(offset - (skipped - begin), "line too long", skipped)
                skipped = 0
                if end > begin:
                    yield offset + begin, block[begin:end]
            rest = block[end:] if begin else b""
        elif end:
            yield offset, block[:end]
            rest = block[end:]
        elif len(block) > size:
            skipped, rest = len(block), b""
        else:
            rest = block
        offset += len(block) - len(rest)
    if skipped:
        rows.fault(offset - skipped, "line too long", skipped)
    elif rest:
        yield offset, rest


def _split(block: bytes, offset: int, encoding: str) -> Lines:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n")) + 1
    if b"\0" in block and NULS in block:  # one byte is looked for ten times as fast as eight
        ends = np.union1d(ends, [place for run in _NUL_RUN.finditer(block) for place in run.span()])
    ends = ends[ends > 0]
    if not len(ends) or ends[-1] != len(block):
        ends = np.append(ends, len(block))
    starts = np.concatenate(([0], ends[:-1]))
    bounds = pa.py_buffer(np.concatenate((starts, ends[-1:])).astype(np.int32).tobytes())
    raw = pa.Array.from_buffers(pa.binary(), len(starts), [None, bounds, pa.py_buffer(block)])
    text = pc.ascii_rtrim(_decoded(raw, block, (starts, ends), encoding), characters="\r\n")
    lines = Lines(ints(starts + offset), ints(ends - starts), text)
    blank = pc.or_(pc.equal(pc.binary_length(text), 0), pc.utf8_is_space(text))
    return lines.where(pc.invert(blank)) if pc.any(blank).as_py() else lines


def _decoded(raw: pa.Array, block: bytes, bounds: tuple[Any, Any], encoding: str) -> pa.Array:
    """Return the lines as text; `bounds` are where they begin and end in the block."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if encoding == "iso2022_jp_3":  # to a validator all of it is ASCII
        return pa.array([_text(line, encoding) for line in raw.to_pylist()], pa.string())
    try:
        return raw.cast(pa.string())
    except pa.ArrowInvalid:
        pass
    starts, ends = bounds
    high = np.unique(np.searchsorted(ends, np.flatnonzero(np.frombuffer(block, np.uint8) >= 0x80), side="right"))
    lines = {int(i): block[starts[i] : ends[i]] for i in high}
    odd = {i: line for i, line in lines.items() if not _is_utf8(line)}
    mask = np.zeros(len(starts), bool)
    mask[list(odd)] = True
    texts = pc.if_else(bools(mask), pa.scalar(b"", pa.binary()), raw).cast(pa.string())
    spelt = _odd_texts([*odd.values()], encoding)
    return pc.replace_with_mask(texts, bools(mask), pa.array(spelt, pa.string()))


def _odd_texts(lines: list[bytes], encoding: str) -> list[str]:
    """Return the text of lines that are not UTF-8, in one codec where one fits all of them."""
    codec = encoding if encoding in {"cp932", "euc_jp"} else encoding_of(b"".join(lines))
    return [_text(line, codec if codec != "utf-8" else encoding_of(line)) for line in lines]


def _text(line: bytes, codec: str) -> str:
    try:
        return line.decode(codec)
    except UnicodeDecodeError:
        return decode(line, "utf-8").text


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _wide(source: Source, encoding: str, rows: Rows) -> Iterator[Lines]:
    """Yield the lines of UTF-16 text; offsets are those of the bytes."""
    big = source.head.startswith(codecs.BOM_UTF16_BE) or encoding == "utf-16-be"
    decoder: Any = codecs.getincrementaldecoder("utf-16-be" if big else "utf-16-le")("backslashreplace")
    offset = len(codecs.BOM_UTF16_LE) if encoding == "utf-16" else 0
    with source.open() as stream:
        stream.seek(offset)
        rest = ""
        while chunk := stream.read(BLOCK_BYTES):
            *whole, rest = (rest + decoder.decode(chunk)).split("\n")
            yield from _wide_batch([line + "\n" for line in whole], offset)
            offset += sum(_wide_bytes(line) + 2 for line in whole)
            if len(rest) > BLOCK_BYTES:
                rows.fault(offset, "line too long", _wide_bytes(rest))
                offset, rest = offset + _wide_bytes(rest), ""
        yield from _wide_batch([rest + decoder.decode(b"", final=True)], offset)


def _wide_bytes(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass"))


def _wide_batch(lines: list[str], offset: int) -> Iterator[Lines]:
    import pyarrow as pa

    kept: list[tuple[int, int, str]] = []
    for line in lines:
        size = _wide_bytes(line)
        if line.strip():
            kept.append((offset, size, line.rstrip("\r\n")))
        offset += size
    if kept:
        recs, sizes, texts = zip(*kept, strict=True)
        yield Lines(pa.array(recs, pa.int64()), pa.array(sizes, pa.int64()), pa.array(texts, pa.string()))
