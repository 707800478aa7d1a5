"""One finding or one event of a hunt as the object that is written: its keys are a contract, more may be added."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kyumei.case.hunt.kept import RuleFacts

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TACTICS: Final = frozenset({
    "reconnaissance", "resource-development", "initial-access", "execution", "persistence", "privilege-escalation",
    "defense-evasion", "stealth", "defense-impairment", "credential-access", "discovery", "lateral-movement", "collection",
    "command-and-control", "exfiltration", "impact",
})  # fmt: skip


@lru_cache(maxsize=65_536)
def iso(micros: int | None, zone: str) -> str | None:
    """Return microseconds since 1970 UTC as ISO 8601 in the zone, with microseconds and offset."""
    if micros is None:
        return None
    return (_EPOCH + timedelta(microseconds=micros)).astimezone(ZoneInfo(zone)).isoformat(timespec="microseconds")


def finding(row: Mapping[str, Any], rule: RuleFacts, zone: str) -> dict[str, Any]:
    """Return a finding: `rule_id … citations` first, then who, from where, and where the rule comes from."""
    first, last = iso(row["first"], zone), iso(row["last"], zone)
    channels, numbers = row["channels"] or [], row["event_ids"] or []
    return {
        "rule_id": rule.id,
        "title": rule.title,
        "level": rule.level,
        "ts": first,
        "host": row["host"],
        "channel": channels[0] if channels else next(iter(row["readers"]), None),
        "event_id": _number(numbers[0]) if numbers else None,
        "count": row["n"],
        "first": first,
        "last": last,
        "citations": [{"evidence": m["e"], "path": m["p"], "offset": m["o"]} for m in row["marks"]],
        "channels": channels,
        "event_ids": [_number(n) for n in numbers],
        "accounts": row["accounts"] or [],
        "src_ips": row["addresses"] or [],
        "details": row["details"],
    } | origin(rule)


def event(row: Mapping[str, Any], rule: RuleFacts, zone: str) -> dict[str, Any]:
    """Return one matching event, with the same keys as a finding and what the event says."""
    at = iso(row["us"], zone)
    return {
        "rule_id": rule.id,
        "title": rule.title,
        "level": rule.level,
        "ts": at,
        "host": row["host"],
        "channel": row["channel"] or row["reader"],
        "event_id": _number(row["event_id"]),
        "count": row["n"],
        "first": at,
        "last": at,
        "citations": [{"evidence": row["evidence"], "path": row["path"], "offset": row["rec"]}],
        "record_id": _number(row["record"]),
        "accounts": [row["account"]] if row["account"] else [],
        "src_ips": [row["src_ip"]] if row["src_ip"] else [],
        "details": row["details"],
        "extra": row["extra"],
    } | origin(rule)


def origin(rule: RuleFacts) -> dict[str, Any]:
    """Return where a rule comes from and what it is about: author and licence go with every match."""
    tags = [t.removeprefix("attack.").replace("_", "-") for t in rule.tags if t.startswith("attack.")]
    return {
        "tactics": [t for t in tags if t in _TACTICS],
        "techniques": [t.upper() for t in tags if t not in _TACTICS],
        "other_tags": [t for t in rule.tags if not t.startswith("attack.")],
        "author": rule.author,
        "license": rule.license,
        "status": rule.status,
        "modified": rule.modified,
        "rule_file": rule.file,
        "rule_sha256": rule.digest,
    }


def _number(text: object) -> object:
    """Return a number for a text that is one, else the text."""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 19 else text
