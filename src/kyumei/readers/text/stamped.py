"""Any text log whose lines begin with a time: time, program, account, address and text are told, and marked as guessed.

Which sentence means what comes from `kyumei.readers.linux.programs` (what programs write is the same inside and outside of
syslog) and, last, from the sentences of this package. A reader that knows the format is always surer than this one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers import forms
from kyumei.readers.lines import batches, share
from kyumei.readers.linux import payload
from kyumei.readers.linux.syslog import PROGRAMS
from kyumei.readers.linux.years import Calendar
from kyumei.readers.match import extract, filled, only
from kyumei.readers.registry import reader
from kyumei.readers.text import when

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.store.rows import Rows

SENTENCES: Final = "kyumei.readers.text.sentences"
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
    """Add one event for each line; lines without a time are kept with their text and without a time."""
    import pyarrow as pa
    import pyarrow.compute as pc

    calendar = Calendar(source)
    order = when.first_is_month(source.sample.text)
    for lines in batches(source, rows):
        parts, fits = when.parted(lines.text)
        rest = lines.where(pc.invert(fits))
        if len(lines) - len(rest):
            _add(lines.where(fits), only(parts, fits), calendar, rows, month_first=order)
        if len(rest):
            written = pa.repeat("record.written", len(rest))
            rows.add_columns({"rec": rest.rec, "action": written, "message": rest.text}, {})


def _add(lines: Lines, parts: dict[str, pa.Array], calendar: Calendar, rows: Rows, *, month_first: bool | None) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(lines)
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
        "message": message,
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
