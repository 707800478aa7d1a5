"""Header words brought to one form, and headers that are about organisations or things."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BREAKS: Final = re.compile(r"[\s\-./\\:*※＊#]+")
_BETWEEN_KANJI: Final = re.compile(r"(?<=[^\x00-\x7f])_+|_+(?=[^\x00-\x7f])")

_NOTHING: Final = "(?!)"


@lru_cache(maxsize=4096)
def plain(header: str) -> str:
    """Return the header in NFKC, lower case, words joined by `_`: `Last Name`, `lastName` → `last_name`, `氏 名` → `氏名`."""
    text = unicodedata.normalize("NFKC", header).strip()
    text = _BREAKS.sub("_", _CAMEL.sub("_", text).lower()).strip("_")
    return _BETWEEN_KANJI.sub("", text)


@cache
def patterns(kind: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what the plain header of a kind of value says, and what speaks against it.

    Raises:
        KeyError: the kind is not in `headers.toml`.
    """
    words = _words()
    entry = words[kind]
    return _joined(entry["header"] + entry.get("bare", []), words), _joined(entry.get("refuse", []), words)


@cache
def sure(kind: str) -> re.Pattern[str]:
    """Return what plain headers say that name this kind without help from the columns beside them."""
    words = _words()
    return _joined(words[kind]["header"], words)


@cache
def certain(kind: str) -> re.Pattern[str]:
    """Return what plain headers say that leave no doubt about the kind, whatever the cells look like."""
    words = _words()
    return _joined(words[kind].get("certain", []), words)


def about_organisation(header: str) -> bool:
    """Return whether the header names an organisation or a thing, so that a name under it is nobody's."""
    return _says(header, "@companies", "@inanimate") and not _says(header, "@persons")


def names_company(header: str) -> bool:
    """Return whether the header names a company or the like."""
    return _says(header, "@companies") and not _says(header, "@persons")


def names_supply(header: str) -> bool:
    """Return whether the header names a meter or a place of supply, which stands for whoever lives there."""
    return _says(header, "@supplies")


def of_another(header: str) -> bool:
    """Return whether the header is about another person than the one the record is about: a guardian, the clerk in charge."""
    return _says(header, "@others")


def _says(header: str, *groups: str) -> bool:
    return _joined(list(groups), _words()).search(plain(header)) is not None


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("headers.toml").read_text("utf-8"))


def _joined(listed: list[str], words: dict[str, Any]) -> re.Pattern[str]:
    """Return one pattern for a list of them, groups and endings put in."""
    flat = [word for item in listed for word in (words["groups"][item[1:]] if item.startswith("@") else [item])]
    filled = [word.replace("{no}", words["endings"]["no"]) for word in flat]
    return re.compile("|".join(filled) or _NOTHING)
