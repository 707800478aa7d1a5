"""From the samples of a rule (`rules/<rule>.yml`) to tables of events.

A sample is a `case` with `events`, in order, a minute apart or `after` seconds after the one before; `at` is the first's
instant. `repeat` and `every` (seconds) make many of one, `{n}` in a value counts them. `form` says what the keys are:

* `windows`, `any`, `web`: common columns by their names (Sigma's for Windows) and native fields.
* `process`: Sysmon's names; each sample is tried as Sysmon 1 and as Security 4688.
* `script`: PowerShell 4104.
* `linux`: `Image` and `CommandLine`; tried as Sysmon for Linux, as sudo's syslog line and as a record of auditd.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from kyumei.model.event import COLUMNS
from kyumei.store.schema import event_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_COMMON: Final = {"Channel": "channel", "EventID": "event_id", "Provider_Name": "provider", "Computer": "host"}
_AUDIT: Final = {"Image": "NewProcessName", "ParentImage": "ParentProcessName", "User": "SubjectUserName"}
_START: Final = "2024-06-05T02:00:00Z"


def tables(form: str, sample: Mapping[str, Any]) -> list[pa.Table]:
    """Return the sample's events, once for each way in which they may be recorded."""
    events = _laid_out(sample)
    ways = {
        "process": (_sysmon, _audit),
        "script": (_script,),
        "linux": (_sysmon_linux, _sudo, _auditd),
        "web": (_web,),
    }.get(form, (_plain,))
    return [table([way(event) for event in events]) for way in ways]


def table(events: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Return events, given as column or field → value with an aware `time`, as a reader's table."""
    rows = [{_COMMON.get(key, key): value for key, value in event.items()} for event in events]
    fields = sorted({key for row in rows for key in row} - set(COLUMNS) - {"time"})
    given = {
        "evidence_id": ["E"] * len(rows),
        "file_id": ["f"] * len(rows),
        "rec": list(range(1, len(rows) + 1)),
        "origin": ["live"] * len(rows),
        "ts": [row["time"] for row in rows],
        "source": [row.get("source", "windows.evtx") for row in rows],
        "action": [row.get("action", "record.written") for row in rows],
    }
    schema = event_schema()
    columns = {c: pa.array(given.get(c, [row.get(c) for row in rows]), schema.field(c).type) for c in COLUMNS}
    native = {name: pa.array([_text(row.get(name)) for row in rows], pa.string()) for name in fields}
    return pa.table(columns | native)


def _laid_out(sample: Mapping[str, Any]) -> list[dict[str, Any]]:
    start = datetime.fromisoformat(sample.get("at", _START))
    found: list[dict[str, Any]] = []
    at = start
    for each in sample["events"]:
        event = dict(each)
        repeat, every = event.pop("repeat", 1), event.pop("every", 60)
        at = at + timedelta(seconds=event.pop("after", 60)) if found else start
        for n in range(repeat):
            counted = {key: value.replace("{n}", str(n)) if isinstance(value, str) else value for key, value in event.items()}
            found.append({"time": at + timedelta(seconds=every * n), "Computer": "pc1.example.co.jp"} | counted)
    return found


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _plain(event: Mapping[str, Any]) -> dict[str, Any]:
    return dict(event)


def _sysmon(event: Mapping[str, Any]) -> dict[str, Any]:
    return {"channel": "Microsoft-Windows-Sysmon/Operational", "provider": "Microsoft-Windows-Sysmon", "event_id": 1, **event}


def _audit(event: Mapping[str, Any]) -> dict[str, Any]:
    named = {_AUDIT.get(key, key): value for key, value in event.items()}
    return {"channel": "Security", "provider": "Microsoft-Windows-Security-Auditing", "event_id": 4688, **named}


def _script(event: Mapping[str, Any]) -> dict[str, Any]:
    provider = "Microsoft-Windows-PowerShell"
    return {"channel": f"{provider}/Operational", "provider": provider, "event_id": 4104, **event}


def _web(event: Mapping[str, Any]) -> dict[str, Any]:
    return {"source": "web.access", "action": "web.request", "src_ip": "198.51.100.7", **event}


def _sysmon_linux(event: Mapping[str, Any]) -> dict[str, Any]:
    return {"source": "linux.syslog", "channel": "Linux-Sysmon/Operational", "provider": "Linux-Sysmon", "event_id": 1, **event}


def _sudo(event: Mapping[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in event.items() if key not in {"Image", "CommandLine"}}
    line = event["CommandLine"]
    return {"source": "linux.syslog", "provider": "sudo", "action": "command.run", "object": line, "run_as": "root", **rest}


def _auditd(event: Mapping[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in event.items() if key not in {"Image", "CommandLine"}}
    said: dict[str, Any] = {"type": "SYSCALL", "exe": event["Image"], "proctitle": event["CommandLine"]}
    return {"source": "linux.auditd", "action": "command.run", **said, **rest}


def fired(found: Sequence[Any], rule_id: str) -> bool:
    """Return whether a rule is among what was found."""
    return any(each.rule == rule_id for each in found)
