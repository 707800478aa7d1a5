"""Times as Windows tools write them in text: local without offset, in several orders, or absolute."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_WALL: Final = re.compile(
    r"\s*(?P<a>\d{1,4})[-/.](?P<b>\d{1,2})[-/.](?P<c>\d{1,4})[T ,]+(?P<before>午前|午後|AM|PM|am|pm)?\s*"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?\s*(?P<after>[AaPp]\.?[Mm]\.?)?\s*\Z"
)
_ABSOLUTE: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)? ?(?:Z|UTC|[+-]\d{2}:?\d{2})\Z", re.IGNORECASE
)
_JSON_DATE: Final = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/\Z")
_SECONDS: Final = re.compile(r"(\d{9,10})(?:\.(\d+))?\Z")
_MILLISECONDS: Final = re.compile(r"(\d{13})\Z")


def absolute(text: str) -> int | None:
    """Return a time that states its zone in microseconds UTC: ISO 8601, `/Date(ms)/`, Unix seconds or milliseconds."""
    if _ABSOLUTE.match(text):
        try:
            when = datetime.fromisoformat(re.sub(r" ?(?:UTC|Z)\Z", "+00:00", text, flags=re.IGNORECASE).replace(",", "."))
            return (when - _EPOCH) // _MICROSECOND
        except (ValueError, OverflowError):
            return None
    if found := _JSON_DATE.match(text) or _MILLISECONDS.match(text):
        return int(found[1]) * 1000
    if found := _SECONDS.match(text):
        return int(found[1]) * 1_000_000 + int((found[2] or "").ljust(6, "0")[:6])
    return None


def wall(text: str, *, day_first: bool = False) -> datetime | None:
    """Return a time without zone: year first (Japan), else month first (US) or, where told, day first."""
    found = _WALL.match(text)
    if found is None:
        return None
    a, b, c = int(found["a"]), int(found["b"]), int(found["c"])
    date = (a, b, c) if len(found["a"]) == 4 else (c, b, a) if day_first else (c, a, b)
    hour = int(found["hour"])
    half = (found["before"] or found["after"] or "").lower().replace(".", "")
    if half in {"am", "pm", "午前", "午後"} and hour <= 12:
        hour = hour % 12 + (12 if half in {"pm", "午後"} else 0)
    micro = int((found["fraction"] or "").ljust(6, "0")[:6])
    try:
        return datetime(*date, hour, int(found["minute"]), int(found["second"]), micro)  # noqa: DTZ001  # a wall clock
    except ValueError:
        return None


def is_day_first(text: str) -> bool:
    """Return whether the first number of a date cannot be a month."""
    found = _WALL.match(text)
    return found is not None and len(found["a"]) < 4 and int(found["a"]) > 12 >= int(found["b"])


def utc(clock: datetime, zone: str) -> int:
    """Return a wall clock's time in that zone in microseconds UTC; of an hour that comes twice the first."""
    return (clock.replace(tzinfo=_zone(zone)) - _EPOCH) // _MICROSECOND


def naive(clock: datetime) -> int:
    """Return a wall clock's time as if it were UTC, in microseconds."""
    return (clock.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
