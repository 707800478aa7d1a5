"""Sheet to bring to the police."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.reports import parts, view
from kyumei.reports.document import Document, Field, Section, Sentence, formula
from kyumei.reports.matter import Phrases, labels
from kyumei.reports.registry import report
from kyumei.reports.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.reports.document import Block
    from kyumei.reports.matter import Matter


@report(
    "police_consultation",
    title=("警察への相談票", "Police consultation sheet"),
    formats=("pdf", "docx", "json"),
    when=lambda m: m.verdict("jp.police") != "does_not",
    fulfils=("jp.police",),
)
def build(matter: Matter) -> Iterator[Document]:
    """Gather what the police ask at a first consultation: who, what, when, traces and their preservation, damage, wishes."""
    say, state, short = Phrases("documents/police_consultation", matter.lang), Statements(matter), Statements(matter, "short")
    happened: list[Block] = [
        Field("when", say("when"), (short.window(),)),
        Field("noticed", say("noticed"), (short.aware(),)),
        Field("what", say("what"), (state.leak(), state.cause())),
        Field("traces", say("traces"), state.supports()),
        parts.timeline(matter, say("timeline")),
    ]
    lost: list[Block] = [
        Field("people", say("people"), (short.people(),)),
        Field("records", say("records"), (short.records(),)),
        Field("items", say("items"), state.categories()),
        Field("damage", say("damage"), state.damage()),
        _entered(matter, "ransom.services"),
    ]
    who = ("org.name", "org.address", "org.representative", "contact.department", "contact.person", "contact.phone")
    sections = (
        Section(say("s_who"), tuple(_entered(matter, key) for key in who)),
        Section(say("s_happened"), tuple(happened)),
        Section(say("s_suspect"), (Field("source", say("source"), _seen(matter, say)), *_indicators(matter, say))),
        Section(say("s_lost"), tuple(lost)),
        Section(say("s_kept"), (parts.paragraph(formula(say("kept"))), evidence(matter))),
        Section(
            say("s_wish"),
            tuple(_entered(matter, key) for key in ("police.station", "police.date", "police.receipt", "police.wish")),
        ),
        Section(say("s_unknown"), (parts.bullets(state.unknowns(), none=say("none")),)),
    )
    about = ((say("on"), matter.today()), (say("case"), matter.name))
    yield Document("police_consultation", matter.lang, say("title"), sections, "inside", matter.status, about=about)


def _entered(matter: Matter, key: str) -> Field:
    return matter.field(key, labels()[key][matter.lang])


def _seen(matter: Matter, say: Phrases) -> tuple[Sentence, ...]:
    """Return accounts as accounts: whose hand it was is not said."""
    accounts = [str(a.get("account")) for a in view.listed(matter.leading, "actors")]
    if not accounts:
        return (Sentence(say("no_account"), "not_known", ("coverage",)),)
    text = say("accounts", names=matter.join(accounts[:20]))
    return (Sentence(text, "confirmed", matter.because), formula(say("account_note")))


def _indicators(matter: Matter, say: Phrases) -> list[Block]:
    facts = matter.leading.get("facts") or {}
    rows = [(say("address"), str(a)) for a in view.listed(facts, "addresses")]
    rows += [(say("destination"), str(d)) for d in view.listed(matter.leading, "destinations")]
    rows += [(say("host"), str(h)) for h in view.listed(matter.leading.get("source") or {}, "hosts")]
    return [parts.table((say("kind"), say("value")), (1, 4), rows, matter.because)] if rows else []


def evidence(matter: Matter) -> Block:
    """Return the evidence items with their digests."""
    say = Phrases("documents/police_consultation", matter.lang)
    items = [e for e in matter.listed("evidence") if isinstance(e, dict)]
    rows = [(str(e["id"]), str(e.get("name", "")), f"{e.get('bytes', 0):,} B", str(e.get("sha256", ""))) for e in items]
    rests = [f"custody:{e['id']}" for e in items] or ["diagnosis:/evidence"]
    return parts.table((say("item"), say("name"), say("size"), "SHA-256"), (2, 2, 1.8, 5), rows, rests)
