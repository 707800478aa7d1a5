"""Script and FAQ for those who answer callers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.reports import parts
from kyumei.reports.document import Document, Field, Section, Sentence, formula
from kyumei.reports.documents.victim_support import contacts
from kyumei.reports.matter import Phrases
from kyumei.reports.registry import report
from kyumei.reports.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.reports.document import Sentences
    from kyumei.reports.matter import Matter

SCRIPT: Final = ("open", "verify", "tell", "listen", "close")
ESCALATIONS: Final = ("damage", "threat", "press", "authority", "minor", "delete", "money", "unknown")
DOS: Final = 6
DONTS: Final = 7


@report(
    "contact_centre",
    title=("問合せ窓口の応対台本と想定問答", "Contact centre: script and FAQ"),
    formats=("docx", "pdf", "xlsx", "json"),
    when=lambda m: m.status in ("confirmed", "suspected") and m.verdict("jp.appi.person") != "does_not",
)
def build(matter: Matter) -> Iterator[Document]:
    """Give those who answer callers what to say, in the words of the notice and with its figures, and when to hand over."""
    say, state = Phrases("documents/contact_centre", matter.lang), Statements(matter, "polite")
    script = tuple(Field(step, say(f"step_{step}"), (formula(say(f"say_{step}")),)) for step in SCRIPT)
    asked = tuple(Field(key, say(f"q_{key}"), answer) for key, answer in _answers(matter, say, state).items())
    handing = [(say(f"if_{name}"), say(f"to_{name}"), say(f"when_{name}")) for name in ESCALATIONS]
    table = parts.table((say("situation"), say("to"), say("how_fast")), (4, 3, 2), handing, ("form:contact_centre",))
    sections = (
        Section(say("s_use"), (parts.bullets(tuple(formula(say(f"use_{n}")) for n in range(1, 4))),)),
        Section(say("s_script"), script),
        Section(say("s_faq"), asked),
        Section(say("s_hand"), (table, parts.paragraph(matter.stated("centre.escalation")))),
        Section(say("s_do"), (parts.bullets(tuple(formula(say(f"do_{n}")) for n in range(1, DOS + 1))),)),
        Section(say("s_dont"), (parts.bullets(tuple(formula(say(f"dont_{n}")) for n in range(1, DONTS + 1))),)),
        Section(say("s_record"), (parts.bullets(tuple(formula(say(f"record_{n}")) for n in range(1, 4))),)),
        Section(say("s_places"), (parts.paragraph(formula(say("check"))), contacts(matter))),
        parts.contact(matter),
    )
    about = ((say("case"), matter.name), (say("on"), matter.today()))
    yield Document("contact_centre", matter.lang, say("title"), sections, "inside", matter.status, about=about)


def _answers(matter: Matter, say: Phrases, state: Statements) -> dict[str, Sentences]:
    """Return the questions in the order in which callers ask them, each with what the case has to say."""
    return {
        "mine": (formula(say("a_mine")),),
        "what": (state.leak(), state.window(), *state.access()),
        "why": (state.cause(),),
        "items": state.categories(),
        "many": (state.people(), state.records()),
        "misused": state.damage(),
        "do": tuple(formula(say(f"a_do_{n}")) for n in range(1, 3)),
        "late": (state.aware(), matter.stated("persons.detail")),
        "reported": _reported(matter, say),
        "again": (matter.stated("prevention.done"), matter.stated("prevention.planned")),
        "compensation": (matter.stated("centre.compensation"),),
        "reissue": (matter.stated("centre.reissue"),),
        "delete": (formula(say("a_delete")),),
        "who": (formula(say("a_who")),),
        "more": (matter.stated("publication.method"), formula(say("a_more"))),
    }


def _reported(matter: Matter, say: Phrases) -> Sentences:
    """Return what was filed with whom; nothing is promised where nothing was entered."""
    filed = tuple(
        Sentence(say("a_filed", day=f.get("on"), to=f.get("to") or "-"), "stated", (f"filing:{f.get('name')}",))
        for f in matter.filed
        if f.get("name") in ("ppc_preliminary", "ppc_final", "police_consultation")
    )
    return filed or (formula(say("a_not_filed")),)
