"""Every mapping, shipped or a user's own, as a reader.

Shipped ones lie in `readers/mapped/shipped/*.yaml`. A user's own are the files named by the environment variable
`KYUMEI_MAPPINGS` (files and folders, separated as in PATH); they win over shipped ones that accept the same file.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kyumei.model.event import native
from kyumei.model.source import CERTAIN, LIKELY
from kyumei.readers.mapped.mapping import parse
from kyumei.readers.registry import READERS, Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source
    from kyumei.readers.mapped.mapping import LogMapping
    from kyumei.store.rows import Rows

OWN: Final = "KYUMEI_MAPPINGS"
_SHIPPED: Final = Path(__file__).parent / "shipped"


def own_files() -> list[Path]:
    """Return the user's mapping files in the order of the variable, those of a folder by name."""
    given = [Path(part) for part in os.environ.get(OWN, "").split(os.pathsep) if part]
    return [file for path in given for file in (sorted(path.glob("*.yaml")) if path.is_dir() else [path])]


def own_digest() -> str:
    """Return a digest of the user's mapping files, empty where there are none: results depend on them."""
    digest = hashlib.sha256()
    files = own_files()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest() if files else ""


def _mappings() -> Iterator[tuple[LogMapping, int]]:
    for file in sorted(_SHIPPED.glob("*.yaml")):
        yield parse(file.read_text("utf-8"), file.name), 0
    for file in own_files():
        yield parse(file.read_text("utf-8-sig"), str(file)), 5


def as_reader(mapping: LogMapping, extra: int = 0) -> Reader:
    """Return the reader that a mapping is; `extra` confidence puts it before others that accept the same file."""

    def accepts(source: Source) -> int:
        sure = accepted(mapping, source)
        return min(CERTAIN, sure + extra) if sure else 0

    def read(source: Source, rows: Rows) -> None:
        read_mapped(mapping, source, rows)

    return Reader(mapping.name, accepts, read, mapping.title, mapping.spec)


def accepted(mapping: LogMapping, source: Source) -> int:
    """Return how sure it is that the mapping is meant for the source: the more names are asked for, the surer."""
    if mapping.format == "lines":
        return _lines(mapping, source)
    if mapping.format == "json":
        from kyumei.readers.flat_json.records import names

        if b"{" not in source.head[:4096]:
            return 0
        held = {name.casefold() for name in names(source.head)}
        fits = all(native(name).casefold() in held for name in mapping.accepts)
        fits = fits and (not mapping.any or any(native(name).casefold() in held for name in mapping.any))
    else:
        from kyumei.readers.flat_csv.records import layout

        shape = layout(source.head, frozenset(mapping.accepts))
        held = set() if shape is None else {name.casefold() for name in shape.names}
        fits = shape is not None and (not mapping.any or any(name.casefold() in held for name in mapping.any))
    if not fits:
        return 0
    return CERTAIN if mapping.certain else min(CERTAIN - 10, LIKELY + len(mapping.accepts) + bool(mapping.any))


def _lines(mapping: LogMapping, source: Source) -> int:
    """Return how sure it is by the share of lines that fit; unmistakable ones win over readers of any line."""
    from kyumei.readers.flat_lines.records import fitting

    told = (mapping.recognise,) if mapping.recognise else mapping.patterns
    part = fitting(source, told, mapping.skip)
    least = 0.2 if mapping.certain else 0.5
    return int((CERTAIN - 20 if mapping.certain else LIKELY) + 15 * part) if part >= least else 0


def read_mapped(mapping: LogMapping, source: Source, rows: Rows) -> None:
    """Add one event for each record of the source."""
    from kyumei.readers.flat_csv import records as csv
    from kyumei.readers.flat_json import records as json
    from kyumei.readers.flat_lines import records as lines
    from kyumei.readers.linux.years import Calendar
    from kyumei.readers.mapped import others
    from kyumei.readers.mapped.evaluate import events
    from kyumei.readers.nested import expanded

    if mapping.format == "json":
        blocks = json.records(source, rows)
    elif mapping.format == "lines":
        blocks = lines.records(source, rows, mapping.patterns, mapping.skip)
    else:
        shape = csv.layout(source.head, frozenset(mapping.accepts))
        if shape is None:
            rows.fault(0, "no header with the mapping's names", source.size)
            return
        blocks = csv.records(source, rows, shape)
    calendar = Calendar(source)
    for block in blocks:
        columns = block.columns if mapping.format == "lines" else expanded(block.columns)
        event = events(columns, block.rec, mapping, calendar)
        if mapping.format == "lines":
            event = others.with_requests(event, calendar.zone)
        rows.add_columns(event.columns, event.fields)


def json_mapping(source: Source) -> LogMapping | None:
    """Return the mapping of JSON that accepts the source with most confidence, None where none does."""
    sure = [(accepted(mapping, source), mapping) for mapping in _JSON]
    best = max(sure, key=lambda each: each[0], default=None)
    return best[1] if best and best[0] else None


_JSON: Final[list[LogMapping]] = []
for _mapping, _extra in _mappings():
    READERS.add(as_reader(_mapping, _extra))
    if _mapping.format == "json":
        _JSON.append(_mapping)
