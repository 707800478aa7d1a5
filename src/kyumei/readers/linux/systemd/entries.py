"""Events of journal entries: the message runs through the same interpreters as a syslog line's."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kyumei.model.text import decode
from kyumei.readers import forms
from kyumei.readers.linux import payload
from kyumei.readers.linux.syslog import PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from kyumei.store.rows import Rows

BATCH: Final = 20_000
LONGEST: Final = 1024 * 1024
"""Characters; of longer values (core dumps) only the beginning is kept, and it says so."""
_KEPT: Final = 65_536
_NAMES: Final = 400
_NAME: Final = re.compile(r"[A-Z0-9_]{1,64}")
_OWN: Final = ("MESSAGE", "_HOSTNAME")
_LATEST: Final = 253_402_300_800_000_000


class Entry(NamedTuple):
    """One entry: byte offset, microseconds since 1970 UTC or None, and its fields by name."""

    rec: int
    ts: int | None
    fields: Mapping[str, str]


def is_name(text: str) -> bool:
    """Return whether a field can be called so."""
    return _NAME.fullmatch(text) is not None


def known(micros: int) -> int | None:
    """Return the time, None where it cannot be one."""
    return micros if 0 < micros < _LATEST else None


def value(data: bytes) -> str:
    """Return a field's value as text; an endless one is cut and says how long it was."""
    text = decode(data[: 4 * LONGEST]).text
    return text if len(data) <= LONGEST else f"{text[:_KEPT]}… ({len(data)} bytes)"


def put(fields: dict[str, str], name: str, text: str) -> None:
    """Add a value; a field may have several."""
    fields[name] = f"{fields[name]}; {text}" if name in fields else text


def add(entries: Sequence[Entry], rows: Rows) -> None:
    """Add the entries' events."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not entries:
        return
    n = len(entries)
    program = _text([_program(each.fields) for each in entries])
    message = pc.utf8_rtrim_whitespace(_text([each.fields.get("MESSAGE", "") for each in entries]))
    reading = forms.Reading(n)
    sets = forms.load(PROGRAMS)
    forms.interpret([each for each in sets if each.program], program, message, reading)
    payload.interpret(message, reading)
    forms.interpret([each for each in sets if not each.program], program, message, reading)
    said, fields = forms.split(reading.columns())
    columns = {
        "rec": [each.rec for each in entries],
        "ts": [each.ts for each in entries],
        "ts_kind": pa.repeat("written", n),
        "zone_assumed": pa.repeat(pa.scalar(value=False), n),
        "host": _text([each.fields.get("_HOSTNAME") for each in entries]),
        "provider": program,
        "message": message,
        **said,
        "action": pc.fill_null(said.get("action", pa.nulls(n, pa.string())), "record.written"),
    }
    rows.add_columns(columns, {**_native(entries), **fields})


def _program(fields: Mapping[str, str]) -> str | None:
    named = fields.get("SYSLOG_IDENTIFIER") or fields.get("_COMM")
    return named or ("kernel" if fields.get("_TRANSPORT") == "kernel" else None)


def _text(values: list[str | None]) -> pa.Array:
    import pyarrow as pa

    return pa.array(values, pa.string())


def _native(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return the fields as columns: the commonest by name, the rest together in one."""
    counts = Counter(name for each in entries for name in each.fields if name not in _OWN)
    kept = sorted(counts, key=lambda name: (-counts[name], name))
    columns = {name: _text([each.fields.get(name) for each in entries]) for name in kept[:_NAMES]}
    rest = set(kept[_NAMES:])
    if rest:
        columns["_OTHER_FIELDS"] = _text(
            ["; ".join(f"{k}={v}" for k, v in each.fields.items() if k in rest) or None for each in entries]
        )
    return columns
