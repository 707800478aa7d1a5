"""Appliances' records inside syslog files: lines of the appliance's own form, and others that are plain syslog.

An appliance sends its records beside ordinary syslog lines of the same machine, or a relay mixes those of several; both are
read, so that nothing of a mixed file becomes a fault.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.lines import Unread, batches
from kyumei.readers.linux import syslog
from kyumei.readers.linux.connections import Connections
from kyumei.readers.linux.years import Calendar
from kyumei.readers.match import bools, constant, extract, filled, ints, only
from kyumei.readers.network import kv
from kyumei.readers.network.keyvalue import times
from kyumei.readers.stamps import BSD_STAMP, ISO_STAMP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.store.rows import Rows

    Own = Callable[[Lines, Calendar, Rows], pa.Array]
    Taken = Callable[[Lines, dict[str, Any]], None]

_HEADS: Final = (
    rf"^(?:<\d{{1,3}}>)?(?P<stamp>{BSD_STAMP}):? (?:(?P<host>[^ =|]+) )?",
    rf"^(?:<\d{{1,3}}>)?(?:1 )?(?P<stamp>{ISO_STAMP}) (?:(?P<host>[^ =|]+) )?",
)


def read(source: Source, rows: Rows, own: Own, reason: str) -> None:
    """Read the lines of a source.

    Args:
        source: what is read.
        rows: takes events and faults.
        own: adds the events of the lines that have the appliance's form and returns a mask of them.
        reason: what the fault of lines of neither form says.
    """
    import pyarrow.compute as pc

    unread = Unread(rows, reason)
    calendar, connections = Calendar(source), Connections()
    for lines in batches(source, rows):
        rest = lines.where(pc.invert(own(lines, calendar, rows)))
        if len(rest):
            unread.add(rest.where(pc.invert(syslog.add(rest, (calendar, connections), rows))))
    unread.close()


def heads(texts: pa.Array) -> dict[str, pa.Array]:
    """Return stamp and host that stand in front of a record, null where none do."""
    import pyarrow.compute as pc

    found, _ = extract(texts, *_HEADS)
    return {"stamp": found["stamp"], "host": filled(pc.ascii_rtrim(found["host"], characters=":"))}


def attributes(texts: pa.Array, delimiter: str, sign: str = "=") -> dict[str, pa.Array]:
    """Return the values by key of `key=value` attributes between delimiters; whatever else a value holds is kept."""
    import pyarrow.compute as pc

    from kyumei.readers.pairs import plain

    if not (delimiter.isascii() and len(delimiter) == 1):
        texts, delimiter = pc.replace_substring(texts, delimiter, "\x1f"), "\x1f"
    return {name: filled(values) for name, values in plain(texts, delimiter.encode(), sign).items()}


def in_turn(lines: Lines, forms: Iterable[tuple[Sequence[str], Taken]]) -> pa.Array:
    """Hand the lines that a form's patterns fit to its function, with the patterns' groups; return a mask of those handed on.

    Args:
        lines: some lines.
        forms: patterns and function; a line goes to the first form that fits.
    """
    import numpy as np

    left = np.arange(len(lines))
    for patterns, take in forms:
        found, matched = extract(lines.text.take(ints(left)) if len(left) < len(lines) else lines.text, *patterns)
        told = matched.to_numpy(zero_copy_only=False)
        if told.any():
            here = ints(left[told])
            part = lines if told.all() and len(told) == len(lines) else None
            take(part or type(lines)(lines.rec.take(here), lines.size.take(here), lines.text.take(here)), only(found, matched))
            left = left[~told]
    done = np.ones(len(lines), bool)
    done[left] = False
    return bools(done)


def add(lines: Lines, fields: Mapping[str, Any], calendar: Calendar, rows: Rows, **known: Any) -> None:
    """Add events of lines with these fields.

    Args:
        lines: of the appliance's form.
        fields: native fields, as long as the lines.
        calendar: zone and years of the source.
        rows: takes the events.
        known: common columns that the form itself tells; where null, what the fields say by `kv` stands.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(lines)
    head = heads(lines.text)
    said = kv.interpret(fields, n)
    ts, assumed = times(lines, head, fields, calendar)
    said["host"] = pc.coalesce(said["host"], head["host"])
    if "action" in known:
        own = pc.is_valid(known["action"])
        said["outcome"] = pc.if_else(own, known.get("outcome", pa.nulls(n, pa.string())), said["outcome"])
    for name, values in known.items():
        if name != "outcome":
            said[name] = pc.coalesce(values, said.get(name, constant(None)))
    said.setdefault("message", lines.text)
    columns = {"rec": lines.rec, "ts": ts, "ts_kind": pa.repeat("written", n), "zone_assumed": assumed}
    rows.add_columns({**columns, **said}, fields)


def chosen(words: pa.Array, table: Mapping[str, tuple[str, str | None]]) -> dict[str, pa.Array]:
    """Return action and outcome for words in lower case, null where the table does not have them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    place = pc.index_in(words, pa.array(list(table), pa.string()))
    actions, outcomes = (pa.array([says[n] for says in table.values()], pa.string()) for n in (0, 1))
    return {"action": actions.take(place), "outcome": outcomes.take(place)}
