r"""JSON values of a file one after another, each with its byte offset: one a line, in one array, or spread over lines.

Numbers are left as text, so that no digit is lost; a name that comes twice in an object is kept twice (`name`, `name#1`).
Bytes that no codec takes stand as `\xNN` in the texts. What is no JSON becomes a fault, and reading goes on behind the next
line end. Memory is bounded by `VALUE_CHARS`; a longer value is a fault.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from kyumei.readers.lines import batches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

VALUE_CHARS: Final = 16 * 1024 * 1024
_READ: Final = 1 << 20
_BETWEEN: Final = re.compile(r"[\s,\[\]\ufeff]*")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_MAY_HOLD_SURROGATES: Final = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_ESCAPED: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\x")
_NEAR_END: Final = 64


def object_of_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object with every value, also those whose name comes again."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    found = {}
    for name, value in pairs:
        free, n = name, 0
        while free in found:
            n += 1
            free = f"{name}#{n}"
        found[free] = value
    return found


_DECODER: Final = json.JSONDecoder(parse_int=str, parse_float=str, object_pairs_hook=object_of_pairs, strict=False)


def parsed(text: str) -> Any:
    r"""Return the value of one JSON text; `\xNN` of unreadable bytes is taken as text.

    Raises:
        ValueError: the text is no JSON, or nests without end.
    """
    try:
        value = _DECODER.decode(text)
    except RecursionError as deep:
        msg = "JSON nested too deeply"
        raise ValueError(msg) from deep
    except ValueError:
        if "\\x" not in text:
            raise
        value = _DECODER.decode(_ESCAPED.sub(r"\1\\\\x", text))
    may = "\\ud" in text or "\\uD" in text or not text.isascii()
    return _clean(value) if may and _MAY_HOLD_SURROGATES.search(text) else value


def _clean(value: Any) -> Any:
    r"""Return the value with half surrogates, which no text can hold, spelt out: `\xNN` for a byte, `\uNNNN` for an escape."""
    if isinstance(value, str):
        return _SURROGATE.sub(_spelt, value)
    if isinstance(value, dict):
        return {_SURROGATE.sub(_spelt, name): _clean(inner) for name, inner in value.items()}
    return [_clean(inner) for inner in value] if isinstance(value, list) else value


def _spelt(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"


def values(source: Source, rows: Rows) -> Iterator[tuple[int, int, Any]]:
    """Yield byte offset, length in bytes and value; what cannot be read becomes a fault of `rows`."""
    if is_line_a_value(source.sample.text):
        yield from _lines(source, rows)
    else:
        yield from _stream(source, rows)


def is_line_a_value(text: str) -> bool:
    """Return whether most of the first lines are objects by themselves."""
    lines = [bare for line in text.lstrip("\ufeff").splitlines()[:40] if (bare := line.strip(" \t,")) not in {"", "[", "]"}]
    return sum(map(_is_object, lines)) * 2 > len(lines)


def extent(source: Source, rec: int) -> int:
    """Return how many bytes the value at an offset takes, with its line's end where values are lines; 0 where none is there."""
    with source.open() as stream:
        stream.seek(rec)
        if is_line_a_value(source.sample.text):
            return len(stream.readline(VALUE_CHARS))
        text = stream.read(VALUE_CHARS).decode("utf-8", "surrogateescape")
    try:
        return len(text[: _DECODER.raw_decode(text)[1]].encode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        return 0


def _is_object(line: str) -> bool:
    try:
        return line.startswith("{") and isinstance(parsed(line), dict)
    except ValueError:
        return False


def _lines(source: Source, rows: Rows) -> Iterator[tuple[int, int, Any]]:
    for batch in batches(source, rows):
        for rec, size, text in zip(batch.rec.to_pylist(), batch.size.to_pylist(), batch.text.to_pylist(), strict=True):
            bare = text.strip(" \t,")
            if bare in {"[", "]"}:
                continue
            try:
                yield rec, size, parsed(bare)
            except ValueError:
                rows.fault(rec, "no JSON", size)


def _stream(source: Source, rows: Rows) -> Iterator[tuple[int, int, Any]]:
    with source.open() as stream:
        window = Window(stream, source.sample.encoding)
        while window.skip(_BETWEEN):
            start, chars = window.offset, window.text
            value, end = window.value()
            if end:
                window.drop(end)
                yield start, window.offset - start, value
            else:
                there = chars.find("\n", 1)
                window.drop(there if there > 0 else len(window.text))
                rows.fault(start, "no JSON", window.offset - start)


class Window:
    """The part of a text file that is being looked at, and the byte offset of its first character."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        name = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(encoding, encoding)
        head = stream.read(2)
        if encoding == "utf-16" and head == codecs.BOM_UTF16_BE:
            name = "utf-16-be"
        stream.seek(0)
        self._stream = stream
        self._encoding = name
        self._decoder: Any = codecs.getincrementaldecoder(name)("surrogateescape" if name == "utf-8" else "replace")
        self.text = ""
        self.offset = 0
        self.ended = False

    def more(self) -> bool:
        """Read on, as much as is there already; return whether there was more."""
        data = self._stream.read(max(_READ, len(self.text)))
        self.text += self._decoder.decode(data, not data)
        self.ended = not data
        return bool(data)

    def drop(self, chars: int) -> None:
        """Leave the first characters behind."""
        self.offset += len(
            self.text[:chars].encode(self._encoding, "surrogateescape" if self._encoding == "utf-8" else "replace")
        )
        self.text = self.text[chars:]

    def skip(self, between: re.Pattern[str]) -> bool:
        """Leave what stands between values behind; return whether anything follows."""
        while True:
            found = between.match(self.text)
            self.drop(found.end() if found else 0)
            if self.text:
                return True
            if not self.more() and not self.text:
                return False

    def value(self) -> tuple[Any, int]:
        """Return the value at the beginning and how many characters it takes, 0 where there is none."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text)
                return (_clean(value) if _MAY_HOLD_SURROGATES.search(self.text, 0, end) else value), end
            except RecursionError:
                return None, 0
            except json.JSONDecodeError as bad:
                is_cut = bad.pos >= len(self.text) - _NEAR_END or bad.msg.startswith("Unterminated string")
                if not is_cut or self.ended or len(self.text) > VALUE_CHARS:
                    return None, 0
            self.more()
