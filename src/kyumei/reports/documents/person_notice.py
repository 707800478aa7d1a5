"""Notice to the affected persons: letter, mail and web page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.reports import parts
from kyumei.reports.document import Document, Section, Sentence, formula
from kyumei.reports.matter import Phrases
from kyumei.reports.narrowed import own
from kyumei.reports.registry import report
from kyumei.reports.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.reports.matter import Matter

NOTHING: Final = ("なし", "特になし", "none", "n/a", "-")
"""What people write where there is nothing to say."""
MEDIA: Final = ("letter", "mail", "web")
ADVICE: Final = {
    "fin.card_number": "card",
    "fin.bank_account": "bank",
    "auth.password": "password",
    "auth.password_hash": "password",
    "auth.payment_login": "password",
    "id.email": "email",
    "id.phone": "phone",
    "id.address": "post",
}


@report(
    "person_notice",
    title=("本人への通知(手紙・メール・Web)", "Notice to the affected persons (letter, mail, web)"),
    formats=("docx", "pdf", "txt", "json"),
    audience="outside",
    when=lambda m: m.verdict("jp.appi.person") != "does_not",
    fulfils=("jp.appi.person",),
)
def build(matter: Matter) -> Iterator[Document]:
    """Tell the persons items 1, 2, 4, 5 and 9 of 規則8条1項 (規則10条), in plain words, with what they can do themselves.

    Where there is entrusted data besides, the notice is about the organisation's own; the clients tell theirs.
    """
    held = own(matter)
    for medium in MEDIA:
        yield notice(held, medium, to=Phrases("documents/person_notice", matter.lang)("name_here"))


def notice(matter: Matter, medium: str, *, to: str, key: str = "") -> Document:
    """Return the notice to one person, or with `to` as a place for the name to all of them."""
    say, state = Phrases("documents/person_notice", matter.lang), Statements(matter, "polite")
    what = "missent" if matter.cause == "error.missent" else "attack" if matter.cause.startswith("external.") else "other"
    lead = (
        parts.paragraph(formula(say("greeting"))),
        parts.paragraph(
            Sentence(say(f"what_{what}_{_sure(matter)}"), matter.certainty, matter.because), formula(say("apology"))
        ),
    )
    sections = [
        Section(say("s_what"), (parts.paragraph(state.leak(), state.window(), *state.access()),)),
        Section(say("s_items"), (parts.paragraph(*state.categories()),)),
        Section(say("s_cause"), (parts.paragraph(state.cause()),)),
        Section(say("s_damage"), (parts.paragraph(*state.damage()), parts.bullets(advice(matter)))),
        Section(say("s_other"), (parts.bullets((matter.stated("prevention.done"), *_remarks(matter))),)),
        parts.contact(matter),
    ]
    top = parts.letterhead(matter, (to,)) if medium == "letter" else ()
    title = say(f"title_{medium}")
    about = ((say("to"), to),) if medium == "mail" else ()
    return Document(
        "person_notice",
        matter.lang,
        title,
        tuple(sections),
        "outside",
        matter.status,
        key=key or medium,
        top=top,
        lead=lead,
        about=about,
        merge=((say("merge_name"), to),),
    )


def _remarks(matter: Matter) -> tuple[Sentence, ...]:
    """Return other useful matters (規則8条1項9号) where there are any."""
    text = matter.entry("other.remarks")
    return (matter.stated("other.remarks"),) if text and text.lower() not in NOTHING else ()


def advice(matter: Matter) -> tuple[Sentence, ...]:
    """Return what a person can do, by the kinds of data concerned."""
    say = Phrases("documents/person_notice", matter.lang)
    kinds = dict.fromkeys(ADVICE[c] for c, _ in matter.categories if c in ADVICE)
    return tuple(formula(say(f"advice_{kind}")) for kind in [*kinds, "call"])


def _sure(matter: Matter) -> str:
    return "confirmed" if matter.status == "confirmed" else "maybe"
