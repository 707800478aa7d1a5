"""Notice to the acquirer, payment service provider and card brands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.reports import parts
from kyumei.reports.document import Document, Section, Sentence, formula
from kyumei.reports.matter import Phrases, labels
from kyumei.reports.registry import report
from kyumei.reports.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.reports.document import Field
    from kyumei.reports.matter import Matter


@report(
    "card_notice",
    title=("カード会社(アクワイアラ)・決済代行への連絡", "Notice to acquirer and card brands"),
    formats=("docx", "pdf", "json"),
    audience="outside",
    when=lambda m: m.verdict("jp.card.acquirer") != "does_not",
    fulfils=("jp.card.acquirer",),
)
def build(matter: Matter) -> Iterator[Document]:
    """Tell the acquirer at the stage of suspicion, and say that kyumei does not replace a PFI."""
    say, state = Phrases("documents/card_notice", matter.lang), Statements(matter, "polite")
    kinds = [c for c, _ in matter.categories if c in ("fin.card_number", "fin.card_cvv", "auth.payment_login")]
    found = say("found", names=matter.kinds(kinds)) if kinds else say("none_found")
    card = Sentence(found, matter.certainty if kinds else "no_trace", ("diagnosis:/holdings/*/categories", "coverage"))
    sections = (
        Section(say("s_what"), (parts.paragraph(state.leak(), state.aware(), state.window(), state.cause()),)),
        Section(say("s_card"), (parts.paragraph(card, state.records(), state.people()),)),
        Section(say("s_done"), (_field(matter, "card.stopped"), _field(matter, "card.pfi"), _field(matter, "card.brands"))),
        Section(say("s_ask"), (parts.bullets(tuple(formula(say(f"ask_{n}")) for n in range(1, 5))),)),
        Section(say("s_limits"), (parts.paragraph(formula(say("limits"))),)),
        parts.contact(matter),
    )
    top = parts.letterhead(matter, (parts.told(matter, "card.acquirer"),), recipient=False)
    lead = (parts.paragraph(formula(say("greeting"))),)
    yield Document("card_notice", matter.lang, say("title"), sections, "outside", matter.status, top=top, lead=lead)


def _field(matter: Matter, key: str) -> Field:
    return matter.field(key, labels()[key][matter.lang])
