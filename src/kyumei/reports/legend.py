"""What a document's sentences rest on, under short labels: F findings, N numbers, L laws, W what was written in, S the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.reports import view
from kyumei.reports.document import Field, Table, Text
from kyumei.reports.matter import Phrases, labels, plain_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.reports.document import Document
    from kyumei.reports.matter import Matter

_LETTERS: Final = {"finding": "F", "figure": "N", "law": "L", "entry": "W", "answer": "W"}
_CITED: Final = 3


@dataclass(frozen=True, slots=True)
class Source:
    """A basis, its label in the document, and where it can be opened."""

    basis: str
    label: str
    place: str


def legend(document: Document, matter: Matter) -> dict[str, Source]:
    """Return the sources of a document by basis: findings under the numbers they have everywhere, the rest in order of use."""
    numbers = view.numbers(matter.diagnosis)
    used = dict.fromkeys(bases(document))
    counts: dict[str, int] = {}
    found = {}
    for basis in used:
        kind, _, id_ = basis.partition(":")
        letter = _LETTERS.get(kind, "S")
        counts[letter] = counts.get(letter, 0) + 1
        label = numbers.get(id_, id_) if kind == "finding" else f"{letter}{counts[letter]}"
        found[basis] = Source(basis, label, _place(kind, id_, matter))
    return dict(sorted(found.items(), key=lambda pair: ("FNLWS".find(pair[1].label[0]), _number(pair[1].label), pair[0])))


def bases(document: Document) -> Iterator[str]:
    """Yield what a document's blocks rest on, in reading order."""
    for lead in document.lead:
        yield from (b for s in lead.sentences for b in s.basis)
    for section in document.sections:
        for block in section.blocks:
            match block:
                case Text(sentences=said) | Field(answer=said):
                    yield from (b for s in said for b in s.basis)
                case Table():
                    yield from block.basis


def _number(label: str) -> int:
    return int(label[1:]) if label[1:].isdigit() else 0


def _place(kind: str, id_: str, matter: Matter) -> str:
    say = Phrases("legend", matter.lang)
    if kind == "finding":
        return _finding(id_, matter, say)
    if kind == "figure" and id_ in matter.figures:
        figure = matter.figures[id_]
        method = matter.words.term("method", figure.method)
        return say("figure", pointer=figure.pointer, number=figure.number.said(matter.words), method=method or say("sum"))
    if kind == "entry":
        return say("entry", label=labels()[plain_key(id_)][matter.lang], key=id_)
    if kind == "answer":
        return _answer(id_, matter, say)
    if kind == "law":
        return _law(id_, matter, say)
    return say(kind, id=id_) if say.has(kind) else f"{kind}: {id_}"


def _finding(id_: str, matter: Matter, say: Phrases) -> str:
    finding = next((f for f in matter.listed("findings") if f.get("id") == id_), None)
    if finding is None:
        return say("gone", id=id_)
    cited = view.citations(finding)
    places = [f"{c.get('evidence')} {c.get('path')} @{c.get('offset')}" for c in cited[:_CITED]]
    more = say("more", n=len(cited) - _CITED) if len(cited) > _CITED else ""
    return say("finding", rule=finding.get("rule"), id=id_, places="; ".join(places) + more)


def _answer(id_: str, matter: Matter, say: Phrases) -> str:
    of = next((a for a in matter.answers if a.get("fact") == id_), {})
    named = labels().get(plain_key(id_))
    label = named[matter.lang] if named else str(of.get("label") or id_)
    return say("answer", label=label, id=id_, who=of.get("who") or "-", on=str(of.get("at") or "-")[:10])


def _law(id_: str, matter: Matter, say: Phrases) -> str:
    found = next((o for o in matter.listed("obligations") if o.get("id") == id_), None)
    if found is None:
        return say("law_unknown", id=id_)
    checked = "" if found.get("basis_level") == "primary" else say("unchecked")
    return f"{found.get('law')} {found.get('article')} ({id_}){checked}"
