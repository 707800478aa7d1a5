"""Public notice, first and following, in the order Japanese notices have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.reports import parts
from kyumei.reports.document import Document, Section, Sentence, formula
from kyumei.reports.documents.person_notice import advice
from kyumei.reports.matter import Phrases
from kyumei.reports.ppc import history, said_before
from kyumei.reports.registry import report
from kyumei.reports.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.reports.document import Block
    from kyumei.reports.matter import Matter


@report(
    "public_notice",
    title=("公表文(第1報・続報)", "Public notice (first and following)"),
    formats=("docx", "pdf", "txt", "json"),
    audience="outside",
)
def build(matter: Matter) -> Iterator[Document]:
    """Tell the public what is known on this day: course, data, response, cause, recurrence, misuse, contact.

    The number of the notice follows from those entered as published; numbers said before stay in it.
    """
    say, state = Phrases("documents/public_notice", matter.lang), Statements(matter, "polite")
    number = len(matter.filings("public_notice")) + 1
    title = say("title", n=say("first") if number == 1 else say("next", n=number))
    lead = (parts.paragraph(formula(say("greeting")), formula(say("as_of", day=matter.today()))),)
    extent: list[Block] = [parts.paragraph(state.people(), state.records(), *state.categories(), *state.access())]
    if said_before(matter, public=True):
        extent.append(history(matter, public=True))
    responses = (_entered(matter, say, "police.station"), _survey(matter, say), _entered(matter, say, "persons.detail"))
    reported = tuple(
        Sentence(say("reported", day=f.get("on"), receipt=f.get("receipt") or "-"), "stated", (f"filing:{f.get('name')}",))
        for name in ("ppc_preliminary", "ppc_final")
        for f in matter.filings(name)
    )
    sections = (
        Section(
            say("s_course"), (parts.paragraph(state.leak(), state.aware(), state.window()), parts.bullets(_course(matter)))
        ),
        Section(say("s_extent"), tuple(extent)),
        Section(say("s_response"), (parts.bullets((*reported, *responses)),)),
        Section(say("s_cause"), (parts.paragraph(state.cause()),)),
        Section(say("s_prevention"), (parts.bullets((matter.stated("prevention.done"), matter.stated("prevention.planned"))),)),
        Section(say("s_damage"), (parts.paragraph(*state.damage()), parts.bullets(advice(matter)))),
        parts.contact(matter),
    )
    top: tuple[parts.Line, ...] = (("right", matter.today()), ("right", parts.told(matter, "org.name")))
    yield Document("public_notice", matter.lang, title, sections, "outside", matter.status, top=top, lead=lead)


def _entered(matter: Matter, say: Phrases, key: str) -> Sentence:
    text = matter.entry(key)
    return Sentence(say(key, text=text), "stated", matter.entry_basis(key)) if text else formula(matter.blank(key))


def _survey(matter: Matter, say: Phrases) -> Sentence:
    """Return who examines it; where nobody does yet, how far that is."""
    if not matter.entry("survey.detail") and matter.choice("survey.status") in ("none", "considered"):
        return matter.labelled("survey.status")
    return _entered(matter, say, "survey.detail")


def _course(matter: Matter) -> tuple[Sentence, ...]:
    """Return what was entered of the course; findings are not copied, because they name accounts and addresses."""
    return (matter.stated("discovery.story"),)
