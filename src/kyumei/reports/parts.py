"""Parts that several documents share: letterhead, contact point, and the tables of duties, data sets, evidence, measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from kyumei.reports import view
from kyumei.reports.document import Column, Section, Sentence, Table, Text, formula
from kyumei.reports.figures import People, Records
from kyumei.reports.matter import Phrases, labels, plain_key
from kyumei.reports.statements import Statements
from kyumei.reports.words import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kyumei.reports.document import Sentences
    from kyumei.reports.matter import Matter

Line = tuple[Literal["left", "right"], str]
CONTACT: Final = ("contact.department", "contact.phone", "contact.email", "contact.hours", "contact.url")


def phrases(matter: Matter) -> Phrases:
    """Return the words of these parts."""
    return Phrases("parts", matter.lang)


def told(matter: Matter, key: str) -> str:
    """Return what was entered, or the mark that it is missing."""
    return matter.entry(key) or matter.blank(key)


def letterhead(matter: Matter, to: Sequence[str], *, recipient: bool = True) -> tuple[Line, ...]:
    """Return day, addressee and sender as letters bear them; English ones too.

    Args:
        matter: the case.
        to: lines of the addressee.
        recipient: a person (様), else an organisation (御中).
    """
    honour = phrases(matter)("honour" if recipient else "honour_house")
    sender = (told(matter, "org.name"), told(matter, "signer.title") + "  " + told(matter, "signer.name"))
    addressee: list[Line] = [("left", line + (honour if n == len(to) - 1 else "")) for n, line in enumerate(to)]
    return (("right", matter.today()), *addressee, *(("right", line) for line in sender))


def contact(matter: Matter) -> Section:
    """Return the contact point."""
    say = phrases(matter)
    lines = tuple(
        Sentence(f"{say(key)}: {matter.entry(key)}", "stated", matter.entry_basis(key))
        if matter.entry(key)
        else formula(f"{say(key)}: {matter.blank(key)}")
        for key in CONTACT
    )
    return Section(say("contact"), (Text(lines, bullets=True),))


def paragraph(*sentences: Sentence) -> Text:
    """Return sentences that follow each other."""
    return Text(sentences)


def bullets(sentences: Sentences, *, none: str = "") -> Text:
    """Return sentences as a list, or one sentence where there are none."""
    return Text(sentences, bullets=True) if sentences else Text((formula(none),))


def duties(matter: Matter, *, most: int = 200, undecided: bool = True) -> Table:
    """Return duties with their deadlines, those that apply first."""
    say, words = phrases(matter), matter.words
    found = view.terms(view.duties(matter.diagnosis, alike=view.AT_A_GLANCE))
    listed = [t for t in found if undecided or t.duty.of["verdict"] == "applies"][:most]
    rows = tuple(
        (
            f"{shown.day(due, matter.zone, words)} {shown.era(due, matter.zone, words)}".strip()
            if t.due
            else words(_undated(t.deadline)),
            view.titled(t.duty.of, words) + _named(words.said(t.deadline.get("name")), words.said(t.duty.of.get("title"))),
            view.whose(t.duty, words),
            (say("done", receipt=filed.get("receipt") or "-") if filed else words.term("verdict", t.duty.of["verdict"]))
            + ("" if t.duty.of.get("basis_level") == "primary" else say("unchecked")),
            matter.time(t.duty.of.get("aware")),
        )
        for t in listed
        for due in [t.deadline.get("due")]
        for filed in [_filed(matter, t)]
    )
    rests = tuple(dict.fromkeys(f"law:{t.duty.of['id']}" for t in listed)) or ("diagnosis:/obligations",)
    names = (say("due"), say("duty"), say("holder"), say("verdict"), say("aware"))
    return Table(_columns(names, (3, 4, 2.4, 1.6, 2.6)), rows, rests, say("duties"))


def _undated(deadline: Mapping[str, Any]) -> str:
    """Return why a deadline has no date: at once, its start not known yet, or none set by what is known of the law."""
    if deadline.get("kind") == "asap":
        return "asap_note"
    return "start_unknown" if deadline.get("arithmetic") else "no_due"


def _filed(matter: Matter, term: view.Term) -> Mapping[str, str] | None:
    """Return the filing that does this deadline for every party of the row, None where there is none."""
    of, parties = term.duty.of, set(term.duty.parties)
    names = {str(of["id"]), f"{of['id']}:{matter.words.said(term.deadline.get('name'))}"}
    does = [f for f in matter.filed if names & set(f.get("duties", "").split())]
    told = {f.get("party", "") for f in does}
    return does[-1] if does and ("" in told or (parties and parties <= told)) else None


def _named(name: str, title: str) -> str:
    return "" if not name or name in title else f" – {name}"


def holdings(matter: Matter, *, most: int = 0) -> Table:
    """Return the data sets: whose, people and records apart, categories, how far reached; each number is a figure.

    Args:
        matter: the case.
        most: of more data sets than that only the largest are listed, and one row says what is left; 0 lists all.
    """
    say, words = phrases(matter), matter.words
    rows, rests = [], []
    every = list(enumerate(matter.listed("holdings")))
    large = sorted(every, key=lambda of: -int((of[1].get("people") or {}).get("best") or 0)) if most else every
    kept = large if not most or len(every) <= most else large[:most]
    for n, holding in kept:
        people, records = People.of(holding.get("people")), Records.of(holding.get("records"))
        rows.append(
            (
                str(holding.get("party") or words.term("role", holding.get("role"))),
                str(holding.get("dataset") or ""),
                people.said(words) if people else words("people_unknown"),
                records.said(words) if records else words("people_unknown"),
                categories(matter, holding),
                words.term("access", holding.get("access")),
            )
        )
        rests += [f"figure:{unit}:{n}" for unit, number in (("people", people), ("records", records)) if number]
    if left := large[len(kept) :]:
        more = Records.of(view.records({"holdings": [h for _, h in left]}))
        rows.append((say("more_data", n=len(left)), "", "", more.said(words) if more else "", say("more_where"), ""))
    names = (say("holder"), say("dataset"), say("people"), say("records"), say("categories"), say("access"))
    few = tuple(rests) if len(rests) <= 8 else ("diagnosis:/holdings",)
    return Table(
        _columns(names, (2.4, 2.6, 1.6, 1.6, 3.4, 2.2), right=(2, 3)), tuple(rows), few or ("diagnosis:/holdings",), ""
    )


def categories(matter: Matter, holding: Mapping[str, Any]) -> str:
    """Return the categories of one holding, those confirmed apart from those suspected."""
    said = []
    for status in ("confirmed", "suspected"):
        ids = [str(c["id"]) for c in view.listed(holding, "categories") if c.get("status") == status]
        if ids:
            said.append(f"{matter.words.term('category_status', status)}: {matter.kinds(ids)}")
    return " / ".join(said)


def timeline(matter: Matter, caption: str = "") -> Table:
    """Return what happened when."""
    say = phrases(matter)
    events = Statements(matter).events()
    rests = tuple(dict.fromkeys(b for *_, basis in events for b in basis)) or ("coverage",)
    return Table(
        _columns((say("time"), say("event")), (2, 6)), tuple((time, text) for _, time, text, _ in events), rests, caption
    )


def measures(matter: Matter, *, states: Sequence[str] = ()) -> Table:
    """Return the measures against recurrence that the diagnosis calls for, with owner, day and state."""
    say, words = phrases(matter), matter.words
    listed = [m for m in matter.measures if not states or m.get("state") in states]
    rows = tuple(
        (
            words.said(m.get("title")),
            words.said(m.get("how")),
            words.term("owner", m.get("owner")),
            str(m.get("due") or ""),
            say(f"state_{m.get('state')}") if say.has(f"state_{m.get('state')}") else str(m.get("state")),
        )
        for m in listed
    )
    names = (say("measure"), say("how"), say("owner"), say("by"), say("state"))
    return Table(_columns(names, (3, 4.6, 1.8, 1.6, 1.3)), rows, ("diagnosis:/hypotheses",), "")


def answers(matter: Matter) -> Table | Text:
    """Return the facts that people stated, each with who and when; kyumei did not check them.

    What people entered only to be printed (an address, a telephone number) is left out: it stands where it is asked for.
    """
    say = phrases(matter)
    stated = [a for a in matter.answers if plain_key(str(a.get("fact"))) not in labels()]
    if not stated:
        return Text((formula(say("no_answers")),))
    rows = tuple(matter.answer_row(a) for a in stated)
    rests = tuple(dict.fromkeys(f"answer:{a.get('fact')}" for a in stated))
    names = (say("fact"), say("answer"), say("who"), say("on"), say("note"))
    return Table(_columns(names, (4, 2.4, 1.6, 1.6, 2.4)), rows, rests, say("answers"))


def coverage(matter: Matter) -> tuple[Sentence, ...]:
    """Return what was looked at and what was not."""
    say, of = phrases(matter), matter.diagnosis.get("coverage") or {}
    figures = view.figures(of, matter.words)
    seen = [matter.words.said(w.get("what")) for w in view.listed(of, "looked_at")]
    unseen = [matter.words.said(w.get("what")) for w in view.listed(of, "not_looked_at")]
    lines = [
        say("looked", names=matter.join(seen) or say("nothing")),
        say("not_looked", names=matter.join(unseen) or say("nothing")),
    ]
    lines.append(say("sizes", sizes=matter.join([f"{name} {value}" for name, value in figures])))
    return tuple(Sentence(line, "stated", ("coverage",)) for line in lines)


def _columns(names: Sequence[str], weights: Sequence[float], right: Sequence[int] = ()) -> tuple[Column, ...]:
    return tuple(Column(name, weight, n in right) for n, (name, weight) in enumerate(zip(names, weights, strict=True)))


def table(names: Sequence[str], weights: Sequence[float], rows: Sequence[tuple[str, ...]], rests: Sequence[str]) -> Table:
    """Return a table."""
    return Table(_columns(names, weights), tuple(rows), tuple(rests))
