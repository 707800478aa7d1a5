"""Questions a regulator asks, with the answers the case has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.reports import parts
from kyumei.reports.document import Document, Field, Section, formula
from kyumei.reports.matter import Phrases
from kyumei.reports.ppc import said_before, where
from kyumei.reports.registry import report
from kyumei.reports.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.reports.document import Sentence
    from kyumei.reports.matter import Matter


@report(
    "regulator_qa",
    title=("当局からの質問への想定問答", "Questions and answers for the regulator"),
    formats=("docx", "pdf", "xlsx", "json"),
)
def build(matter: Matter) -> Iterator[Document]:
    """Prepare answers to what authorities ask after a report, each with its source, and mark what nobody can answer yet."""
    say, state = Phrases("documents/regulator_qa", matter.lang), Statements(matter)
    groups = {
        "facts": {"leaked": (state.leak(), *state.access()), "when": (state.window(),), "aware": (state.aware(),)},
        "extent": {
            "people": (state.people(),),
            "records": (state.records(),),
            "counted": (state.method(),),
            "items": state.categories(),
            "changed": _changed(matter, say),
        },
        "cause": {"cause": (state.cause(), *state.supports()), "against": state.contradicts(), "unknown": state.unknowns()},
        "examined": {
            "coverage": parts.coverage(matter),
            "survey": tuple(matter.labelled(key) for key in ("survey.status", "survey.detail")),
        },
        "response": {
            "damage": state.damage(),
            "persons": tuple(matter.labelled(key) for key in ("persons.status", "persons.detail")),
            "public": tuple(matter.labelled(key) for key in ("publication.status", "publication.date", "publication.method")),
            "police": tuple(matter.labelled(key) for key in ("police.station", "police.date")),
            "prevention": tuple(matter.labelled(key) for key in ("prevention.done", "prevention.planned")),
        },
    }
    sections = tuple(
        Section(say(f"s_{group}"), tuple(_question(say, key, answer) for key, answer in asked.items()))
        for group, asked in groups.items()
    )
    about = ((say("case"), matter.name), (say("on"), matter.today()))
    yield Document("regulator_qa", matter.lang, say("title"), sections, "inside", matter.status, about=about)


def _question(say: Phrases, key: str, answer: tuple[Sentence, ...]) -> Field:
    missing = not answer or all(s.status == "formula" for s in answer)
    return Field(key, say(f"q_{key}"), answer or (formula(say("none")),), missing=missing and bool(answer))


def _changed(matter: Matter, say: Phrases) -> tuple[Sentence, ...]:
    from kyumei.reports.document import Sentence as Said
    from kyumei.reports.figures import People, Records

    kinds = {"people": People, "records": Records}
    return tuple(
        Said(
            say(
                "said", on=h.on, number=kinds[h.unit](*h.number).said(matter.words), where=where(h, Phrases("ppc", matter.lang))
            ),
            "stated",
            (h.where if ":" in h.where else f"announcement:{h.where}",),
        )
        for h in said_before(matter)
    )
