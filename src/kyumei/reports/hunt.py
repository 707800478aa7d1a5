"""The summary of a hunt as one offline HTML file: no script, no request, the same bytes each time."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Row = Mapping[str, Any]

_HERE: Final = Path(__file__).parent
_TEMPLATES: Final = _HERE / "templates"
LEVELS: Final = ("critical", "high", "medium", "low", "informational")
_NUMBERS: Final = frozenset({"hits", "rules", "events", "hosts", *LEVELS})
_ROWS: Final = 50
_OF_HOST: Final = 20
_HOSTS: Final = 50
_WIDTH: Final = 1000


@dataclass(frozen=True, slots=True)
class Shown:
    """The first rows of a table, and how many more there are."""

    rows: Sequence[Row] = ()
    more: int = 0

    @classmethod
    def first(cls, rows: Iterable[Row], most: int = _ROWS) -> Shown:
        """Return the first rows; the others are counted one by one, never held."""
        kept: list[Row] = []
        more = 0
        for row in rows:
            if len(kept) < most:
                kept.append(row)
            else:
                more += 1
        return cls(kept, more)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the page shows.

    Attributes:
        tally: `files`, `bytes`, `events`, `carved`, `first`, `last`. faults: places that could not be read.
        levels: rows of `level`, `findings`, `rules`, `hits`, the gravest first.
        findings: as `kyumei hunt` writes them, of one host after the other.
        failed, succeeded: logons. They and the other tables: rows as `kyumei hunt --hosts`, `--days`, … give them.
    """

    tally: Row
    faults: int
    rules: int
    levels: Sequence[Row]
    findings: Iterable[Row] = ()
    hosts: Iterable[Row] = ()
    days: Iterable[Row] = ()
    failed: Iterable[Row] = ()
    succeeded: Iterable[Row] = ()
    metrics: Iterable[Row] = ()
    authors: Iterable[Row] = ()
    unread: Sequence[Row] = field(default_factory=tuple)


def html(summary: Summary, *, lang: str, zone: str) -> str:
    """Return the page; `lang` is ja or en."""
    from jinja2 import Environment, FileSystemLoader
    from markupsafe import Markup

    def seen(value: object) -> object:
        return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    loader = FileSystemLoader(_TEMPLATES)
    environment = Environment(loader=loader, autoescape=True, finalize=seen, trim_blocks=True, lstrip_blocks=True)
    filters: dict[str, Any] = {"n": lambda value: f"{value or 0:,}", "few": _few, "when": _when}
    environment.filters |= filters
    words = tomllib.loads((_HERE / "hunt_words.toml").read_text("utf-8"))[lang]
    css = Markup((_TEMPLATES / "first-diagnosis.css").read_text("utf-8"))  # noqa: S704  # our own file
    template = environment.get_template("hunt.html")
    return template.render(_context(summary) | {"w": words, "css": css, "lang": lang, "zone": zone, "numbers": _NUMBERS}) + "\n"


def _context(summary: Summary) -> dict[str, Any]:
    days = list(summary.days)
    return {
        "tally": summary.tally,
        "faults": summary.faults,
        "rules": summary.rules,
        "levels": summary.levels,
        "top": list(_by_host(summary.findings)),
        "hosts": Shown.first(summary.hosts),
        "days": Shown.first(days),
        "bars": bars(days),
        "failed": Shown.first(summary.failed),
        "succeeded": Shown.first(summary.succeeded),
        "metrics": Shown.first(summary.metrics),
        "authors": Shown.first(summary.authors),
        "unread": Shown.first(summary.unread),
    }


def _by_host(findings: Iterable[Row]) -> Iterable[dict[str, Any]]:
    for number, (host, own) in enumerate(groupby(findings, key=lambda f: f["host"])):
        if number == _HOSTS:
            return
        shown = Shown.first(own, _OF_HOST)
        yield {"host": host, "findings": shown.rows, "more": shown.more}


def bars(days: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the bars of the chart of days: place, width, heights of all hits and of grave ones, up to 120."""
    dated = [d for d in days if d["day"]]
    most = max((int(d["hits"]) for d in dated), default=0)
    if not most:
        return []
    wide = _WIDTH / len(dated)
    every = max(1, len(dated) // 10)
    return [
        {
            "day": day["day"],
            "hits": day["hits"],
            "x": round(n * wide, 2),
            "w": round(max(wide - 2, 0.5), 2),
            "h": round(120 * day["hits"] / most, 2),
            "high": round(120 * (day["critical"] + day["high"]) / most, 2),
            "label": n % every == 0,
        }
        for n, day in enumerate(dated)
    ]


def _when(text: str | None) -> str:
    """Return the time to the second, without the offset, which the page states once."""
    return (text or "")[:19].replace("T", " ")


def _few(values: Sequence[object]) -> str:
    more = len(values) - 3
    return ", ".join(str(v) for v in values[:3]) + (f" +{more}" if more > 0 else "")
