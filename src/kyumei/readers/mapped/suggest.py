"""A mapping proposed by content: which field is the time, the account, the address, and what the values of the action mean.

It is a proposal for a person to correct: what was chosen by a name and what by values stands beside it as a comment.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.errors import UserError
from kyumei.readers.addresses import IP
from kyumei.readers.flat_csv import records as csv
from kyumei.readers.flat_json import records as json
from kyumei.readers.nested import expanded
from kyumei.store.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kyumei.model.source import Source
    from kyumei.store.columns import Columns

_ADDRESS: Final = re.compile(rf"^(?:{IP})(?::\d+)?$")
_VALUES: Final = 40
_SHARE: Final = 0.8
_PATTERNS: Final = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y %H:%M:%S")


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    records: int
    values: tuple[str, ...]

    @property
    def folded(self) -> str:
        return re.sub(r"[\s_\-.]", "", self.name.split(".")[-1]).casefold()


def suggestion(source: Source) -> str:
    """Return a mapping file for logs like this one.

    Raises:
        UserError: the file is neither JSON records nor rows with a header.
    """
    columns, form = _sampled(source)
    fields = [_field(name, columns) for name in columns.fields]
    time = _time(fields)
    chosen = dict(_chosen(fields, {time[0]} if time else set()))
    action = _action(fields, {*chosen.values(), *((time[0],) if time else ())})
    return "\n".join(_lines(source, form, fields, time, chosen, action)) + "\n"


def _sampled(source: Source) -> tuple[Columns, str]:
    rows = Rows(source, "suggest", lambda _: None)
    if json.names(source.head):
        return expanded(next(iter(json.records(source, rows))).columns), "json"
    shape = csv.guessed(source.head)
    if shape is None:
        raise UserError(
            f"{source.path}: neither JSON records nor rows with a header", hint="kyumei reads plain text logs without a mapping"
        )
    return expanded(next(iter(csv.records(source, rows, shape))).columns), "csv"


def _field(name: str, columns: Columns) -> _Field:
    column = columns.fields[name]
    return _Field(name, len(column.rows), tuple(column.values.slice(0, _VALUES).to_pylist()))


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def _time(fields: Sequence[_Field]) -> tuple[str, str] | None:
    """Return the field whose values are times and the form they have; one with a telling name first."""
    names = [_bare(name) for name in _words()["time"]["names"]]
    ranked = sorted(fields, key=lambda f: (names.index(f.folded) if f.folded in names else len(names), -f.records))
    for field in ranked:
        if form := _form(field.values):
            return field.name, form
    return None


def _form(values: Sequence[str]) -> str:
    import pyarrow as pa

    from kyumei.readers import stamps
    from kyumei.readers.mapped.evaluate import wall

    if not values:
        return ""
    texts = pa.array(values, pa.string())
    enough = _SHARE * len(values)
    if len(values) - stamps.parsed(texts, "UTC")[0].null_count >= enough:
        return "iso"
    if len(values) - stamps.epochs(texts).null_count >= enough:
        return "epoch"
    return next((p for p in _PATTERNS if sum(wall(v, [p])[1] for v in values) >= enough), "")


def _chosen(fields: Sequence[_Field], taken: set[str]) -> Iterator[tuple[str, str]]:
    """Yield column and field: by name, and for addresses also by values."""
    for column, words in _words()["columns"].items():
        free = [field for field in fields if field.name not in taken]
        if column == "src_ip":
            free = [f for f in free if f.values and sum(map(bool, map(_ADDRESS.match, f.values))) >= _SHARE * len(f.values)]
        best = next((f for word in words for f in free if f.folded == _bare(word)), None)
        best = best or next((f for word in words for f in free if len(word) > 2 and _bare(word) in f.folded), None)
        best = best or (free[0] if column == "src_ip" and free else None)
        if best is not None:
            taken.add(best.name)
            yield column, best.name


def _action(fields: Sequence[_Field], taken: set[str]) -> _Field | None:
    names = [_bare(name) for name in _words()["action"]["names"]]
    free = [f for f in fields if f.name not in taken and f.folded in names]
    return min(free, key=lambda f: names.index(f.folded), default=None)


def _meaning(value: str) -> str:
    for row in _words()["action"]["values"]:
        if any(re.search(word, value, re.IGNORECASE) for word in row["words"]):
            return str(row["action"])
    return ""


def _bare(name: str) -> str:
    return re.sub(r"[\s_\-.]", "", name).casefold()


def _lines(
    source: Source,
    form: str,
    fields: Sequence[_Field],
    time: tuple[str, str] | None,
    chosen: Mapping[str, str],
    action: _Field | None,
) -> Iterator[str]:
    most = max((f.records for f in fields), default=0)
    always = [f.name for f in fields if f.records == most][:6]
    yield f"# Proposed from {source.name}; please check every line. kyumei map check FILE says whether it is understood."
    yield "name: user.my_log"
    yield "title: My log"
    yield f"format: {form}"
    yield f"accepts: [{', '.join(map(_quoted, always))}]"
    if time:
        yield f"time: {{fields: [{_quoted(time[0])}], form: {_quoted(time[1])}, zone: source}}"
    yield "columns:" if chosen else "columns: {}"
    for column, field in chosen.items():
        yield f"  {column}: [{_quoted(field)}]"
    yield "action:"
    if action is not None:
        yield f"  field: {_quoted(action.name)}"
        known = {value: meaning for value in action.values if (meaning := _meaning(value))}
        yield "  values:" if known else "  values: {}"
        yield from (f"    {_quoted(value)}: {meaning}" for value, meaning in known.items())
        unknown = [value for value in action.values if value not in known]
        if unknown:
            yield "  # not understood: " + ", ".join(unknown[:10]).replace("\n", " ")
    yield "  default: record.written"
    rest = [f.name for f in fields if f.name not in {*chosen.values(), *(time or ()), action.name if action else ""}]
    if rest:
        yield "# kept under their own names: " + ", ".join(rest[:30])


def _quoted(text: str) -> str:
    """Return a YAML scalar."""
    import json as standard

    plain = re.fullmatch(r"[A-Za-z@][\w.@\-]*", text) and text.lower() not in {
        "true",
        "false",
        "null",
        "yes",
        "no",
        "on",
        "off",
        "y",
        "n",
    }
    return text if plain else standard.dumps(text, ensure_ascii=False)
