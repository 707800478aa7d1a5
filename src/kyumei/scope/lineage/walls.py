"""Instants as the clock on the database's wall shows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def wall_of(ts: int | None, zone: str) -> str:
    """Return microseconds since 1970 UTC as `YYYY-MM-DD HH:MM:SS` in the zone."""
    return (_EPOCH + timedelta(microseconds=ts or 0)).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def shifted(wall: str, days: int) -> str:
    """Return the wall clock some days later."""
    moved = datetime.strptime(wall, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) + timedelta(days=days)
    return moved.strftime("%Y-%m-%d %H:%M:%S")
