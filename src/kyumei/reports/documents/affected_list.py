"""Cover of the list of affected persons; the list itself lies beside it as CSV and XLSX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.reports import parts
from kyumei.reports.document import Document, Section, Sentence, formula
from kyumei.reports.matter import Phrases
from kyumei.reports.registry import report
from kyumei.reports.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.reports.matter import Matter


@report(
    "affected_list",
    title=("本人の一覧(表紙と名簿)", "List of affected persons (cover and list)"),
    formats=("pdf", "json"),
    when=lambda m: m.number("people") is not None,
    persons=True,
)
def build(matter: Matter) -> Iterator[Document]:
    """Say how the list was made, how many people are on it and why, and how it is to be handled.

    The list has one row a person: number, reason, records, masked values (or with --full the values), where the first record
    lies. It is written beside the cover as CSV, and as XLSX where it fits or was asked for.
    """
    say, state = Phrases("documents/affected_list", matter.lang), Statements(matter)
    rules = tuple(formula(say(f"rule_{n}")) for n in range(1, 6))
    sections = (
        Section(say("s_count"), (parts.paragraph(*_counted(matter, state, say)),)),
        Section(say("s_reason"), (parts.paragraph(state.leak(), *state.access()), parts.holdings(matter))),
        Section(say("s_how"), (parts.paragraph(Sentence(say("how"), "stated", ("diagnosis:/holdings",))),)),
        Section(say("s_rules"), (parts.bullets(rules),)),
    )
    about = ((say("case"), matter.name), (say("on"), matter.today()))
    yield Document("affected_list", matter.lang, say("title"), sections, "inside", matter.status, about=about)


def _counted(matter: Matter, state: Statements, say: Phrases) -> Iterator[Sentence]:
    yield from (state.people(), state.records(), state.method())
    if number := int(matter.diagnosis.get("removed_by_hand") or 0):
        yield Sentence(say("removed", number=number), "stated", ("affected.jsonl",))
