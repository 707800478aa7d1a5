"""What affected persons should watch for, by kind of data, and whom they can ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.reports import parts
from kyumei.reports.document import Document, Section, formula
from kyumei.reports.matter import Phrases
from kyumei.reports.registry import report
from kyumei.reports.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.reports.document import Table
    from kyumei.reports.matter import Matter

KINDS: Final = {
    "card": ("fin.card_number", "fin.card_cvv"),
    "bank": ("fin.bank_account",),
    "password": ("auth.password", "auth.password_hash"),
    "pay": ("auth.payment_login",),
    "mynumber": ("id.mynumber",),
    "gov_id": ("id.gov_id",),
    "sensitive": ("sens.health", "sens.race", "sens.creed", "sens.social_status", "sens.criminal", "sens.orientation"),
    "biometric": ("sens.biometric",),
    "comm": ("comm.secrecy",),
    "email": ("id.email",),
    "phone": ("id.phone",),
    "address": ("id.address", "id.location"),
    "person": ("id.name", "id.dob", "id.sex", "id.nationality", "id.family"),
    "number": ("id.student_no", "id.employee_no", "id.customer_no", "id.online", "biz.contract"),
}
"""Group of advice → categories, the weightiest first."""
CONTACTS: Final = {
    "consumer": (),
    "police": (),
    "card": ("card", "pay"),
    "bank": ("bank",),
    "credit": ("gov_id", "mynumber", "bank", "person"),
    "mynumber": ("mynumber",),
    "phishing": ("email", "phone", "password", "pay"),
    "ipa": ("password", "email", "pay"),
    "post": ("address",),
    "rights": ("sensitive", "biometric", "comm"),
    "ppc": (),
}
"""Place to turn to → groups for which it is named; empty for every leak."""


@report(
    "victim_support",
    title=("本人が気をつけること・相談先", "What affected persons should watch for, and whom to ask"),
    formats=("docx", "pdf", "txt", "json"),
    audience="outside",
    when=lambda m: m.status in ("confirmed", "suspected") and bool(m.categories),
)
def build(matter: Matter) -> Iterator[Document]:
    """Tell the persons, for each kind of data concerned, what misuse looks like, what to do about it, and who helps."""
    say, state = Phrases("documents/victim_support", matter.lang), Statements(matter, "polite")
    groups = concerned(matter)
    sections = [Section(say("s_what"), (parts.paragraph(state.leak(), *state.categories()),))]
    for group in groups:
        watch = tuple(formula(say(f"{group}_{n}")) for n in range(1, 4))
        sections.append(Section(say(f"{group}_title"), (parts.paragraph(formula(say(f"{group}_risk"))), parts.bullets(watch))))
    general = tuple(formula(say(f"general_{n}")) for n in range(1, 5))
    sections += [
        Section(say("s_general"), (parts.bullets(general),)),
        Section(say("s_contacts"), (parts.paragraph(formula(say("check"))), contacts(matter))),
        parts.contact(matter),
    ]
    top: tuple[parts.Line, ...] = (("right", matter.today()), ("right", parts.told(matter, "org.name")))
    lead = (parts.paragraph(formula(say("lead"))),)
    yield Document("victim_support", matter.lang, say("title"), tuple(sections), "outside", matter.status, top=top, lead=lead)


def concerned(matter: Matter) -> list[str]:
    """Return the groups of advice for the kinds of data concerned, the weightiest first."""
    have = {category for category, status in matter.categories if status != "ruled_out"}
    return [group for group, of in KINDS.items() if have.intersection(of)]


def contacts(matter: Matter) -> Table:
    """Return the places to turn to for the kinds of data concerned; told from memory, as the basis says."""
    say, groups = Phrases("documents/victim_support", matter.lang), set(concerned(matter))
    rows = [
        (say(f"to_{name}"), say(f"how_{name}"), say(f"for_{name}"))
        for name, of in CONTACTS.items()
        if not of or groups.intersection(of)
    ]
    return parts.table((say("place"), say("reach"), say("about")), (3, 3.4, 4.4), rows, ("memory:victim_support",))
