"""Find wording that says more than the facts: denials, certainties, promises, belittling, records taken for people.

The rules are data (`lint.toml`); each is tried on each sentence. A hit is a question to the writer, not a verdict.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ENDS: Final = "。.!?\uff01\uff1f"
_SENTENCE: Final = re.compile(rf"[^{_ENDS}\n\t]*(?:[.](?=\S)[^{_ENDS}\n\t]*)*[{_ENDS}]?")
_JAPANESE: Final = re.compile("[ぁ-んァ-ヶ]")


@dataclass(frozen=True, slots=True)
class Rule:
    """One overstatement; see `lint.toml`."""

    id: str
    lang: str
    find: re.Pattern[str]
    say: Mapping[str, str]
    write: Mapping[str, str]
    unless: re.Pattern[str] | None = None
    status: tuple[str, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Issue:
    """A place where a rule fired; `line` counts from 1."""

    rule: str
    line: int
    found: str
    sentence: str
    say: Mapping[str, str]
    write: Mapping[str, str]


def lint(text: str, *, status: str = "") -> list[Issue]:
    """Return the overstatements in a text, in the order of the text.

    Args:
        text: Japanese or English; each sentence is judged by the rules of its language.
        status: status of the leak (confirmed, suspected, not_found, ruled_out); empty where it is not known, and then the
            rules that compare the wording with it are silent.
    """
    return [issue for number, line in enumerate(text.split("\n"), 1) for issue in _line(line, number, status)]


def _line(line: str, number: int, status: str) -> Iterator[Issue]:
    for found in _SENTENCE.finditer(line):
        sentence = found[0].strip()
        if not sentence:
            continue
        lang = "ja" if _JAPANESE.search(sentence) else "en"
        bare = sentence.rstrip(_ENDS)
        for rule in rules():
            if rule.lang != lang or (rule.status and status not in rule.status):
                continue
            hit = rule.find.search(bare)
            if hit and not (rule.unless and rule.unless.search(sentence)):
                yield Issue(rule.id, number, hit[0], sentence, rule.say, rule.write)


@cache
def rules() -> tuple[Rule, ...]:
    """Return all rules in the order of their file."""
    listed = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["rules"]
    return tuple(
        Rule(
            id=r["id"],
            lang=r["lang"],
            find=re.compile(r["find"], re.IGNORECASE),
            say=r["say"],
            write=r["write"],
            unless=re.compile(r["unless"], re.IGNORECASE) if "unless" in r else None,
            status=tuple(r.get("status", ())),
        )
        for r in listed
    )
