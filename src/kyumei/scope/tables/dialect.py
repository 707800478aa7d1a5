"""Whether a text is a table of separated values, and which separator and width it has, from its first 64 KiB."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from kyumei.scope.tables.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.model.text import Decoded

_SEPARATORS: Final = ("\t", ",", ";", "|")
_SAMPLED_ROWS: Final = 400
_AGREE: Final = 0.8
"""Share of the sampled rows, those above the header left out, that must have the usual width for a file to be a table."""

_CODE: Final = re.compile(
    r"^\s*(?:[{}<]|\[?\{|//|/\*|\*|#(?:include|define|!)|(?:import|from|def|class|return|public|private|static|const|let|var|"
    r"function|package|using|if|for|while|else|end|INSERT INTO|CREATE|SELECT|UPDATE|DELETE|ALTER|DROP|COPY|SET)\b)|[{};]\s*$"
)
_PAIR: Final = re.compile(r"^\s*(?:[^\W\d][\w.-]*|\"[^\"]*\"|- +[\w.|]+)(?:\s*=\s*|:\s+)\S|^\s*\[[^\],]+\]\s*$|[,=]\\\s*$")
_LOG_LINE: Final = re.compile(
    r"[\[(][A-Za-z0-9:./ +-]{1,40}[\])] |(?:\d{4}[-/]\d\d[-/]\d\d|\d\d/\d\d/\d\d(?:\d\d)?)[ T]\d\d:\d\d:\d\d[\d.,]*"
    r"(?:Z|[+-]\d\d:?\d\d)? +[^\s\d]"
)
"""How a program's log begins its lines: something in brackets, or a time and then words in the same cell."""
_STAMPED: Final = re.compile(
    r"(?:<\d+>|\[|#)*(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d|"
    r"\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\S*\s\S)"
)
"""A syslog stamp, or a full time and then words in the same cell."""
_REQUEST: Final = re.compile(r"\b(?:GET|POST|HEAD|PUT|OPTIONS) /\S* HTTP/|\bHTTP/[12]\.\d\"|^\S+ \S+ \S+ \[\d")
_MILLIS: Final = re.compile(r"(\d\d:\d\d:\d\d),(\d{3}\b)")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells are written.

    Attributes:
        separator: one character.
        width: the usual number of cells of a row.
        rows: the sampled rows, blank ones left out.
    """

    separator: str
    width: int
    rows: tuple[tuple[str, ...], ...]


def dialect_of(sample: Decoded, name: str, *, whole: bool, strict: bool = True) -> Dialect | None:
    """Return the dialect, or None where the text is no table.

    Args:
        sample: the beginning of the file, cut at a line end.
        name: the file's name, which only helps with a file of a single row.
        whole: whether the sample is the whole file.
        strict: False where somebody already said that it is a table.
    """
    text = sample.text.removeprefix("\ufeff")
    if "\0" in text or (strict and (sample.bad > len(text) // 20 or _is_code(text))):
        return None
    found = [d for d in (_try(text, s, whole=whole) for s in _SEPARATORS) if d is not None]
    fitting = [(share, d) for share, d in found if not strict or (share >= _AGREE and not _is_log(d) and not _is_said(d))]
    if not fitting:
        return None
    _, best = max(fitting, key=lambda f: (round(f[0], 1), f[1].width, -_SEPARATORS.index(f[1].separator)))
    single = len(best.rows) < 2 and not re.search(r"\.(csv|tsv|tab)$", name, re.IGNORECASE)
    return None if strict and single else best


def _try(text: str, separator: str, *, whole: bool) -> tuple[float, Dialect] | None:
    """Return the share of rows that agree, and the dialect, for one separator."""
    split = islice(tokens(text.encode("utf-8", "backslashreplace"), separator), _SAMPLED_ROWS)
    rows = [tuple(cell.decode("utf-8") for cell in row) for _, _, row in split]
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not whole and len(rows) > 1 and len(rows) < _SAMPLED_ROWS:
        rows.pop()
    widths = Counter(len(row) for row in rows)
    body = [width for width in widths if width > 1]
    if not body:
        return None
    width = max(body, key=lambda w: (widths[w], w))
    first = next(n for n, row in enumerate(rows) if len(row) == width)
    share = widths[width] / (len(rows) - min(first, 10))
    return share, Dialect(separator, width, tuple(rows))


def _is_said(dialect: Dialect) -> bool:
    """Return whether the first cells are phrases, or a time and more: lines of a log, or prose with as many commas."""
    firsts = [row[0].strip() for row in dialect.rows[:100]]
    requests = sum(bool(_REQUEST.search(cell)) for row in dialect.rows[:100] for cell in row)
    phrases = sum(len(cell.split()) >= 4 or bool(_STAMPED.match(cell)) for cell in firsts)
    return phrases > 0.5 * len(firsts) or requests > 0.5 * len(firsts)


def _is_code(text: str) -> bool:
    """Return whether the lines look like a program, a dump, a mark-up or a list of settings."""
    lines = [line for line in text.split("\n", 200)[:200] if line.strip()]
    if not lines:
        return True
    code = sum(bool(_CODE.search(line.rstrip())) for line in lines)
    return code > 0.3 * len(lines) or (len(lines) > 2 and sum(bool(_PAIR.match(line)) for line in lines) > 0.9 * len(lines))


def _is_log(dialect: Dialect) -> bool:
    """Return whether the rows are lines of a log: they all begin like one, or hold pairs, or times with decimal commas."""
    cells: Sequence[str] = [cell for row in dialect.rows[:100] for cell in row if cell]
    pairs = sum(bool(re.match(r"^\s*[\w.-]+=", cell)) for cell in cells)
    joined = [dialect.separator.join(row) for row in dialect.rows[:100]]
    times = sum(dialect.separator == "," and bool(_MILLIS.search(line)) for line in joined)
    if all(_LOG_LINE.match(row[0]) for row in dialect.rows[:100]):
        return True
    return pairs > 0.5 * len(cells) or times > 0.8 * len(joined)
