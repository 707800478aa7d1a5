"""A number that carries its bounds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Count:
    """How many, at least, at best, at most, and by what method.

    `method` says in a few words how `best` was reached ("student number, exact"). Records (件) and people (人) are two
    different counts and are never added to each other.

    Raises:
        ValueError: the bounds are out of order or negative.
    """

    low: int
    best: int
    high: int
    method: str

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.best <= self.high:
            msg = f"bounds out of order: {self.low} <= {self.best} <= {self.high}"
            raise ValueError(msg)

    @classmethod
    def exact(cls, number: int, method: str) -> Count:
        """Return a count whose bounds coincide."""
        return cls(number, number, number, method)

    @property
    def is_exact(self) -> bool:
        """Return whether low equals high."""
        return self.low == self.high

    def as_json(self) -> dict[str, int | str]:
        """Return the object that `diagnosis.json` holds for people."""
        return {"low": self.low, "best": self.best, "high": self.high, "method": self.method}
