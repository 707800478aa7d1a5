"""The passes of record linkage, from sure to doubtful: which keys records must share, and what may not contradict.

Strict unites records that agree in a number given to the person, or in name and a way to reach them: the fewest unions, the
most persons. Standard adds name and birth date, changed surnames, and contact data alone. Lenient adds rare names alone and
forgives contradictions: the fewest persons. Guards keep common names from passes in which they would agree by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from kyumei.scope.vetoes import (
    CONTACTS,
    DOB,
    DOB_FAR,
    DOB_SLIP,
    GIVEN,
    LATIN,
    MOVED,
    NAME,
    NUMBER,
    PERSONAL,
)

Degree = Literal["strict", "standard", "lenient"]
Guard = Literal["", "known", "uncommon", "rare", "rare in postal", "lone", "mobile"]

COMMON_NAME: Final = 32
"""Records of one name beyond which name and birth date may agree by chance: n(n - 1) / 2 / 25,000 birth dates < 0.02."""
RARE_NAME: Final = 5
"""Records of one name up to which the lenient degree takes the name alone."""
CHANCE: Final = 0.01
"""Expected number of records by chance with the same name in the same postal area, up to which both are taken together."""
NAMES: Final = ("name", "reading")
CONTACT: Final = ("email", "phone", "address")
PAIRS: Final = (("phone", "address"), ("phone", "email"), ("email", "address"))
ALONE: Final = NAME | LATIN | GIVEN | DOB_SLIP | PERSONAL
"""What may not differ where records share no more than a way to reach somebody."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass.

    Attributes:
        keys: columns that must be equal, none missing; the first is what a guard is about.
        veto: bits of `kyumei.scope.vetoes`.
        guard: which records take part: `known` (anything known beside a name), `uncommon`, `rare` (name), `rare in postal`,
            `lone` (files in which some record has a name only), `mobile` (telephones that are nobody else's); "" for all.
        certain: whether a record that fits several persons is one of them for certain.
    """

    degree: Degree
    keys: tuple[str, ...]
    veto: int = 0
    guard: Guard = ""
    certain: bool = False

    @property
    def reason(self) -> str:
        """Return the keys in words: "name + phone"."""
        words = " + ".join(_WORDS.get(key, key) for key in self.keys if key not in _SILENT)
        return f"{words} ({self.guard})" if self.guard in {"uncommon", "rare", "rare in postal", "mobile"} else words


_SILENT: Final = frozenset({"numbering"})
_WORDS: Final = {
    "number": "own number",
    "official": "official number",
    "dob": "birth date",
    "table": "same table",
    "dataset": "same file",
    "row": "whole row",
}


def _strict() -> list[Pass]:
    number = ("number", "numbering")
    passes = [
        Pass("strict", ("row", "table"), guard="known"),
        Pass("strict", ("official",), NAME | LATIN | DOB_SLIP),
        Pass("strict", number, NAME | LATIN),
    ]
    for other in ("given", "dob", *CONTACT):  # a name that was changed or misspelt
        passes += [Pass("strict", (*number, other)), Pass("strict", ("official", other))]
    for name in NAMES:
        passes += [Pass("strict", (name, contact), DOB_SLIP | PERSONAL) for contact in CONTACT]
        passes.append(Pass("strict", (name, "dob", "dataset"), NAME | NUMBER | MOVED, "uncommon", certain=True))
    return passes


def _standard() -> list[Pass]:
    passes = [Pass("standard", ("row", "table"))]
    for name in NAMES:
        passes += [
            Pass("standard", (name, "dob"), NAME | NUMBER, "uncommon"),
            Pass("standard", (name, "dob", "postal"), NAME | NUMBER),
        ]
    passes += [Pass("standard", ("given", "dob", contact), PERSONAL) for contact in CONTACT]
    passes += [Pass("standard", ("dob", contact), GIVEN | NAME | LATIN | PERSONAL) for contact in CONTACT]
    passes += [Pass("standard", ("given", *pair), DOB_SLIP | PERSONAL) for pair in PAIRS]
    for name in NAMES:
        passes += [Pass("standard", (name, *pair), DOB_FAR | PERSONAL) for pair in PAIRS]
        passes.append(Pass("standard", (name, "postal"), NAME | DOB_SLIP | NUMBER, "rare in postal"))
    passes += [
        Pass("standard", ("email",), ALONE),
        Pass("standard", ("phone",), ALONE, "mobile"),
    ]
    return [*passes, *(Pass("standard", (name, "dataset"), DOB | NUMBER | NAME, "lone") for name in NAMES)]


def _lenient() -> list[Pass]:
    passes = [Pass("lenient", ("number", "numbering")), Pass("lenient", ("official",)), Pass("lenient", ("phone",), ALONE)]
    for name in NAMES:
        passes += [Pass("lenient", (name, contact), PERSONAL) for contact in CONTACT]
        passes.append(Pass("lenient", (name,), NAME | DOB_SLIP | NUMBER | CONTACTS, "rare"))
    passes.append(Pass("lenient", ("reading", "dob"), NUMBER, "uncommon"))  # a misspelt or changed name
    passes += [Pass("lenient", ("dob", contact), GIVEN | PERSONAL) for contact in CONTACT]
    return passes


PASSES: Final = (*_strict(), *_standard(), *_lenient())
"""In the order in which they are made; a pass's number is its place, from 1."""
