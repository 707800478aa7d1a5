"""Technical report of the examination."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kyumei.reports import parts, view
from kyumei.reports.document import Document, Section, Sentence, Text, formula
from kyumei.reports.documents.police_consultation import evidence
from kyumei.reports.matter import Phrases, basis, labels
from kyumei.reports.registry import report
from kyumei.reports.statements import Statements
from kyumei.reports.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kyumei.reports.document import Block
    from kyumei.reports.matter import Matter

EXHIBITS = (
    "findings.jsonl",
    "diagnosis.json",
    "obligations.jsonl",
    "custody.jsonl",
    "results.json",
    "run.json",
    "events/",
    "objects/",
)


@report(
    "forensic_report",
    title=("技術報告書(フォレンジック)", "Technical forensic report"),
    formats=("pdf", "docx", "xlsx", "json"),
)
def build(matter: Matter) -> Iterator[Document]:
    """Report scope, items, custody, method, versions, timeline, findings with offsets, opinion apart from fact, limits."""
    say, state = Phrases("documents/forensic_report", matter.lang), Statements(matter)
    asked = (
        "request.client",
        "request.date",
        "request.scope",
        "examiner.name",
        "examiner.organisation",
        "examiner.qualification",
    )
    method = tuple(Sentence(say(f"method_{n}"), "stated", ("custody:custody.jsonl",)) for n in range(1, 6))
    sections = (
        Section(say("s_request"), tuple(matter.field(key, labels()[key][matter.lang]) for key in asked)),
        Section(say("s_items"), (evidence(matter),)),
        Section(say("s_custody"), (custody(matter, say), *others(matter, say))),
        Section(say("s_method"), (Text(method, bullets=True), versions(matter, say))),
        Section(say("s_timeline"), (parts.timeline(matter),)),
        Section(say("s_findings"), (parts.paragraph(formula(say("fact"))), findings(matter, say), cited(matter, say))),
        Section(
            say("s_scope"), (parts.paragraph(state.people(), state.records(), *state.categories()), parts.holdings(matter))
        ),
        Section(say("s_stated"), (parts.answers(matter),)),
        Section(say("s_opinion"), tuple(opinion(matter, say))),
        Section(say("s_limits"), (parts.bullets(parts.coverage(matter)), *limits(matter, say))),
        Section(say("s_exhibits"), (parts.bullets(tuple(formula(f"{n}. {name}") for n, name in enumerate(EXHIBITS, 1))),)),
        Section(say("s_sign"), (parts.bullets((formula(say("sign_place")), formula(say("sign_name")))),)),
    )
    about = ((say("case"), matter.name), (say("on"), matter.today()), (say("digest"), matter.digest))
    yield Document("forensic_report", matter.lang, say("title"), sections, "inside", matter.status, about=about)


def custody(matter: Matter, say: Phrases) -> Block:
    """Return the entries of the custody ledger about evidence, and the last seal; one line says how many others there are."""
    seals = [e for e in matter.custody if e.get("act") == "results.sealed"]
    kept = [e for e in matter.custody if e.get("evidence") or e in seals[-1:]]
    rows = [
        (
            str(e.get("seq")),
            matter.time(e.get("at")),
            say(f"act_{e.get('act')}") if say.has(f"act_{e.get('act')}") else str(e.get("act")),
            str(e.get("who")),
            str(e.get("evidence") or ""),
            str(e.get("hash")),
        )
        for e in kept
    ]
    names = ("#", say("time"), say("act"), say("who"), say("item"), say("hash"))
    return parts.table(names, (0.6, 2.4, 2.2, 1.4, 2, 4), rows, ("custody:custody.jsonl",))


def others(matter: Matter, say: Phrases) -> tuple[Block, ...]:
    """Return how many entries of the ledger are not listed: answers of people, seals that others followed."""
    seals = sum(e.get("act") == "results.sealed" for e in matter.custody)
    left = sum(not e.get("evidence") for e in matter.custody) - min(seals, 1)
    return (parts.paragraph(Sentence(say("more_entries", n=left), "stated", ("custody:custody.jsonl",))),) if left else ()


def versions(matter: Matter, say: Phrases) -> Block:
    """Return the versions of what examined."""
    rows = sorted((str(k), view.plain(v)) for k, v in (matter.diagnosis.get("versions") or {}).items())
    return parts.table((say("what"), say("version")), (1, 3), rows, ("diagnosis:/versions",))


def findings(matter: Matter, say: Phrases) -> Block:
    """Return the findings under their numbers."""
    numbers, words = view.numbers(matter.diagnosis), matter.words
    rows = [
        (
            numbers[str(f["id"])],
            words.term("level", f.get("level")),
            words.said(f.get("title")),
            shown.span(f.get("start"), f.get("end"), matter.zone, words),
            f"{f.get('count', 0):,}",
            str(f.get("rule")),
        )
        for f in matter.listed("findings")
    ]
    names = ("F", say("level"), say("finding"), say("period"), say("events"), say("rule"))
    return parts.table(
        names, (0.8, 1.3, 4.6, 2.6, 1, 2), rows, basis([f["id"] for f in matter.listed("findings")]) or ("coverage",)
    )


def cited(matter: Matter, say: Phrases) -> Block:
    """Return for each finding where it can be opened: item, path, offset, digest of the file."""
    numbers = view.numbers(matter.diagnosis)
    rows = [(numbers[str(f["id"])], *_place(c)) for f in matter.listed("findings") for c in view.by_file(view.citations(f))]
    rests = basis([f["id"] for f in matter.listed("findings")]) or ("coverage",)
    return parts.table(("F", say("item"), say("path"), say("offset"), "SHA-256"), (0.7, 1.8, 4, 2.2, 3.4), rows, rests)


def _place(cited_: Mapping[str, Any]) -> tuple[str, str, str, str]:
    offsets = [str(o) for o in cited_["offsets"]]
    told = ", ".join(offsets[:20]) + (f" … +{len(offsets) - 20}" if len(offsets) > 20 else "")
    return str(cited_["evidence"]), str(cited_["path"]), told, str(cited_["sha256"])


def opinion(matter: Matter, say: Phrases) -> Iterator[Block]:
    """Yield the hypotheses with what speaks for and against each, apart from the facts."""
    state = Statements(matter)
    yield parts.paragraph(formula(say("opinion")), state.leak())
    for h in matter.listed("hypotheses"):
        cause = matter.words.term("cause", h.get("cause"))
        likely = matter.words.term("likelihood", h.get("likelihood"))
        head = say("hypothesis", id=h.get("id"), cause=cause, likelihood=likely, score=h.get("score"))
        yield parts.paragraph(Sentence(head, "suspected", (f"diagnosis:/hypotheses/{h.get('id')}",)))
        for key in ("supports", "contradicts", "unanswered"):
            said = tuple(state.statement(s, "not_known" if key == "unanswered" else "confirmed") for s in view.listed(h, key))
            if said:
                yield parts.paragraph(formula(say(key)))
                yield Text(said, bullets=True)


def limits(matter: Matter, say: Phrases) -> list[Block]:
    """Return what could not be read and where records are missing."""
    of = matter.diagnosis.get("coverage") or {}
    unread = [(str(u.get("path")), str(u.get("status")), str(u.get("reason"))) for u in view.listed(of, "sources_unreadable")]
    gaps = [
        (str(g.get("host")), shown.span(g.get("from"), g.get("to"), matter.zone, matter.words), matter.words.said(g.get("why")))
        for g in view.listed(of, "gaps")
    ]
    blocks: list[Block] = [Text((Sentence(say("limit_ruled"), "stated", ("coverage",)),))]
    if gaps:
        blocks.append(parts.table((say("host"), say("period"), say("why")), (2, 3, 4), gaps, ("coverage",)))
    if unread:
        blocks.append(parts.table((say("path"), say("state"), say("why")), (5, 1.5, 4), unread, ("coverage",)))
    return blocks
