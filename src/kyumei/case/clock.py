"""The one place that reads the clock, and where an instant is taken from instead when `KYUMEI_NOW` holds one."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from kyumei.errors import UserError


def now() -> datetime:
    """Return the present instant in UTC, or the one in `KYUMEI_NOW` (ISO 8601), so that a run can be repeated to the byte.

    Raises:
        UserError: `KYUMEI_NOW` holds no instant.
    """
    given = os.environ.get("KYUMEI_NOW", "")
    return instant(given) if given else datetime.now(UTC)


def instant(text: str, *, zone: str = "UTC") -> datetime:
    """Return the instant written as ISO 8601; without an offset it is taken in the zone.

    Raises:
        UserError: it is not an instant.
    """
    from zoneinfo import ZoneInfo

    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UserError(
            f"{text.strip()!r} is not a date or time", hint="write it as 2024-06-07 or 2024-06-07T09:30:00+09:00"
        ) from None
    return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))
