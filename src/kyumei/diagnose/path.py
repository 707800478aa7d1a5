"""The leak path: from whom, on which host, what, by which channel, to where."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

from kyumei.model.hypothesis import Edge, Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.model.citation import Citation
    from kyumei.model.finding import Finding

    Kind = Literal["actor", "host", "object", "channel", "destination"]

SHOWN: Final = 12
"""More values than this in one column become one node that says how many."""
EDGE_CITATIONS: Final = 5


@dataclass(frozen=True, slots=True)
class Route:
    """One way that data took or could have taken; an empty part is passed over."""

    actors: Sequence[str]
    hosts: Sequence[str]
    objects: Sequence[str]
    channels: Sequence[str]
    destinations: Sequence[str]
    findings: Sequence[Finding]


def nodes_and_edges(routes: Sequence[Route]) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    """Return nodes and edges for the routes, each edge citing the findings' evidence; in a total order."""
    nodes: dict[str, Node] = {}
    edges: dict[tuple[str, str], Edge] = {}
    for route in routes:
        columns = [_column(kind, values) for kind, values in _parts(route) if values]
        for column in columns:
            for node in column:
                nodes.setdefault(node.id, node)
        for left, right in pairwise(columns):
            for a in left:
                for b in right:
                    edges[a.id, b.id] = _edge(a.id, b.id, route.findings, edges.get((a.id, b.id)))
    return tuple(sorted(nodes.values(), key=lambda n: n.id)), tuple(edges[key] for key in sorted(edges))


def _parts(route: Route) -> list[tuple[Kind, Sequence[str]]]:
    return [
        ("actor", route.actors),
        ("host", route.hosts),
        ("object", route.objects),
        ("channel", route.channels),
        ("destination", route.destinations),
    ]


def _column(kind: Kind, values: Sequence[str]) -> list[Node]:
    distinct = sorted(set(values))
    if len(distinct) <= SHOWN:
        return [Node(f"{kind}:{v}", kind, v, 1) for v in distinct]
    shown = [Node(f"{kind}:{v}", kind, v, 1) for v in distinct[: SHOWN - 1]]
    rest = len(distinct) - len(shown)
    return [*shown, Node(f"{kind}:+{rest}", kind, f"+{rest}", rest)]


def _edge(start: str, end: str, findings: Sequence[Finding], known: Edge | None) -> Edge:
    cited: set[Citation] = set(known.citations) if known else set()
    cited |= {c for f in findings for c in f.citations}
    times = [t for f in findings for t in (f.start, f.end) if t is not None]
    if known:
        times += [t for t in (known.first, known.last) if t is not None]
    citations = tuple(sorted(cited)[:EDGE_CITATIONS])
    return Edge(start, end, min(times, default=None), max(times, default=None), citations)
