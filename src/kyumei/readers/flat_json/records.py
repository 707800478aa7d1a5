"""The records of a JSON file as blocks of columns, each record with its byte offset.

Three layouts are recognised by content: an object a line, a list of objects, and objects that hold the list (`Records`,
`value`, `Events`, …; several may follow each other). UTF-8 goes through the compiled path. A record that is no JSON there,
bytes that are no UTF-8, other encodings and broken lists go through `json_values`, which knows every tolerance; what it
cannot read either becomes a fault. No record is counted twice.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self, cast

from kyumei.model.text import decode
from kyumei.readers import json_values
from kyumei.readers.flat_json.columns import block

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    from kyumei.model.source import Source
    from kyumei.store.columns import Columns
    from kyumei.store.rows import Rows

BLOCK: Final = 8 << 20
_UTF8: Final = ("utf-8", "utf-8-sig", "ascii", "")
_LISTS: Final = "Records|value|values|items|events|Events|results|entries|data|logEvents|logs|rows|resourceLogs"
_WRAPPED: Final = re.compile(
    rb'\s*\{(?:\s*"[^"\\]*"\s*:\s*(?:"[^"\\]*"|[-+.\w]+)\s*,)*\s*"(?:' + _LISTS.encode() + rb')"\s*:\s*\[(?=\s*[{\]])'
)
_LISTED: Final = re.compile(rb"[\s\ufeff]*\[(?=\s*[{\]])".replace(b"\\ufeff", b"\xef\xbb\xbf"))
_BETWEEN: Final = re.compile(rb"[ \t\r\n,\]}\xef\xbb\xbf]*")
_SLOW_BATCH: Final = 8192
_SPANS: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Records:
    """A block of records.

    Attributes:
        columns: one row for each record, fields by flattened name.
        rec: int64, byte offset of each record in the source.
    """

    columns: Columns
    rec: np.ndarray


def records(source: Source, rows: Rows) -> Iterator[Records]:
    """Yield the records in blocks of about 8 MiB; what cannot be read becomes a fault of `rows`."""
    if source.sample.encoding not in _UTF8:
        yield from _slow(json_values.values(source, rows), rows)
        return
    head = source.head
    if _WRAPPED.match(head.removeprefix(b"\xef\xbb\xbf")):
        yield from _nested(source, rows, _WRAPPED, 2)
    elif _LISTED.match(head):
        yield from _nested(source, rows, _LISTED, 1)
    elif json_values.is_line_a_value(source.sample.text):
        yield from _lines(source, rows)
    else:
        yield from _slow(json_values.values(source, rows), rows)


@lru_cache(maxsize=8)
def first(head: bytes) -> Columns | None:
    """Return the first complete records of the head of a file as columns; None where it is no JSON."""
    import numpy as np

    from kyumei.readers.flat_json import kernel

    if b"{" not in head[:4096]:
        return None
    if not _begins_as_utf8(head):
        head = decode(head).text.encode("utf-8", "backslashreplace")
    found, spans = 0, np.zeros((64, 2), np.int64)
    for pattern, depth in ((_WRAPPED, 2), (_LISTED, 1), (re.compile(rb"\s*(?=\{)"), 0)):
        begun = pattern.match(head.removeprefix(b"\xef\xbb\xbf"))
        if begun:
            shift = 3 if head.startswith(b"\xef\xbb\xbf") else 0
            found, _ = kernel.objects(np.frombuffer(head, np.uint8), begun.end() + shift, depth, spans)
            break
    return block(head, spans[:found]).columns if found else None


def _begins_as_utf8(head: bytes) -> bool:
    """Return whether it is UTF-8, the last character left out, which the end of the head may cut."""
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as odd:
        return odd.start >= len(head) - 3
    return True


def names(head: bytes) -> frozenset[str]:
    """Return the names of the fields in the first complete records of the head of a file; none where it is no JSON."""
    columns = first(head)
    return frozenset() if columns is None else frozenset(columns.fields)


# ---- an object a line


def _lines(source: Source, rows: Rows) -> Iterator[Records]:
    offset, rest = 0, b""
    with source.open() as stream:
        while data := rest + stream.read(BLOCK):
            end = data.rfind(b"\n") + 1
            is_last = len(data) - len(rest) < BLOCK
            end = len(data) if is_last else end
            if not end:
                if len(data) < json_values.VALUE_CHARS:
                    rest = data
                    continue
                end = len(data)
            part, rest = data[:end], data[end:]
            yield from _some_lines(part, offset, rows)
            offset += end
            if is_last:
                break


def _some_lines(part: bytes, offset: int, rows: Rows) -> Iterator[Records]:
    import numpy as np

    buf = np.frombuffer(part, np.uint8)
    ends = np.flatnonzero(buf == 10)
    if not len(ends) or ends[-1] != len(part) - 1:
        ends = np.append(ends, len(part))
    starts = np.concatenate(([0], ends[:-1] + 1))
    if part.startswith(b"\xef\xbb\xbf") and offset == 0:
        starts[0] = 3
    spans = np.stack([starts, ends], axis=1).astype(np.int64)
    spans = spans[_is_record(part, spans)]
    readable = np.ones(len(spans), np.bool_) if _is_utf8(part) else np.array([_is_utf8(part[a:b]) for a, b in spans.tolist()])
    yield from _taken(part, offset, spans, readable, rows)


def _is_record(part: bytes, spans: np.ndarray) -> np.ndarray:
    """Return which lines hold more than blanks and a bracket or comma; nearly all begin with a brace."""
    import numpy as np

    buf = np.frombuffer(part, np.uint8)
    found: np.ndarray = buf[np.minimum(spans[:, 0], len(part) - 1)] == 123
    for at in np.flatnonzero(~found).tolist():
        found[at] = bool(part[spans[at, 0] : spans[at, 1]].strip(b" \t\r\n,[]"))
    return found


def _is_utf8(data: bytes) -> bool:
    import pyarrow as pa

    bounds = pa.array([0, len(data)], pa.int64()).buffers()[1]
    try:  # as fast as the bytes can be fetched, where Python would build a text
        pa.LargeBinaryArray.from_buffers(pa.large_binary(), 1, [None, bounds, pa.py_buffer(data)]).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _taken(part: bytes, offset: int, spans: np.ndarray, readable: np.ndarray, rows: Rows) -> Iterator[Records]:
    """Yield the records that the compiled path reads, then those of the same block that only the slow one does."""
    import numpy as np

    fast = spans[readable]
    taken = block(part, fast)
    if taken.good.all():
        yield Records(taken.columns, fast[:, 0] + offset)
    else:
        kept = fast[taken.good]
        if len(kept):
            yield Records(block(part, kept).columns, kept[:, 0] + offset)
    left = np.concatenate([spans[~readable], fast[~taken.good]])
    if len(left):
        yield from _slow(_parsed(part, offset, left[np.argsort(left[:, 0])].tolist(), rows), rows)


def _parsed(part: bytes, offset: int, spans: Sequence[Sequence[int]], rows: Rows) -> Iterator[tuple[int, int, Any]]:
    for start, end in spans:
        text = part[start:end].decode("utf-8", "surrogateescape").strip(" \t\r\n,")
        try:
            yield offset + start, end - start, json_values.parsed(text)
        except ValueError:
            rows.fault(offset + start, "no JSON", end - start)


def _slow(values: Iterator[tuple[int, int, Any]], rows: Rows) -> Iterator[Records]:
    """Yield values that Python parsed, written again as plain JSON so that they become columns in the same way."""
    pending: list[tuple[int, int, bytes]] = []
    for rec, size, value in values:
        for record in value if isinstance(value, list) else [value]:
            if isinstance(record, dict):
                pending.append((rec, size, json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace")))
            else:
                rows.fault(rec, "JSON value is no object", size)
        if len(pending) >= _SLOW_BATCH:
            yield from _written(pending, rows)
            pending = []
    if pending:
        yield from _written(pending, rows)


def _written(pending: list[tuple[int, int, bytes]], rows: Rows) -> Iterator[Records]:
    import numpy as np

    ends = np.cumsum([len(text) for _, _, text in pending])
    spans = np.stack([np.concatenate(([0], ends[:-1])), ends], axis=1).astype(np.int64)
    data, rec = b"".join(text for _, _, text in pending), np.array([r for r, _, _ in pending], np.int64)
    good = block(data, spans).good
    for at in np.flatnonzero(~good).tolist():
        rows.fault(int(rec[at]), "JSON nested too deeply", pending[at][1])
    if good.any():
        yield Records(block(data, spans[good]).columns, rec[good])


# ---- lists


def _nested(source: Source, rows: Rows, opens: re.Pattern[bytes], depth: int) -> Iterator[Records]:
    """Yield the objects at that depth; `opens` matches what stands before the first of a list."""
    with source.open() as stream:
        window = _Window(stream)
        while True:
            before, begun = window.waiting, window.enter(opens)
            ended = begun and window.objects(depth)
            if ended and window.waiting < _SPANS:  # lists may be short and many
                continue
            found_more = ended or window.waiting > before
            yield from window.taken(rows)
            if not found_more and (window.is_full(begun=begun) or not window.more()):
                break
        left = window.offset if window.rest.strip(b" \t\r\n,]}") else None
    if left is not None:
        tail = cast("Rows", _Shifted(rows, left))
        values = json_values.values(replace(source, opener=lambda: cast("BinaryIO", _From(source.open(), left))), tail)
        yield from _slow(((rec + left, size, value) for rec, size, value in values), rows)


class _From:
    """A stream that begins later; what `json_values` needs of one."""

    def __init__(self, stream: BinaryIO, start: int) -> None:
        self._stream, self._start = stream, start
        stream.seek(start)

    def read(self, count: int = -1) -> bytes:
        return self._stream.read(count)

    def seek(self, offset: int) -> int:
        return self._stream.seek(self._start + offset) - self._start

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()


@dataclass(frozen=True, slots=True)
class _Shifted:
    """Takes the faults of a stream that begins later."""

    rows: Rows
    start: int

    def fault(self, offset: int, reason: str, skipped: int = 0) -> None:
        self.rows.fault(self.start + offset, reason, skipped)


def _readable(data: bytes, spans: np.ndarray) -> np.ndarray:
    import numpy as np

    if _is_utf8(data[: int(spans[-1, 1])]):
        return np.ones(len(spans), np.bool_)
    return np.array([_is_utf8(data[a:b]) for a, b in spans.tolist()])


class _Window:
    """The part of the file that is looked at; `offset` is where it begins, `waiting` how many records were found in it."""

    def __init__(self, stream: Any) -> None:
        import numpy as np

        self._stream = stream
        self.rest = b""
        self.offset = 0
        self.waiting = 0
        self._at = 0
        self._inside = False
        self._found: list[np.ndarray] = []
        self._spans = np.empty((_SPANS, 2), np.int64)

    def more(self) -> bool:
        """Read on; return whether there was more, and the window may still grow."""
        if len(self.rest) > json_values.VALUE_CHARS:
            return False
        data = self._stream.read(BLOCK)
        self.rest += data
        return bool(data)

    def is_full(self, *, begun: bool) -> bool:
        """Return whether reading on would not help: no list begins where one should."""
        return not begun and len(self.rest.lstrip(b" \t\r\n,]}\xef\xbb\xbf")) > 65_536

    def enter(self, opens: re.Pattern[bytes]) -> bool:
        """Go behind the opening of the next list, if one begins here; return whether a list is open."""
        if not self._inside:
            between = _BETWEEN.match(self.rest, self._at)
            match = opens.match(self.rest, between.end() if between else self._at)
            self._inside = match is not None
            self._at = match.end() if match else self._at
        return self._inside

    def objects(self, depth: int) -> bool:
        """Find the complete records of the list that is open; return whether it was closed behind them."""
        import numpy as np

        from kyumei.readers.flat_json import kernel

        found, ended = kernel.objects(np.frombuffer(self.rest, np.uint8), self._at, depth, self._spans)
        if found:
            self._found.append(self._spans[:found].copy())
            self._at = int(self._spans[found - 1, 1])
            self.waiting += found
        self._inside = not ended
        return bool(ended)

    def taken(self, rows: Rows) -> Iterator[Records]:
        """Yield the records found and leave them behind."""
        import numpy as np

        if self._found:
            spans = np.concatenate(self._found)
            yield from _taken(self.rest, self.offset, spans, _readable(self.rest, spans), rows)
        self._found, self.waiting = [], 0
        self.rest = self.rest[self._at :]
        self.offset += self._at
        self._at = 0
