"""Draft of a short course made from the case: what happened, why, what to do. No person, account or address is named in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.reports import parts, view
from kyumei.reports.document import Document, Section, Sentence, formula
from kyumei.reports.matter import Phrases, basis
from kyumei.reports.registry import report
from kyumei.reports.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.reports.document import Sentences
    from kyumei.reports.matter import Matter

CAUSES: Final = (
    "external.intrusion",
    "external.ransomware",
    "external.web_attack",
    "insider.takeout",
    "error.missent",
    "error.exposure",
    "error.loss",
)
TAUGHT: Final = 6


@report(
    "training_course",
    title=("研修資料(30分・案)", "Training course (30 minutes, draft)"),
    formats=("docx", "pdf", "json"),
    audience="outside",
    when=lambda m: bool(m.leading),
)
def build(matter: Matter) -> Iterator[Document]:
    """Teach with the case itself, a section a slide: what happened, whose data, why, what the law asks, what to do."""
    say, state = Phrases("documents/training_course", matter.lang), Statements(matter, "polite")
    of = cause(matter)
    slides = (
        ("s_aim", (parts.bullets(_told(say, "aim", 3)),)),
        ("s_what", (parts.paragraph(state.leak(), state.window(), *state.access()),)),
        ("s_extent", (parts.paragraph(state.people(), state.records(), *state.categories()), _units(say))),
        ("s_why", (parts.paragraph(state.cause(), _ways(matter, say), _seen(matter, say)), parts.bullets(_told(say, of, 3)))),
        ("s_unknown", (parts.paragraph(_open(matter, say)), parts.bullets(_told(say, "unknown", 2)))),
        ("s_law", (parts.duties(matter, most=TAUGHT), parts.bullets(_told(say, "law", 3)))),
        ("s_do", (parts.bullets(_told(say, f"{of}_do", 4)),)),
        ("s_first", (parts.bullets(_told(say, "first", 5)), parts.paragraph(matter.labelled("contact.phone")))),
        ("s_change", (_changes(matter, say),)),
        ("s_end", (parts.bullets(_told(say, "end", 3)),)),
    )
    sections = tuple(Section(f"{n}. {say(title)}", tuple(blocks)) for n, (title, blocks) in enumerate(slides, 1))
    lead = (parts.paragraph(formula(say("lead"))),)
    top: tuple[parts.Line, ...] = (("right", matter.today()), ("right", parts.told(matter, "org.name")))
    yield Document(
        "training_course", matter.lang, say("title"), sections, "outside", matter.status, top=top, lead=lead, slides=True
    )


def cause(matter: Matter) -> str:
    """Return the cause that is taught, as part of a key; `other` where none is known."""
    return matter.cause.split(".")[-1] if matter.cause in CAUSES else "other"


def _told(say: Phrases, key: str, most: int) -> Sentences:
    return tuple(formula(say(f"{key}_{n}")) for n in range(1, most + 1))


def _units(say: Phrases) -> Any:
    return parts.paragraph(formula(say("units")))


def _ways(matter: Matter, say: Phrases) -> Sentence:
    """Return means and channels in words; they name nobody."""
    ways = [matter.words.way(w) for key in ("access_means", "channels") for w in view.listed(matter.leading, key)]
    if not ways:
        return Sentence(say("ways_unknown"), "not_known", ("coverage",))
    return Sentence(say("ways", ways=matter.join(list(dict.fromkeys(ways)))), "suspected", matter.because)


def _seen(matter: Matter, say: Phrases) -> Sentence:
    found = list(dict.fromkeys(f for s in view.listed(matter.leading, "supports") for f in view.listed(s, "findings")))
    return Sentence(say("seen", n=len(found)), "confirmed", basis(found) or ("diagnosis:/hypotheses",))


def _open(matter: Matter, say: Phrases) -> Sentence:
    return Sentence(say("open", n=len(matter.listed("unknowns"))), "stated", ("diagnosis:/unknowns",))


def _changes(matter: Matter, say: Phrases) -> Any:
    words = matter.words
    rows = [(words.said(m.get("title")), words.term("owner", m.get("owner")), str(m.get("due") or "")) for m in matter.measures]
    names = (say("measure"), say("owner"), say("due"))
    return parts.table(names, (6, 1.5, 2), rows[:TAUGHT], ("measure:measures.jsonl",))
