"""A document without a format: sections of sentences, fields and tables; each sentence says what it rests on.

A renderer turns a `Document` into PDF, DOCX, XLSX, JSON or text. Every text in it is data: no renderer reads markup in it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.reports.words.lookup import Lang

Status = Literal["confirmed", "suspected", "no_trace", "ruled_out", "not_known", "stated", "formula"]
"""How sure a sentence is. `no_trace`: looked for and not seen. `stated`: a person of the organisation said so, kyumei did not
check it. `formula`: a greeting, a request or a question, which claims nothing."""
Audience = Literal["inside", "outside"]
"""Whether the reader may see citations of evidence in the text."""
SCHEMA: Final = "kyumei.document/1"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement.

    Attributes:
        basis: what it rests on, `finding:F-…`, `figure:people`, `law:jp.appi.ppc.final`, `entry:org.name`, `coverage`,
            `custody:E-…`, `version:2`, `form:…`; empty means that it is assumed, unless it claims nothing.
    """

    text: str
    status: Status
    basis: tuple[str, ...] = ()

    @property
    def assumed(self) -> bool:
        """Return whether the word "assumed" has to stand with it."""
        return not self.basis and self.status != "formula"


Sentences: TypeAlias = tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """Sentences that follow each other, or stand in a list."""

    sentences: Sentences
    bullets: bool = False
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: its label, the answer, and for a choice all its options.

    Attributes:
        key: stable name of the field.
        rule: the paragraph that asks for it.
        missing: nobody has answered yet.
    """

    key: str
    label: str
    answer: Sentences
    rule: str = ""
    options: tuple[tuple[str, bool], ...] = ()
    missing: bool = False
    kind: Literal["field"] = "field"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `weight` is its share of the width."""

    name: str
    weight: float = 1.0
    right: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under columns; the basis holds for all of them."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    basis: tuple[str, ...]
    caption: str = ""
    kind: Literal["table"] = "table"


Block: TypeAlias = "Text | Field | Table"


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part."""

    title: str
    blocks: tuple[Block, ...]
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One document.

    Attributes:
        name: the report that made it.
        key: tells apart documents of one report (a client, a recipient, a medium); empty where there is one.
        status: status of the leak that its wording follows.
        top: lines above the title: date, addressee, sender; each with its place.
        about: lines under the title: label and value.
        merge: the values in which documents of one report differ, for a mail-merge.
        compact: to be set small, so that it stays on one page.
        slides: to be shown on a screen: A4 across, large, each section on a page of its own.
    """

    name: str
    lang: Lang
    title: str
    sections: tuple[Section, ...]
    audience: Audience
    status: str
    key: str = ""
    top: tuple[tuple[Literal["left", "right"], str], ...] = ()
    lead: tuple[Text, ...] = ()
    about: tuple[tuple[str, str], ...] = ()
    merge: tuple[tuple[str, str], ...] = ()
    compact: bool = False
    slides: bool = False

    @property
    def stem(self) -> str:
        """Return the file name without suffix: report, key made safe, language."""
        return ".".join(part for part in (self.name, _safe(self.key), self.lang) if part)

    def sentences(self) -> Iterator[Sentence]:
        """Yield every sentence in reading order."""
        for lead in self.lead:
            yield from lead.sentences
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Text):
                    yield from block.sentences
                elif isinstance(block, Field):
                    yield from block.answer

    def missing(self) -> tuple[Field, ...]:
        """Return the fields that nobody has answered."""
        return tuple(b for s in self.sections for b in s.blocks if isinstance(b, Field) and b.missing)

    def as_json(self) -> dict[str, Any]:
        """Return the object that the JSON format holds."""
        return {"schema": SCHEMA, **asdict(self)}


def _safe(key: str) -> str:
    """Return a key as part of a file name: separators and what systems refuse become `_`, and it is cut to 60 characters."""
    from kyumei.model.text import visible

    plain = "".join("_" if ch in '/\\:*?"<>|. ' or ch < " " else ch for ch in visible(key))
    return plain.strip("_")[:60]


def formula(text: str) -> Sentence:
    """Return a sentence that claims nothing."""
    return Sentence(text, "formula")


def one(sentence: Sentence) -> Text:
    """Return a paragraph of one sentence."""
    return Text((sentence,))
