"""Personal data in running text and unknown bytes: what has a check digit, a form of its own, or a word that says what it is.

A number with nothing but a right check digit is no hit, because chance gives one to every tenth number. Each hit keeps the
validator that it passed and the word that stood before it, and its place in the original bytes, whatever their encoding.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kyumei.scope.mask import masked

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

    from kyumei.model.source import Source
    from kyumei.scope.names import Finder
    from kyumei.scope.scan.blocks import Piece
    from kyumei.scope.scan.find import AnyRule

    Ints = npt.NDArray[np.int64]

_LONE: Final = dict.fromkeys(range(0xDC80, 0xDD00), "?")
"""Bytes that are no UTF-8, as letters for the analysis."""
TEXT_LIKE: Final = 20
"""One control character in so many makes bytes no text."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One value in a text.

    Attributes:
        start, end: byte offsets in the source.
        validator: what it passed: `check digit`, `luhn`, `form`, `calendar`, `dictionary`, `vocabulary`, `scheme`.
        context: the word before (or beside) it that says what it is, empty where its form says enough.
        rule: the rule's name.
        kind: the recogniser's name, finer than the category.
        place: the part of a document in whose text it stands; empty where the offsets are the source's.
        value: as it stands there, full-width letters folded; never shown.
        detail: the brand of a card; the scheme of a password hash and how long it holds: `bcrypt, strong`.
    """

    category: str
    start: int
    end: int
    validator: str
    context: str
    sample_masked: str
    rule: str = ""
    kind: str = ""
    place: str = ""
    value: str = field(default="", repr=False)
    detail: str = ""

    def as_json(self) -> dict[str, str | int]:
        """Return the object that `kyumei categories` writes."""
        place: dict[str, str | int] = {"place": self.place} if self.place else {}
        more: dict[str, str | int] = {"detail": self.detail} if self.detail else {}
        return (
            place
            | more
            | {
                "category": self.category,
                "start": self.start,
                "end": self.end,
                "validator": self.validator,
                "context": self.context,
                "sample_masked": self.sample_masked,
                "rule": self.rule,
            }
        )


def is_text(source: Source) -> bool:
    """Return whether the beginning of the source is text in an encoding that was recognised."""
    sample = source.sample
    letters = sample.text[:4096]
    controls = sum(ch < " " and ch not in "\t\r\n\f\x1b" for ch in letters)
    return bool(letters) and sample.bad <= len(sample.text) // TEXT_LIKE and controls <= len(letters) // 50


def scan(source: Source, *, names: Finder | None = None) -> Iterator[Hit]:
    """Yield the values in the order of the text; never raises on any bytes.

    Args:
        source: what to scan.
        names: what finds names in place of the dictionary, see `kyumei.scope.names`.
    """
    for piece, rows, places in _found(source, names=names):
        yield from _hits(piece, rows, places, "")


def found_in(text: str, place: str, *, names: Finder | None = None) -> Iterator[Hit]:
    """Yield the values of a text; offsets are those of its UTF-8 form."""
    import numpy as np

    from kyumei.scope.scan.blocks import folded
    from kyumei.scope.scan.find import find

    piece = folded(np.frombuffer(text.encode("utf-8", "backslashreplace"), np.uint8), lambda positions: positions)
    rows = _named(piece, find(piece.data).rows, names) if names else find(piece.data).rows
    if len(rows):
        yield from _hits(piece, rows, piece.places(rows[:, :2]), place)


def _named(piece: Piece, rows: Ints, names: Finder) -> Ints:
    """Return the rows with the names that the finder finds in place of those of the dictionary."""
    import numpy as np

    from kyumei.scope.scan.find import all_rules, settled

    number = {rule.name: n for n, rule in enumerate(all_rules())}
    text = piece.data.tobytes().decode("utf-8", "surrogateescape")
    spans = names.spans(text.translate(_LONE))
    others: Ints = rows[rows[:, 2] != number["name"]]
    if not spans:
        return others
    widths = [len(ch.encode("utf-8", "surrogateescape")) for ch in text]
    at = np.concatenate([[0], np.cumsum(widths)])[np.array(spans, np.int64)]
    found = np.zeros((len(spans), 5), np.int64)
    found[:, :2], found[:, 2] = at, number[names.rule]
    return settled(np.concatenate([others, found]))


def _hits(piece: Piece, rows: Ints, places: Ints, place: str) -> Iterator[Hit]:
    from kyumei.scope.scan.find import all_rules

    for (start, end, number, word, word_end), (first, last) in zip(rows.tolist(), places.tolist(), strict=True):
        rule: AnyRule = all_rules()[number]
        value = piece.text(start, end)
        shown = masked(value, rule.kind)
        context = piece.text(word, word_end)
        yield Hit(
            rule.category,
            first,
            last,
            rule.validator,
            context,
            shown,
            rule.name,
            rule.kind,
            place,
            value,
            _detail(value, rule.kind),
        )


def _detail(value: str, kind: str) -> str:
    """Return what a value of some kinds says of itself beyond its kind."""
    if kind == "card number":
        from kyumei.scope.recognise.brands import brand_of

        return brand_of("".join(ch for ch in value if ch.isdigit()))
    if kind == "password hash":
        from kyumei.scope.recognise.schemes import scheme_of

        return ", ".join(filter(None, scheme_of(value)))
    return ""


def tally(source: Source) -> Counter[str]:
    """Return how many values of each category the source holds, without a Python object a hit."""
    import numpy as np

    from kyumei.scope.scan.blocks import pieces
    from kyumei.scope.scan.find import all_rules, find

    total = np.zeros(len(all_rules()), np.int64)
    for piece in pieces(source, text=is_text(source)):
        total += np.bincount(find(piece.data).rows[:, 2], minlength=len(total))
    counts: Counter[str] = Counter()
    for rule, number in zip(all_rules(), total.tolist(), strict=True):
        if number:
            counts[rule.category] += number
    return counts


def _found(source: Source, *, names: Finder | None) -> Iterator[tuple[Piece, Ints, Ints]]:
    from kyumei.scope.scan.blocks import pieces
    from kyumei.scope.scan.find import find

    for piece in pieces(source, text=is_text(source)):
        rows = _named(piece, find(piece.data).rows, names) if names else find(piece.data).rows
        if len(rows):
            yield piece, rows, piece.places(rows[:, :2])
