"""The lineage of files as part of the JSON object `kyumei.lineage/1`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kyumei.model.count import Count
    from kyumei.scope.lineage.files.counted import Touched
    from kyumei.scope.lineage.files.mailed import Disclosed
    from kyumei.scope.lineage.files.trace import Files

UNKNOWN: Final = 100


def by_files(found: Files, paths: Mapping[str, str], zone: str) -> dict[str, Any]:
    """Return the keys of the object that speak of files.

    Args:
        found: the trace.
        paths: file's id → path, for citations.
        zone: IANA name of the zone of the times.
    """
    return {
        "files": [
            touched_json(t, paths, zone) | ({"people": found.counted[n].as_json()} if found.counted else {})
            for n, t in enumerate(found.touched)
        ],
        "files_in_all": found.groups,
        "files_by_account": [{"account": account, **_counts(by_reach)} for account, by_reach in found.accounts.items()],
        "people_by_files": _counts(found.people),
        "unknown_content": [_unknown(row, paths, zone) for row in found.unknown[:UNKNOWN]],
        "unknown_content_in_all": len(found.unknown),
    }


def touched_json(touched: Touched, paths: Mapping[str, str], zone: str) -> dict[str, Any]:
    """Return who touched what, which copies stand for it, and where that is written."""
    group = touched.group
    files = list(dict.fromkeys(c.best for c in (touched.chosen[:1] if touched.one_of else touched.chosen)))
    others = sorted({f for c in touched.chosen for f in c.join} - set(files))
    return {
        "reach": group["reach"],
        "way": group["way"],
        "account": group["account"],
        "host": group["host"],
        "src_ip": group["src_ip"],
        "object": group["said"],
        "to": group["dst"],
        "first": iso(group["first"], zone),
        "last": iso(group["last"], zone),
        "events": group["n"],
        "followed": group["hops"],
        "told_by": group["told_by"],
        "content": [paths.get(f, f) for f in files],
        "or": [paths.get(f, f) for f in others],
        "why": list(touched.why),
        "citation": _cited(group["place"], paths),
    }


def shown_json(one: Disclosed, paths: Mapping[str, str], zone: str) -> dict[str, Any]:
    """Return one message that showed addresses outside to each other."""
    return {
        "message": one.key,
        "account": one.account,
        "subject": one.subject,
        "time": iso(one.us, zone),
        "addresses": len(one.addresses),
        "recipients": one.recipients,
        "with_record": sum(len(r) for r in one.rows.values()),
        "citation": _cited(one.place, paths),
    }


def iso(at: int | None, zone: str) -> str | None:
    """Return microseconds since 1970 UTC as ISO 8601 in the zone."""
    if at is None:
        return None
    return datetime.fromtimestamp(at / 1_000_000, UTC).astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def _cited(place: Mapping[str, Any], paths: Mapping[str, str]) -> dict[str, Any]:
    return {"evidence": place["e"], "path": paths.get(place["f"], place["f"]), "offset": place["r"]}


def _counts(by_reach: Mapping[str, Count]) -> dict[str, Any]:
    return {reach: count.as_json() for reach, count in by_reach.items()}


def _unknown(row: Mapping[str, Any], paths: Mapping[str, str], zone: str) -> dict[str, Any]:
    return {
        "object": row["said"],
        "way": row["way"],
        "account": row["account"],
        "to": row["dst"],
        "events": row["n"],
        "bytes": row["bytes"],
        "first": iso(row["first"], zone),
        "citation": _cited(row["place"], paths),
    }
