"""The facts that would decide what is open, as questions to a person, those on which most hangs first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.duties.conditions import leaves
from kyumei.duties.load import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kyumei.duties.laws import FactKind, Laws
    from kyumei.model.obligation import Obligation, Text

_ASK: Final = {"ja": "{label}を確認してください", "en": "Please establish: {label}"}
_WEIGHT: Final = {"mandatory": 3, "contract": 2}


@dataclass(frozen=True, slots=True)
class Question:
    """One fact to ask for.

    Attributes:
        fact: its name. values: what may be answered, in the notation of `kyumei facts set`.
        options: for a set, the members on which something hangs, and what each means.
        decides: titles of the obligations that are undecided by it. frees: of those that apply and that it could end.
    """

    fact: str
    text: Text
    values: str
    options: tuple[tuple[str, Text], ...]
    decides: tuple[Text, ...]
    frees: tuple[Text, ...]

    def as_json(self) -> dict[str, object]:
        """Return the object of JSON output."""
        return {
            "fact": self.fact,
            "text": dict(self.text),
            "values": self.values,
            "options": {name: dict(label) for name, label in self.options},
            "decides": [dict(title) for title in self.decides],
            "could_free_from": [dict(title) for title in self.frees],
        }


def questions(judged: Sequence[Obligation], *, laws: Laws | None = None) -> list[Question]:
    """Return one question for each fact in `undecided_by`, by the weight of what hangs on it, then in the laws' order."""
    laws = laws or shipped()
    weights: dict[str, int] = {}
    titles: dict[str, tuple[dict[str, Text], dict[str, Text]]] = {}
    for found in judged:
        for fact in found.undecided_by:
            weight = _WEIGHT.get(found.duty, 1)
            weights[fact] = weights.get(fact, 0) + weight * (2 if found.verdict == "undecided" else 1)
            decides, frees = titles.setdefault(fact, ({}, {}))
            (decides if found.verdict == "undecided" else frees)[found.id] = found.title
    order = {name: place for place, name in enumerate(laws.facts)}
    ids = {found.id for found in judged if found.undecided_by}
    ranked = sorted(weights, key=lambda fact: (-weights[fact], order.get(fact, len(order)), fact))
    return [_question(fact, laws, ids, titles[fact]) for fact in ranked]


def _question(fact: str, laws: Laws, ids: set[str], titles: tuple[dict[str, Text], dict[str, Text]]) -> Question:
    kind = laws.fact(fact)
    options = () if kind is None or kind.type != "set" else tuple(_options(fact, kind, laws, ids))
    label = {"ja": fact, "en": fact} if kind is None else kind.label
    text = {lang: _asked(label[lang], lang) for lang in ("ja", "en")}
    values = "'[NAME, …]'" if options else _values(kind)
    return Question(fact, text, values, options, tuple(titles[0].values()), tuple(titles[1].values()))


def _asked(label: str, lang: str) -> str:
    """Return the label as a question; a label that asks already only gets its mark."""
    if lang == "ja":
        return f"{label}?" if label.endswith("か") else label if "か(" in label else _ASK["ja"].format(label=label)
    return (
        f"{label}?"
        if label.startswith(("Is ", "Are ", "Was ", "Were ", "Did ", "Does ", "May ", "Has ", "Could "))
        else (_ASK["en"].format(label=label))
    )


def _options(fact: str, kind: FactKind, laws: Laws, ids: set[str]) -> Iterator[tuple[str, Text]]:
    """Yield the members that the conditions of these rules ask for, in the order of the laws."""
    conditions = [c for rule in laws.rules if rule.id in ids for c in (rule.when, rule.exempt_when) if c is not None]
    asked = [leaf.value for condition in conditions for leaf in leaves(condition) if leaf.fact == fact]
    names = dict.fromkeys(name for value in asked if isinstance(value, frozenset) for name in sorted(value))
    for name in names:
        yield name, kind.labels.get(name, {"ja": name, "en": name})


def _values(kind: FactKind | None) -> str:
    if kind is None:
        return "VALUE"
    closed = "|".join(sorted(kind.values))
    notation = {
        "tri": "true|false",
        "enum": closed,
        "set": f"'[{closed.replace('|', ', ')}]'",
        "instant": "YYYY-MM-DD[THH:MM+09:00]",
    }
    return notation.get(kind.type, "NUMBER" if kind.type in ("count", "map") else "TEXT")
