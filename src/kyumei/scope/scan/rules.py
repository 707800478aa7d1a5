"""Rules for running text: functions that say which tokens are a kind of personal data, and their registry.

A rule takes tokens of the shapes it states, all of a block at once, and says which of them it accepts. A labelled rule takes
what stands after a word such as 氏名： or `password=`. Both live in the module of their category in `kyumei.scope.recognise`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from kyumei.plugins import Registry
from kyumei.scope.scan import marks as k

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Bools = npt.NDArray[np.bool_]
    Bytes = npt.NDArray[np.uint8]
    Ints = npt.NDArray[np.int64]
    Accepts = Callable[["Tokens"], Bools]

NEAR_BYTES: Final = 60
"""How far before a token the word that says what it is may stand, at most one line above."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Some tokens of a block.

    Attributes:
        data: the block, UTF-8 with full-width ASCII folded.
        rows: kind, start, end, shape, flags, value, as `kyumei.scope.scan.sweep.sweep` writes them.
        context: for each token, whether a word of the rule's group stands before it.
    """

    data: Bytes
    rows: Ints
    context: Bools

    @property
    def flags(self) -> Ints:
        """Return what stands before and after each token."""
        return self.rows[:, 4]

    @property
    def value(self) -> Ints:
        """Return the value of each token."""
        return self.rows[:, 5]

    def of(self, places: Ints) -> Tokens:
        """Return some of the tokens."""
        return Tokens(self.data, self.rows[places], self.context[places])

    def free(self) -> Bools:
        """Return which tokens stand by themselves, no letter or number joined to them."""
        joined = k.LETTER_BEFORE | k.JOINED_BEFORE | k.LETTER_AFTER | k.JOINED_AFTER
        result: Bools = (self.flags & joined) == 0
        return result

    def has(self, flag: int) -> Bools:
        """Return which tokens have any of these flags."""
        result: Bools = (self.flags & flag) != 0
        return result

    def separated_by(self, separators: str) -> Bools:
        """Return which tokens have one of these as their first separator."""
        listed = np.frombuffer(separators.encode(), np.uint8)
        return np.isin(self.flags >> k.SEPARATOR_SHIFT, listed)

    def digits(self, length: int) -> npt.NDArray[np.int64]:
        """Return the first `length` digits of each token, 0 where it has fewer."""
        return _digits(self.data, self.rows[:, 1:3], length)

    def number(self, length: int) -> Ints:
        """Return the first `length` digits of each token as one number."""
        from kyumei.scope.scan.digits import number_of

        result = np.empty(len(self.rows), np.int64)
        number_of(self.data, self.rows[:, 1:3], length, result)
        return result

    def texts(self) -> list[str]:
        """Return the tokens' text; only for tokens that are few."""
        return [self.data[s:e].tobytes().decode("utf-8", "backslashreplace") for s, e in self.rows[:, 1:3].tolist()]


def _digits(data: Bytes, spans: Ints, length: int) -> npt.NDArray[np.int64]:
    from kyumei.scope.scan.digits import digits_of

    out = np.zeros((len(spans), length), np.int64)
    digits_of(data, spans, out)
    return out


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for tokens and what it states about itself.

    Attributes:
        name: dotted, `phone.mobile`.
        kind: the recogniser's name, by which values are masked.
        category: one of `kyumei.model.categories.CATEGORIES`.
        shapes: `3-4-4`, `16`, `L2D7`, or `date`, `mail`, `address`, `name`.
        accepts: for each token of these shapes, whether it is of the kind.
        validator: what it passed, said to people: `luhn`, `check digit`, `form`, `dictionary`, `calendar`.
        context: group of words in `context.toml`, empty where none is asked for.
        needs: whether a word of the context must stand before it.
        near: how many bytes before the token that word may begin.
        order: earlier ones win.
    """

    name: str
    kind: str
    category: str
    shapes: tuple[str, ...]
    accepts: Accepts
    validator: str = "form"
    context: str = ""
    needs: bool = False
    near: int = NEAR_BYTES
    order: int = 500


@dataclass(frozen=True, slots=True)
class Labelled:
    """A rule for what follows a label.

    Attributes:
        context: group of words in `context.toml` that are labels.
        expression: searched right after the label and what separates it (`:`, `=`, は, tab); the group `v` is the value.
        accepts: whether the value is of the kind.
        loose: whether blanks alone may separate.
    """

    name: str
    kind: str
    category: str
    context: str
    expression: re.Pattern[str]
    accepts: Callable[[str], bool]
    validator: str = "form"
    loose: bool = False
    order: int = 500


RULES: Registry[Rule] = Registry("text rules", "kyumei.scope.recognise")
LABELLED: Registry[Labelled] = Registry("labelled rules", "kyumei.scope.recognise")


def text_rule(name: str, kind: str, category: str, *shapes: str, **facts: object) -> Callable[[Accepts], Accepts]:
    """Register the decorated function as a rule; `facts` are the further attributes of `Rule`."""

    def register(accepts: Accepts) -> Accepts:
        RULES.add(Rule(name, kind, category, shapes, accepts, **facts))  # type: ignore[arg-type]  # checked by the class's tests
        return accepts

    return register


def labelled(
    name: str, kind: str, category: str, context: str, form: str, **facts: object
) -> Callable[[Callable[[str], bool]], Callable[[str], bool]]:
    """Register the decorated function as a rule for labelled values of the form."""

    def register(accepts: Callable[[str], bool]) -> Callable[[str], bool]:
        expression = re.compile(form)
        LABELLED.add(Labelled(name, kind, category, context, expression, accepts, **facts))  # type: ignore[arg-type]  # as above
        return accepts

    return register


def always(value: str) -> bool:
    """Accept any value: the expression has said all."""
    return bool(value)


Kind = Literal["digits", "identifier", "date", "mail", "address", "name"]
_KINDS: Final = {"date": k.DATE, "mail": k.MAIL, "address": k.ADDRESS, "name": k.NAME}


def shape_of(text: str) -> tuple[int, int]:
    """Return kind and shape number of a shape as rules write it; -1 for kinds without shapes."""
    if text in _KINDS:
        return _KINDS[text], -1
    runs = re.findall(r"([LD])(\d+)", text)
    if runs:
        return k.IDENTIFIER, sum((int(n) | (32 if letter == "L" else 0)) << (6 * i) for i, (letter, n) in enumerate(runs))
    return k.DIGITS, sum(int(n) << (5 * i) for i, n in enumerate(text.split("-")))


@cache
def rules() -> tuple[Rule, ...]:
    """Return all rules for tokens, those that win first."""
    return tuple(sorted(RULES.all(), key=lambda r: (r.order, r.name)))


@cache
def labels() -> tuple[Labelled, ...]:
    """Return all labelled rules, those that win first."""
    return tuple(sorted(LABELLED.all(), key=lambda r: (r.order, r.name)))


@cache
def wanted() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the shapes of numbers and of identifiers that any rule asks for."""
    found = {shape_of(shape) for rule in rules() for shape in rule.shapes}
    numbers = tuple(sorted(shape for kind, shape in found if kind == k.DIGITS))
    return numbers, tuple(sorted(shape for kind, shape in found if kind == k.IDENTIFIER))
