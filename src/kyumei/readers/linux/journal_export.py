"""What `journalctl` writes for machines: `-o json` (one object a line) and `-o export`, also from systemd-journal-remote.

In JSON a value that is no UTF-8 is a list of bytes, one that was too long is null, one given several times is a list. In the
export form an entry is a block of `NAME=value` lines; a value with line ends stands behind its name and its length.

Format: https://systemd.io/JOURNAL_EXPORT_FORMATS/
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from kyumei.model.source import CERTAIN
from kyumei.readers.lines import Unread, batches
from kyumei.readers.linux.systemd.entries import BATCH, LATEST, Entry, add, add_columns, is_name, known, put, value
from kyumei.readers.match import bools, ints, whole
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_LINE: Final = 16 * 1024 * 1024
_JSON: Final = re.compile(rb'\s*\{[^\n]*"__REALTIME_TIMESTAMP"\s*:')
_NO_TEXT: Final = r'[^\\]":\s*[^"\s]'
"""A field that is no text: a list, a number, null."""
_EXPORT: Final = re.compile(rb"(?:^|\n)__REALTIME_TIMESTAMP=\d+\n(?:[^\n]*\n){0,8}__?(?:MONOTONIC_TIMESTAMP|BOOT_ID)=")


def accepts(source: Source) -> int:
    """Return whether the beginning is an entry in one of the forms."""
    head = source.head
    if _JSON.match(head):
        return CERTAIN
    return CERTAIN if head.startswith(b"__CURSOR=") or _EXPORT.search(head[:4096]) else 0


@reader(
    "linux.journal_export",
    accepts=accepts,
    title="systemd journal (journalctl -o json, export)",
    spec="https://systemd.io/JOURNAL_EXPORT_FORMATS/",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each entry; `rec` is the byte offset of its first line. Times are UTC in microseconds."""
    if source.head.lstrip()[:1] == b"{":
        _objects(source, rows)
        return
    batch: list[Entry] = []
    for entry in _blocks(source, rows):
        batch.append(entry)
        if len(batch) >= BATCH:
            add(batch, rows)
            batch = []
    add(batch, rows)


def _objects(source: Source, rows: Rows) -> None:
    import numpy as np
    import pyarrow.compute as pc

    unread = Unread(rows, "no journal entry in JSON")
    for lines in batches(source, rows):
        texts = _plain(lines.text, pc.match_substring_regex(lines.text, _NO_TEXT))
        found, good = _columns(texts)
        if not good.all():  # what only Python's decoder reads
            found, good = _columns(_plain(texts, bools(~good)))
        said = np.zeros(len(lines), bool)
        for values in found.values():
            said |= values.is_valid().to_numpy(zero_copy_only=False)
        if said.all():
            _add(lines.rec, found, rows)
            continue
        unread.add(lines.where(bools(~said)))
        here = ints(np.flatnonzero(said))
        if len(here):
            _add(lines.rec.take(here), {name: values.take(here) for name, values in found.items()}, rows)
    unread.close()


def _add(rec: pa.Array, fields: dict[str, pa.Array], rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    stated = fields.pop("__REALTIME_TIMESTAMP", pa.nulls(len(rec), pa.string()))
    micros = whole(stated)
    ts = pc.if_else(pc.and_(pc.greater(micros, 0), pc.less(micros, LATEST)), micros, None)
    add_columns(rec, ts, fields, rows)


def _columns(texts: pa.Array) -> tuple[dict[str, pa.Array], np.ndarray[Any, Any]]:
    """Return the fields of objects as columns of text, and which texts are objects."""
    import numpy as np

    from kyumei.readers.flat_json.columns import block

    _, bounds, data = texts.buffers()
    places = np.frombuffer(bounds, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    taken = block(data.to_pybytes() if data else b"", np.stack([places[:-1], places[1:]], axis=1))
    found = {}
    for named, column in taken.columns.fields.items():
        if is_name(name := named.removesuffix("#native")):
            place = np.full(len(texts), -1, np.int64)
            place[column.rows] = column.codes
            found[name] = column.values.take(ints(np.maximum(place, 0), place >= 0))
    return found, taken.good


def _plain(texts: pa.Array, odd: pa.Array) -> pa.Array:
    """Return the objects, those marked written again with nothing but texts; "" where one is no entry."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not odd.true_count:
        return texts
    entries = [_object(text) for text in texts.filter(odd).to_pylist()]
    written = [json.dumps(fields, ensure_ascii=False) if fields else "" for fields in entries]
    return pc.replace_with_mask(texts, odd, pa.array(written, pa.string()))


def _object(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    fields: dict[str, str] = {}
    for name, stated in found.items() if isinstance(found, dict) else ():
        for each in _values(stated) if is_name(name) else ():
            put(fields, name, each)
    return fields


def _values(stated: Any) -> list[str]:
    if isinstance(stated, list) and stated and all(isinstance(each, int) and 0 <= each < 256 for each in stated):
        return [value(bytes(stated))]
    if isinstance(stated, list):
        return [text for each in stated for text in _values(each)]
    return [] if stated is None else [stated if isinstance(stated, str) else json.dumps(stated, ensure_ascii=False)]


def _blocks(source: Source, rows: Rows) -> Iterator[Entry]:
    with source.open() as stream:
        start, at, lost = 0, 0, -1
        fields: dict[str, str] = {}
        while line := stream.readline(_LINE):
            here, at = at, at + len(line)
            if line == b"\n":
                yield from _ended(start, fields)
                start, fields = at, {}
                continue
            name, equals, rest = line.rstrip(b"\n").partition(b"=")
            text = name.decode("ascii", "replace")
            data = rest if equals else _sized(stream, text, source.size - at)
            if data is None or not is_name(text):
                lost = here if lost < 0 else lost
                continue
            if lost >= 0:
                rows.fault(lost, "no field of a journal entry", here - lost)
                lost = -1
            at += 0 if equals else 9 + len(data)
            put(fields, text, value(data))
        yield from _ended(start, fields)
        if lost >= 0:
            rows.fault(lost, "no field of a journal entry", at - lost)


def _sized(stream: BinaryIO, name: str, left: int) -> bytes | None:
    """Return the value behind its length; None, and nothing read, where there is none."""
    place = stream.tell()
    size = int.from_bytes(stream.read(8), "little")
    if is_name(name) and size <= min(left - 9, 4 * _LINE):
        data = stream.read(size)
        if stream.read(1) == b"\n":
            return data
    stream.seek(place)
    return None


def _ended(start: int, fields: dict[str, str]) -> Iterator[Entry]:
    if fields:
        yield Entry(start, _time(fields), fields)


def _time(fields: dict[str, str]) -> int | None:
    stated = fields.pop("__REALTIME_TIMESTAMP", "")
    return known(int(stated)) if stated.isdecimal() and len(stated) < 19 else None
