"""One Windows event as a nested object (as `evtx` writes it) → common columns and native fields.

EventData keeps its fields' names as written (a second one of the same name ends in `_1`, as `evtx` names it); Data without
a name are `Data`, `Data#1`, …. UserData keeps the names below its one wrapper; deeper ones are joined with dots
(`Certificate.fileRef`); namespaces are left out. System's fields begin with `System_`, so that they never clash with
EventData's. All values are text as written, integers of any size and true/false included.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from kyumei.readers.json_values import parsed
from kyumei.readers.windows.times import absolute

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_NO_TIME: Final = datetime(1601, 1, 2, tzinfo=UTC)
"""A FILETIME of zero, or of less than a day, is no time."""
_SYSTEM: Final = ("Version", "Level", "Task", "Opcode", "Keywords", "EventRecordID")
_SYSTEM_ATTRIBUTES: Final = {
    "Execution": None,  # None: all attributes, under their own names
    "Correlation": None,
    "Security": None,
    "Provider": {"Guid": "ProviderGuid", "EventSourceName": "EventSourceName"},
    "EventID": {"Qualifiers": "Qualifiers"},
}


@dataclass(slots=True)
class WindowsEvent:
    """What one record says, before it is mapped.

    Attributes:
        ts: TimeCreated in microseconds since 1970 UTC, None where there is none.
        event_id: None where it is missing or no number.
        provider, channel, host: of System; None where missing.
        keywords: audit success or failure, as a number or in words.
        zone_assumed: whether the time's zone was not in the record.
        fields: native name → text.
    """

    ts: int | None = None
    event_id: int | None = None
    provider: str | None = None
    channel: str | None = None
    host: str | None = None
    keywords: str | None = None
    zone_assumed: bool = False
    fields: dict[str, str] = field(default_factory=dict)


def parse(text: str) -> WindowsEvent | None:
    """Return the event of one JSON text, None where it is no Windows event."""
    try:
        root = parsed(text)
    except ValueError:
        return None
    event = root.get("Event") if isinstance(root, dict) else None
    return flatten(event) if isinstance(event, dict) else None


def flatten(event: dict[str, Any]) -> WindowsEvent:
    """Return the event of the object below `Event`."""
    found = WindowsEvent()
    system = event.get("System")
    if isinstance(system, dict):
        _system(found, system)
    for part, content in event.items():
        if part in {"System", "#attributes"}:
            continue
        if part == "EventData" and isinstance(content, dict):
            _event_data(found.fields, content)
        elif isinstance(content, dict):
            _user_data(found.fields, content)
        elif (value := as_text(content)) is not None:
            put(found.fields, part, value)
    return found


def micros(text: str) -> int | None:
    """Return a time (ISO 8601, UTC where it has no offset; Unix seconds) in microseconds since 1970, None where it is none."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return absolute(text)
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    try:
        return None if when < _NO_TIME else (when - _EPOCH) // _MICROSECOND
    except OverflowError:
        return None


def as_text(value: Any) -> str | None:
    """Return a JSON scalar as text, None for null, objects and lists."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None or isinstance(value, dict | list) else str(value)


def integer(text: str | None) -> int | None:
    """Return a decimal or hexadecimal (0x…) integer that fits the store's 64 bits, else None."""
    if not text or len(text) > 20:
        return None
    try:
        number = int(text, 16) if text[:2] in {"0x", "0X"} else int(text)
    except ValueError:
        return None
    return number if -(2**63) <= number < 2**63 else None


def put(fields: dict[str, Any], name: str, value: Any) -> None:
    """Store a field; a name that is taken gets `#1`, `#2`, … behind it."""
    if name in fields:
        n = 1
        while f"{name}#{n}" in fields:
            n += 1
        name = f"{name}#{n}"
    fields[name] = value


def _system(found: WindowsEvent, system: dict[str, Any]) -> None:
    fields = found.fields
    time = system.get("TimeCreated")
    stamp = _attributes(time).get("SystemTime")
    found.ts = micros(stamp) if isinstance(stamp, str) else None
    if isinstance(stamp, str) and found.ts is None:
        fields["System_TimeCreated"] = stamp
    number = _content(system.get("EventID"))
    found.event_id = integer(number)
    if number and found.event_id is None:
        fields["System_EventID"] = number
    provider = _attributes(system.get("Provider"))
    found.provider = as_text(provider.get("Name")) or as_text(provider.get("EventSourceName"))
    found.channel = _content(system.get("Channel"))
    found.host = _content(system.get("Computer"))
    found.keywords = _content(system.get("Keywords"))
    for name in _SYSTEM:
        if (value := _content(system.get(name))) is not None:
            fields[f"System_{name}"] = value
    for name, renamed in _SYSTEM_ATTRIBUTES.items():
        for key, raw in _attributes(system.get(name)).items():
            if (renamed is None or key in renamed) and (value := as_text(raw)):
                fields[f"System_{renamed[key] if renamed else key}"] = value


def _event_data(fields: dict[str, str], data: dict[str, Any]) -> None:
    for name, value in data.items():
        if type(value) is str:
            if value:
                put(fields, name, value)
        elif name == "#attributes":
            if label := as_text(value.get("Name")) if isinstance(value, dict) else None:
                put(fields, "EventData_Name", label)
        elif isinstance(value, dict) and name.startswith(("Data", "ComplexData")):
            _unnamed(fields, name, value)
        elif isinstance(value, list) and name == "Data":
            for item in value:
                _unnamed(fields, name, item if isinstance(item, dict) else {"#text": item})
        else:
            _nested(fields, name, value)


def _unnamed(fields: dict[str, str], name: str, value: dict[str, Any]) -> None:
    """Store Data without a Name; one with a Name that the library left in its attributes is stored under it."""
    label = as_text(_attributes(value).get("Name")) or name
    texts = value.get("#text")
    for text in texts if isinstance(texts, list) else [texts]:
        if (one := as_text(text)) is not None:
            put(fields, label, one)
    rest = {k: v for k, v in value.items() if k not in {"#text", "#attributes", "@attributes", "@Name"}}
    _nested(fields, label, rest)


def _user_data(fields: dict[str, str], content: dict[str, Any]) -> None:
    for name, inner in content.items():
        if not isinstance(inner, dict):
            if (value := as_text(inner)) is not None:
                put(fields, name, value)
            continue
        for key, value in inner.items():
            _nested(fields, "" if key == "#attributes" else key, value)


def _nested(fields: dict[str, str], name: str, value: Any) -> None:
    """Store a value and what lies below it, without recursion (evidence may nest without end)."""
    open_ = [(name, value)]
    while open_:
        name, value = open_.pop()
        if isinstance(value, dict):
            inner = [(_joined(name, k), v) for k, v in value.items() if not k.startswith("xmlns")]
            open_ += reversed(inner)
        elif isinstance(value, list):
            open_ += [(name, item) for item in reversed(value)]
        elif (text := as_text(value)) is not None and text:
            put(fields, name or "Data", text)


def _joined(name: str, key: str) -> str:
    if key in {"#attributes", "@attributes", "#text"}:
        return name
    key = key.removeprefix("@")
    return f"{name}.{key}" if name else key


def _attributes(value: Any) -> dict[str, Any]:
    """Return an element's attributes as the various writers of JSON put them: below `#attributes`, with `@`, or bare."""
    if not isinstance(value, dict):
        return {}
    inner = value.get("#attributes", value.get("@attributes"))
    if isinstance(inner, dict):
        return inner
    return {name.removeprefix("@"): part for name, part in value.items() if name != "#text"}


def _content(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("#text", value.get("Value"))
    return as_text(value) or None
