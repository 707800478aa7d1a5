"""A document laid out as runs of text, the same for every format that people read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from kyumei import VERSION
from kyumei.reports.document import Column, Section, Table, Text
from kyumei.reports.legend import legend
from kyumei.reports.matter import Phrases, labels
from kyumei.reports.render.safe import clean, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kyumei.reports.document import Document, Field, Sentence
    from kyumei.reports.legend import Source
    from kyumei.reports.matter import Matter
    from kyumei.reports.words.lookup import Lang

_NAME: Final = 40
_OPTION: Final = 20
BLANKS: Final = ("【要記入", "[to be entered", "【要確認", "[to be checked")
_CLOSED: Final = ("。", ".", "?", "?", "!", "!", "】", "]", ":", ":")
Run = tuple[Literal["text", "assumed", "cite", "blank"], str]
"""A piece of a paragraph: plain text, the word "assumed", a label of a source, or a place where something is to be entered."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A document with everything that its reader needs beside it.

    Attributes:
        cites: whether labels of sources stand in the text, and their table at the end.
    """

    document: Document
    sources: Mapping[str, Source]
    cites: bool
    footer: str
    say: Phrases
    acts: tuple[Section, ...] = ()

    def runs(self, sentences: tuple[Sentence, ...], *, cites: bool | None = None) -> list[Run]:
        """Return sentences as runs; `cites` overrules whether labels are shown."""
        shown = self.cites if cites is None else cites
        following = [*(s.basis for s in sentences[1:]), ()]
        joined = len(sentences) > 1
        found: list[Run] = []
        for sentence, after in zip(sentences, following, strict=False):
            spaced = bool(found) and found[-1][0] == "cite"
            cites = shown and after != sentence.basis
            found += self._runs(sentence, shown=cites, first=not found, joined=joined, spaced=spaced)
        return found

    def _runs(self, sentence: Sentence, *, shown: bool, first: bool, joined: bool, spaced: bool) -> Iterator[Run]:
        gap = "" if first or (self.document.lang == "ja" and not spaced) else " "
        if sentence.assumed:
            yield "assumed", gap + f"({self.say('assumed')}) "
            gap = ""
        text = closed(said(sentence), self.document.lang) if joined else said(sentence)
        blank = sentence.status == "formula" and any(mark in text for mark in BLANKS)
        yield ("blank" if blank else "text"), gap + text
        cited = [b for b in sentence.basis if not self.document.compact or b.startswith("finding:")]
        if shown and cited:
            yield "cite", f"[{', '.join(self.label(b) for b in cited[:4])}{'…' if len(cited) > 4 else ''}]"

    def label(self, basis: str) -> str:
        """Return the label of a source."""
        return self.sources[basis].label

    def sections(self) -> list[Section]:
        """Return the sections, and after them acts about earlier versions, blanks, and sources where labels are shown."""
        parts = [*self.document.sections, *self.acts]
        missing = self.document.missing()
        if missing and self.document.audience == "inside" and not self.document.compact:
            known = labels()
            named = (f"{field.label} ({field.key})" if field.key in known else field.label for field in missing)
            listed = Text(tuple(_plain(name) for name in named), bullets=True)
            how = (Text((_plain(self.say("missing_how")),)),) if any(field.key in known for field in missing) else ()
            parts.append(Section(self.say("missing_title"), (*how, listed)))
        if self.cites and self.sources and not self.document.compact:
            rows = tuple((s.label, s.place) for s in self.sources.values())
            table = Table((Column(self.say("label"), 1), Column(self.say("place"), 9)), rows, ())
            parts.append(Section(self.say("title"), (Text((_plain(self.say("intro")),)), table)))
        return parts


def laid(document: Document, matter: Matter) -> Printed:
    """Return the document ready for any renderer; tables without rows are left out."""
    say = Phrases("legend", matter.lang)
    document = replace(document, sections=tuple(_filled(section, say) for section in document.sections))
    inside = document.audience == "inside"
    footer = say(
        "footer",
        case=_short(clean(matter.name)),
        version=matter.version or say("draft"),
        day=matter.on.isoformat(),
        kyumei=VERSION,
        digest=matter.digest[:12],
    )
    acts = (_acts(document.name, matter, say),) if inside and not document.compact and _acted(document.name, matter) else ()
    return Printed(document, legend(document, matter), inside, footer if inside else "", say, acts)


def _filled(section: Section, say: Phrases) -> Section:
    """Return the section without empty tables; where nothing else is in it, it says that there is nothing."""
    blocks = tuple(b for b in section.blocks if not isinstance(b, Table) or b.rows)
    return replace(section, blocks=blocks or (Text((_plain(say("nothing")),)),))


def _acted(name: str, matter: Matter) -> list[Mapping[str, str]]:
    """Return who approved earlier versions of a document and when it was filed, oldest first."""
    return [act for act in (*matter.signed, *matter.filed) if act.get("name") == name]


def _acts(name: str, matter: Matter, say: Phrases) -> Section:
    """Return the approvals of earlier versions and the filings with their receipt numbers."""
    rows = sorted(
        (
            clean(act.get("on", "")),
            clean(act.get("version", "")),
            say(f"act_{act['act']}" if "act" in act else "act_filed"),
            clean(act.get("by", "")),
            clean(" ".join(part for part in (act.get("to"), act.get("receipt"), act.get("note")) if part)),
        )
        for act in _acted(name, matter)
    )
    names = ("act_on", "act_version", "act_what", "act_by", "act_told")
    columns = tuple(Column(say(key), weight) for key, weight in zip(names, (2, 1, 2, 2, 4), strict=True))
    return Section(say("acts"), (Table(columns, tuple(rows), ()),))


def _short(name: str) -> str:
    """Return a name that fits into a footer."""
    return name if len(name) <= _NAME else name[: _NAME - 1] + "…"


def closed(text: str, lang: Lang) -> str:
    """Return a text with the full stop that people left out, so that another sentence may follow it."""
    return text if text.endswith(_CLOSED) else text + ("。" if lang == "ja" else ".")


def options(block: Field) -> str:
    """Return a choice with every option and its box; long ones each on a line."""
    between = "\n" if any(len(name) > _OPTION for name, _ in block.options) else "  "
    return between.join(f"{'■' if chosen else '□'} {clean(name)}" for name, chosen in block.options)


def answer(block: Field) -> tuple[Sentence, ...]:
    """Return the answer without what only repeats the option that is ticked."""
    ticked = {name for name, chosen in block.options if chosen}
    return tuple(sentence for sentence in block.answer if sentence.text not in ticked)


def ruled(rule: str, lang: Lang) -> str:
    """Return the paragraph that asks for a part, in brackets behind its title."""
    return f"{'' if lang == 'ja' else ' '}({clean(rule)})" if rule else ""


def cells(table: Table) -> list[list[str]]:
    """Return the rows as clean text."""
    return [[clean(cell) for cell in row] for row in table.rows]


def meta(matter: Matter) -> dict[str, Any]:
    """Return what stands beside a document in JSON: case, version, day, what made it."""
    versions = matter.diagnosis.get("versions") or {}
    return {
        "case": matter.name,
        "version": matter.version,
        "day": matter.on.isoformat(),
        "kyumei": VERSION,
        "laws": versions.get("laws"),
        "diagnosis_sha256": matter.digest,
    }


def _plain(text: str) -> Sentence:
    from kyumei.reports.document import formula

    return formula(text)
