"""Numbers, times and sizes as the reports show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from kyumei.reports.words.lookup import Words

_ERAS: Final = ((date(2019, 5, 1), "令和"), (date(1989, 1, 8), "平成"), (date(1926, 12, 25), "昭和"))
_DAYS_JA: Final = "月火水木金土日"
_DAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EXACT_BYTES: Final = 1000


def moment(text: object, zone: str) -> datetime | None:
    """Return the instant of ISO 8601 text in that zone; None for anything else."""
    from zoneinfo import ZoneInfo

    try:
        return datetime.fromisoformat(str(text)).astimezone(ZoneInfo(zone))
    except ValueError:
        return None


def time(text: object, zone: str, *, seconds: bool = False) -> str:
    """Return `2024-05-16 09:12 +09:00`; text that is no time comes back as it is, nothing as nothing."""
    found = moment(text, zone)
    if found is None:
        return "" if text is None else str(text)
    return found.strftime("%Y-%m-%d %H:%M" + (":%S" if seconds else "")) + " " + offset(found)


def offset(found: datetime) -> str:
    """Return the offset from UTC as `+09:00`."""
    return found.isoformat()[-6:]


def span(first: object, last: object, zone: str, words: Words) -> str:
    """Return first and last instant, the day of the second left out where it is the same."""
    one, two = moment(first, zone), moment(last, zone)
    if one is None and two is None:
        return words("not_known")
    if one is None or two is None:
        known = time(first if two is None else last, zone)
        return f"{known} – {words('open_end')}" if two is None else f"{words('open_end')} – {known}"
    if one.strftime("%Y%m%d%H%M") == two.strftime("%Y%m%d%H%M"):
        return time(first, zone)
    end = two.strftime("%H:%M") if one.date() == two.date() else two.strftime("%Y-%m-%d %H:%M")
    return f"{one.strftime('%Y-%m-%d %H:%M')} – {end} {offset(two)}"


def day(text: object, zone: str, words: Words) -> str:
    """Return the day with its weekday; the hour only where it is not the day's last."""
    found = moment(text, zone)
    if found is None:
        return "" if text is None else str(text)
    hour = "" if (found.hour, found.minute) == (23, 59) else f" {found.strftime('%H:%M')} {offset(found)}"
    if words.lang == "ja":
        return f"{found.date().isoformat()}({_DAYS_JA[found.weekday()]}){hour}"
    return f"{found.date().isoformat()} ({_DAYS_EN[found.weekday()]}){hour}"


def era(text: object, zone: str, words: Words) -> str:
    """Return the day in Japanese years, 令和6年6月11日; nothing in English."""
    found = moment(text, zone)
    return "" if found is None or words.lang != "ja" else _japanese_year(found.date())


def _japanese_year(on: date) -> str:
    for start, name in _ERAS:
        if on >= start:
            year = on.year - start.year + 1
            return f"{name}{'元' if year == 1 else year}年{on.month}月{on.day}日"
    return ""


def number(value: object) -> str:
    """Return a number with commas between thousands; anything else as text."""
    return f"{value:,}" if isinstance(value, int) else "" if value is None else str(value)


def size(value: object) -> str:
    """Return a number of bytes in a unit that people read, 812 GB; below a thousand exactly."""
    if not isinstance(value, int | float):
        return ""
    left, unit = float(value), 0
    while left >= _EXACT_BYTES and unit < 5:
        left, unit = left / _EXACT_BYTES, unit + 1
    return f"{left:.0f} B" if unit == 0 else f"{left:.{0 if left >= 100 else 1}f} {'kMGTP'[unit - 1]}B"


def best(count: object, unit: str, words: Words) -> str:
    """Return the best number with its unit (`people` or `records`), or that it was not counted."""
    if not isinstance(count, Mapping) or count.get("best") is None:
        return words("people_unknown")
    return words(f"unit.{unit}", n=number(count["best"]))


def bounds(count: object, unit: str, words: Words) -> str:
    """Return the bounds of a count, nothing where it is exact."""
    if not isinstance(count, Mapping) or count.get("low") == count.get("high"):
        return ""
    return words(f"unit.{unit}_between", low=number(count["low"]), high=number(count["high"]))


def total(counts: list[Mapping[str, Any]]) -> dict[str, int] | None:
    """Return the sum of counts of records, bound by bound; None where there is none."""
    given = [c for c in counts if c.get("best") is not None]
    return {k: sum(int(c[k]) for c in given) for k in ("low", "best", "high")} if given else None


_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def full_day(on: date, words: Words) -> str:
    """Return a day as documents bear it: 2024年6月7日(令和6年6月7日), 7 June 2024."""
    if words.lang == "ja":
        return f"{on.year}年{on.month}月{on.day}日({_japanese_year(on)})"
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"
