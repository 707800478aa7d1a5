"""Look again, on new evidence, whether a measure holds: met, not met, or not shown by this evidence.

`needs` names what the new evidence must have since the day on which the measure was put in place, as an action
(`login.succeeded`) or a reader (`windows.evtx`); without it nothing is concluded from silence. `told_by` names actions by
which other records tell that there was something to audit: where there was nothing, no event is no sign that auditing is off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kyumei.store.query import Store

State = Literal["met", "not_met", "not_shown"]
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Since:
    """What is looked at.

    Attributes:
        store: the new evidence. findings: its `findings.jsonl` as objects.
        at: microseconds since 1970 UTC from which the measure should hold; None for all of it.
        actors: accounts of the old diagnosis. addresses: its suspicious addresses.
    """

    store: Store
    findings: Sequence[Mapping[str, Any]]
    at: int | None
    actors: Sequence[str]
    addresses: Sequence[str]


@dataclass(frozen=True, slots=True)
class Result:
    """What was seen: the state, a sentence, and ids of findings or citations that show it."""

    state: State
    text: Mapping[str, str]
    shown_by: tuple[str, ...] = ()


def recheck(check: Mapping[str, Any], since: Since) -> Result:
    """Return what the new evidence says of a measure with that check."""
    kind = next(k for k in check if k not in ("needs", "told_by"))
    if not _is_there(check.get("needs", ()), since):
        wanted = ", ".join(check["needs"])
        return Result(
            "not_shown",
            {
                "ja": f"新しい証拠に必要な記録({wanted})がない",
                "en": f"The new evidence holds no record that it takes ({wanted})",
            },
        )
    found = _CHECKS[kind](check[kind], since)
    if found.state == "not_met" and not _is_told(check.get("told_by", ()), since):
        said = ", ".join(check["told_by"])
        return Result(
            "not_shown",
            {
                "ja": f"新しい証拠に監査の対象となる出来事({said})がなく、監査が有効かは分からない",
                "en": f"Nothing to audit ({said}) happened in the new evidence; it does not show whether auditing is on",
            },
        )
    return found


def _is_told(actions: Sequence[str], since: Since) -> bool:
    """Return whether records tell of one of the actions; true where none is asked for."""
    sql = "select 1 from events where list_contains(?, action) and (? is null or epoch_us(ts) >= ?) limit 1"
    return not actions or bool(since.store.rows(sql, list(actions), since.at, since.at))


def _is_there(needs: Sequence[str], since: Since) -> bool:
    sql = "select 1 from events where (action = ? or source = ?) and (? is null or epoch_us(ts) >= ?) limit 1"
    return all(since.store.rows(sql, need, need, since.at, since.at) for need in needs)


def _absent(rules: Sequence[str], since: Since) -> Result:
    found = [f for f in since.findings if f["rule"] in rules and _is_late(f, since.at)]
    named = ", ".join(rules)
    if found:
        ids = tuple(f["id"] for f in found)
        return Result(
            "not_met", {"ja": f"再び見つかった: {len(ids)}件({named})", "en": f"Found again: {len(ids)} ({named})"}, ids
        )
    return Result("met", {"ja": f"新しい証拠では見つからない({named})", "en": f"Not found in the new evidence ({named})"})


def _is_late(finding: Mapping[str, Any], at: int | None) -> bool:
    """Return whether the finding goes on after the instant; one without time counts."""
    from datetime import datetime

    end = finding.get("end") or finding.get("start")
    return at is None or end is None or datetime.fromisoformat(end).timestamp() * 1_000_000 >= at


def _present(event_ids: Sequence[int], since: Since) -> Result:
    sql = (
        "select event_id, count(*), min(host) from events where source like 'windows.%' and list_contains(?, event_id)"
        " and origin = 'live' and (? is null or epoch_us(ts) >= ?) group by event_id order by event_id"
    )
    rows = since.store.rows(sql, list(event_ids), since.at, since.at)
    named = ", ".join(map(str, event_ids))
    if not rows:
        return Result("not_met", {"ja": f"イベント {named} が1件もない", "en": f"There is no event {named}"})
    told = "、".join(f"{number}: {count}件" for number, count, _ in rows)
    english = ", ".join(f"{number}: {count}" for number, count, _ in rows)
    return Result("met", {"ja": f"記録されている({told})", "en": f"Recorded ({english})"})


def _retention(days: int, since: Since) -> Result:
    sql = (
        "select source, coalesce(host, '') as h, cast((max(epoch_us(ts)) - min(epoch_us(ts))) / 86400000000 as bigint) as d"
        " from events where ts is not null and origin = 'live' and source not like 'mail.message%'"
        " group by all having count(*) > 1 order by d, source, h"
    )
    rows = since.store.rows(sql)
    short = [(source, host, length) for source, host, length in rows if length < days]
    if not rows:
        return Result("not_shown", {"ja": "時刻のある記録がない", "en": "No record has a time"})
    if not short:
        return Result("met", {"ja": f"全ての記録が{days}日以上", "en": f"Every log spans {days} days or more"})
    listed = ", ".join(f"{source}{f' ({host})' if host else ''}: {length}" for source, host, length in short[:_SHOWN])
    return Result(
        "not_met", {"ja": f"{days}日に満たない記録(日数): {listed}", "en": f"Logs under {days} days (days): {listed}"}
    )


def _silent(of: str, since: Since) -> Result:
    column, values = ("account", since.actors) if of == "accounts" else ("src_ip", since.addresses)
    actions = ["login.succeeded", "session.started", "network.allowed", "web.request", "share.accessed"]
    if not values:
        return Result("not_shown", {"ja": "前の診断に対象がない", "en": "The diagnosis names none"})
    sql = (
        f"select {column}, count(*) from events where list_contains(?, action) and coalesce(outcome, '') <> 'failure'"
        f" and list_contains(?, {column})"
        " and (? is null or epoch_us(ts) >= ?) group by all order by all"
    )
    rows = since.store.rows(sql, actions, list(values), since.at, since.at)
    if not rows:
        return Result("met", {"ja": "以後のログインや通信の成功はない", "en": "No successful login or access since"})
    listed = ", ".join(f"{value}: {count}" for value, count in rows[:_SHOWN])
    return Result("not_met", {"ja": f"以後も成功している({listed})", "en": f"Still getting in ({listed})"})


_CHECKS: Final[Mapping[str, Callable[[Any, Since], Result]]] = {
    "absent": _absent,
    "present": _present,
    "retention_days": _retention,
    "silent": _silent,
}
