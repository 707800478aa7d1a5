"""From the rows of a query to a finding: citations, entities, span."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.citation import Citation, EvidenceId
from kyumei.model.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kyumei.model.finding import Level
    from kyumei.store.query import Store

CITED: Final = 50
"""A finding cites its first events, this many at most."""
MARK: Final = "struct_pack(us := epoch_us(ts), e := evidence_id, f := file_id, r := rec)"
"""SQL: the place of one event."""
MARKS: Final = f"min({MARK}, {CITED})"
"""SQL aggregate: the places of a group's first events; its memory does not grow with the group."""
SPAN: Final = f"count(*) as n, min(epoch_us(ts)) as first, max(epoch_us(ts)) as last, {MARKS} as marks"
"""SQL aggregates: everything `Span.of` takes, in its order."""

Mark = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """The events behind a finding: how many, first and last instant (µs UTC), the places of the first ones."""

    count: int
    first: int | None
    last: int | None
    marks: tuple[Mark, ...]

    @classmethod
    def of(cls, n: int, first: int | None, last: int | None, marks: Iterable[Mark]) -> Span:
        """Return the span of one group of a query that selects `SPAN`."""
        return cls(n, first, last, tuple(marks))

    @classmethod
    def join(cls, spans: Sequence[Span]) -> Span:
        """Return one span over several groups; the first places in time are kept."""
        once = {(m["e"], m["f"], m["r"]): m for s in spans for m in s.marks}
        marks = sorted(once.values(), key=_when)
        firsts = [s.first for s in spans if s.first is not None]
        lasts = [s.last for s in spans if s.last is not None]
        total = sum(s.count for s in spans)
        return cls(total, min(firsts, default=None), max(lasts, default=None), tuple(marks[:CITED]))


@dataclass(frozen=True, slots=True)
class Said:
    """What a finding says beside its events."""

    ja: str
    en: str
    level: Level
    entities: Mapping[str, Iterable[object]] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
    tags: tuple[str, ...] = ()


def finding(store: Store, rule: str, span: Span, said: Said) -> Finding:
    """Return the finding: citations resolved, entities sorted and without blanks."""
    return Finding(
        rule=rule,
        title={"ja": said.ja, "en": said.en},
        level=said.level,
        start=span.first,
        end=span.last,
        count=span.count,
        citations=cite(store, span.marks),
        entities=entities(said.entities),
        facts=dict(said.facts),
        tags=said.tags,
    )


def cite(store: Store, marks: Iterable[Mark]) -> tuple[Citation, ...]:
    """Return the citations of these places, sorted, each once, at most `CITED`."""
    firsts = sorted(marks, key=_when)[:CITED]
    paths = paths_of(store, {str(m["f"]) for m in firsts})
    cited = {Citation(EvidenceId(m["e"] or ""), paths.get(m["f"], m["f"] or ""), m["r"] or 0) for m in firsts}
    return tuple(sorted(cited))


def paths_of(store: Store, file_ids: Iterable[str]) -> dict[str, str]:
    """Return the path inside its item for each of these files."""
    wanted = sorted(file_ids)
    return dict(store.rows("select file_id, path from sources where file_id in (select unnest(?)) order by 1, 2", wanted))


def entities(kinds: Mapping[str, Iterable[object]]) -> dict[str, tuple[str, ...]]:
    """Return the values by kind, each once, sorted; kinds without a value are left out."""
    cleaned = {kind: tuple(sorted({str(v) for v in values if v is not None and v != ""})) for kind, values in kinds.items()}
    return {kind: values for kind, values in sorted(cleaned.items()) if values}


def _when(mark: Mark) -> tuple[bool, int, str, str, int]:
    return mark["us"] is None, mark["us"] or 0, mark["e"] or "", mark["f"] or "", mark["r"] or 0
