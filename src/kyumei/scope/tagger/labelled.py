"""Sentences whose names somebody has labelled: a word and a tag a line (BIO, IOB, BIOES; CoNLL), or JSON with spans.

The forms are those of public sets: words and tags in two or more columns parted by tabs or blanks, the tag last, an empty line
between sentences (Ramshaw and Marcus 1995; CoNLL-2003), and objects with `text` and `entities` of `span` and `type`, as a list
or one a line (stockmark's set of the Japanese Wikipedia). Honorifics and titles belong to no name.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_PERSON: Final = frozenset(["PERSON", "PER", "PSN", "PS", "HUMAN", "人名", "人物", "人物名", "個人名", "氏名"])
"""What sets call a person, in capitals."""
_HINT: Final = (
    "give lines of a word and a tag (B-PERSON, I-PERSON, O), or JSON with text and entities; kyumei names learn --help"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and begin and end of the names of persons in it, in characters."""

    text: str
    names: frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a file of labelled sentences holds."""

    name: str
    sha256: str
    sentences: tuple[Sentence, ...]
    names: int


def read(path: Path) -> Labelled:
    """Return the sentences of a labelled file.

    Raises:
        UserError: it cannot be read, is in no known form, or labels no name of a person.
    """
    try:
        raw = path.read_bytes()
    except OSError as wrong:
        raise UserError(f"{path} cannot be read", hint=_HINT) from wrong
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise UserError(f"{path} is not in UTF-8", hint="save it in UTF-8") from wrong
    sentences = tuple(_sentences(path, text))
    names = sum(len(sentence.names) for sentence in sentences)
    if not names:
        raise UserError(f"{path} labels no name of a person", hint=_HINT)
    return Labelled(path.name, hashlib.sha256(raw).hexdigest(), sentences, names)


def _sentences(path: Path, text: str) -> Iterator[Sentence]:
    if text.lstrip()[:1] in {"[", "{"} and (entries := _objects(text)) is not None:
        for number, entry in enumerate(entries, 1):
            yield _of_object(entry, f"{path}, entry {number}")
    else:
        yield from _of_lines(text.split("\n"))


def _objects(text: str) -> list[Any] | None:
    try:
        whole = json.loads(text)
        return whole if isinstance(whole, list) else [whole]
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError:
        return None


def _of_object(entry: Any, where: str) -> Sentence:
    try:
        text = str(entry["text"])
        persons = [e["span"] for e in entry["entities"] if str(e["type"]).upper() in _PERSON]
        names = frozenset((int(start), int(end)) for start, end in persons)
    except (KeyError, TypeError, ValueError) as wrong:
        raise UserError(f"{where}: no text with entities of span and type", hint=_HINT) from wrong
    if any(not 0 <= start < end <= len(text) for start, end in names):
        raise UserError(f"{where}: a span does not lie in its text", hint="spans are begin and end in characters")
    return Sentence(text, names)


def _of_lines(lines: Iterable[str]) -> Iterator[Sentence]:
    tokens: list[tuple[str, str]] = []
    for line in [*lines, ""]:
        row = line.rstrip("\r")
        if row.strip() and not row.startswith("-DOCSTART-"):
            columns = row.split("\t") if "\t" in row else row.split()
            tokens.append((columns[0], columns[-1] if len(columns) > 1 else "O"))
        elif tokens:
            yield _joined(tokens)
            tokens = []


def _joined(tokens: Iterable[tuple[str, str]]) -> Sentence:
    """Return the sentence of words and tags; a tag `I-` after none of its kind begins a name, as in IOB1."""
    names: list[tuple[int, int]] = []
    text, held = "", False
    for word, tag in tokens:
        prefix, _, said = tag.partition("-")
        person = said.upper() in _PERSON
        if person and held and prefix in {"I", "E"}:
            names[-1] = (names[-1][0], len(text) + len(word))
        elif person and word:
            names.append((len(text), len(text) + len(word)))
        held = person and prefix not in {"E", "S"} and bool(names)
        text += word
    return Sentence(text, frozenset(names))
