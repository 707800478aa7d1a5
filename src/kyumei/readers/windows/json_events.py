"""Windows events as JSON objects, in the shapes that forwarders and tools give them, to one `WindowsEvent`.

Shapes: nested (`{"Event": {"System": …}}` of evtx_dump, Velociraptor without `Event`), winlogbeat
(`winlog.event_data.…`), and flat (nxlog, Mordor/OTRF, `Get-WinEvent | ConvertTo-Json`). Flat keys keep their names; what
became a common column whole (event id, provider, channel, host) is not stored twice.

Time, the first that is there: TimeCreated or its like with a zone; Sysmon's UtcTime; EventTime (local, without zone),
whose offset is taken from EventReceivedTime (local) against `@timestamp` (UTC) of the same record and marked as assumed;
`@timestamp`; at last a local time in the source's zone, marked as assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.windows.fields import WindowsEvent, as_text, flatten, integer, put
from kyumei.readers.windows.message_text import fields_of
from kyumei.readers.windows.times import absolute, naive, utc, wall

if TYPE_CHECKING:
    from collections.abc import Mapping

_EVENT_ID: Final = ("EventID", "EventId", "event_id", "winlog.event_id", "Event.EventID", "event.code", "Id")
_PROVIDER: Final = (
    "SourceName",
    "ProviderName",
    "Provider",
    "provider",
    "winlog.provider_name",
    "event.provider",
    "source_name",
)
_CHANNEL: Final = ("Channel", "channel", "winlog.channel", "LogName", "log_name")
_HOST: Final = ("Hostname", "Computer", "winlog.computer_name", "computer_name", "MachineName", "ComputerName", "host.name")
_KEYWORDS: Final = ("Keywords", "winlog.keywords", "KeywordsDisplayNames", "EventType")
_CREATED: Final = ("TimeCreated", "SystemTime", "winlog.time_created", "event.created_time", "TimeCreated.DateTime")
_LOCAL: Final = ("EventTime", "TimeCreated", "TimeGenerated", "EventReceivedTime")
_QUARTER: Final = 900_000_000
_DELAY: Final = 120_000_000
"""Microseconds that a forwarder may need between its two stamps."""
_SYSMON: Final = "microsoft-windows-sysmon"
_MESSAGE: Final = ("Message", "message")


def is_event(record: Any) -> bool:
    """Return whether a JSON value looks like a Windows event."""
    if not isinstance(record, dict):
        return False
    if isinstance(record.get("Event"), dict):
        return isinstance(record["Event"].get("System"), dict)
    if isinstance(record.get("System"), dict) and "EventID" in record["System"]:
        return True
    winlog = record.get("winlog")
    if isinstance(winlog, dict):
        return "event_id" in winlog
    flat = {key for key, value in record.items() if value is not None}
    named = flat & {*_PROVIDER, *_CHANNEL}
    return bool(flat & {"EventID", "EventId", "event_id", "winlog.event_id", "Id"}) and (
        len(named) > 1 or bool(named and flat & {*_HOST})
    )


def event_of(record: dict[str, Any], zone: str) -> WindowsEvent | None:
    """Return the event; None where the object is none. Numbers must have been left as text by the JSON parser."""
    if not is_event(record):
        return None
    nested = record.get("Event", record if isinstance(record.get("System"), dict) else None)
    if isinstance(nested, dict):
        event = flatten(nested)
        if nested is not record:
            _add_rest(event, {k: v for k, v in record.items() if k != "Event"})
        return event
    flat = _flat(record)
    event = WindowsEvent(
        event_id=integer(_take(flat, _EVENT_ID)),
        provider=_take(flat, _PROVIDER),
        channel=_take(flat, _CHANNEL),
        host=_take(flat, _HOST),
        keywords=next((flat[k] for k in _KEYWORDS if k in flat), None),
    )
    event.ts, event.zone_assumed = _time(flat, event, zone)
    event.fields = {name: value for name, value in flat.items() if value}
    message = next((flat[k] for k in _MESSAGE if k in flat), "")
    for name, value in fields_of(message, event.event_id).items() if message else ():
        event.fields.setdefault(name, value)
    return event


def _add_rest(event: WindowsEvent, rest: dict[str, Any]) -> None:
    for name, value in _flat(rest).items():
        if value:
            put(event.fields, name, value)


def _flat(record: dict[str, Any]) -> dict[str, str]:
    """Return dotted name → text; names below `winlog.event_data` and `user_data` stand alone, as in the log itself."""
    found: dict[str, str] = {}
    open_: list[tuple[str, Any]] = [*reversed(record.items())]
    while open_:
        name, value = open_.pop()
        if isinstance(value, dict):
            front = (
                ""
                if name in {"winlog.event_data", "winlog.user_data", "event_data", "EventData", "ExtraEventData"}
                else f"{name}."
            )
            open_ += [(f"{front}{key}", inner) for key, inner in reversed(value.items())]
        elif isinstance(value, list):
            texts = [as_text(item) for item in value]
            if None not in texts:
                put(found, name, "; ".join(t for t in texts if t))
            else:
                open_ += [(name, item) for item in reversed(value)]
        elif (text := as_text(value)) is not None:
            put(found, name, text)
    return found


def _take(flat: dict[str, str], names: tuple[str, ...]) -> str | None:
    for name in names:
        if value := flat.get(name):
            del flat[name]
            return value
    return None


def _time(flat: Mapping[str, str], event: WindowsEvent, zone: str) -> tuple[int | None, bool]:
    """Return microseconds UTC and whether the zone was assumed."""
    for name in _CREATED:
        if (when := absolute(flat.get(name, ""))) is not None:
            return when, False
    if (event.provider or "").lower() == _SYSMON and (clock := wall(flat.get("UtcTime", ""))) is not None:
        return naive(clock), False
    stamp = absolute(flat.get("@timestamp", ""))
    local = next((clock for name in _LOCAL if (clock := wall(flat.get(name, ""))) is not None), None)
    if local is None:
        return stamp, False
    offset = _offset(flat, stamp)
    return (utc(local, zone) if offset is None else naive(local) - offset), True


def _offset(flat: Mapping[str, str], stamp: int | None) -> int | None:
    """Return how far the machine's clock stands before UTC, from one instant written both ways; None where that fails."""
    received = wall(flat.get("EventReceivedTime", ""))
    if received is None or stamp is None:
        return None
    apart = naive(received) - stamp
    offset = round(apart / _QUARTER) * _QUARTER
    return offset if abs(apart - offset) <= _DELAY and abs(offset) <= 56 * _QUARTER else None
