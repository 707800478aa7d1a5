"""JSON events of a form nobody described: time, address, account and what was done are told by names and values.

The words are data (`json_events.toml`). What is chosen becomes a mapping like those a user writes, so that all fields are
kept under their own names; a field counts as a time or an address only where its values are some. Readers that know the
format are always surer. Events of this reader hold `guessed`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers import forms
from kyumei.readers.addresses import IP
from kyumei.readers.linux import payload
from kyumei.readers.linux.syslog import PROGRAMS
from kyumei.readers.mapped.mapping import Choice, LogMapping, Time
from kyumei.readers.nested import expanded
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kyumei.model.source import Source
    from kyumei.store.columns import Columns
    from kyumei.store.rows import Rows

SURE: Final = 45
"""A time, and who or from where, and what was done."""
UNSURE: Final = 20
_ADDRESS: Final = re.compile(rf"^(?:{IP})(?::\d+)?$")
_TIMELY: Final = re.compile(r"time|date|stamp|created|recorded|_at$|_on$|At$|published", re.IGNORECASE)
_LEVEL: Final = re.compile(r"(?i)(?:trace|debug|info\w*|notice|warn\w*|err\w*|crit\w*|fatal|alert|[IWEFD]|\d\d?)$")
_PROGRAM: Final = r"^(?:[\w.-]+ )?[\w./-]+(?:\[\d+\])?: "
"""What a collector of containers' output puts before the line."""
_FAILED: Final = r"^(?:false|fail\w*|denied|block\w*|invalid\w*|error|unsuccessful|[45]\d\d)$"
_FORMS: Final = {"word": r"[\w.:/-]+$", "joined": r"\w+(?:[._:-]\w+)+$|[A-Z][a-z]+(?:[A-Z][a-z]+)+$"}
_VERB: Final = r"^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE|PROPFIND|SEARCH|REPORT)$"
_REQUEST: Final = r"^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE|PROPFIND|SEARCH|REPORT) \S+(?: HTTP/\S+)?$"
_PATH: Final = re.compile(r"/|https?://|\*$")
_VALUES: Final = 40
_SHARE: Final = 0.8
_MOST: Final = 6


@dataclass(frozen=True, slots=True)
class Chosen:
    """Fields by what they are taken for, best first."""

    time: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    action: tuple[str, ...]
    verdict: tuple[str, ...]
    is_plain: bool = False
    """An action in the words of a program, not of people; or a level and a message, as logs have."""
    request: tuple[str, ...] = ()
    """Method and path of a web request, or the one field that has both."""
    volume: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    is_collected: bool = False
    """The record says itself that a platform for logs collected it."""

    @property
    def confidence(self) -> int:
        """Return how sure it is that these are events and no other records."""
        if self.is_collected:
            return SURE
        who, where = bool(self.columns.get("account")), bool(self.columns.get("src_ip"))
        if (self.is_plain and (self.time or where)) or (self.time and where and who):
            return SURE
        return UNSURE if (self.time or where) and (who or self.action) else 0


def accepts(source: Source) -> int:
    """Return how sure it is that the first records are events."""
    found = _chosen(source.head)
    return found.confidence if found else 0


@reader(
    "text.json_events", accepts=accepts, title="JSON events (format not known)", spec="https://www.rfc-editor.org/rfc/rfc8259"
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each record."""
    import pyarrow as pa

    from kyumei.readers.flat_json import records as json
    from kyumei.readers.linux.years import Calendar
    from kyumei.readers.mapped.evaluate import events

    mapping, calendar = guess(source.head), Calendar(source)
    for block in json.records(source, rows):
        event = events(expanded(block.columns), block.rec, mapping, calendar)
        columns = completed(event.columns, len(block.rec))
        rows.add_columns(columns, {**event.fields, "guessed": pa.repeat("yes", len(block.rec))})


def guess(head: bytes) -> LogMapping:
    """Return what the first records' fields are taken for, in the form of a user's mapping."""
    return _mapping(_chosen(head) or Chosen((), {}, (), ()))


def completed(columns: dict[str, Any], n: int) -> dict[str, Any]:
    """Return the columns with what the sentence in the message says, where no field says it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if "message" not in columns:
        return columns
    nothing = pa.nulls(n, pa.string())
    reading = forms.Reading(n)
    sets = [each for each in forms.load(PROGRAMS) if not each.program]
    messages = pc.fill_null(columns["message"], "")
    payload.interpret(pc.replace_substring_regex(messages, _PROGRAM, ""), reading)
    forms.interpret(sets, nothing, messages, reading)
    said, _ = forms.split(reading.columns())
    plain = pc.equal(columns["action"], "record.written")
    found: dict[str, Any] = {
        name: pc.coalesce(columns.get(name, nothing), said[name]) for name in ("account", "src_ip", "object") if name in said
    }
    if "action" in said:
        found["action"] = pc.if_else(plain, pc.coalesce(said["action"], columns["action"]), columns["action"])
    return {**columns, **found}


@lru_cache(maxsize=8)
def _chosen(head: bytes) -> Chosen | None:
    from kyumei.readers.flat_json.records import first

    found_first = first(head)
    if found_first is None or not found_first.fields:
        return None
    columns = expanded(found_first)
    names = list(columns.fields)
    values = {name: _values(columns, name) for name in names}
    times = [n for n in _ranked(names, "time", _times(values)) if not _has(n, "never_time")]
    addresses = _ranked(names, "src_ip", [n for n in names if _mostly(values[n], _ADDRESS)])
    taken = {*times[:1], *addresses}
    plain = [name for name in names if name not in taken]
    found = {column: tuple(_ranked(plain, column)[:_MOST]) for column in ("account", "object", "host", "message")}
    found["src_ip"] = tuple(addresses[:_MOST])
    actions = [n for n in _ranked(plain, "action") if n not in found["account"]]
    verdicts = tuple(_ranked(plain, "verdict")[:_MOST])
    is_plain = any(_is_word_of_a_program(name, values[name]) for name in actions)
    request = _request(plain, values)
    is_plain |= bool(request)
    is_plain |= any(_mostly(values[name], _LEVEL) for name in _ranked(plain, "level")) and bool(found["message"])
    collected = any(_parts(name)[0] in _words()["platform"]["names"] for name in names)
    volume, code = (tuple(_ranked(plain, what)[:1]) for what in ("volume", "code")) if request else ((), ())
    taken_for = tuple(times[:_MOST]), found, tuple(actions[:3]), verdicts
    return Chosen(*taken_for, is_plain, request, volume, code, collected)


def _request(names: Sequence[str], values: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the fields that hold method and path of a web request, or the one that holds both; none where there is none."""
    verbs = [name for name in _ranked(names, "verb") if _mostly(values[name], re.compile(_VERB))]
    paths = [name for name in _ranked(names, "path") if _mostly(values[name], _PATH)]
    if verbs and paths:
        return verbs[0], paths[0]
    return tuple([name for name in _ranked(names, "line") if _mostly(values[name], re.compile(_REQUEST))][:1])


def _is_word_of_a_program(name: str, values: Sequence[str]) -> bool:
    words = _words()["plain"]
    kind = next((pattern for pattern, names in words.items() if _last(name) in names), None)
    return kind is not None and _mostly(values, re.compile(_FORMS[kind]))


def _values(columns: Columns, name: str) -> tuple[str, ...]:
    import pyarrow as pa

    raw = columns.fields[name].values.slice(0, _VALUES).cast(pa.binary()).to_pylist()  # a damaged file is no UTF-8
    return tuple(value.decode("utf-8", "backslashreplace") for value in raw if value)


def _times(values: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the fields whose values are times, if their names speak of one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from kyumei.readers import stamps

    words, found = set(_words()["words"]["time"]), []
    for name, some in values.items():
        if some and (_TIMELY.search(name) or _last(name) in words):
            texts = pa.array(some, pa.string())
            either = pc.coalesce(stamps.parsed(texts, "UTC")[0], stamps.epochs(texts))
            if len(some) - either.null_count >= _SHARE * len(some):
                found.append(name)
    return found


def _mostly(values: Sequence[str], pattern: re.Pattern[str]) -> bool:
    return bool(values) and sum(pattern.match(v) is not None for v in values) >= _SHARE * len(values)


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def _ranked(names: Sequence[str], column: str, fitting: Sequence[str] | None = None) -> list[str]:
    """Return the fields for a column, best first; where `fitting` is given, its fields without a telling name come last."""
    words = _words()["words"][column]
    places = {word: place for place, word in enumerate(words)}
    other = set(_words()["other"].get(column, ()))
    found = []
    for name in names if fitting is None else fitting:
        parts = _parts(name)
        place = min(places.get(parts[-1], len(words)), places.get("".join(parts[-2:]), len(words)))
        if place < len(words) or fitting is not None:
            found.append((bool(other.intersection(parts)), place, len(parts), name))
    return [name for *_, name in sorted(found)]


def _parts(name: str) -> list[str]:
    return [re.sub(r"[\s_\-@$]", "", part).casefold() for part in name.removesuffix("#native").split(".")]


def _last(name: str) -> str:
    return _parts(name)[-1]


def _has(name: str, what: str) -> bool:
    return any(word in part for part in _parts(name) for word in _words()["other"][what])


def _mapping(found: Chosen) -> LogMapping:
    """Return what was chosen in the form of a user's mapping."""
    rules: list[tuple[Mapping[str, Any], str]] = []
    if found.request:
        rules.append(({found.request[0]: {"matches": _REQUEST if len(found.request) == 1 else _VERB}}, "web.request"))
    for row in _words()["meaning"]:
        for field in found.action:
            if row["action"] == "login.succeeded":
                failed = (({field: {"matches": row["match"]}, v: {"matches": _FAILED}}, "login.failed") for v in found.verdict)
                rules.extend(failed)
            rules.append(({field: {"matches": row["match"]}}, row["action"]))
    outcomes: tuple[tuple[Mapping[str, Any], str], ...] = tuple(
        ({field: {"matches": _FAILED}}, "failure") for field in found.verdict
    )
    columns = dict(found.columns)
    columns["provider"] = found.action[:2]
    columns["message"] = (*columns.get("message", ()), *found.action)
    if found.request:
        outcomes = (*(({field: {"above": 399}}, "failure") for field in found.code), *outcomes)
        columns["object"] = (found.request[-1], *columns.get("object", ()))
        columns["bytes"] = found.volume
        columns["message"] = (" ".join(f"{{{name}}}" for name in (*found.request, *found.code)), *columns["message"])
    return LogMapping(
        name="text.json_events",
        title="",
        spec="",
        format="json",
        patterns=(),
        skip="",
        recognise="",
        accepts=(),
        any=(),
        certain=False,
        encoding="",
        time=Time(found.time),
        columns=tuple((column, fields) for column, fields in columns.items() if fields),
        action=Choice(tuple(rules), default="record.written"),
        outcome=Choice(outcomes),
    )
