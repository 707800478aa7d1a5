"""A mapping applied to a block of records: every test and every format is done once for each distinct value."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.event import COLUMNS, native
from kyumei.readers.flat_lines.records import TEXT
from kyumei.readers.mapped.mapping import PLACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pyarrow as pa

    from kyumei.readers.linux.years import Calendar
    from kyumei.readers.mapped.mapping import Choice, LogMapping, Time
    from kyumei.store.columns import Column, Columns

_ADDRESSES: Final = ("src_ip",)
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  # wall clock; the zone is applied to whole columns


_UNIT: Final = re.compile(r"[(（\[ _](kb|mb|gb|kib|mib|gib)[)）\]]?$")
_UNITS: Final = {"kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30}
"""As Windows and the products for it count: 1 KB is 1,024 bytes."""
PLATFORM: Final = ("p_event_time", "@timestamp", "at_sign_timestamp", "_time")
"""Where Panther, Elastic and Splunk keep the time of an event that they collected: docs.panther.com (standard fields), Elastic
Common Schema, docs.splunk.com (default fields)."""


@dataclass(frozen=True, slots=True)
class Event:
    """The columns of `Rows.add_columns`: common ones, and all fields by their own names."""

    columns: dict[str, Any]
    fields: dict[str, Any]


def events(columns: Columns, rec: np.ndarray, mapping: LogMapping, calendar: Calendar) -> Event:
    """Return the events of a block.

    Args:
        columns: one row for each record.
        rec: int64, byte offsets.
        mapping: what is what.
        calendar: zone and years of the source, for times that state none.
    """
    import pyarrow as pa

    block = _Block(columns)
    ts, assumed = _times(block, mapping.time, calendar, rec)
    found: dict[str, Any] = {"rec": pa.array(rec), "ts": ts, "zone_assumed": assumed}
    found["action"] = _chosen(block, mapping.action)
    if mapping.outcome.default or mapping.outcome.rules or mapping.outcome.field:
        found["outcome"] = _chosen(block, mapping.outcome)
    for column, sources in mapping.columns:
        found[column] = _volume(block, sources) if column == "bytes" else _typed(column, _first(block, sources))
    if mapping.format == "lines":
        _leave_unfitting(block, found)
    return Event(found, {name: block.texts(name) for name in columns.fields})


def _leave_unfitting(block: _Block, found: dict[str, Any]) -> None:
    """Say of a line that no pattern fits only that it was written, and what."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = block.texts(TEXT).cast(pa.string())
    if text.null_count == block.n:
        return
    fits = pc.is_null(text)
    found["action"] = pc.if_else(fits, found["action"], "record.written")
    if "outcome" in found:
        found["outcome"] = pc.if_else(fits, found["outcome"], pa.scalar(None, pa.string()))
    found["message"] = pc.coalesce(text, found.get("message", text))


class _Block:
    """A block of records with what was made of it."""

    def __init__(self, columns: Columns) -> None:
        self.n = columns.n
        self._fields = columns.fields
        self._folded = {_folded(name): name for name in reversed(list(columns.fields))}

    def column(self, name: str) -> Column | None:
        """Return a field by its name as the log has it, case and blanks aside."""
        return self._fields.get(native(name)) or self._fields.get(self._folded.get(_folded(native(name)), ""))

    def texts(self, name: str) -> pa.Array:
        """Return a field as a dictionary column with nulls; all nulls where no record has it."""
        import numpy as np
        import pyarrow as pa

        column = self.column(name)
        if column is None:
            return pa.nulls(self.n, pa.string())
        codes, missing = np.zeros(self.n, np.int32), np.ones(self.n, np.bool_)
        codes[column.rows], missing[column.rows] = column.codes, False
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=missing), column.values)

    def where(self, name: str, wanted: Any) -> np.ndarray:
        """Return the records whose field fits the condition."""
        import numpy as np

        found, column = np.zeros(self.n, np.bool_), self.column(name)
        if isinstance(wanted, dict) and "exists" in wanted:
            if column is not None:
                found[column.rows] = True
            return found if wanted["exists"] else ~found
        if column is not None:
            fits = np.array([_fits(value, wanted) for value in column.values.to_pylist()], np.bool_)
            found[column.rows] = fits[column.codes]
        return found


def _folded(name: str) -> str:
    return re.sub(r"\s+", "", name).casefold()


def _fits(value: str, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return (
            _above(value, wanted["above"])
            if "above" in wanted
            else re.search(str(wanted["matches"]), value, re.IGNORECASE) is not None
        )
    words = wanted if isinstance(wanted, list) else [wanted]
    return any(_word(word) == value.casefold() for word in words)


def _word(word: Any) -> str:
    return str(word).casefold()


def _above(value: str, least: Any) -> bool:
    try:
        return float(value) > float(least)
    except ValueError:
        return False


def _chosen(block: _Block, choice: Choice) -> pa.Array:
    """Return the word for each record, null where there is none."""
    import numpy as np
    import pyarrow as pa

    words = list(dict.fromkeys([choice.default, *(v for _, v in choice.values), *(then for _, then in choice.rules)]))
    found = np.zeros(block.n, np.int32)
    column = block.column(choice.field) if choice.field else None
    if column is not None and choice.values:
        table = dict(choice.values)
        codes = np.array([words.index(table.get(v.casefold(), choice.default)) for v in column.values.to_pylist()], np.int32)
        found[column.rows] = codes[column.codes]
    for condition, then in reversed(choice.rules):
        hits = np.ones(block.n, np.bool_)
        for name, wanted in condition.items():
            hits &= block.where(name, wanted)
        found[hits] = words.index(then)
    return pa.array([word or None for word in words], pa.string()).take(pa.array(found))


def _first(block: _Block, sources: Sequence[str]) -> pa.Array:
    """Return for each record the first source that it has."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = [_filled(block, source) if "{" in source else block.texts(source).cast(pa.string()) for source in sources]
    return pc.coalesce(*parts) if parts else pa.nulls(block.n, pa.string())


def _volume(block: _Block, sources: Sequence[str]) -> pa.Array:
    """Return bytes; where a source's name states a unit, "ファイルサイズ(KB)", its numbers are multiplied."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = []
    for source in sources:
        unit = _UNIT.search(source.casefold())
        texts = _filled(block, source) if "{" in source else block.texts(source).cast(pa.string())
        bare = pc.replace_substring(texts, ",", "")
        if unit is None:
            parts.append(_typed("bytes", bare))
            continue
        number = pc.if_else(pc.match_substring_regex(bare, r"^\d{1,15}(?:\.\d{1,6})?$"), bare, pa.scalar(None, pa.string()))
        parts.append(pc.cast(pc.round(pc.multiply(number.cast(pa.float64()), float(_UNITS[unit[1]]))), pa.int64(), safe=False))
    return pc.coalesce(*parts) if parts else pa.nulls(block.n, pa.int64())


def _filled(block: _Block, template: str) -> pa.Array:
    """Return the template with its places filled, null where a record lacks one of the fields."""
    import pyarrow as pa
    import pyarrow.compute as pc

    pieces: list[Any] = []
    at = 0
    for place in PLACE.finditer(template):
        if place.start() > at:
            pieces.append(pa.scalar(template[at : place.start()]))
        pieces.append(block.texts(place[1]).cast(pa.string()))
        at = place.end()
    if at < len(template):
        pieces.append(pa.scalar(template[at:]))
    return pc.binary_join_element_wise(*pieces, "", null_handling="emit_null")


def _typed(column: str, texts: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    from kyumei.readers.addresses import normalised
    from kyumei.readers.match import filled, whole

    if column in _ADDRESSES:
        bare = pc.replace_substring_regex(texts, r"^(\d+\.\d+\.\d+\.\d+):\d+$", r"\1")
        return normalised(pc.replace_substring_regex(bare, r"^\[(.*)\]:\d+$", r"\1"))
    if column == "dst":  # message traces write `a@example.jp##Receive, Deliver;b@example.jp##Fail`
        texts = pc.replace_substring_regex(pc.replace_substring_regex(texts, r"##[^;]*", ""), r";(\S)", r"; \1")
    if COLUMNS[column] != "int":
        return filled(texts)
    return whole(pc.replace_substring_regex(texts, r"\.0+$", ""))  # some loggers write 1234.0


def _times(block: _Block, time: Time, calendar: Calendar, rec: np.ndarray) -> tuple[pa.Array, pa.Array]:
    """Return microseconds UTC and whether the zone was assumed; a zone that the mapping states is not assumed.

    Records without a time of their own take that of the platform they were exported from, which is UTC (`PLATFORM`).
    """
    import pyarrow.compute as pc

    ts, assumed = _own_times(block, time, calendar, rec)
    others = [replace(time, fields=(name,)) for name in time.fields[1:]]  # where the first one that is there is no time
    for other in (*others, replace(time, fields=PLATFORM, form="iso", zone="UTC")):
        if not ts.null_count:
            break
        later, also = _own_times(block, other, calendar, rec)
        assumed = pc.if_else(pc.and_(pc.is_null(ts), pc.is_valid(later)), also, assumed)
        ts = pc.coalesce(ts, later)
    return ts, assumed


def _own_times(block: _Block, time: Time, calendar: Calendar, rec: np.ndarray) -> tuple[pa.Array, pa.Array]:
    """Return the times that the mapping's own fields give."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from kyumei.readers import stamps

    texts, zone = pc.fill_null(_first(block, time.fields), ""), time.zone or calendar.zone
    if time.form == "epoch":
        counted = stamps.epochs(texts)
        if counted.null_count == block.n - (pc.sum(pc.not_equal(texts, "")).as_py() or 0):
            return counted, pa.repeat(pa.scalar(value=False), block.n)
        written, assumed = stamps.parsed(texts, time.zone or "UTC")  # a platform may have rewritten the count
        return pc.coalesce(counted, written), pc.and_(assumed, pc.is_null(counted))
    if time.form == "iso":
        ts, assumed = stamps.parsed(texts, zone, lambda: calendar.years.at(rec))
        both = pc.coalesce(ts, stamps.epochs(texts)) if ts.null_count else ts
    else:
        both, assumed = _by_pattern(texts, time.form, zone)
    return both, pc.and_(assumed, pa.scalar(not time.zone))


def _by_pattern(texts: pa.Array, pattern: str, zone: str) -> tuple[pa.Array, pa.Array]:
    """Return times written by a strptime pattern; `|` separates patterns that are tried in turn."""
    import numpy as np
    import pyarrow.compute as pc

    from kyumei.readers.match import bools, ints
    from kyumei.readers.stamps import parsed, to_utc

    ts, assumed = None, None
    if pattern.startswith("%Y") and "%" in pattern[2:]:  # year first is never mistaken, and whole columns go faster
        ts, assumed = parsed(texts, zone)
        if ts.null_count == (pc.sum(pc.equal(texts, "")).as_py() or 0):
            return ts, assumed
    coded = texts.dictionary_encode()
    read = [wall(value, pattern.split("|")) for value in coded.dictionary.to_pylist()]
    local = np.array([r[0] for r in read], np.int64)
    valid, aware = np.array([r[1] for r in read]), np.array([r[2] for r in read])
    utc = np.where(aware, local, to_utc(local, zone))
    present = coded.indices.is_valid().to_numpy(zero_copy_only=False)
    places = coded.indices.fill_null(0).to_numpy(zero_copy_only=False)
    written, taken = ints(utc[places], valid[places] & present), bools(~aware[places])
    if ts is None:
        return written, taken
    return pc.coalesce(ts, written), pc.if_else(pc.is_valid(ts), assumed, taken)


def wall(text: str, patterns: Sequence[str]) -> tuple[int, bool, bool]:
    """Return microseconds, whether they are a time, and whether the text stated its offset (then they are UTC)."""
    for pattern in patterns:
        try:
            read = datetime.strptime(text.strip(), pattern)  # noqa: DTZ007  # the zone is looked at below
        except ValueError:
            continue
        offset = read.utcoffset()
        if "%Z" in pattern and text.rstrip().endswith(("UTC", "GMT")):
            offset = timedelta()
        local = read.replace(tzinfo=None) - (offset or (_EPOCH - _EPOCH))
        return (local - _EPOCH) // (datetime.resolution), True, offset is not None
    return 0, False, False
