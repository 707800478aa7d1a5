"""Report to the board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.reports import parts
from kyumei.reports.document import Document, Section, formula
from kyumei.reports.matter import Phrases
from kyumei.reports.ppc import history, said_before
from kyumei.reports.registry import report
from kyumei.reports.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.reports.matter import Matter


@report("board_report", title=("取締役会への報告", "Report to the board"), formats=("pdf", "docx", "json"))
def build(matter: Matter) -> Iterator[Document]:
    """Tell the board what is known and how surely, whom it concerns, what the law asks by when, and what it has to decide."""
    say, state = Phrases("documents/board_report", matter.lang), Statements(matter)
    entered = ("police.station", "publication.status", "persons.status", "survey.status")
    responses = tuple(matter.labelled(key) for key in entered)
    sections = (
        Section(say("summary"), (parts.paragraph(state.leak(), *state.access(), state.people(), *state.categories()),)),
        Section(say("course"), (parts.paragraph(state.aware(), state.window()), parts.timeline(matter))),
        Section(say("extent"), (parts.paragraph(state.people(), state.records()), parts.holdings(matter, most=10))),
        Section(say("cause"), (parts.paragraph(state.cause()), parts.bullets(state.supports(), none=say("none")))),
        Section(say("against"), (parts.bullets(state.contradicts(), none=say("none_against")),)),
        Section(say("duties"), (parts.duties(matter),)),
        Section(say("response"), (parts.bullets(responses), parts.paragraph(*state.damage()), parts.answers(matter))),
        Section(say("history"), (history(matter) if said_before(matter) else parts.paragraph(formula(say("no_history"))),)),
        Section(say("measures"), (parts.measures(matter),)),
        Section(say("decide"), (parts.bullets(tuple(formula(say(f"decide_{n}")) for n in range(1, 6))),)),
        Section(say("unknown"), (parts.bullets(state.unknowns(), none=say("none")), parts.paragraph(*parts.coverage(matter)))),
    )
    about = ((say("case"), matter.name), (say("on"), matter.today()))
    yield Document("board_report", matter.lang, say("title"), sections, "inside", matter.status, about=about)
