"""Personal data in running text: what has a check digit, a form of its own, or a word before it that says what it is.

A first path: regular expressions over decoded lines, full-width digits and letters folded. A number with nothing but a right
check digit is no hit, because chance gives one to every tenth number.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from kyumei.scope.mask import masked
from kyumei.scope.recognise.address import PREFECTURES
from kyumei.scope.recognise.money import ISSUERS
from kyumei.scope.recognise.official import my_number_valid
from kyumei.scope.recognise.person import surnames
from kyumei.scope.recognise.shapes import luhn
from kyumei.scope.tables.blocks import bare_codec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kyumei.model.source import Source

CONTEXT_CHARACTERS: Final = 40
"""How far before a value the word that says what it is may stand."""
_PIECE: Final = 1 << 20
_WIDE: Final = {0xFF01 + n: chr(0x21 + n) for n in range(94)} | {ord(ch): "-" for ch in "−‐–"} | {0x3000: " "}
_BEFORE: Final = r"(?<![A-Za-z0-9_.@-])"
_KANJI: Final = "[一-鿿々ぁ-ゖァ-ヺー]"
_AFTER: Final = r"(?![A-Za-z0-9_@-])"
_DATE: Final = (
    r"(?:(?:19|20)\d\d[-/.年] ?\d{1,2}[-/.月] ?\d{1,2}日?|"
    r"(?:明治|大正|昭和|平成|令和|[MTSHR])(?:元|\d{1,2})[-/.年] ?\d{1,2}[-/.月] ?\d{1,2}日?)"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One value in a text.

    Attributes:
        start, end: byte offsets in the source.
        validator: what it passed: `check digit`, `luhn`, `form`, `dictionary`.
        context: the word before it that says what it is, empty where its form says enough.
    """

    category: str
    start: int
    end: int
    validator: str
    context: str
    sample_masked: str

    def as_json(self) -> dict[str, str | int]:
        """Return the object that `kyumei categories` writes."""
        return {
            "category": self.category,
            "start": self.start,
            "end": self.end,
            "validator": self.validator,
            "context": self.context,
            "sample_masked": self.sample_masked,
        }


@dataclass(frozen=True, slots=True)
class Pattern:
    """How one kind of value is found: the group `v` of the expression; `near` asks for the context in the same line."""

    kind: str
    category: str
    expression: re.Pattern[str]
    validator: str = "form"
    context: re.Pattern[str] | None = None
    valid: Callable[[str], bool] | None = None
    near: bool = False


def is_text(source: Source) -> bool:
    """Return whether the beginning of the source is text in an encoding that was recognised."""
    sample = source.sample
    letters = sample.text[:4096]
    controls = sum(ch < " " and ch not in "\t\r\n\f\x1b" for ch in letters)
    return bool(letters) and sample.bad <= len(sample.text) // 20 and controls <= len(letters) // 50


def scan(source: Source) -> Iterator[Hit]:
    """Yield the values in the order of the text; never raises on any bytes."""
    codec, mark = bare_codec(source.sample.encoding, source.head)
    with source.open() as stream:
        place = len(stream.read(mark))
        while raw := _lines(stream, codec):
            yield from _scan(raw, codec, place)
            place += len(raw)


def _lines(stream: BinaryIO, codec: str) -> bytes:
    """Return about a mebibyte that ends with a line, or with the file."""
    raw = stream.read(_PIECE)
    if not codec.startswith("utf-16"):
        return raw + stream.readline(_PIECE) if raw else raw
    return raw


def _scan(raw: bytes, codec: str, place: int) -> Iterator[Hit]:
    text = raw.decode(codec, "surrogateescape" if not codec.startswith("utf-16") else "replace")
    folded = text.translate(_WIDE)
    at, offset = 0, place
    last = -1
    for start, end, pattern, context in sorted(_found(folded), key=lambda f: (f[0], -f[1], f[2].kind)):
        if start < last:
            continue
        last = end
        offset += _width(text[at:start], codec)
        at = start
        length = _width(text[start:end], codec)
        shown = masked(folded[start:end], pattern.kind)
        yield Hit(pattern.category, offset, offset + length, pattern.validator, context, shown)


def _found(text: str) -> Iterator[tuple[int, int, Pattern, str]]:
    for pattern in _patterns():
        for found in pattern.expression.finditer(text):
            start, end = found.span("v")
            before = text[max(0, found.start() - CONTEXT_CHARACTERS) : start]
            context = (
                pattern.context.search(before.rsplit("\n", 2)[-1] if pattern.near else before) if pattern.context else None
            )
            if (pattern.context is None or context) and (pattern.valid is None or pattern.valid(found["v"])):
                yield start, end, pattern, context[0] if context else ""


def _width(text: str, codec: str) -> int:
    return len(text.encode(codec, "surrogateescape" if not codec.startswith("utf-16") else "replace"))


def _digits(text: str) -> list[int]:
    return [int(ch) for ch in text if ch.isdecimal()]


def _is_phone(text: str) -> bool:
    return 10 <= len(_digits(text.replace("+81", "0"))) <= 11


def _is_my_number(text: str) -> bool:
    import numpy as np

    return len(_digits(text)) == 12 and bool(my_number_valid(np.array([_digits(text)]))[0])


def _is_card(text: str) -> bool:
    import numpy as np

    listed = _digits(text)
    known = re.match(ISSUERS.get(len(listed), "(?!)"), "".join(map(str, listed)))
    return known is not None and bool(luhn(np.array([listed]))[0])


@cache
def _patterns() -> tuple[Pattern, ...]:
    listed: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("text.toml").read_text("utf-8"))["pattern"]
    return tuple(_pattern(entry) for entry in listed)


def _pattern(entry: Mapping[str, Any]) -> Pattern:
    form = str(entry["form"])
    for word, stands_for in (("prefectures", PREFECTURES), ("surnames", surnames()), ("kanji", _KANJI), ("date", _DATE)):
        form = form.replace(f"{{{word}}}", stands_for)
    before, after = (_BEFORE, _AFTER) if entry.get("bounded") else (entry.get("before", ""), entry.get("after", ""))
    check = entry.get("check", "form")
    return Pattern(
        kind=entry["kind"],
        category=entry["category"],
        expression=re.compile(f"{before}(?P<v>{form}){after}"),
        validator="form" if check == "phone" else check,
        context=re.compile(entry["context"], re.IGNORECASE) if "context" in entry else None,
        valid=_CHECKS.get(check),
        near=bool(entry.get("near")),
    )


_CHECKS: Final[Mapping[str, Callable[[str], bool]]] = {"phone": _is_phone, "check digit": _is_my_number, "luhn": _is_card}
