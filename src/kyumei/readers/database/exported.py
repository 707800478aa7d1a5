"""Audit records that a database gave out as separated values with a header: what the readers of such files share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kyumei.readers.addresses import normalised
from kyumei.readers.database.sql import one_line, told
from kyumei.readers.database.tabular import Quoted, cells, header
from kyumei.readers.lines import Lines
from kyumei.readers.match import constant, filled, whole
from kyumei.readers.records import records
from kyumei.readers.stamps import parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows


@dataclass(frozen=True, slots=True)
class Layout:
    """How an export's columns are read.

    Attributes:
        common: common column → names of columns, the first that is there counts; `ts`, `account`, `src_ip`, `host`, `rows`,
            `object`.
        fields: native field → names of columns.
        actions: value of the column `kind` → action, for records that are no statements.
        kind: names of the column that says what was done.
        succeeded: names of the column that says whether it succeeded, and its values for yes.
        utc: whether times without offset are in UTC; those of a column whose name ends in `_utc` always are.
    """

    common: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, tuple[str, ...]]
    kind: tuple[str, ...]
    actions: Mapping[str, str]
    succeeded: tuple[tuple[str, ...], tuple[str, ...]]
    utc: bool = False
    needs: tuple[frozenset[str], ...] = field(default=())


def fits(source: Source, layout: Layout) -> bool:
    """Return whether the first row names what the layout needs: one of each set."""
    names, _ = header(source.sample.text)
    return bool(layout.needs) and all(wanted & {*names} for wanted in layout.needs)


def read_export(source: Source, rows: Rows, layout: Layout) -> None:
    """Add one event for each row behind the header; `rec` is the byte offset of its first line."""
    names, separator = header(source.sample.text)
    skip = True
    for batch in records(source, rows, Quoted(), "no row"):
        lines = batch
        if skip:
            lines = Lines(batch.rec[1:], batch.size[1:], batch.text[1:])
            skip = False
        if not len(lines):
            continue
        kept, columns = cells(lines, len(names), separator, rows)
        if len(kept):
            _add(kept, dict(zip(names, columns, strict=True)), layout, rows)


def _add(lines: Lines, part: Mapping[str, pa.Array], layout: Layout, rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    get = {name: _first(part, names, len(lines)) for name, names in {**layout.common, **layout.fields}.items()}
    is_utc = layout.utc or next((n for n in layout.common["ts"] if n in part), "").endswith("_utc")
    ts, assumed = parsed(pc.fill_null(get["ts"], ""), "UTC" if is_utc else rows.source.zone)
    kind = _first(part, layout.kind, len(lines))
    place = pc.index_in(pc.utf8_upper(pc.fill_null(kind, "")), pa.array([*layout.actions]))
    action = pa.array([*layout.actions.values()], pa.string()).take(place)
    spoken = pc.coalesce(get["statement"], pc.binary_join_element_wise(kind, pc.fill_null(get["object"], ""), " "))
    session = pc.fill_null(pc.match_substring_regex(action, r"^(?:login|session)\."), False)  # noqa: FBT003
    get["statement"] = pc.if_else(session, constant(None), get["statement"])
    said = told(get["statement"])
    columns: dict[str, Any] = {
        "rec": lines.rec,
        "ts": ts,
        "ts_kind": pa.repeat("written", len(lines)),
        "zone_assumed": pc.and_(assumed, pa.scalar(not is_utc)),
        "action": pc.coalesce(action, said["action"], pa.repeat("record.written", len(lines))),
        "outcome": _outcome(_first(part, layout.succeeded[0], len(lines)), layout.succeeded[1]),
        "host": get["host"],
        "account": get["account"],
        "src_ip": normalised(pc.replace_substring_regex(get["src_ip"], "^(?:local machine|<local machine>|localhost)$", "")),
        "object": pc.coalesce(get["object"], said["object"]),
        "rows": whole(pc.fill_null(get["rows"], "")),
        "message": pc.utf8_rtrim_whitespace(one_line(spoken)),
    }
    columns["action"] = pc.if_else(
        pc.and_(pc.equal(columns["action"], "login.succeeded"), pc.equal(pc.fill_null(columns["outcome"], ""), "failure")),
        "login.failed",
        columns["action"],
    )
    rows.add_columns(columns, {**{name: get[name] for name in layout.fields}, "command": kind})


def _first(part: Mapping[str, pa.Array], names: tuple[str, ...], n: int) -> pa.Array:
    """Return the first filled cell of the columns of these names."""
    import pyarrow as pa
    import pyarrow.compute as pc

    there = [filled(part[name]) for name in names if name in part]
    return pc.coalesce(*there) if there else pa.nulls(n, pa.string())


def _outcome(said: pa.Array, yes: tuple[str, ...]) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    good = pc.is_in(pc.utf8_lower(said), pa.array(yes))
    return pc.if_else(pc.is_null(said), constant(None), pc.if_else(good, "success", "failure"))
