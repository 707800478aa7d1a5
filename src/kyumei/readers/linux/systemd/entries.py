"""Events of journal entries: the message runs through the same interpreters as a syslog line's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kyumei.model.text import decode
from kyumei.readers import forms
from kyumei.readers.linux import payload
from kyumei.readers.linux.syslog import PROGRAMS
from kyumei.readers.match import constant, filled

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
LATEST: Final = 253_402_300_800_000_000
"""Microseconds since 1970 of the year 10000."""


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
    return micros if 0 < micros < LATEST else None


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

    if entries:
        names = dict.fromkeys(name for each in entries for name in each.fields)
        fields = {name: _text([each.fields.get(name) for each in entries]) for name in names}
        add_columns(pa.array([each.rec for each in entries]), pa.array([each.ts for each in entries], pa.int64()), fields, rows)


def add_columns(rec: pa.Array, ts: pa.Array, fields: dict[str, pa.Array], rows: Rows) -> None:
    """Add the events of entries whose fields are columns of text, null where an entry lacks one.

    Args:
        rec: byte offsets.
        ts: microseconds since 1970 UTC, int64, null where unknown.
        fields: in the order of the file.
        rows: takes the events.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(rec)
    nothing = pa.nulls(n, pa.string())
    program = _program(fields, nothing)
    message = pc.utf8_rtrim_whitespace(pc.fill_null(fields.get("MESSAGE", nothing), ""))
    reading = forms.Reading(n)
    sets = forms.load(PROGRAMS)
    forms.interpret([each for each in sets if each.program], program, message, reading)
    payload.interpret(message, reading)
    forms.interpret([each for each in sets if not each.program], program, message, reading)
    said, found = forms.split(reading.columns())
    columns = {
        "rec": rec,
        "ts": ts,
        "ts_kind": pa.repeat("written", n),
        "zone_assumed": pa.repeat(pa.scalar(value=False), n),
        "host": fields.get("_HOSTNAME", nothing),
        "provider": program,
        "message": message,
        **said,
        "action": pc.fill_null(said.get("action", nothing), "record.written"),
    }
    rows.add_columns(columns, {**_native(fields), **found})


def _program(fields: Mapping[str, pa.Array], nothing: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    named = [filled(fields[name]) for name in ("SYSLOG_IDENTIFIER", "_COMM") if name in fields]
    kernel = pc.if_else(pc.equal(fields.get("_TRANSPORT", nothing), "kernel"), constant("kernel"), constant(None))
    return pc.coalesce(*named, kernel)


def _text(values: list[str | None]) -> pa.Array:
    import pyarrow as pa

    return pa.array(values, pa.string())


def _native(fields: Mapping[str, pa.Array]) -> dict[str, Any]:
    """Return the fields as columns: the commonest by name, the rest together in one."""
    import pyarrow.compute as pc

    counts = {name: len(values) - values.null_count for name, values in fields.items() if name not in _OWN}
    kept = set(sorted(counts, key=lambda name: (-counts[name], name))[:_NAMES])
    columns = {name: fields[name] for name in counts if name in kept}
    rest = [pc.binary_join_element_wise(f"{name}=", fields[name], "") for name in counts if name not in kept]
    if rest:
        columns["_OTHER_FIELDS"] = filled(pc.binary_join_element_wise(*rest, "; ", null_handling="skip"))
    return columns
