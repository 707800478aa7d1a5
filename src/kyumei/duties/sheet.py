"""Reads a sheet of facts (YAML or JSON) and says what it does not understand.

Keys are dotted (`event.status: confirmed`) or nested (`event: {status: confirmed}`); `facts.yaml` lists them and their
shorthands. `unknown`, `不明` and null leave a fact unknown. `{value: …, status: suspected}` states how sure it is.
Several holdings share the facts of the sheet: `holdings: [{party: …, persons: …}, …]`; those of a `diagnosis.json` can be
put there as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NoReturn, TypeGuard

from kyumei.duties import yamlfile
from kyumei.duties.facts import CLIENTS, RESIDENCE, Facts
from kyumei.duties.load import shipped
from kyumei.duties.values import Bounds, Instant, Members, instant
from kyumei.errors import UserError
from kyumei.model.categories import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kyumei.duties.laws import FactKind, Laws
    from kyumei.duties.values import Value
    from kyumei.model.obligation import Text

_UNKNOWN: Final = (None, "unknown", "不明")
_IN: Final = ("confirmed", "suspected", True)
_OUT: Final = ("ruled_out", False)
_ROLES: Final = {"own": "controller", "entrusted": "processor"}
_WORDS: Final = frozenset({"party", "dataset"})
_PASSED_OVER: Final = frozenset(
    {"records", "access", "note", "tables"}
)  # of a holding in diagnosis.json; no rule asks for them
_PLACE: Final = re.compile(r"EU|[A-Z]{2}(-[A-Z0-9]{1,3})?")
_NO_REASON: Final[Text] = {"ja": "", "en": ""}


@dataclass(frozen=True, slots=True)
class Aware:
    """One instant at which the clock may have started, and why."""

    at: Instant
    reason: Text


@dataclass(frozen=True, slots=True)
class Sheet:
    """The holdings that a sheet describes, and its awareness candidates (none: awareness is unknown)."""

    holdings: tuple[Facts, ...]
    awares: tuple[Aware, ...]


def read(path: Path, *, laws: Laws | None = None) -> Sheet:
    """Return what the file states.

    Raises:
        UserError: it cannot be read, or states something that is not understood.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as wrong:
        raise UserError(f"{path}: cannot be read ({wrong})", hint="give a YAML or JSON file in UTF-8") from wrong
    return parse(text, str(path), laws=laws)


def parse(text: str, name: str = "facts", *, laws: Laws | None = None) -> Sheet:
    """Return what the text states; `name` stands in messages."""
    stated = _json(text, name) or yamlfile.parse(text, name)
    if not isinstance(stated, Mapping):
        raise UserError(f"{name}: expected facts, one `key: value` a line", hint="see `kyumei duties --help`")
    return sheet(stated, name, laws=laws)


def _json(text: str, name: str) -> object:
    """Return what the text holds if it is JSON (YAML refuses tabs, which JSON may hold), else None."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice = next(key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1)
            raise UserError(f"{name}: {twice} stands twice", hint="keep one of the two")
        return found

    if not text.lstrip().startswith("{"):
        return None
    try:
        return json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError):
        return None


def sheet(stated: Mapping[str, object], name: str = "facts", *, laws: Laws | None = None) -> Sheet:
    """Return what a mapping states: common facts, `holdings`, and one or several awareness candidates."""
    laws = laws or shipped()
    common = dict(stated)
    holdings = common.pop("holdings", None)
    awares = awares_of(common.pop("aware", common.pop("t.aware", None)), name)
    base = facts(common, name, laws=laws)
    if holdings is None:
        return Sheet((base,), awares)
    if not isinstance(holdings, list) or not all(isinstance(row, Mapping) for row in holdings):
        raise UserError(f"{name}: holdings must be a list of mappings", hint="- {party: …, role: own, persons: 100}")
    rows = (facts(row, name, laws=laws) for row in holdings)
    return Sheet(tuple(_over(base, row) for row in rows), awares)


def facts(stated: Mapping[str, object], name: str = "facts", *, laws: Laws | None = None) -> Facts:
    """Return the facts that a mapping states, of one holding."""
    reading = _Reading(name, laws or shipped())
    reading.take(stated)
    return reading.facts()


def awares_of(value: object, name: str) -> tuple[Aware, ...]:
    """Return the candidates in `aware: 2024-06-26`, `aware: [a, b]` or `aware: [{at: a, reason: …}, …]`."""
    if value in _UNKNOWN:
        return ()
    rows = value if isinstance(value, list) else [value]
    return tuple(_aware(row, name) for row in rows)


def _aware(row: object, name: str) -> Aware:
    stated: Mapping[str, object] = row if isinstance(row, Mapping) else {"at": row}
    reason = stated.get("reason", "")
    try:
        at = instant(stated.get("at"))
    except ValueError as wrong:
        raise UserError(f"{name}: aware is {row}: {wrong}", hint="for example 2024-06-07 or 2024-06-07T10:00+09:00") from wrong
    words = {lang: str(reason.get(lang, "")) for lang in ("ja", "en")} if isinstance(reason, Mapping) else None
    return Aware(at, words or {"ja": str(reason), "en": str(reason)})


def _over(base: Facts, own: Facts) -> Facts:
    """Return the common facts with a holding's own laid over them."""
    kept = frozenset(name for name in base.suspected if name not in own.values)
    return replace(
        own,
        values={**base.values, **own.values},
        suspected=kept | own.suspected,
        party=own.party or base.party,
        dataset=own.dataset or base.dataset,
    )


class _Reading:
    """Collects facts from one mapping."""

    def __init__(self, name: str, laws: Laws) -> None:
        self._name, self._laws = name, laws
        self._values: dict[str, Value] = {}
        self._suspected: set[str] = set()
        self._words = {"party": "", "dataset": ""}

    def take(self, stated: Mapping[str, object], prefix: str = "") -> None:
        for key, value in stated.items():
            path = f"{prefix}{key}"
            if path in _WORDS:
                self._words[path] = str(value)
            elif path in _PASSED_OVER:
                continue
            elif self._is_group(path, value) and isinstance(value, Mapping):
                self.take(value, f"{path}.")
            else:
                self._take_fact(self._full(path), value)

    def facts(self) -> Facts:
        self._derive()
        return Facts(self._values, frozenset(self._suspected), **self._words)

    def _is_group(self, path: str, value: object) -> bool:
        """Return whether the mapping holds facts below `path`, and is not itself the value of a fact."""
        if not isinstance(value, Mapping) or path in self._laws.facts or not value:
            return False
        below = {fact.removeprefix(f"{path}.").split(".")[0] for fact in self._laws.facts if fact.startswith(f"{path}.")}
        return any(str(key).split(".")[0] in below for key in value) or (path not in self._laws.shorthands and bool(below))

    def _full(self, path: str) -> str:
        path = self._laws.shorthands.get(path, path)
        if self._laws.fact(path) is not None:
            return path
        for prefix in (RESIDENCE, CLIENTS):  # a client's name may hold dots
            if path.startswith(f"{prefix}."):
                return path
        known = [*self._laws.facts, *self._laws.shorthands, *_WORDS, "holdings"]
        near = get_close_matches(path, known, n=1, cutoff=0.5) or get_close_matches(path.split(".")[-1], known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else "`kyumei duties --list-facts` names them all"
        raise UserError(f"{self._name}: no fact is called {path}", hint=hint)

    def _take_fact(self, name: str, value: object) -> None:
        if isinstance(value, Mapping) and "status" in value and set(value) <= {"value", "status", "note", "evidence", "by"}:
            value = self._sure(name, value)
        if value in _UNKNOWN:
            return
        if name == "clients.notified_at" and isinstance(value, Mapping):
            self._take_told(value)
            return
        kind = self._laws.fact(name) or self._laws.facts[CLIENTS if name.startswith(CLIENTS) else RESIDENCE]
        if kind.type == "map" and isinstance(value, Mapping):
            for key, number in value.items():
                self._take_fact(f"{name}.{key}", number)
            return
        self._values[self._placed(name)] = self._value(name, kind, value)

    def _sure(self, name: str, value: Mapping[str, object]) -> object:
        status = value["status"]
        if status in _UNKNOWN:
            return None
        if status not in ("confirmed", "suspected"):
            self._refuse(name, status, "a status is confirmed, suspected or unknown")
        if status == "suspected":
            self._suspected.add(name)
        return value.get("value")

    def _placed(self, name: str) -> str:
        if not name.startswith(f"{RESIDENCE}."):
            return name
        place = name.removeprefix(f"{RESIDENCE}.").upper()
        if not _PLACE.fullmatch(place):
            self._refuse(RESIDENCE, place, "a place is a country of ISO 3166 (JP), a state (US-CA), or EU")
        return f"{RESIDENCE}.{place}"

    def _value(self, name: str, kind: FactKind, value: object) -> Value:
        match kind.type:
            case "tri":
                return value if isinstance(value, bool) else self._refuse(name, value, "true, false or unknown")
            case "count" | "map":
                return self._bounds(name, value)
            case "set":
                return self._members(name, kind, value)
            case "instant":
                return self._instant(name, value)
            case "enum":
                word = _ROLES.get(str(value), str(value)) if name == "role" else str(value)
                return word if word in kind.values else self._refuse(name, value, f"one of {', '.join(sorted(kind.values))}")
            case _:
                return str(value)

    def _bounds(self, name: str, value: object) -> Bounds:
        if isinstance(value, Mapping) and "low" in value:
            value = [value["low"], value.get("high")]
        low, high = value if isinstance(value, list) and len(value) == 2 else (value, value)
        if not (_whole(low) and (high is None or _whole(high))):
            self._refuse(name, value, "a whole number, or [low, high]")
        try:
            return Bounds(low, high)
        except ValueError as wrong:
            self._refuse(name, value, str(wrong))

    def _members(self, name: str, kind: FactKind, value: object) -> Members:
        if isinstance(value, str):
            value = [value]
        if isinstance(value, list):
            value = dict(_listed(item) for item in value)
        if not isinstance(value, Mapping):
            self._refuse(name, value, "a list, or a mapping from each to its status")
        allowed = frozenset(CATEGORIES) if name == "data.categories" else kind.values
        for item in value:
            if item not in allowed:
                self._refuse(name, item, _near(str(item), allowed))
        yes = frozenset(item for item, status in value.items() if status in _IN)
        maybe = frozenset(item for item, status in value.items() if status in _UNKNOWN)
        if odd := [status for status in value.values() if status not in (*_IN, *_OUT, *_UNKNOWN)]:
            self._refuse(name, odd[0], "a status is confirmed, suspected, ruled_out or unknown")
        return Members(yes, maybe)

    def _instant(self, name: str, value: object) -> Instant:
        try:
            return instant(value)
        except ValueError as wrong:
            self._refuse(name, value, str(wrong))

    def _take_told(self, told: Mapping[str, object]) -> None:
        """Take a map client → instant: every client that is known must be in it."""
        instants = {str(client): self._instant("clients.notified_at", at) for client, at in told.items() if at not in _UNKNOWN}
        self._told = frozenset(instants)
        if instants:
            self._values["clients.notified_at"] = max(instants.values(), key=lambda found: found.at)

    _told: frozenset[str] | None = None

    def _derive(self) -> None:
        """Add what follows from the rest: an open list of categories; all clients told; the end of the year of discovery."""
        listed = self._values.get("data.categories")
        if isinstance(listed, Members) and self._values.get("data.categories_complete") is False:
            self._values["data.categories"] = replace(listed, closed=False)
        if "clients.all_notified" not in self._values and "clients.notified_at" in self._values:
            clients = {key for key, _ in Facts(self._values).entries(CLIENTS)}
            if self._told is None:
                self._values["clients.all_notified"] = True
            elif clients:
                self._values["clients.all_notified"] = clients <= self._told
        found = self._values.get("t.discovered")
        if isinstance(found, Instant) and "t.calendar_year_end" not in self._values:
            self._values["t.calendar_year_end"] = Instant(found.at.replace(month=12, day=31), whole_day=True)

    def _refuse(self, name: str, value: object, wanted: str) -> NoReturn:
        raise UserError(f"{self._name}: {name} is {value}", hint=f"expected: {wanted}")


def _listed(item: object) -> tuple[str, object]:
    """Return a member of a list and its status: `id.name`, or `{id: id.name, status: suspected}`."""
    if isinstance(item, Mapping):
        return str(item.get("id")), item.get("status", "confirmed")
    return str(item), "confirmed"


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _near(word: str, allowed: frozenset[str]) -> str:
    near = get_close_matches(word, sorted(allowed), n=1, cutoff=0.4)
    return f"one of {', '.join(sorted(allowed))}" if not near else f"{near[0]}?"


def listing(*, laws: Laws | None = None) -> str:
    """Return one line a fact: name, type, values, labels; then the shorthands."""
    laws = laws or shipped()
    return "\n".join([*_lines(laws), *(f"{short} = {name}" for short, name in laws.shorthands.items())])


def _lines(laws: Laws) -> Iterator[str]:
    for name, kind in laws.facts.items():
        values = f" ({'|'.join(sorted(kind.values))})" if kind.values else ""
        yield f"{name}: {kind.type}{values} — {kind.label['ja']} / {kind.label['en']}"
