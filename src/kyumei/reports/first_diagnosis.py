"""The first diagnosis as one offline HTML file: no script, no request, prints on A4, the same bytes each time."""

from __future__ import annotations

import re
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.model import categories, places
from kyumei.model.text import visible
from kyumei.reports import path, view
from kyumei.reports.words import shown
from kyumei.reports.words.lookup import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Environment

    from kyumei.reports.words.lookup import Lang

_TEMPLATES: Final = Path(__file__).with_name("templates")


def html(diagnosis: Mapping[str, Any], lang: Lang) -> str:
    """Return the document.

    Args:
        diagnosis: `diagnosis.json` (schema `kyumei.diagnosis/1`). What is missing is shown as not known, never as zero.
        lang: `ja` or `en`.
    """
    from markupsafe import Markup

    words = Words(lang)
    zone = str((diagnosis.get("case") or {}).get("zone") or "Asia/Tokyo")
    environment = _environment(lang, zone)
    css = Markup((_TEMPLATES / "first-diagnosis.css").read_text("utf-8"))  # noqa: S704  # our own file
    return environment.get_template("first-diagnosis.html").render(_context(diagnosis, words, zone) | {"css": css}) + "\n"


def _context(diagnosis: Mapping[str, Any], words: Words, zone: str) -> dict[str, Any]:
    coverage: Mapping[str, Any] = diagnosis.get("coverage") or {}
    found = view.duties(diagnosis)
    evidence = [e for e in view.listed(diagnosis, "evidence") if isinstance(e, dict)]
    return {
        "w": words,
        "zone": zone,
        "case": diagnosis.get("case") or {},
        "leak": diagnosis["leak"],
        "people": view.people(diagnosis),
        "records": view.records(diagnosis),
        "reached": view.reached(diagnosis),
        "categories": view.categories(diagnosis),
        "duties": found,
        "terms": view.terms(view.duties(diagnosis, alike=view.AT_A_GLANCE)),
        "nearest": view.nearest(found),
        "labels": view.numbers(diagnosis),
        "coverage": coverage,
        "unreadable": view.listed(coverage, "sources_unreadable"),
        "reasons": view.listed(coverage, "not_read_by_reason"),
        "figures": view.figures(coverage, words),
        "evidence": evidence,
        "evidence_ids": [e["id"] for e in evidence],
        "versions": sorted((str(k), view.plain(v)) for k, v in (diagnosis.get("versions") or {}).items()),
        **{
            k: view.listed(diagnosis, k)
            for k in ("hypotheses", "holdings", "residents", "findings", "unknowns", "next_actions")
        },
        **_path(diagnosis),
    }


def _path(diagnosis: Mapping[str, Any]) -> dict[str, Any]:
    given: Mapping[str, Any] = diagnosis.get("path") or {}
    labels = {str(n["id"]): n["label"] for n in view.listed(given, "nodes")}
    edges = [
        dict(e)
        | {"from": labels.get(str(e["from"]), e["from"]), "to": labels.get(str(e["to"]), e["to"])}
        | {"citations": view.citations(e), "inferred": bool(e.get("inferred")) or not e.get("citations")}
        for e in view.listed(given, "edges")
    ]
    found = path.layout(given)
    return {"picture": path.drawn(found) if found.boxes else None, "folded": found.folded, "edges": edges, "kinds": path.KINDS}


@cache
def _environment(lang: Lang, zone: str) -> Environment:
    """Return the template engine: everything is escaped, and unseen characters of evidence are made visible."""
    from jinja2 import Environment, FileSystemLoader
    from markupsafe import Markup

    def seen(value: object) -> object:
        return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    loader = FileSystemLoader(_TEMPLATES)
    environment = Environment(loader=loader, autoescape=True, finalize=seen, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= _filters(Words(lang), zone)
    return environment


def _filters(words: Words, zone: str) -> dict[str, Any]:
    return {
        "anchor": anchor,
        "place": lambda duty: anchor(
            f"{duty.of['id']}-{duty.of['verdict']}-{duty.of.get('aware') or ''}-{'-'.join(duty.holders[0])}"
        ),
        "time": lambda text: shown.time(text, zone),
        "day": lambda text: shown.day(text, zone, words),
        "era": lambda text: shown.era(text, zone, words),
        "span": lambda of: shown.span(of.get("first", of.get("start")), of.get("last", of.get("end")), zone, words),
        "gap": lambda of: shown.span(of.get("from"), of.get("to"), zone, words),
        "number": shown.number,
        "size": shown.size,
        "best": lambda count, unit: shown.best(count, unit, words),
        "bounds": lambda count, unit: shown.bounds(count, unit, words),
        "category": lambda id_: categories.name(id_, words.lang) if id_ in categories.CATEGORIES else id_,
        "place_name": lambda code: places.name(code, words.lang),
        "few": partial(_few, words=words),
        "ways": lambda ways: _few([words.way(way) for way in ways], 6, words=words) or words("not_known"),
        "findings": _findings,
        "unsaid": lambda term: unsaid(
            words.term("deadline_name", words.said(term.deadline.get("name"))), words.said(term.duty.of.get("title"))
        ),
        "citations": view.citations,
        "by_file": view.by_file,
        "plain": view.plain,
        "whose": lambda duty: view.whose(duty, words),
        "shortened": path.shortened,
        "visible": visible,
    }


def anchor(text: object) -> str:
    """Return the text as an HTML identifier: ASCII letters, digits, hyphens; whatever else becomes its code."""
    return re.sub(r"[^A-Za-z0-9_-]", lambda found: f"-{ord(found[0]):x}-", str(text))


def unsaid(name: str, title: str) -> str:
    """Return the name of a deadline where the title of the duty does not say it already."""
    return "" if name.lower() in title.lower() else name


def _few(items: Sequence[object] | None, most: int = 3, *, words: Words) -> str:
    """Return the first items with commas and how many more there are."""
    given = [str(item) for item in items or ()]
    listed = ("、" if words.lang == "ja" else ", ").join(given[:most])
    return f"{listed} {words('others', n=len(given) - most)}" if len(given) > most else listed


def _findings(statements: Sequence[Mapping[str, Any]] | None) -> list[str]:
    """Return the findings that statements rest on, without repetition, in the order of the statements."""
    return list(dict.fromkeys(str(f) for s in statements or () for f in s.get("findings") or ()))
