"""Lay the leak path out in five fixed columns and draw it as SVG: who, on which machine, what, by which channel, where to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

KINDS: Final = ("actor", "host", "object", "channel", "destination")
PER_COLUMN: Final = 12
"""More nodes than these are folded into one; five columns of twelve are what a person can still read."""
_SWEEPS: Final = 8


@dataclass(frozen=True, slots=True)
class Box:
    """One node as it is drawn: `column` 0 to 4, `row` from 0; `folded` is how many nodes it stands for beyond itself."""

    id: str
    column: int
    row: int
    label: str
    count: int
    folded: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One edge as it is drawn; `row` is its place in the table below, `weight` the number of records cited."""

    start: str
    end: str
    weight: int
    inferred: bool
    row: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes in the order of columns and rows, lines in the order of the table, and how many nodes were folded."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    folded: int


def layout(path: Mapping[str, Any]) -> Layout:
    """Return the places of all nodes; at most `PER_COLUMN` a column, ordered by barycentre so that few lines cross.

    Args:
        path: `path` of `diagnosis.json`: nodes and edges. Edges to nodes that are not listed are left out.
    """
    edges: Sequence[Mapping[str, Any]] = path.get("edges") or ()
    columns, names = _folded(path.get("nodes") or (), _weights(edges))
    lines = _lines(edges, names)
    order = _ordered([[box.id for box in column] for column in columns], lines)
    by_id = {box.id: box for column in columns for box in column}
    boxes = tuple(
        Box(node, by_id[node].column, row, by_id[node].label, by_id[node].count, by_id[node].folded)
        for column in order
        for row, node in enumerate(column)
    )
    return Layout(boxes, lines, sum(box.folded for box in boxes))


def _weights(edges: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    weights: dict[str, int] = {}
    for edge in edges:
        for end in (str(edge["from"]), str(edge["to"])):
            weights[end] = weights.get(end, 0) + 1 + len(edge.get("citations") or ())
    return weights


def _folded(nodes: Sequence[Mapping[str, Any]], weights: Mapping[str, int]) -> tuple[list[list[Box]], dict[str, str]]:
    """Return the boxes by column, and for each node the box that stands for it."""
    columns: list[list[Box]] = []
    names: dict[str, str] = {}
    for place, kind in enumerate(KINDS):
        known = sorted(
            (n for n in nodes if n["kind"] == kind),
            key=lambda n: (-weights.get(str(n["id"]), 0), -int(n.get("count") or 0), str(n["label"]), str(n["id"])),
        )
        kept = known if len(known) <= PER_COLUMN else known[: PER_COLUMN - 1]
        rest = known[len(kept) :]
        boxes = [Box(str(n["id"]), place, 0, str(n["label"]), int(n.get("count") or 0)) for n in kept]
        names |= {box.id: box.id for box in boxes}
        if rest:
            other = Box(f"others of {kind}", place, 0, "", sum(int(n.get("count") or 0) for n in rest), len(rest))
            boxes.append(other)
            names |= {str(n["id"]): other.id for n in rest}
        columns.append(boxes)
    return columns, names


def _lines(edges: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> tuple[Line, ...]:
    """Return one line a pair of boxes; a pair is inferred where none of its edges has a citation."""
    pairs: dict[tuple[str, str], Line] = {}
    for row, edge in enumerate(edges):
        ends = (names.get(str(edge["from"])), names.get(str(edge["to"])))
        if ends[0] is None or ends[1] is None or ends[0] == ends[1]:
            continue
        start, end = str(ends[0]), str(ends[1])
        cited = len(edge.get("citations") or ())
        inferred = bool(edge.get("inferred")) or not cited
        known = pairs.get((start, end), Line(start, end, 0, inferred=True, row=row))
        pairs[start, end] = Line(start, end, known.weight + cited, known.inferred and inferred, known.row)
    return tuple(sorted(pairs.values(), key=lambda line: (line.row, line.start, line.end)))


def _ordered(columns: list[list[str]], lines: Sequence[Line]) -> list[list[str]]:
    """Return the columns with their nodes at the mean place of their neighbours, by sweeps to and fro."""
    beside: dict[str, list[str]] = {}
    for line in lines:
        beside.setdefault(line.start, []).append(line.end)
        beside.setdefault(line.end, []).append(line.start)
    best, fewest = columns, crossings(columns, lines)
    for sweep in range(_SWEEPS):
        columns = _swept(columns, beside, range(5) if sweep % 2 == 0 else range(4, -1, -1))
        now = crossings(columns, lines)
        if now < fewest:
            best, fewest = columns, now
    return best


def _swept(columns: Sequence[Sequence[str]], beside: Mapping[str, Sequence[str]], places: Iterable[int]) -> list[list[str]]:
    """Return the columns after each, in that order, was sorted by the mean height of its neighbours in the others."""
    swept = [list(column) for column in columns]
    for place in places:
        at = _places(swept)
        others = {node: [at[b] for b in beside.get(node, ()) if b not in swept[place]] for node in swept[place]}
        means = {node: _mean(heights, at[node]) for node, heights in others.items()}
        swept[place] = sorted(swept[place], key=lambda node: (means[node], at[node], node))  # used at once
    return swept


def _places(columns: Sequence[Sequence[str]]) -> dict[str, float]:
    """Return for each node its height between 0 and 1 in its column."""
    return {node: (row + 0.5) / len(column) for column in columns for row, node in enumerate(column)}


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def crossings(columns: Sequence[Sequence[str]], lines: Sequence[Line]) -> int:
    """Return how many pairs of lines between the same two columns cross."""
    column_of = {node: place for place, column in enumerate(columns) for node in column}
    at = _places(columns)
    spans = [(column_of[line.start], column_of[line.end], at[line.start], at[line.end]) for line in lines]
    return sum(
        one[0] == two[0] and one[1] == two[1] and (one[2] - two[2]) * (one[3] - two[3]) < 0
        for place, one in enumerate(spans)
        for two in spans[:place]
    )


WIDTH, BOX_WIDTH, BOX_HEIGHT, ROW, TOP = 1120, 168, 30, 40, 40
_STEP: Final = (WIDTH - BOX_WIDTH) / 4


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the template needs to write the picture: sizes, and for each box and line its geometry."""

    height: int
    boxes: tuple[tuple[Box, float, float], ...]
    lines: tuple[tuple[Line, str, float], ...]


def drawn(found: Layout) -> Drawn:
    """Return the geometry: each column is spread evenly over the height of the longest."""
    rows = [sum(box.column == place for box in found.boxes) for place in range(5)]
    height = max([*rows, 1]) * ROW
    corners = {
        box.id: (box.column * _STEP, round(TOP + height * (box.row + 0.5) / rows[box.column] - BOX_HEIGHT / 2, 1))
        for box in found.boxes
    }
    boxes = tuple((box, *corners[box.id]) for box in found.boxes)
    lines = tuple((line, _curve(corners[line.start], corners[line.end]), _width(line.weight)) for line in found.lines)
    return Drawn(TOP + height + 8, boxes, lines)


def _width(weight: int) -> float:
    return round(1 + min(4.0, math.log2(1 + weight) / 1.5), 2)


def _curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Return the path of a line from the right side of a box to the left of another, or around within a column."""
    middle = BOX_HEIGHT / 2
    x1, y1, x2, y2 = start[0] + BOX_WIDTH, start[1] + middle, end[0] - 2, end[1] + middle
    if x2 <= x1:  # same column or backwards: leave and come back on the right
        x2 = end[0] + BOX_WIDTH + 2
        bend = max(x1, x2) + 36
        return f"M{x1:g},{y1:g}C{bend:g},{y1:g} {bend:g},{y2:g} {x2:g},{y2:g}"
    half = (x2 - x1) / 2
    return f"M{x1:g},{y1:g}C{x1 + half:g},{y1:g} {x2 - half:g},{y2:g} {x2:g},{y2:g}"


def shortened(label: str, width: int = 21) -> str:
    """Return the label cut to a display width (wide characters count two), the middle left out so that both ends show."""
    from unicodedata import east_asian_width

    widths = [2 if east_asian_width(ch) in "WF" else 1 for ch in label]
    if sum(widths) <= width:
        return label
    head = tail = ""
    left = width - 1
    start, end = 0, len(label) - 1
    while start <= end:
        from_head = columns_of(head) <= columns_of(tail)
        place = start if from_head else end
        if widths[place] > left:
            break
        left -= widths[place]
        head, tail = (head + label[place], tail) if from_head else (head, label[place] + tail)
        start, end = (start + 1, end) if from_head else (start, end - 1)
    return f"{head}…{tail}"


def columns_of(text: str) -> int:
    """Return the display width: wide characters count two."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(ch) in "WF" else 1 for ch in text)
