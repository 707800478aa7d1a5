"""The lineage as one JSON object, schema `kyumei.lineage/1`; keys may be added, never renamed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kyumei.model.count import Count
    from kyumei.scope.lineage.replay import Logged
    from kyumei.scope.lineage.trace import Shown, Trace
    from kyumei.scope.lineage.web import Asked

SCHEMA: Final = "kyumei.lineage/1"


def document(found: Trace, paths: Mapping[str, str], zone: str) -> dict[str, Any]:
    """Return the object.

    Args:
        found: the trace.
        paths: file's id → path, for citations.
        zone: IANA name of the zone of the times.
    """
    return {
        "schema": SCHEMA,
        "people_by_reach": by_reach(found),
        "accounts": [{"account": account, "people": people.as_json()} for account, people in found.accounts.items()],
        "tables": [{"table": t, "rows": dict(zip(("low", "best", "high"), r, strict=True))} for t, r in found.rows.items()],
        "statements": found.statements,
        "reads": [_read(shown, paths, zone) for shown in found.shown],
        "changes_not_applied": [_place(event, paths, zone) | {"reason": why} for event, why in found.skipped],
        "assumptions": found.assumptions,
    }


def by_web(found: Sequence[Asked], people: Count) -> dict[str, Any]:
    """Return the keys of the object that speak of requests to a web server."""
    return {"web": [each.as_json() for each in found], "people_by_web": people.as_json()}


def by_reach(found: Trace) -> dict[str, dict[str, int | str]]:
    """Return the people who could be reached, who were read, whose data left."""
    counts: dict[str, Count] = {"exposed": found.exposed, "accessed": found.accessed, "taken": found.taken}
    return {reach: count.as_json() for reach, count in counts.items()}


def _read(shown: Shown, paths: Mapping[str, str], zone: str) -> dict[str, Any]:
    reading = shown.reading
    return _place(reading.logged, paths, zone) | {
        "statement": reading.logged.text,
        **reading.statement.as_json(),
        "status": reading.status,
        "people": shown.people.as_json(),
        "taken": shown.taken,
        "rows": {"replayed": reading.given, "logged": reading.logged.rows},
        "shown": {table: list(columns) for table, columns in sorted(reading.shown.items())},
        "behind": dict(sorted(reading.behind.items())),
        "reasons": list(dict.fromkeys(reading.reasons)),
    }


def _place(event: Logged, paths: Mapping[str, str], zone: str) -> dict[str, Any]:
    said = {"account": event.account, "src_ip": event.src_ip, "session": event.session.rsplit("\0", 1)[-1]}
    citation = {"path": paths.get(event.file_id, event.file_id), "offset": event.rec}
    return {"ts": _iso(event.ts, zone), **said, "database": event.database, "citation": citation}


def _iso(at: int | None, zone: str) -> str | None:
    if at is None:
        return None
    return datetime.fromtimestamp(at / 1_000_000, UTC).astimezone(ZoneInfo(zone)).isoformat(timespec="milliseconds")
