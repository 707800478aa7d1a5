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
from kyumei.readers.mapped.mapping import PLACE
from kyumei.readers.nested import expanded
from kyumei.store.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kyumei.model.source import Source
    from kyumei.store.columns import Columns

_ADDRESS: Final = re.compile(rf"^(?:{IP})(?::\d+)?$")
_VALUES: Final = 40
_SAMPLE: Final = 400
_SHARE: Final = 0.7
_CLOCK: Final = re.compile(r"^\d{1,2}[:時]\d\d(?:[:分]\d\d(?:\.\d+)?)?[分秒]?$")
_DATE: Final = re.compile(r"^(?:\d{4}[/.年-]\d{1,2}[/.月-]\d{1,2}日?|\d{1,2}/\d{1,2}/\d{4}|\d{8})$")
_SEVERAL: Final = {"object": 3, "dst": 2, "message": 2}
"""Columns that may stand in one field or another, by the kind of record."""
_COUNTED: Final = ("bytes", "rows")
_NUMBER: Final = re.compile(r"^[\d,]+(?:\.\d+)?$")
_FEW: Final = 12
_SHORT: Final = 24
_JAPANESE: Final = ("%Y年%m月%d日 %H時%M分%S秒", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日%H時%M分%S秒", "%Y年%m月%d日 %H時%M分")
_PATTERNS: Final = (
    *_JAPANESE,
    *("%Y%m%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y/%m/%d %H:%M:%S.%f", "%Y年%m月%d日", "%Y/%m/%d", "%m/%d/%Y", "%Y%m%d"),
    *("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y %H:%M:%S"),
)


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    records: int
    values: tuple[str, ...]
    """The first different ones."""
    sample: tuple[str, ...]
    """Those of the first records: a few damaged rows are no reason to doubt a field."""

    @property
    def folded(self) -> str:
        return _bare(self.name.split(".")[-1])

    @property
    def path(self) -> str:
        """Return the last two parts of a path: `client.name`."""
        return _bare("".join(self.name.split(".")[-2:]))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the fields of a log are taken for.

    Attributes:
        form: csv or json.
        always: fields that every record has.
        time: fields of the time (or one text with places) and its form; none where no field holds times.
        columns: column of an event → fields, best first.
        action: the field that says what was done, "" where none does; `values` are those looked at.
        outcome: the field that says what became of it, "" where none does; `verdicts` are its values.
        rest: fields that are taken for nothing.
    """

    form: str
    always: tuple[str, ...]
    time: tuple[tuple[str, ...], str] | None
    columns: Mapping[str, tuple[str, ...]]
    action: str
    values: tuple[str, ...]
    outcome: str
    verdicts: tuple[str, ...]
    rest: tuple[str, ...]
    persons: bool
    """There are columns of lists of persons."""

    @property
    def understood(self) -> float:
        """Return the share of the action's values whose meaning is known."""
        return sum(bool(meaning(value)) for value in self.values) / len(self.values) if self.values else 0.0


def suggestion(source: Source) -> str:
    """Return a mapping file for logs like this one.

    Raises:
        UserError: the file is neither JSON records nor rows with a header.
    """
    columns, form = _sampled(source)
    return "\n".join(_lines(source, proposal(columns, form))) + "\n"


def proposal(columns: Columns, form: str) -> Proposal:
    """Return what the fields are taken for.

    Args:
        columns: some records of the log.
        form: csv or json.
    """
    fields = [_field(name, columns) for name in columns.fields]
    time = _time(fields)
    taken = {field for text in (time[0] if time else ()) for field in (PLACE.findall(text) or [text])}
    action = _action([f for f in fields if f.name not in taken])
    taken |= {action.name} if action else set()
    verdict = next((f for f in _named(fields, "outcome", taken) if _verdicts(f)), None)
    taken |= {verdict.name} if verdict else set()
    chosen = dict(_chosen(fields, taken))
    most = max((f.records for f in fields), default=0)
    persons = {_bare(word) for word in _words()["persons"]["names"]}
    return Proposal(
        form,
        tuple(f.name for f in fields if f.records == most)[:6],
        time,
        chosen,
        action.name if action else "",
        action.values if action else (),
        verdict.name if verdict else "",
        verdict.values if verdict else (),
        tuple(f.name for f in fields if f.name not in taken),
        any(f.folded in persons for f in fields),
    )


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
    import pyarrow as pa

    column = columns.fields[name]
    raw = column.values.take(pa.array(column.codes[:_SAMPLE])).cast(pa.binary()).to_pylist()  # a damaged file is no UTF-8
    sample = tuple(value.decode("utf-8", "backslashreplace") for value in raw if value)
    return _Field(name, len(column.rows), tuple(dict.fromkeys(sample))[:_VALUES], sample)


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def _time(fields: Sequence[_Field]) -> tuple[tuple[str, ...], str] | None:
    """Return the field whose values are times, one with a telling name first, or date and clock apart; and their form."""
    names = [_bare(name) for name in _words()["time"]["names"]]
    ranked = sorted(fields, key=lambda f: (names.index(f.folded) if f.folded in names else len(names), -f.records))
    dates = [f for f in ranked if _mostly(f.sample, _DATE)]
    clocks = [f for f in ranked if _mostly(f.sample, _CLOCK)]
    for field in ranked:
        if field not in dates and field not in clocks and (form := _form(field.sample)):
            return (field.name,), form
    if dates and clocks:
        good = filter(_DATE.match, dates[0].sample), filter(_CLOCK.match, clocks[0].sample)
        both = [f"{date} {clock}" for date, clock in zip(*good, strict=False)]
        if form := _form(both):
            return (f"{{{dates[0].name}}} {{{clocks[0].name}}}",), form
    return next((((field.name,), form) for field in dates if (form := _form(field.sample))), None)


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


def _mostly(values: Sequence[str], pattern: re.Pattern[str]) -> bool:
    return bool(values) and sum(map(bool, map(pattern.match, values))) >= _SHARE * len(values)


def _is_address(field: _Field) -> bool:
    return _mostly(field.sample, _ADDRESS) and not _mostly(field.sample, _CLOCK)


def _chosen(fields: Sequence[_Field], taken: set[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield column and fields: by name, and for addresses also by values. Whole names win over parts of names."""
    for column, words in _words()["columns"].items():
        free = [field for field in fields if field.name not in taken and bool(field.values)]
        if column == "src_ip":
            free = [field for field in free if _is_address(field)]
        else:
            free = [field for field in free if _mostly(field.sample, _NUMBER) == (column in _COUNTED) or column == "account"]
        exact = [f for word in words for f in free if _bare(word) in {f.folded, f.path}]
        part = [f for word in words for f in free if len(_bare(word)) > 2 - (not word.isascii()) and _bare(word) in f.folded]
        found = list(dict.fromkeys([*exact, *part, *(free[:1] if column == "src_ip" else ())]))[: _SEVERAL.get(column, 1)]
        if found:
            taken.update(field.name for field in found)
            yield column, tuple(field.name for field in found)


def _named(fields: Sequence[_Field], what: str, taken: set[str]) -> list[_Field]:
    names = [_bare(name) for name in _words()[what]["names"]]
    return sorted(
        (f for f in fields if f.name not in taken and f.folded in names and f.values), key=lambda f: names.index(f.folded)
    )


def _action(fields: Sequence[_Field]) -> _Field | None:
    """Return the field whose values say what was done: the one of which most is understood; of several the better name."""
    ranked = _named(fields, "action", set())
    return max(ranked, key=lambda f: sum(map(bool, map(meaning, f.values))) / len(f.values), default=None)


def _verdicts(field: _Field) -> bool:
    """Return whether the values of a field are few words, as what became of something is."""
    return len(field.values) <= _FEW and all(len(value) <= _SHORT for value in field.values)


def meaning(value: str) -> str:
    """Return the action that a value speaks of, "" where it is not known."""
    return next((action for words, action in _meanings() if words.search(value)), "")


@cache
def _meanings() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile("|".join(row["words"]), re.IGNORECASE), row["action"]) for row in _words()["action"]["values"])


def failed() -> str:
    """Return the pattern of words that say that something failed."""
    return "|".join(_words()["outcome"]["failed"])


def rules(field: str) -> list[tuple[Mapping[str, Any], str]]:
    """Return the rules of a mapping that tell actions by the values of a field."""
    return [({field: {"matches": words.pattern}}, action) for words, action in _meanings()]


def _bare(name: str) -> str:
    return re.sub(r"[\s_\-.]|#native$", "", name).casefold()


def _lines(source: Source, found: Proposal) -> Iterator[str]:
    yield f"# Proposed from {source.name}; please check every line. kyumei map check FILE says whether it is understood."
    yield "name: user.my_log"
    yield "title: My log"
    yield f"format: {found.form}"
    yield f"accepts: [{', '.join(map(_quoted, found.always))}]"
    if found.time:
        yield f"time: {{fields: [{', '.join(map(_quoted, found.time[0]))}], form: {_quoted(found.time[1])}, zone: source}}"
    else:
        yield "# time: no field whose values are times was found; name it here, with its pattern"
    yield "columns:" if found.columns else "columns: {}"
    for column, fields in found.columns.items():
        yield f"  {column}: [{', '.join(map(_quoted, fields))}]"
    yield "action:"
    if found.action:
        yield f"  field: {_quoted(found.action)}"
        known = {value: said for value in found.values if (said := meaning(value))}
        yield "  values:" if known else "  values: {}"
        yield from (f"    {_quoted(value)}: {said}" for value, said in known.items())
        unknown = [value for value in found.values if value not in known]
        if unknown:
            yield "  # not understood: " + ", ".join(unknown[:10]).replace("\n", " ")
    yield "  default: record.written"
    if found.outcome:
        yield "outcome:"
        yield f"  rules: [{{if: {{{_quoted(found.outcome)}: {{matches: {_quoted(failed())}}}}}, then: failure}}]"
        yield "  # values: " + ", ".join(found.verdicts[:10]).replace("\n", " ")
        yield "  default: success"
    if found.rest:
        yield "# kept under their own names: " + ", ".join(found.rest[:30])


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
