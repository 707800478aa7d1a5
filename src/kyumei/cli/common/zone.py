"""Check a time zone that was given on the command line."""

from __future__ import annotations

from kyumei.errors import UserError


def known_zone(name: str) -> str:
    """Return the name of the zone.

    Raises:
        UserError: there is no such zone.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UserError(f"there is no time zone {name}", hint="use an IANA name such as Asia/Tokyo") from None
