"""The due instants of obligations as an iCalendar file (RFC 5545), to be taken into anyone's calendar."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ALARMS: Final = (timedelta(days=-1), timedelta(hours=-3))
_WORDS: Final = {"ja": ("期限", "宛先", "根拠", "数え方"), "en": ("due", "to", "basis", "counted")}


def ics(rows: Sequence[Mapping[str, Any]], lang: str, now: datetime) -> bytes:
    """Return the calendar of what applies or is undecided, is not done and has a due instant, in the order of time.

    Args:
        rows: obligations as in `diagnosis.json`.
        lang: `ja` or `en`.
        now: the instant at which the file is made (DTSTAMP).

    The same obligation keeps its UID from one export to the next, so that a calendar replaces the entry.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//kyumei//duties//EN")
    calendar.add("version", "2.0")
    merged: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        for deadline in row["deadlines"] if row["verdict"] != "does_not" else ():
            if deadline["due"] and not deadline.get("done"):
                key: tuple[str, ...] = (
                    deadline["due"],
                    row["id"],
                    row["to"],
                    deadline["name"],
                    row["aware"] or "",
                    row["role"],
                )
                merged.setdefault(key, []).append({**row, "at": deadline})
    for found in sorted(merged, key=lambda k: (datetime.fromisoformat(k[0]), k[1:])):
        calendar.add_component(_event(found, merged[found], lang, now))
    return bytes(calendar.to_ical(sorted=False))


def _event(key: tuple[str, ...], rows: Sequence[Mapping[str, Any]], lang: str, now: datetime) -> Any:
    from icalendar import Event

    due, row = datetime.fromisoformat(key[0]).astimezone(UTC), rows[0]
    late, to, basis, counted = _WORDS[lang]
    parties = "、".join(dict.fromkeys(r["party"] for r in rows if r["party"]))
    event = Event()
    event.add("uid", hashlib.sha256("\x1f".join(key[1:]).encode()).hexdigest()[:32] + "@kyumei")
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", due - timedelta(hours=1))
    event.add("dtend", due)
    law = "" if row["id"].startswith("jp.") else f"{row['law']}: "
    event.add("summary", f"{late}: {law}{row['title'][lang]}" + (f" ({key[3]})" if key[3] not in row["title"][lang] else ""))
    lines = [
        f"{to}: {key[2]}",
        f"{basis}: {row['law']} {row['article']}",
        f"{counted}: {row['at']['arithmetic'][lang]}",
        parties,
    ]
    event.add("description", "\n".join(visible(line) for line in lines if line))
    for before in _ALARMS:
        event.add_component(_alarm(before, str(row["title"][lang])))
    return event


def _alarm(before: timedelta, words: str) -> Any:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", before)
    return alarm
