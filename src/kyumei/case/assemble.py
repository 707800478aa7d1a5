"""Put what the stages gave into `diagnosis.json`, schema `kyumei.diagnosis/1`; fields may be added, never renamed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kyumei.diagnose.diagnose import Diagnosis
    from kyumei.model.citation import Citation
    from kyumei.model.count import Count
    from kyumei.model.finding import Finding
    from kyumei.model.holding import Holding
    from kyumei.model.hypothesis import Edge, Hypothesis, Statement
    from kyumei.model.obligation import Obligation

    Digests = Mapping[str, str]

SCHEMA: Final = "kyumei.diagnosis/1"


def iso(at: int | None, zone: str) -> str | None:
    """Return microseconds since 1970 UTC as ISO 8601 in the zone, with offset."""
    if at is None:
        return None
    return datetime.fromtimestamp(at / 1_000_000, UTC).astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def findings(found: Iterable[Finding], zone: str, digests: Digests) -> list[dict[str, Any]]:
    """Return the findings, the gravest first, then by time and id; citations carry the SHA-256 of the file they are in."""
    ordered = sorted(found, key=lambda f: (-f.level.rank, f.start or 0, f.id))
    return [
        {
            "id": f.id,
            "rule": f.rule,
            "title": dict(f.title),
            "level": f.level.value,
            "start": iso(f.start, zone),
            "end": iso(f.end, zone),
            "count": f.count,
            "citations": cited(f.citations, digests),
            "entities": {k: list(v) for k, v in sorted(f.entities.items())},
            "facts": dict(sorted(f.facts.items())),
            "tags": list(f.tags),
        }
        for f in ordered
    ]


def cited(citations: Iterable[Citation], digests: Digests) -> list[dict[str, Any]]:
    """Return the citations, each with the SHA-256 of the file or member that it lies in."""
    return [c.as_json() | {"sha256": digests[c.path]} if digests.get(c.path) else dict(c.as_json()) for c in citations]


def leak(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return the `leak` object."""
    return {"status": diagnosis.status, "because": list(diagnosis.because)}


def hypotheses(diagnosis: Diagnosis, zone: str) -> list[dict[str, Any]]:
    """Return the hypotheses in their rank."""
    return [_hypothesis(f"H{n}", h, zone) for n, h in enumerate(diagnosis.hypotheses, 1)]


def _hypothesis(name: str, h: Hypothesis, zone: str) -> dict[str, Any]:
    return {
        "id": name,
        "cause": h.cause.value,
        "likelihood": h.likelihood,
        "score": h.score,
        "actors": [
            {"account": a.account} | ({"person": a.person} if a.person else {}) | ({"role": a.role} if a.role else {})
            for a in h.actors
        ],
        "source": {"hosts": list(h.hosts), "objects": list(h.objects)},
        "window": {"first": iso(h.first, zone), "last": iso(h.last, zone), "basis": h.window_basis},
        "access_means": list(h.access_means),
        "channels": list(h.channels),
        "destinations": list(h.destinations),
        "supports": statements(h.supports),
        "contradicts": statements(h.contradicts),
        "unanswered": statements(h.unanswered),
        "facts": dict(sorted(h.facts.items())),
    }


def statements(said: Iterable[Statement]) -> list[dict[str, Any]]:
    """Return sentences with the findings they rest on."""
    return [{"text": dict(s.text), "findings": list(s.findings), "assumed": s.assumed} for s in said]


def path(leading: Hypothesis | None, zone: str, digests: Digests) -> dict[str, Any]:
    """Return the leak path of the leading hypothesis."""
    if leading is None:
        return {"nodes": [], "edges": []}
    nodes = [{"id": n.id, "kind": n.kind, "label": n.label, "count": n.count} for n in leading.nodes]
    return {"nodes": nodes, "edges": [_edge(e, zone, digests) for e in leading.edges]}


def _edge(e: Edge, zone: str, digests: Digests) -> dict[str, Any]:
    said: dict[str, Any] = {"from": e.start, "to": e.end, "first": iso(e.first, zone), "last": iso(e.last, zone)}
    if e.bytes is not None:
        said["bytes"] = e.bytes
    return said | {"citations": cited(e.citations, digests)}


def people(count: Count | None) -> dict[str, Any]:
    """Return the overall number of people."""
    return dict(count.as_json()) if count else {"low": 0, "best": 0, "high": 0, "method": "nothing counted"}


def document(
    parts: Mapping[str, Any],
    holdings: Sequence[Holding],
    obligations: Sequence[Obligation],
    versions: Mapping[str, Any],
    lang: str,
) -> dict[str, Any]:
    """Return the whole document in the order of its schema; words of the law in one language."""
    return {
        "schema": SCHEMA,
        "case": parts["case"],
        "evidence": parts["evidence"],
        "leak": parts["leak"],
        "hypotheses": parts["hypotheses"],
        "path": parts["path"],
        "holdings": [h.as_json() for h in holdings],
        "people": parts["people"],
        "residents": parts["residents"],
        "people_by_reach": parts["people_by_reach"],
        "facts": parts["facts"],
        "obligations": [o.as_json(lang) for o in obligations],
        "findings": parts["findings"],
        "coverage": parts["coverage"],
        "unknowns": parts["unknowns"],
        "next_actions": parts["next_actions"],
        "versions": dict(versions),
    }
