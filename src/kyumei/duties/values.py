"""What a fact can be: a truth, a word, an instant, bounds of a number, members of a set."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from datetime import tzinfo

JST: Final = timezone(timedelta(hours=9))
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Instant:
    """When something happened.

    Attributes:
        at: with offset; midnight where only the day is known.
        whole_day: only the day is known, and it is the same day in every rule's zone.
    """

    at: datetime
    whole_day: bool = False

    def day(self, zone: tzinfo | None) -> date:
        """Return the local day in the zone, or in the instant's own offset where the zone is not stated."""
        return self.at.date() if self.whole_day or zone is None else self.at.astimezone(zone).date()

    def __str__(self) -> str:
        return self.at.date().isoformat() if self.whole_day else self.at.isoformat()


@dataclass(frozen=True, slots=True)
class Bounds:
    """A number known to lie in [low, high]; no high means that nothing bounds it."""

    low: int
    high: int | None

    def __post_init__(self) -> None:
        if self.low < 0 or (self.high is not None and self.high < self.low):
            msg = f"bounds out of order: {self.low} to {self.high}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Members:
    """A set as far as it is known.

    Attributes:
        yes: what is in it. maybe: what may be in it.
        closed: nothing else can be in it.
    """

    yes: frozenset[str]
    maybe: frozenset[str] = frozenset()
    closed: bool = True


Value: TypeAlias = bool | str | Instant | Bounds | Members


def instant(value: object, zone: tzinfo = JST) -> Instant:
    """Return the instant that a date, a datetime or ISO 8601 text states; `zone` is for what states none.

    Raises:
        ValueError: it is none of these, or not of this age (1900 to 2999), which leaves room to count from it.
    """
    if isinstance(value, Instant):
        return value
    if isinstance(value, str):
        text = value.strip()
        value = date.fromisoformat(text) if _DAY.fullmatch(text) else datetime.fromisoformat(text)
    if not isinstance(value, date):
        msg = "expected a date or an ISO 8601 instant"
        raise ValueError(msg)  # noqa: TRY004  # text that is no date is the same mistake
    if not 1900 <= value.year <= 2999:
        msg = f"the year {value.year} is out of range"
        raise ValueError(msg)
    if isinstance(value, datetime):
        return Instant(value if value.tzinfo else value.replace(tzinfo=zone))
    return Instant(datetime.combine(value, time(), zone), whole_day=True)


def offset(text: str) -> timezone:
    """Return the zone of `+09:00`."""
    hours, minutes = text[1:].split(":")
    delta = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-delta if text.startswith("-") else delta)
