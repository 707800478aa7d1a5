"""Value modifiers where pySigma's own differ from the specification or cost too much: encodings, windash, placeholders.

Texts that have become bytes are kept as text with surrogates (`surrogateescape`) until the next encoding.
"""

from __future__ import annotations

import re
from base64 import b64encode
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from sigma.modifiers import SigmaValueModifier, modifier_mapping
from sigma.types import Placeholder, SigmaExpansion, SigmaString, SpecialChars

from kyumei.detect.sigma.tree import DASHES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sigma.modifiers import SigmaModifier

WINDASH: Final = "_windash"
_MOST_DASHES: Final = 3
_DASH: Final = re.compile(r"\B[-/\u2013\u2014\u2015]\b")
_PLACEHOLDER: Final = re.compile(r"(\\?)%([^%\\]+)%|\\%")


def _made(parts: list[str | SpecialChars | Placeholder], like: SigmaString) -> SigmaString:
    made = type(like)()
    made.s = [part for part in parts if part != ""]
    made.original = like.original
    return made


def _encoded(encode: Callable[[str], bytes], value: SigmaString) -> SigmaString:
    return _made(
        [encode(p).decode("utf-8", "surrogateescape") if isinstance(p, str) else p for p in value.s],
        value,
    )


def _as_bytes(value: SigmaString) -> list[bytes]:
    """Return the value's bytes, several where it has dashes that may be written in several ways."""
    if any(isinstance(part, SpecialChars) or (isinstance(part, Placeholder) and part.name != WINDASH) for part in value.s):
        msg = "a value with wildcards cannot be encoded in Base64"
        raise ValueError(msg)
    choices = [part if isinstance(part, str) else DASHES for part in value.s]
    if sum(part is DASHES for part in choices) > _MOST_DASHES:
        msg = f"more than {_MOST_DASHES} dashes in a value for Base64"
        raise ValueError(msg)
    ways = product(*([part] if part is not DASHES else DASHES for part in choices))
    return ["".join(way).encode("utf-8", "surrogateescape") for way in ways]


def _all_of(texts: list[str]) -> SigmaExpansion:
    return SigmaExpansion([SigmaString.from_str(text) for text in texts if text])


class Utf16le(SigmaValueModifier[SigmaString, SigmaString]):
    """Encode as UTF-16LE (`utf16le`, `wide`), characters of any alphabet."""

    def modify(self, val: SigmaString) -> SigmaString:
        """Return the encoded value."""
        return _encoded(lambda text: text.encode("utf-16-le"), val)


class Utf16be(SigmaValueModifier[SigmaString, SigmaString]):
    """Encode as UTF-16BE."""

    def modify(self, val: SigmaString) -> SigmaString:
        """Return the encoded value."""
        return _encoded(lambda text: text.encode("utf-16-be"), val)


class Utf16(SigmaValueModifier[SigmaString, SigmaString]):
    """Encode as UTF-16LE behind a byte order mark."""

    def modify(self, val: SigmaString) -> SigmaString:
        """Return the encoded value."""
        made = _encoded(lambda text: text.encode("utf-16-le"), val)
        mark = b"\xff\xfe".decode("utf-8", "surrogateescape")
        return _made([mark, *made.s], val)


class Base64(SigmaValueModifier[SigmaString, SigmaExpansion]):
    """Encode in Base64."""

    def modify(self, val: SigmaString) -> SigmaExpansion:
        """Return the encoded value."""
        return _all_of([b64encode(data).decode() for data in _as_bytes(val)])


class Base64Offset(SigmaValueModifier[SigmaString, SigmaExpansion]):
    """Encode in Base64 at each of the three offsets, without the characters that depend on the neighbours."""

    def modify(self, val: SigmaString) -> SigmaExpansion:
        """Return the three variants; one of them is to be found."""
        return _all_of([_shifted(data, i) for data in _as_bytes(val) for i in range(3)])


def _shifted(data: bytes, offset: int) -> str:
    start, end = (0, 2, 3)[offset], (None, -3, -2)[(len(data) + offset) % 3]
    return b64encode(b" " * offset + data)[start:end].decode()


class Windash(SigmaValueModifier[SigmaString, SigmaString]):
    """Take a dash before a word for any of the five signs that Windows programs take for it."""

    def modify(self, val: SigmaString) -> SigmaString:
        """Return the value with a placeholder for each such dash."""
        return val.replace_with_placeholder(_DASH, WINDASH)


class Expand(SigmaValueModifier[SigmaString, SigmaString]):
    r"""Mark placeholders (`%name%`); `\%` is a plain percent sign."""

    def modify(self, val: SigmaString) -> SigmaString:
        """Return the value with its placeholders marked."""
        parts: list[Any] = []
        for part in val.s:
            parts += _split(part) if isinstance(part, str) else [part]
        return _made(parts, val)._merge_strs()  # noqa: SLF001  # pySigma's only way to join texts


def _split(text: str) -> list[str | Placeholder]:
    parts: list[str | Placeholder] = []
    at = 0
    while found := _PLACEHOLDER.search(text, at):
        parts.append(text[at : found.start()])
        if found[0].startswith("\\"):
            parts.append("%")
            at = found.start() + 2
        else:
            parts.append(Placeholder(found[2]))
            at = found.end()
    return [*parts, text[at:]]


MODIFIERS: Final[Mapping[str, type[SigmaModifier[Any, Any]]]] = {
    **modifier_mapping,
    "base64": Base64,
    "base64offset": Base64Offset,
    "utf16": Utf16,
    "utf16be": Utf16be,
    "utf16le": Utf16le,
    "wide": Utf16le,
    "windash": Windash,
    "expand": Expand,
}
"""By name, those of the specification and pySigma's further spellings."""
