"""Titles and explanations of rules in Japanese and English.

A rule may say both itself (`kyumei:` with `title_ja`, `description_ja`, `falsepositives_ja`). For the thousands of rules that
do not, the Japanese title is that of the technique (else the tactic) which the rule's tags name, before the title as
written; the words are `attack.csv`. Nothing is translated by machine: what is not known stays English.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kyumei.detect.sigma.rule import About

_WORDS: Final = Path(__file__).with_name("attack.csv")
_TECHNIQUE: Final = re.compile(r"attack\.(t\d{4})(\.\d{3})?$")


def titles(about: About) -> dict[str, str]:
    """Return the title in `ja` and `en`."""
    own = dict(about.japanese).get("title", "")
    named = _named(about)
    return {"ja": own or (f"{named}: {about.title}" if named else about.title), "en": about.title}


def explanation(about: About) -> dict[str, str]:
    """Return what the rule points out and when it is wrong, as one paragraph in `ja` and one in `en`."""
    wrong_en = "; ".join(about.falsepositives)
    en = " ".join(filter(None, (about.description, wrong_en and f"Also seen with: {wrong_en}.")))
    own = dict(about.japanese)
    if said := own.get("description"):
        wrong = own.get("falsepositives", "")
        return {"ja": said + (f" 該当しても問題でない例: {wrong}。" if wrong else ""), "en": en}
    named, tactics = _named(about), "・".join(_tactics(about))
    kind = f"攻撃手法「{named}」" + (f"(段階: {tactics})" if tactics and tactics != named else "") if named else ""
    opening = f"{kind}を示すおそれのある記録を捉えるルール。" if kind else "Sigma ルールによる検出。"
    rest = f"ルール作成者による説明(原文): {about.description}" if about.description else ""
    harmless = f" 該当しても問題でない例(原文): {wrong_en}" if wrong_en else ""
    return {"ja": f"{opening}{rest}{harmless}", "en": en}


def _named(about: About) -> str:
    """Return the Japanese name of the first technique that is known, else of the first tactic, else ""."""
    for tag in about.tags:
        if (found := _TECHNIQUE.match(tag.lower())) and (word := words().get(found[1])):
            return word
    return next(iter(_tactics(about)), "")


def _tactics(about: About) -> list[str]:
    return [words()[tag.lower()] for tag in about.tags if tag.lower() in words() and not _TECHNIQUE.match(tag.lower())]


@cache
def words() -> Mapping[str, str]:
    """Return the Japanese name by tag: tactics as `attack.impact`, techniques as `t1490`."""
    with _WORDS.open(encoding="utf-8", newline="") as lines:
        return {row["tag"]: row["ja"] for row in csv.DictReader(lines)}
