"""Plan against recurrence: each measure with its reason, exact setting, guidance, owner, day, state and what a re-check saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.reports import parts, view
from kyumei.reports.document import Document, Field, Section, Sentence, formula
from kyumei.reports.matter import Phrases, basis
from kyumei.reports.registry import report
from kyumei.reports.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kyumei.reports.matter import Matter
    from kyumei.reports.words.lookup import Words

KINDS: Final = ("technical", "organisational", "training")


@report(
    "prevention_plan",
    title=("再発防止計画", "Plan against recurrence"),
    formats=("docx", "pdf", "xlsx", "json"),
    when=lambda m: bool(m.measures),
)
def build(matter: Matter) -> Iterator[Document]:
    """Give each measure with the reason that the diagnosis has for it, how it is set, who owns it, and whether it holds."""
    say, state = Phrases("documents/prevention_plan", matter.lang), Statements(matter)
    sections = [
        Section(say("s_why"), (parts.paragraph(state.leak(), state.cause()),)),
        Section(say("s_all"), (_overview(matter, say),)),
    ]
    for kind in KINDS:
        of_kind = [_measure(matter, say, m) for m in matter.measures if m.get("kind") == kind]
        if of_kind:
            sections.append(Section(say(f"s_{kind}"), tuple(of_kind)))
    notes = tuple(formula(say(f"note_{n}")) for n in range(1, 4))
    sections.append(Section(say("s_notes"), (parts.bullets(notes),)))
    about = ((say("case"), matter.name), (say("on"), matter.today()))
    yield Document("prevention_plan", matter.lang, say("title"), tuple(sections), "inside", matter.status, about=about)


def _overview(matter: Matter, say: Phrases) -> Any:
    words = matter.words
    rows = [
        (
            str(n),
            words.said(m.get("title")),
            words.term("owner", m.get("owner")),
            str(m.get("due") or ""),
            _state(say, m),
            _seen(say, m),
        )
        for n, m in enumerate(matter.measures, 1)
    ]
    names = ("#", *(say(name) for name in ("measure", "owner", "due", "state", "seen")))
    return parts.table(names, (0.6, 4.6, 1.9, 1.8, 1.4, 2.2), rows, ("diagnosis:/hypotheses", "measure:measures.jsonl"))


def _measure(matter: Matter, say: Phrases, of: Mapping[str, Any]) -> Field:
    words, plan = matter.words, (f"measure:{of.get('id')}",)
    owned = say("owned", owner=words.term("owner", of.get("owner")), due=of.get("due") or "-", state=_state(say, of))
    answer = [
        _because(matter, say, of),
        formula(say("how", text=words.said(of.get("how")))),
        Sentence(owned + (say("note", text=of["note"]) if of.get("note") else ""), "stated", plan),
        _looked(matter, say, of),
    ]
    guidance = ", ".join(words.said(g) for g in view.listed(of, "guidance"))
    return Field(str(of.get("id")), words.said(of.get("title")), tuple(answer), guidance)


def _because(matter: Matter, say: Phrases, of: Mapping[str, Any]) -> Sentence:
    reasons = view.listed(of, "reasons")
    told = dict.fromkeys(say(f"why_{r.get('kind')}", value=_value(matter, r)) for r in reasons)
    found = dict.fromkeys(f for r in reasons for f in view.listed(r, "findings"))
    return Sentence(say("because", text=matter.join(list(told))), "suspected", basis(list(found)) or ("diagnosis:/hypotheses",))


def _value(matter: Matter, reason: Mapping[str, Any]) -> str:
    words, value = matter.words, reason.get("value")
    if reason.get("kind") in ("channel", "means"):
        return words.way(value)
    if reason.get("kind") == "rule":
        return rule_title(reason, matter.listed("findings"), words)
    return words.term("role" if reason.get("kind") == "role" else "cause", value)


def rule_title(reason: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], words: Words) -> str:
    """Return what the analytic of a reason is called, else the first finding of its rule, else the rule."""
    rule = str(reason.get("value"))
    found = next((words.said(f.get("title")) for f in findings if f.get("rule") == rule and f.get("title")), rule)
    return words.said(reason.get("title")) or found


def _state(say: Phrases, of: Mapping[str, Any]) -> str:
    key = f"state_{of.get('state')}"
    return say(key) if say.has(key) else str(of.get("state"))


def _seen(say: Phrases, of: Mapping[str, Any]) -> str:
    seen = of.get("checked")
    if seen:
        return say(f"seen_{seen['state']}")
    return say("not_yet" if of.get("checkable") else "by_person")


def _looked(matter: Matter, say: Phrases, of: Mapping[str, Any]) -> Sentence:
    """Return what the last look at newer evidence showed, or how it will be seen."""
    seen = of.get("checked")
    if not seen:
        return formula(say("look_again" if of.get("checkable") else "look_person"))
    told = {"at": str(seen.get("at"))[:10], "seen": say(f"seen_{seen['state']}"), "text": matter.words.said(seen.get("text"))}
    return Sentence(say("looked", **told), "stated", (f"check:{of.get('id')}",))
