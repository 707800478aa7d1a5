r"""The layout of access logs in a format of one's own, inferred from their first lines.

Apache's `LogFormat` and nginx's `log_format` let a server write its fields in any order and with any quotes, so no list of
formats is complete. Lines of one format agree in how many values they have and in how each is written (in quotes, in
brackets, bare, as `name=value`); that is a line's *shape*. For each frequent shape, what stands at a place is told by all
the values seen there: addresses, a request, a status, a size, times and so on. A shape is an access log's only where it has
a time, a request, and a status or a client. What is not understood is called `f1`, `f2`, … after its place.

Formats: https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats and
https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from kyumei.readers.web.meaning import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.model.source import Source

SAMPLED: Final = 400
MOST_SHAPES: Final = 6
LEAST: Final = 0.02
"""A shape rarer than this share of the lines (damage, chance) is not looked at."""
_CLOCK: Final = r"\d\d:\d\d:\d\d(?:[.,]\d+)?"
_OFFSET: Final = r"(?: ?Z| ?[+-]\d\d:?\d\d)?"
_STAMP: Final = (
    rf"(?:\d{{1,2}}/[A-Za-z]{{3}}/\d{{4}}:{_CLOCK}{_OFFSET}|\d{{4}}[-/]\d\d[-/]\d\d[T ]{_CLOCK}{_OFFSET}"
    rf"|[A-Z][a-z]{{2}} [A-Z][a-z]{{2}} [ \d]\d {_CLOCK} \d{{4}})"
)
_INSIDE: Final = r'[^"\\]*(?:\\.[^"\\]*)*'
_VERBS: Final = r"(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PROPFIND)"
_SHAPES: Final = (
    ("t[", rf"\[{_STAMP}\]", r"\[(?P<{name}>[^\]]+)\]"),
    ('t"', rf'"{_STAMP}"', r'"(?P<{name}>[^"]+)"'),
    ("t", _STAMP, rf"(?P<{{name}}>{_STAMP.replace('{', '{{').replace('}', '}}')})"),
    ("r", rf"{_VERBS} [^ ]+ HTTP/\d(?:\.\d)?", r"(?P<{name}>[A-Z]+ [^ ]+ HTTP/[\d.]+)"),
    ("[", r"\[[^\]]*\]", r"\[(?P<{name}>[^\]]*)\]"),
    ('"', rf'"{_INSIDE}"', rf'"(?P<{{name}}>{_INSIDE})"'),
    ('="', rf'[A-Za-z_][\w.-]*="{_INSIDE}"', rf'{{key}}="(?P<{{name}}>{_INSIDE})"'),
    ("=", r'[A-Za-z_][\w.-]*=[^ "=][^ ]*', r"{key}=(?P<{name}>[^ ]*)"),
    ("w", r'(?:[^ "\[][^ ]*, )*[^ ]+', r'(?P<{name}>[^ "\[][^ ]*)'),
)
"""How a value may be written: its sign, what it looks like in Python's `re`, and the RE2 that takes it out."""
_BETWEEN: Final = re.compile(" +")
_TOKEN: Final = tuple((sign, re.compile(rf"{seen}(?= |$)")) for sign, seen, _ in _SHAPES)
_CELL: Final = tuple((sign, re.compile(seen)) for sign, seen, _ in _SHAPES if sign != "w")
_TAKE: Final = {sign: take for sign, _, take in _SHAPES}
_LISTED: Final = r'(?P<{name}>(?:[^ "\[][^ ]*, )*[^ "\[][^ ]*)'
_LABEL: Final = re.compile(r"[A-Za-z][A-Za-z _-]{1,30}: ?(?=\S)(?!//)")
_LISTS: Final = frozenset({"client", "peer", "forwarded_for", "upstream"})
"""Values in front of which a proxy may put others, "a, b", even where the sampled lines have none."""
_SEPARATORS: Final = ("\t", "|", ";")
_HINT: Final = re.compile(rf"\b{_VERBS}\b|HTTP/\d")
_PLAIN: Final = ("client", "ident", "user", "time", "request", "status", "bytes")
_PLAINS: Final = frozenset(
    (*above, *_PLAIN, *behind) for above in ((), ("host",)) for behind in ((), ("referer",), ("referer", "agent"))
)

Token = tuple[str, str, str]
"""Sign of the shape, key ("" where it has none), and the value without quotes and brackets."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file's own format looks like.

    Attributes:
        patterns: RE2 for whole lines, most frequent shape first; the groups are named after what they hold.
        share: which share of the sampled lines has one of the shapes.
    """

    patterns: tuple[str, ...]
    share: float


def infer(source: Source) -> Layout | None:
    """Return the layout of the sampled lines; None where half of them are no access log or are in a usual format."""
    text = source.sample.text
    if text.lstrip("\ufeff \r\n")[:1] in {"{", "<", "#"} or not _HINT.search(text[:65_536]):
        return None
    return _inferred(text)


@lru_cache(maxsize=4)
def _inferred(text: str) -> Layout | None:
    lines = [line for line in text.splitlines()[: SAMPLED + 1] if line.strip()]
    lines = lines[:-1] if len(lines) > 1 and not text.endswith("\n") else lines  # the last may be cut
    separator = next((each for each in _SEPARATORS if _separates(each, lines)), " ")
    shapes: dict[tuple[tuple[str, str], ...], list[list[Token]]] = defaultdict(list)
    for line in lines[:SAMPLED]:
        tokens = _tokens(line) if separator == " " else _cells(line, separator)
        shapes[tuple((sign, key) for sign, key, _ in tokens)].append(tokens)
    frequent = sorted(shapes.items(), key=lambda item: -len(item[1]))[:MOST_SHAPES]
    patterns, covered = [], 0
    for shape, rows in frequent:
        columns = [[row[i][2] for row in rows] for i in range(len(shape))]
        names = [] if any(map(_labelled, columns)) else named(shape, columns)
        if len(rows) >= LEAST * len(lines) and names and not _usual(names, columns):
            listed = [name in _LISTS or any(", " in value for value in said) for name, said in zip(names, columns, strict=True)]
            patterns.append(_pattern(shape, names, listed, separator))
            covered += len(rows)
    return Layout(tuple(patterns), covered / len(lines)) if covered * 2 > len(lines) else None


def _labelled(values: Sequence[str]) -> bool:
    """Return whether each value says what it is before a colon, `client: 192.0.2.1`: then this is another program's line."""
    labels = {match.group() if (match := _LABEL.match(value)) else "" for value in values}
    return len(labels) == 1 and labels != {""}


def _usual(names: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Return whether the format is the common or the combined one, places that say nothing aside."""
    said = (name for name, values in zip(names, columns, strict=True) if name[:1] != "f" or {*values} - {"", "-"})
    return tuple(said) in _PLAINS


def _separates(sign: str, lines: list[str]) -> bool:
    """Return whether nearly all lines have the same number, four or more, of the separator."""
    counts = [line.count(sign) for line in lines]
    usual = max(set(counts), key=counts.count) if counts else 0
    return usual >= 4 and counts.count(usual) >= 0.8 * len(counts)


def _tokens(line: str) -> list[Token]:
    found: list[Token] = []
    place, line = 0, line.rstrip()
    while place < len(line):
        space = _BETWEEN.match(line, place)
        if space:
            place = space.end()
            continue
        sign, match = next((sign, m) for sign, kind in _TOKEN if (m := kind.match(line, place)))
        found.append(_token(sign, match.group()))
        place = match.end()
    return found


def _cells(line: str, separator: str) -> list[Token]:
    cells = [cell.strip() for cell in line.split(separator)]
    return [_token(next((sign for sign, kind in _CELL if kind.fullmatch(cell)), "w"), cell) for cell in cells]


def _token(sign: str, text: str) -> Token:
    key = ""
    if sign.startswith("="):
        key, _, text = text.partition("=")
    return sign, key, text[1:-1] if sign[-1] in '["' else text


def _pattern(shape: Sequence[tuple[str, str]], names: Sequence[str], lists: Sequence[bool], separator: str) -> str:
    """Return RE2 for a whole line, with the values' names as groups; `lists` says which values may be "a, b"."""
    parts = []
    for (sign, key), name, listed in zip(shape, names, lists, strict=True):
        take = _LISTED.format(name=name) if listed and sign == "w" else _TAKE[sign].format(name=name, key=re.escape(key))
        if separator != " " and sign in {"w", "="}:
            take = (f"{re.escape(key)}=" if key else "") + rf"(?P<{name}>[^{re.escape(separator)}]*?)"
        parts.append(take)
    return "^ *" + (" +" if separator == " " else rf" *{re.escape(separator)} *").join(parts) + " *$"
