"""The first diagnosis on one page, for those who decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.reports import parts
from kyumei.reports.document import Document, Section, formula
from kyumei.reports.matter import Phrases
from kyumei.reports.registry import report
from kyumei.reports.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kyumei.reports.matter import Matter

FEW: Final = 5


@report("first_diagnosis", title=("初動診断(経営向け1枚)", "First diagnosis (one page)"), formats=("pdf", "docx", "json"))
def build(matter: Matter) -> Iterator[Document]:
    """Say on one A4 page whether data leaked, of how many people, what is due when, and what to decide next."""
    say, state = Phrases("documents/first_diagnosis", matter.lang), Statements(matter)
    steps = tuple(formula(_step(matter, say, a)) for a in matter.listed("next_actions")[:FEW])
    unknown = state.unknowns()[:FEW]
    sections = (
        Section(
            say("verdict"), (parts.paragraph(state.leak(), *state.access(), state.cause(), state.route(), state.window()),)
        ),
        Section(say("extent"), (parts.paragraph(state.people(), state.records(), *state.categories()),)),
        Section(say("due"), (parts.paragraph(state.aware()), parts.duties(matter, most=6))),
        Section(say("next"), (parts.bullets(steps, none=say("none")),)),
        Section(say("unknown"), (parts.bullets(unknown, none=say("none")),)),
        Section(say("coverage"), (parts.paragraph(*parts.coverage(matter)),)),
    )
    about = ((say("case"), matter.name), (say("on"), matter.today()))
    lead = (parts.paragraph(formula(say("note"))),)
    yield Document(
        "first_diagnosis", matter.lang, say("title"), sections, "inside", matter.status, lead=lead, about=about, compact=True
    )


def _step(matter: Matter, say: Phrases, action: Mapping[str, Any]) -> str:
    """Return what to do next and who does it, where somebody is named."""
    text = matter.words.said(action.get("text"))
    owner = matter.words.said(action.get("owner"))
    return say("step", text=text, owner=matter.words.term("owner", owner)) if owner else text
