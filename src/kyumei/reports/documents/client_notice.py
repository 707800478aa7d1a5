"""Notice of a processor to each of its clients, with that client's own counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kyumei.reports import parts
from kyumei.reports.document import Document, Section, Sentence, formula
from kyumei.reports.figures import People, Records
from kyumei.reports.matter import Phrases
from kyumei.reports.registry import report
from kyumei.reports.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kyumei.reports.figures import Figure
    from kyumei.reports.matter import Matter


@report(
    "client_notice",
    title=("委託元への通知(委託元ごと)", "Notice to clients (one each)"),
    formats=("docx", "pdf", "json"),
    audience="outside",
    when=lambda m: m.number("clients") is not None,
    fulfils=("jp.appi.processor_to_client",),
)
def build(matter: Matter) -> Iterator[Document]:
    """Write to each client what is known, with its own records and people (法26条1項ただし書, 規則9条)."""
    clients: dict[str, list[int]] = {}
    for n, holding in enumerate(matter.listed("holdings")):
        if holding.get("role") == "entrusted" and holding.get("party"):
            clients.setdefault(str(holding["party"]), []).append(n)
    for number, party in enumerate(sorted(clients), 1):
        yield _notice(matter, f"{number:03d} {party}", party, clients[party])


def _notice(matter: Matter, key: str, party: str, places: list[int]) -> Document:
    say, state = Phrases("documents/client_notice", matter.lang), Statements(matter, "polite")
    holdings = matter.listed("holdings")
    own = [holdings[n] for n in places]
    counts, rests = _counts(matter, places)
    names = [say("dataset"), say("people"), say("records"), say("categories"), say("access")]
    rows = [_row(matter, h) for h in own]
    sections = (
        Section(say("s_what"), (parts.paragraph(state.leak(), state.aware(), state.window()),)),
        Section(say("s_yours"), (parts.paragraph(*counts), parts.table(names, (3, 1.7, 1.7, 4, 2.6), rows, rests))),
        Section(say("s_access"), (parts.paragraph(*_access(matter, own)),)),
        Section(say("s_cause"), (parts.paragraph(state.cause()),)),
        Section(say("s_damage"), (parts.paragraph(*state.damage()),)),
        Section(say("s_measures"), (parts.bullets((matter.stated("prevention.done"), matter.stated("prevention.planned"))),)),
        Section(say("s_law"), (parts.paragraph(Sentence(say("law"), "stated", ("law:jp.appi.processor_to_client",))),)),
        parts.contact(matter),
    )
    merge = (
        (say("client"), party),
        *((f"{say('people')} ({n})" if len(places) > 1 else say("people"), row[1]) for n, row in enumerate(rows, 1)),
        *((f"{say('records')} ({n})" if len(places) > 1 else say("records"), row[2]) for n, row in enumerate(rows, 1)),
        (say("categories"), matter.join([row[3] for row in rows])),
    )
    lead = (parts.paragraph(formula(say("greeting")), formula(say("purpose"))),)
    top = (*parts.letterhead(matter, (party,), recipient=False),)
    return Document(
        "client_notice", matter.lang, say("title"), sections, "outside", matter.status, key=key, top=top, lead=lead, merge=merge
    )


def _counts(matter: Matter, places: list[int]) -> tuple[list[Sentence], list[str]]:
    say, told, rests = Phrases("documents/client_notice", matter.lang), [], []
    for unit in ("people", "records"):
        for n in places:
            found: Figure | None = matter.figures.get(f"{unit}:{n}")
            if found is not None:
                rests.append(f"figure:{found.id}")
        total = _one(matter, unit, places)
        if total is not None:
            told.append(Sentence(say(f"your_{unit}", n=total[0]), matter.certainty, total[1]))
    return told, rests or ["diagnosis:/holdings"]


def _one(matter: Matter, unit: str, places: list[int]) -> tuple[str, tuple[str, ...]] | None:
    """Return a client's number where it has one data set; several are told apart in the table, because people overlap."""
    return matter.number(f"{unit}:{places[0]}") if len(places) == 1 else None


def _row(matter: Matter, holding: Mapping[str, Any]) -> tuple[str, ...]:
    people, records = People.of(holding.get("people")), Records.of(holding.get("records"))
    unknown = matter.words("people_unknown")
    return (
        str(holding.get("dataset") or ""),
        people.said(matter.words) if people else unknown,
        records.said(matter.words) if records else unknown,
        parts.categories(matter, holding),
        matter.words.term("access", holding.get("access")),
    )


def _access(matter: Matter, own: list[Any]) -> list[Sentence]:
    reached = {h.get("access") for h in own}
    state = Statements(matter, "polite")
    return list(state.access_of([a for a in ("taken", "accessed", "exposed") if a in reached]))
