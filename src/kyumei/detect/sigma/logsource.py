"""From a rule's log source to the events it is about, and from Sigma's field names to columns (`logsources.yaml`)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import yaml

from kyumei.detect.sigma.tree import ANY, And, Leaf, Or, Text
from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kyumei.detect.sigma.rule import LogSource
    from kyumei.detect.sigma.tree import Node

CHANNEL: Final = "@channel"
EVENT_ID: Final = "@event_id"
SOURCE: Final = "@source"
"""Names of fields that mean the event's own channel, number and reader, never a field of its data with such a name."""
TIME: Final = "@time"
"""Column of the event's own time, where the batch has it apart from its fields."""
OWN: Final = {
    "channel": (CHANNEL,),
    "system_channel": (CHANNEL,),
    "event_id": (EVENT_ID,),
    "system_eventid": (EVENT_ID,),
    "source": (SOURCE,),
    TIME: ("timecreated", "system_timecreated", "timecreated_systemtime"),
}
"""Column → what it stands for beside its own name."""
_SYSTEMS: Final = ("windows", "linux", "macos")
_SYSTEM: Final = {
    "system_processid": "execution_processid",
    "system_threadid": "execution_threadid",
    "system_userid": "security_userid",
    "system_providername": "provider_name",
    "system_providerguid": "provider_guid",
    "system_eventsourcename": "provider_eventsourcename",
    "system_timecreated": "timecreated_systemtime",
    "system_systemtime": "timecreated_systemtime",
    "system_activityid": "correlation_activityid",
}
"""Names that the specification gives to attributes in an event's System part."""


@dataclass(frozen=True, slots=True)
class Made:
    """A column that is made of others.

    Attributes:
        of: columns whose values are joined, those that the row has.
        by: what stands between them.
        heads: (beginning, what stands for it), the first that fits; case ignored.
        map: (value, what stands for it); case ignored; other values are left out.
        take: regular expression whose first group is the value, "" for all of it.
    """

    of: tuple[str, ...]
    by: str = ""
    heads: tuple[tuple[str, str], ...] = ()
    map: tuple[tuple[str, str], ...] = ()
    take: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of events: which rows, and what says there what Sigma's fields mean.

    Attributes:
        where: the condition on the row.
        fields: (Sigma's field, folded; columns that say the same in these rows beside the one of that name).
    """

    where: Node
    fields: tuple[tuple[str, tuple[str | Made, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the events of a log source are: any of `reads`. Without any, `why` says what is missing."""

    reads: tuple[Source, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class LogSources:
    """The whole of `logsources.yaml`."""

    everywhere: tuple[tuple[str, str], ...]
    entries: tuple[tuple[tuple[tuple[str, str], ...], tuple[Source, ...]], ...]
    missing: tuple[tuple[tuple[tuple[str, str], ...], str], ...]


def fold(name: str) -> str:
    """Return a field's name as it is compared: without case and blanks."""
    return name.replace(" ", "").lower()


@lru_cache(1 << 14)
def keys(column: str) -> tuple[str, ...]:
    """Return the folded names by which rules may call a column.

    `X#1` and `X#native` are called X, `System_X` also X, and those in `_SYSTEM` as the specification says.
    """
    own = fold(column)
    stem, mark, rest = own.rpartition("#")
    if mark and (rest == "native" or rest.isdigit()):
        own = stem
    names = [own, *OWN.get(own, ())]
    if own.startswith("system_"):
        names.append(own.removeprefix("system_"))
        names += [_SYSTEM[own]] if own in _SYSTEM else []
    return tuple(names)


def resolve(logsource: LogSource) -> Sources:
    """Return where the events of a log source are.

    Of the entries that ask for nothing but what the log source says, those that ask for most count.
    """
    said = {(name, value) for name in ("product", "category", "service") if (value := getattr(logsource, name))}
    mapping = _mapping()
    fitting = [(when, reads) for when, reads in mapping.entries if said.issuperset(when)]
    most = max((len(when) for when, _ in fitting), default=0)
    reads = tuple(source for when, found in fitting if len(when) == most for source in found)
    if reads and (most == len(said) or not _too_wide(fitting)):
        return Sources(reads)
    for when, why in mapping.missing:
        if said.issuperset(when):
            return Sources((), why)
    return Sources((), f"no events are known for the log source ({logsource})")


def _too_wide(fitting: list[tuple[tuple[tuple[str, str], ...], tuple[Source, ...]]]) -> bool:
    """Return whether only a whole operating system fits although the log source says more: too many other events are in it."""
    return all(when in {(("product", product),) for product in _SYSTEMS} for when, _ in fitting)


def everywhere() -> Mapping[str, tuple[str, ...]]:
    """Return Sigma's names (folded) for columns (folded) that every event has."""
    found: dict[str, tuple[str, ...]] = {}
    for name, column in _mapping().everywhere:
        found[name] = (*found.get(name, ()), column)
    return found


def digest() -> str:
    """Return the SHA-256 of the mapping, in hex."""
    return hashlib.sha256(_text().encode()).hexdigest()


@cache
def _text() -> str:
    return files("kyumei.detect.sigma").joinpath("logsources.yaml").read_text("utf-8")


@cache
def _mapping() -> LogSources:
    return loaded(yaml.load(_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506  # a safe loader


def loaded(data: Any) -> LogSources:
    """Return the mapping of a parsed `logsources.yaml`.

    Raises:
        UserError: an entry is not of the form that the file's head describes.
    """
    try:
        return LogSources(
            tuple((fold(name), fold(column)) for name, column in (data.get("everywhere") or {}).items()),
            tuple((_when(one["when"]), tuple(_source(read) for read in one["reads"])) for one in data["sources"]),
            tuple((_when({k: v for k, v in one.items() if k != "why"}), one["why"]) for one in data.get("no_reader") or ()),
        )
    except (KeyError, TypeError, AttributeError) as wrong:
        msg = f"the log source mapping is not as its head describes: {wrong!r}"
        raise UserError(msg, hint="compare the entry with its neighbours") from wrong


def _when(said: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((str(name), str(value).lower()) for name, value in said.items()))


def _source(said: dict[str, Any]) -> Source:
    tests = [(CHANNEL, said.get("channels")), (EVENT_ID, said.get("ids")), (SOURCE, said.get("sources"))]
    tests += list((said.get("where") or {}).items())
    nodes = tuple(_one_of(name, values) for name, values in tests if values)
    fields = tuple((fold(name), _columns(value)) for name, value in (said.get("fields") or {}).items())
    return Source(nodes[0] if len(nodes) == 1 else And(nodes), fields)


def _one_of(name: str, values: object) -> Node:
    leaves = tuple(Leaf(name, _pattern(str(value))) for value in (values if isinstance(values, list) else [values]))
    return leaves[0] if len(leaves) == 1 else Or(leaves)


def _pattern(value: str) -> Text:
    parts: list[str | int] = []
    for number, text in enumerate(value.split("*")):
        parts += [ANY] if number else []
        parts += [text] if text else []
    return Text(tuple(parts))


def _columns(value: object) -> tuple[str | Made, ...]:
    return tuple(_column(one) for one in (value if isinstance(value, list) else [value]))


def _column(value: Any) -> str | Made:
    if not isinstance(value, dict):
        return fold(str(value))
    of = value["of"] if isinstance(value["of"], list) else [value["of"]]
    return Made(
        tuple(fold(str(one)) for one in of),
        str(value.get("by", "")),
        tuple((str(a), str(b)) for a, b in (value.get("heads") or {}).items()),
        tuple((str(a), str(b)) for a, b in (value.get("map") or {}).items()),
        str(value.get("take", "")),
    )
