"""The first diagnosis as plain text for a terminal; here, and only here, the time left until a deadline is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from kyumei.model import categories
from kyumei.model.text import visible
from kyumei.reports import view
from kyumei.reports.path import columns_of
from kyumei.reports.words import shown
from kyumei.reports.words.lookup import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kyumei.reports.words.lookup import Lang

_DEADLINES: Final = 6
_NAMES: Final = 5
_LABEL: Final = 14


def summary(diagnosis: Mapping[str, Any], lang: Lang, *, now: int, files: Sequence[str] = ()) -> str:
    """Return the summary, lines joined with newlines.

    Args:
        diagnosis: `diagnosis.json` (schema `kyumei.diagnosis/1`).
        lang: `ja` or `en`.
        now: microseconds since 1970 UTC, from which the remaining time is counted.
        files: paths of what was written, shown last.
    """
    words = Words(lang)
    zone = str((diagnosis.get("case") or {}).get("zone") or "Asia/Tokyo")
    lines = [
        *_verdict(diagnosis, words),
        *_lead(diagnosis, words, zone),
        *_scope(diagnosis, words),
        *_deadlines(diagnosis, words, zone, now),
        *_sentences(view.listed(diagnosis, "unknowns"), "unknowns", words, numbered=False),
        *_sentences(view.listed(diagnosis, "next_actions"), "next", words, numbered=True),
        *_coverage(diagnosis, words),
        *([words("files")] + [f"  {file}" for file in files] if files else []),
    ]
    return "\n".join(visible(line) for line in lines)


def _row(label: str, value: str) -> str:
    return f"{label}{' ' * max(1, _LABEL - columns_of(label))}{value}"


def _verdict(diagnosis: Mapping[str, Any], words: Words) -> Iterator[str]:
    name = (diagnosis.get("case") or {}).get("name")
    leak = diagnosis["leak"]
    yield f"{words('product')} {words('title')}" + (f"  {name}" if name else "")
    yield ""
    yield _row(words("verdict_short"), words(f"status.{leak['status']}"))
    yield _row("", words(f"status_note.{leak['status']}"))


def _lead(diagnosis: Mapping[str, Any], words: Words, zone: str) -> Iterator[str]:
    """Yield the most likely hypothesis, and that there are others."""
    hypotheses = view.listed(diagnosis, "hypotheses")
    if not hypotheses:
        yield _row(words("cause_short"), words("no_hypothesis"))
        return
    first = hypotheses[0]
    likelihood = words.term("likelihood", first.get("likelihood"))
    rest = f"  {words('rivals', n=len(hypotheses) - 1)}" if len(hypotheses) > 1 else ""
    yield _row(words("cause_short"), f"{words.term('cause', first.get('cause'))} ({words('likelihood')} {likelihood}){rest}")
    window = first.get("window") or {}
    source = first.get("source") or {}
    ways = [words.way(w) for w in [*view.listed(first, "access_means"), *view.listed(first, "channels")]]
    yield _row(words("who"), _few([_actor(a) for a in view.listed(first, "actors")], words))
    yield _row(words("when"), shown.span(window.get("first"), window.get("last"), zone, words))
    yield _row(words("what"), _few(view.listed(source, "objects"), words))
    yield _row(words("means"), _few(ways, words))
    yield _row(words("where_to"), _few(view.listed(first, "destinations"), words))


def _actor(actor: Mapping[str, Any]) -> str:
    more = ", ".join(str(actor[k]) for k in ("person", "role") if actor.get(k))
    return f"{actor.get('account')} ({more})" if more else str(actor.get("account"))


def _scope(diagnosis: Mapping[str, Any], words: Words) -> Iterator[str]:
    people, records = view.people(diagnosis), view.records(diagnosis)
    method = words.term("method", words.said((people or {}).get("method")))
    said = [shown.bounds(people, "people", words), f"{words('method')}: {method}" if method else ""]
    more = ", ".join(s for s in said if s)
    yield ""
    yield _row(words("people"), shown.best(people, "people", words) + (f"  ({more})" if more else ""))
    if records:
        bounds = shown.bounds(records, "records", words)
        yield _row(words("records"), shown.best(records, "records", words) + (f"  ({bounds})" if bounds else ""))
    reached = view.reached(diagnosis)
    if reached:
        yield _row(words("access_short"), ", ".join(f"{words.term('access', a)} {words('datasets', n=n)}" for a, n in reached))
    found = view.categories(diagnosis)
    for status in ("confirmed", "suspected"):
        names = [_category(c, words) for c, s in found if s == status]
        if names:
            yield _row(words("kinds"), f"{words.term('category_status', status)}: {_joined(names, words)}")
    if not found:
        yield _row(words("kinds"), words("kinds_none"))


def _category(id_: str, words: Words) -> str:
    return categories.name(id_, words.lang) if id_ in categories.CATEGORIES else id_


def _deadlines(diagnosis: Mapping[str, Any], words: Words, zone: str, now: int) -> Iterator[str]:
    terms = view.terms(view.duties(diagnosis, alike=view.AT_A_GLANCE))
    yield ""
    yield words("duties")
    if not (diagnosis.get("case") or {}).get("aware"):
        yield f"  {words('aware_unknown')}"
    for term in terms[:_DEADLINES]:
        yield f"  {_term(term, words, zone, now)}"
    if not terms:
        yield f"  {words('none')}"
    if len(terms) > _DEADLINES:
        yield f"  {words('others', n=len(terms) - _DEADLINES)}"


def _term(term: view.Term, words: Words, zone: str, now: int) -> str:
    title, name = (
        view.titled(term.duty.of, words),
        words.term("deadline_name", words.said(term.deadline.get("name"))),
    )
    title = title if name.lower() in title.lower() else f"{title} {name}"
    whose = view.whose(term.duty, words)
    judged = f"[{words.term('verdict', term.duty.of['verdict'])}] {title}" + (f" ({whose})" if whose else "")
    if term.due is None:
        return f"{words('asap_note') if term.deadline.get('kind') == 'asap' else words('no_due')}  {judged}"
    era = shown.era(term.deadline["due"], zone, words)
    day = " ".join(filter(None, (shown.day(term.deadline["due"], zone, words), era)))
    return f"{day}  {_left(term.due, words, now)}  {judged}"


def _left(due: datetime, words: Words, now: int) -> str:
    """Return the time left in days and hours, rounded down, or by how much it is over."""
    left = due - (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=now))
    hours = abs(left) // timedelta(hours=1)
    return words("remaining_days" if left >= timedelta(0) else "overdue_days", days=hours // 24, hours=hours % 24)


def _sentences(items: Sequence[Mapping[str, Any]], key: str, words: Words, *, numbered: bool) -> Iterator[str]:
    yield ""
    yield words(key)
    for number, item in enumerate(items, 1):
        assumed = f"[{words('assumed')}] " if item.get("assumed") else ""
        owner = f" ({words('owner')}: {words.term('owner', words.said(item['owner']))})" if item.get("owner") else ""
        yield f"  {f'{number}.' if numbered else '-'} {assumed}{words.said(item.get('text'))}{owner}"
    if not items:
        yield f"  {words(f'{key}_none')}"


def _coverage(diagnosis: Mapping[str, Any], words: Words) -> Iterator[str]:
    coverage: Mapping[str, Any] = diagnosis.get("coverage") or {}
    yield ""
    yield words("coverage")
    figures = ", ".join(f"{label} {value}" for label, value in view.figures(coverage, words))
    if figures:
        yield f"  {figures}"
    for key in ("looked_at", "not_looked_at"):
        for item in view.listed(coverage, key):
            number = f": {shown.number(item['count'])}" if item.get("count") is not None else ""
            yield f"  {words(key)}: {words.said(item.get('what'))}{number}"
    gaps = len(view.listed(coverage, "gaps"))
    if gaps:
        yield f"  {words('gaps')}: {gaps}"
    yield ""


def _few(items: Sequence[object], words: Words) -> str:
    given = [str(item) for item in items]
    if not given:
        return words("not_known")
    more = f" {words('others', n=len(given) - _NAMES)}" if len(given) > _NAMES else ""
    return _joined(given[:_NAMES], words) + more


def _joined(names: Sequence[str], words: Words) -> str:
    return ("、" if words.lang == "ja" else ", ").join(names)
