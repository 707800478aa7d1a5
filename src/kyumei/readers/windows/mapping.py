r"""From (provider or channel, event id) and native fields to the common columns; the knowledge itself is `events.csv`.

A row's cells: `scope` is the provider (or the channel); `when` holds conditions joined with `;` (`Field=value`, case
ignored; `Field~part`; `Field&0x1` any of these bits; `outcome=failure` by the audit keywords), and the first row whose
conditions hold counts; `outcome` may be `audit`: what the record's keywords say. Column cells name native fields: `A|B`
takes the first that is there, `A\B` joins both with a backslash (B must be there), `A:/regex/` is the first group of a
match in A, `=text` is that text, `share:A/B` is a share and the path in it. `message` names fields or columns in braces.

Missing is: empty, `-`, and nothing else. Addresses: `::ffff:192.0.2.1` becomes `192.0.2.1`, a port behind it is cut, what
is no address becomes null. Shares: `\\*\` before the name stands for "this server" and is left out, so `object` is
`share\folder\file.xlsx` and ends like the path of the file on disk. Sources: Microsoft's event reference and the records
in real logs.
"""

from __future__ import annotations

import csv
import ipaddress
import re
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.addresses import normal
from kyumei.readers.windows.fields import integer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kyumei.readers.windows.fields import WindowsEvent
    from kyumei.store.rows import Rows

    Pick = Callable[[Mapping[str, str]], str | None]
    Test = Callable[[Mapping[str, str], str | None], bool]

_TABLE: Final = Path(__file__).with_name("events.csv")
_COLUMNS: Final = ("account", "src_ip", "dst", "object", "device", "bytes")
KEYWORDS: Final = "System_Keywords"
MISSING: Final = {"", "-"}
_SUCCESS, _FAILURE = 0x20_0000_0000_0000, 0x10_0000_0000_0000
_AUDIT_WORDS: Final = {
    "audit success": "success",
    "audit_success": "success",
    "成功の監査": "success",
    "audit failure": "failure",
    "audit_failure": "failure",
    "失敗の監査": "failure",
}
_ALIASES: Final = {
    "microsoft windows security auditing.": "microsoft-windows-security-auditing",
    "security": "microsoft-windows-security-auditing",
    "microsoft-windows-servicecontrolmanager": "service control manager",
}
_BRACES: Final = re.compile(r"\{([^{}]+)\}")
_WITH_PORT: Final = re.compile(r"\s*(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9A-Fa-f:.%]+\]):\d{1,5}\s*\Z")
MESSAGE_LENGTH: Final = 300


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a rule: the field it looks at (`outcome`: the audit result), and whether it holds."""

    name: str
    holds: Test


@dataclass(frozen=True, slots=True)
class Picked:
    """One column of a rule: the cell that says so, the fields it is made of, and how."""

    column: str
    cell: str
    names: tuple[str, ...]
    of: Pick


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table. `message`: literal, and the fields or columns whose first value follows it."""

    tests: tuple[Condition, ...]
    action: str
    outcome: str
    picks: tuple[Picked, ...]
    message: tuple[tuple[str, tuple[str, ...]], ...]


def add_event(rows: Rows, event: WindowsEvent, *, rec: int, origin: str = "live") -> None:
    """Add the event with the common columns that its native fields fill."""
    timed = event.ts is not None
    rows.add(
        rec=rec,
        ts=event.ts,
        fields=event.fields,
        origin=origin,
        ts_kind="written" if timed else None,
        zone_assumed=event.zone_assumed if timed else None,
        host=event.host,
        event_id=event.event_id,
        provider=event.provider,
        channel=event.channel,
        **mapped(event),
    )


def mapped(event: WindowsEvent) -> dict[str, Any]:
    """Return the columns that are read out of the native fields: action always, the others where the record has them."""
    result = audit(event.keywords)
    rule = _rule(event, result)
    if rule is None:
        return {"action": "record.written", "outcome": result, "message": _plain_message(event)}
    columns: dict[str, Any] = {"action": rule.action, "outcome": result if rule.outcome == "audit" else rule.outcome or None}
    for pick in rule.picks:
        value = pick.of(event.fields)
        if value is not None:
            columns[pick.column] = value
    columns["message"] = _message(rule, event.fields, columns)
    if "bytes" in columns:
        columns["bytes"] = integer(columns["bytes"])
    return columns


@lru_cache(maxsize=65_536)
def address(text: str) -> str | None:
    """Return an address as the store spells it, None for names and anything else."""
    bare = _WITH_PORT.match(text)
    found = normal(bare[1] if bare else text)
    try:
        ipaddress.ip_address(found)
    except ValueError:
        return None
    return found


def _rule(event: WindowsEvent, result: str | None) -> Rule | None:
    for rule in candidates(event.provider, event.channel, event.event_id):
        if all(test.holds(event.fields, result) for test in rule.tests):
            return rule
    return None


def candidates(provider: str | None, channel: str | None, event_id: int | None) -> list[Rule]:
    """Return the rules of which the first whose conditions hold counts: the provider's, then the channel's."""
    if event_id is None:
        return []
    return [r for scope in (provider, channel) if scope for r in _rules().get((canonical(scope), event_id), ())]


@lru_cache(maxsize=4096)
def canonical(scope: str) -> str:
    """Return a provider or channel as the table spells it."""
    name = scope.strip().lower()
    return _ALIASES.get(name, name)


@lru_cache(maxsize=4096)
def audit(keywords: str | None) -> str | None:
    """Return what the keywords, in words or as bits, say of the result."""
    words = (keywords or "").strip().lower()
    if words in _AUDIT_WORDS:
        return _AUDIT_WORDS[words]
    bits = integer_bits(words)
    if bits & _SUCCESS:
        return "success"
    return "failure" if bits & _FAILURE else None


def integer_bits(text: str | None) -> int:
    """Return the bits of a decimal or hexadecimal number of any size up to 64 bits, 0 where it is none."""
    if not text or len(text) > 20:
        return 0
    try:
        return int(text, 16 if text[:2] in {"0x", "0X"} else 10) & 0xFFFF_FFFF_FFFF_FFFF
    except ValueError:
        return 0


@cache
def _rules() -> dict[tuple[str, int], tuple[Rule, ...]]:
    found: dict[tuple[str, int], list[Rule]] = {}
    with _TABLE.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            found.setdefault((row["scope"].lower(), int(row["event_id"])), []).append(_compiled(row))
    return {key: tuple(rules) for key, rules in found.items()}


def fields() -> frozenset[str]:
    """Return every field that the table names."""
    found = {KEYWORDS}
    for rule in (rule for rules in _rules().values() for rule in rules):
        found |= {test.name for test in rule.tests} | {name for pick in rule.picks for name in pick.names}
        found |= {name for _, names in rule.message for name in names}
    return frozenset(found)


def _compiled(row: dict[str, str]) -> Rule:
    tests = tuple(_test(condition) for condition in row["when"].split(";") if condition)
    picks = tuple(Picked(name, row[name], named(row[name]), _pick(name, row[name])) for name in _COLUMNS if row[name])
    parts = _BRACES.split(row["message"])
    message = tuple((parts[i], tuple(parts[i + 1].split("|")) if i + 1 < len(parts) else ()) for i in range(0, len(parts), 2))
    return Rule(tests, row["action"], row["outcome"], picks, message)


def _test(condition: str) -> Condition:
    sign = re.search("[=~&]", condition)
    if sign is None:
        msg = f"condition without sign: {condition}"
        raise ValueError(msg)
    name, wanted = condition[: sign.start()], condition[sign.end() :].lower()
    if name == "outcome":
        return Condition(name, lambda _fields, result: result == wanted)
    if sign.group() == "&":
        mask = int(wanted, 16)
        return Condition(name, lambda fields, _result: bool(integer_bits(fields.get(name)) & mask))
    if sign.group() == "~":
        return Condition(name, lambda fields, _result: wanted in fields.get(name, "").lower())
    return Condition(name, lambda fields, _result: fields.get(name, "").lower() == wanted)


def _pick(column: str, cell: str) -> Pick:
    picks = [alternative(text) for text in cell.split("|")]

    def first(fields: Mapping[str, str]) -> str | None:
        for pick in picks:
            value = pick(fields)
            if value is not None and column == "src_ip":
                value = address(value)
            if value is not None:
                return normal(value) if column == "dst" else value
        return None

    return first


def named(cell: str) -> tuple[str, ...]:
    """Return the fields that a cell names."""
    found: list[str] = []
    for text in cell.split("|"):
        if text.startswith("share:"):
            found += text[6:].split("/")
        elif ":/" in text:
            found.append(text.partition(":/")[0])
        elif not text.startswith("="):
            found += text.split("\\", 1)
    return tuple(dict.fromkeys(name for name in found if name))


def alternative(text: str) -> Pick:
    """Return how one alternative of a cell is read."""
    if text.startswith("="):
        return lambda _fields: text[1:]
    if text.startswith("share:"):
        share, _, below = text[6:].partition("/")
        return lambda fields: _share(_value(fields, share), _value(fields, below))
    if ":/" in text:
        name, _, pattern = text.removesuffix("/").partition(":/")
        return partial(_inside, name, re.compile(pattern))
    if "\\" in text:
        before, _, last = text.partition("\\")
        return lambda fields: _joined(_value(fields, before), _value(fields, last))
    return lambda fields: _value(fields, text)


def _inside(name: str, pattern: re.Pattern[str], fields: Mapping[str, str]) -> str | None:
    found = pattern.search(fields.get(name, ""))
    return found[1] if found else None


def _value(fields: Mapping[str, str], name: str) -> str | None:
    value = fields.get(name)
    return None if value is None or value.strip() in MISSING else value


def _joined(before: str | None, last: str | None) -> str | None:
    return f"{before}\\{last}" if before and last else last


def _share(share: str | None, below: str | None) -> str | None:
    if share is None:
        return below
    name = share.removeprefix("\\\\*\\")
    below = (below or "").strip("\\")
    return f"{name}\\{below}" if below else name


def _message(rule: Rule, fields: Mapping[str, str], columns: Mapping[str, Any]) -> str:
    text: list[str] = []
    for literal, names in rule.message:
        text.append(literal)
        if names:
            text.append(next((v for n in names if (v := columns.get(n) or _value(fields, n))), "-"))
    return line("".join(text))


def _plain_message(event: WindowsEvent) -> str | None:
    values = [v for k, v in event.fields.items() if v and not k.startswith("System_")]
    head = f"{event.provider or ''} {event.event_id if event.event_id is not None else ''}".strip()
    return line(" · ".join([head, *values] if head else values)) or None


def line(text: str) -> str:
    """Return the text on one line, cut to 300 characters."""
    if len(text) > 4 * MESSAGE_LENGTH:
        text = text[: 4 * MESSAGE_LENGTH]
    if "\n" in text or "\r" in text or "\t" in text:
        text = " ".join(text.split())
    return text if len(text) <= MESSAGE_LENGTH else f"{text[: MESSAGE_LENGTH - 1]}…"
