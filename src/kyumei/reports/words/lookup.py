"""Look words up; what evidence says is never a word and goes through `kyumei.model.text.visible` when it is shown."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal

Lang = Literal["ja", "en"]
LANGS: Final[tuple[Lang, ...]] = ("ja", "en")


@cache
def table(lang: Lang) -> Mapping[str, Mapping[str, str]]:
    """Return all words of a language: group, key, word."""
    return tomllib.loads(Path(__file__).with_name(f"{lang}.toml").read_text("utf-8"))


class Words:
    """The words of one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang: Final = lang
        self._table = table(lang)

    def __call__(self, key: str, **values: object) -> str:
        """Return the word for `group.key`, or for a key of the group `ui`; `values` fill its places."""
        group, dot, rest = key.partition(".")
        word = self._table[group][rest] if dot else self._table["ui"][key]
        return word.format(**values) if values else word

    def term(self, group: str, key: object) -> str:
        """Return the word for a value of a closed list, or the value itself where the list does not have it."""
        return self._table[group].get(str(key), str(key))

    def way(self, way: object) -> str:
        """Return the words for a means or channel; `vpn.stolen_credentials` is one qualified by another."""
        known = self._table["way"].get(str(way))
        first, dot, rest = str(way).partition(".")
        return known or (f"{self.term('way', first)} ({self.term('way', rest)})" if dot else str(way))

    def said(self, text: object) -> str:
        """Return what is given in both languages in this one; plain text as it is, nothing as an empty text."""
        if isinstance(text, Mapping):
            return str(text.get(self.lang) or next((v for _, v in sorted(text.items()) if v), ""))
        return "" if text is None else str(text)
