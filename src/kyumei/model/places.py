"""Names of countries, of the states of the United States and of Japan's prefectures, by ISO 3166 code, in two languages."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["countries", "states", "prefectures"]


@cache
def names(kind: Kind) -> Mapping[str, tuple[str, str]]:
    """Return code (`DE`, `US-CA`, `JP-13`) → its name in Japanese and in English."""
    found = tomllib.loads(Path(__file__).with_name("places.toml").read_text("utf-8"))[kind]
    return {code: (str(ja), str(en)) for code, (ja, en) in found.items()}


def name(code: str, lang: str) -> str:
    """Return what a place is called; the code itself where it is not known."""
    kind: Kind = "prefectures" if code.startswith("JP-") else "states" if code.startswith("US-") else "countries"
    known = names(kind).get(code)
    return code if known is None else known[1 if lang == "en" else 0]
