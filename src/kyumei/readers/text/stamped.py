"""Any text log whose lines begin with a time: time, program, account, address and text are told, and marked as guessed.

Which sentence means what comes from `kyumei.readers.linux.programs` (what programs write is the same inside and outside of
syslog) and, last, from the sentences of this package. A reader that knows the format is always surer than this one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers import forms
from kyumei.readers.lines import Lines, Unread, batches, share
from kyumei.readers.linux import payload
from kyumei.readers.linux.syslog import PROGRAMS
from kyumei.readers.linux.years import Calendar
from kyumei.readers.match import extract, filled, ints
from kyumei.readers.records import behind, joined, part
from kyumei.readers.registry import reader
from kyumei.readers.text import when

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

SENTENCES: Final = "kyumei.readers.text.sentences"
HELD: Final = 4 * 1024 * 1024
"""Bytes of lines without a time that may belong to one with a time: traces, wrapped messages, what a program dumped."""
LEAST: Final = 0.3
"""Share of sampled lines that have a time: traces and wrapped messages may stand between them."""
CLEAR: Final = 62
"""Times and levels in the lines and no header: surer than a table whose columns happen to be equally many."""
_LEVELLED: Final = re.compile(
    r".{0,120}?\b(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|CRIT(?:ICAL)?|FATAL|ALERT|(?:debug|info|warn|error)\b(?=[\]|:])|(?:Debug|Info|Warn|Error)(?=[\]|:]))\b"
    r"|.{0,60}?\blevel=\w+"
)
_OTHERS: Final = ("{", "[{", "<", "%PDF", "%!PS", "PK", "{\\rtf")
"""What begins so is no log of lines: JSON and XML hold their own times, documents have tables of numbers."""
_PROGRAM: Final = (
    r"^(?:(?P<host>[A-Za-z][\w.-]*) )?(?P<program>[A-Za-z%][\w./-]*)\[(?P<pid>\d+)\]:? +(?P<message>.*)$",
    r"^(?P<message>.*)$",
)


def accepts(source: Source) -> int:
    """Return a low confidence where enough of the lines begin with a time, a higher one where they also state a level."""
    if source.sample.text.lstrip("\ufeff \r\n\t").startswith(_OTHERS):
        return 0
    part = share(source, when.LINE)
    if part >= 0.9 and share(source, _LEVELLED) >= 0.5 and when.LINE.match(source.sample.text.partition("\n")[0]):
        return CLEAR
    return int(18 + 10 * part) if part >= LEAST else 0


@reader(
    "text.stamped",
    accepts=accepts,
    title="Text log with times (format not known)",
    spec="https://www.rfc-editor.org/rfc/rfc3339",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each line that has a time; the lines behind it that have none belong to its message.

    Lines before the first time, and what follows a message that has grown past `HELD` bytes, are events without a time.
    """
    import numpy as np
    import pyarrow.compute as pc

    calendar = Calendar(source)
    order = when.first_is_month(source.sample.text)
    held: Lines | None = None
    unwritten = Unread(rows, "not written out")
    for every in batches(source, rows):
        nuls = pc.starts_with(every.text, "\0")
        unwritten.add(every.where(nuls))
        batch = every.where(pc.invert(nuls))
        lines = batch if held is None else joined(held, batch)
        parts, fits = when.parted(lines.text)
        begins = np.flatnonzero(fits.to_numpy(zero_copy_only=False))
        last = int(begins[-1]) if len(begins) else len(lines)
        if last < len(lines) and int(np.sum(lines.size[last:].to_numpy())) > HELD:
            last = len(lines)
        held = part(lines, last, len(lines)) if last < len(lines) else None
        _records(
            part(lines, 0, last),
            {name: values[:last] for name, values in parts.items()},
            begins[begins < last],
            (calendar, order),
            rows,
        )
    if held is not None:
        parts, _ = when.parted(held.text)
        _records(held, parts, np.zeros(1, np.int64), (calendar, order), rows)
    unwritten.close()


def _records(
    lines: Lines, parts: dict[str, pa.Array], begins: np.ndarray[Any, Any], how: tuple[Calendar, bool | None], rows: Rows
) -> None:
    """Add the events of these lines; `begins` are those that have a time."""
    import pyarrow as pa

    before = part(lines, 0, int(begins[0]) if len(begins) else len(lines))
    if len(before):
        written = pa.repeat("record.written", len(before))
        rows.add_columns({"rec": before.rec, "action": written, "message": before.text}, {})
    if len(begins):
        here = ints(begins)
        heads = Lines(lines.rec.take(here), lines.size.take(here), lines.text.take(here))
        more = behind(lines, begins)
        _add(heads, more, {name: values.take(here) for name, values in parts.items()}, how, rows)


def _add(lines: Lines, more: pa.Array, parts: dict[str, pa.Array], how: tuple[Calendar, bool | None], rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    n, (calendar, month_first) = len(lines), how
    found = when.stamped(parts, calendar.zone, lambda: calendar.years.at(lines.rec.to_numpy()), month_first=month_first)
    nothing = pa.nulls(n, pa.string())
    head, _ = extract(found.message, *_PROGRAM)
    program, message = head.get("program", nothing), pc.fill_null(head["message"], "")
    said, fields = forms.split(_interpreted(program, message, n))
    columns: dict[str, Any] = {
        "rec": lines.rec,
        "ts": found.ts,
        "ts_kind": pa.repeat("written", n),
        "zone_assumed": found.assumed,
        "host": filled(head.get("host", nothing)),
        "provider": filled(program),
        "message": pc.binary_join_element_wise(message, more, ""),
        **said,
        "action": pc.fill_null(said.get("action", nothing), "record.written"),
    }
    rows.add_columns(columns, {"pid": filled(head.get("pid", nothing)), "guessed": pa.repeat("yes", n), **fields})


def _interpreted(programs: pa.Array, messages: pa.Array, n: int) -> dict[str, pa.Array]:
    reading = forms.Reading(n)
    sets = forms.load(PROGRAMS)
    forms.interpret([each for each in sets if each.program], programs, messages, reading)
    payload.interpret(messages, reading)
    forms.interpret([each for each in sets if not each.program], programs, messages, reading)
    forms.interpret(forms.load(SENTENCES), programs, messages, reading)
    return reading.columns()
