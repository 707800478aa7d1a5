"""Common form of the national agencies for ransomware and DDoS incidents, by data map."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.reports import parts, view
from kyumei.reports.document import Document, Field, Section, Sentence, formula
from kyumei.reports.matter import Phrases
from kyumei.reports.registry import report
from kyumei.reports.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kyumei.reports.document import Sentences
    from kyumei.reports.matter import Matter

MAP: Final = Path(__file__).parents[1] / "forms" / "nco.toml"


@report(
    "nco_ransomware",
    title=("ランサムウェア事案共通様式", "Common form for ransomware incidents"),
    formats=("xlsx", "pdf", "json"),
    when=lambda m: m.cause == "external.ransomware",
    fulfils=("jp.nco.common_form",),
)
def ransomware(matter: Matter) -> Iterator[Document]:
    """Fill the fields of the common form for ransomware from a data map (`forms/nco.toml`).

    The official workbook was not seen: fields of level memory and all cell addresses are to be checked against it.
    """
    yield _form(matter, "ransomware")


@report(
    "nco_ddos",
    title=("DDoS攻撃事案共通様式", "Common form for DDoS incidents"),
    formats=("xlsx", "pdf", "json"),
    when=lambda m: m.is_stated("event.ddos"),
    fulfils=("jp.nco.common_form",),
)
def ddos(matter: Matter) -> Iterator[Document]:
    """Fill the fields of the common form for DDoS from a data map (`forms/nco.toml`); made where a DDoS is stated."""
    yield _form(matter, "ddos")


def _form(matter: Matter, kind: str) -> Document:
    say, form = Phrases("documents/nco_form", matter.lang), _map()[kind]
    fields = tuple(_field(matter, say, of) for of in form["fields"])
    checked = (parts.paragraph(formula(say("unchecked"))),)
    section = Section(say("fields"), fields)
    about = ((say("on"), matter.today()),)
    return Document(
        f"nco_{kind}", matter.lang, form["title"][matter.lang], (section,), "inside", matter.status, lead=checked, about=about
    )


def _field(matter: Matter, say: Phrases, of: Mapping[str, Any]) -> Field:
    kind, _, key = str(of["from"]).partition(":")
    level = "" if of["level"] == "primary" else say(f"level_{of['level']}")
    if kind == "entry":
        return matter.field(key, of["label"][matter.lang], rule=level)
    answer: Sentences = _indicators(matter, say) if kind == "indicators" else _state(matter, key)
    return Field(of["key"], of["label"][matter.lang], answer, level)


def _state(matter: Matter, key: str) -> Sentences:
    found = getattr(Statements(matter, "short"), key)()
    return found if isinstance(found, tuple) else (found,)


def _indicators(matter: Matter, say: Phrases) -> Sentences:
    facts = matter.leading.get("facts") or {}
    values = [str(a) for a in (*view.listed(facts, "addresses"), *view.listed(matter.leading, "destinations"))]
    if not values:
        return (Sentence(say("no_indicators"), "not_known", ("coverage",)),)
    return (Sentence(say("indicators", values=matter.join(values)), "confirmed", matter.because),)


@cache
def _map() -> Mapping[str, Any]:
    return tomllib.loads(MAP.read_text("utf-8"))
