"""Reads and checks the files of `laws/`: nothing undeclared, nothing misspelt, every source known.

Each complaint says `file:line` and what is wrong, because the people who edit these files are lawyers.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NoReturn

from kyumei.duties import yamlfile
from kyumei.duties.calendars import CALENDARS
from kyumei.duties.conditions import OPS, AllOf, AnyOf, Leaf, Not, leaves
from kyumei.duties.laws import DeadlineRule, FactKind, Laws, Option, Rule
from kyumei.duties.values import offset
from kyumei.duties.yamlfile import Located
from kyumei.errors import UserError
from kyumei.model.categories import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timezone
    from importlib.resources.abc import Traversable

    from kyumei.duties.conditions import Condition
    from kyumei.model.obligation import Text

NOTHING: Final[Text] = {"ja": "", "en": ""}
DUTIES: Final = frozenset({"mandatory", "check", "contract", "recommended", "alternative_to_report", "optional_form"})
LEVELS: Final = frozenset({"primary", "secondary", "memory"})
KINDS: Final = frozenset({"statutory", "guideline", "contract", "expectation", "asap"})
UNITS: Final = frozenset({"hour", "calendar_day", "business_day"})
_TYPES: Final = frozenset({"tri", "enum", "set", "count", "map", "instant", "text"})
_RULE_MUST: Final = frozenset({"id", "law", "title", "article", "basis_level", "sources", "duty", "when", "deadlines", "to"})
_RULE_MAY: Final = frozenset(
    {"effective", "zone", "exempt_when", "contents", "contents_rule", "form", "notes", "fan_out", "delegable", "pending_change"}
)
_OP_TYPES: Final = {
    "==": {"tri", "enum", "text"},
    "!=": {"tri", "enum", "text"},
    "in": {"enum", "text"},
    "contains": {"set"},
    "intersects": {"set"},
    ">": {"count", "map"},
    ">=": {"count", "map"},
    "<": {"count", "map"},
    "<=": {"count", "map"},
}


@lru_cache(maxsize=1)
def shipped() -> Laws:
    """Return the laws that come with this version."""
    return load(files("kyumei.duties") / "laws")


def load(folder: Traversable) -> Laws:
    """Return the laws of a folder of YAML files.

    Raises:
        UserError: a file is not as it must be; the message begins with `file:line`.
    """
    texts = {entry.name: entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".yaml")}
    parsed = {name: _as_map(yamlfile.parse(text, name), name) for name, text in sorted(texts.items())}
    digest = sha256("".join(f"{name}\0{texts[name]}\0" for name in sorted(texts)).encode()).hexdigest()
    return _Check(parsed).laws(digest)


class _Check:
    """Builds the laws from parsed files, refusing whatever is not declared."""

    def __init__(self, parsed: Mapping[str, Located]) -> None:
        self._parsed = parsed
        self._facts: dict[str, FactKind] = {}
        self._sets: dict[str, frozenset[str]] = {}
        self._zones: dict[str, timezone] = {}
        self._laws: dict[str, Text] = {}

    def laws(self, digest: str) -> Laws:
        self._facts = {name: self._fact_kind(row) for name, row in self._table("facts.yaml", "facts")}
        self._sets = self._category_sets()
        self._zones = {name: offset(str(text)) for name, text in self._plain("calendars.yaml", "zones").items()}
        calendars = {name: self._text(row, "closed") for name, row in self._table("calendars.yaml", "calendars")}
        if unknown := set(calendars) ^ set(CALENDARS):
            self._refuse(self._parsed["calendars.yaml"], f"calendars differ from the code's: {', '.join(sorted(unknown))}")
        rules = tuple(self._rules())
        self._no_overlap(rules)
        return Laws(
            rules=rules,
            facts=self._facts,
            shorthands=self._shorthands(),
            sources=dict(self._table("sources.yaml", "sources")),
            calendars=calendars,
            zones=self._zones,
            forms=dict(self._table("forms.yaml", "forms")),
            as_of=self._date(self._parsed["calendars.yaml"], "as_of") or date.min,
            digest=digest,
            category_sets=self._sets,
        )

    # ---- the small files

    def _fact_kind(self, row: Located) -> FactKind:
        self._keys(row, {"type", "label"}, {"values", "labels", "note"})
        if row["type"] not in _TYPES:
            self._refuse(row, f"{row['type']} is no type of fact")
        values, labels = frozenset(self._strings(row, "values")), row.get("labels", Located())
        if not isinstance(labels, Located) or ("labels" in row and set(labels) != values):
            self._refuse(row, "labels must name each of the values")
        words = {name: self._text(labels, name) for name in labels}
        return FactKind(str(row["type"]), self._text(row, "label"), values, str(row.get("note", "")), words)

    def _category_sets(self) -> dict[str, frozenset[str]]:
        block = self._plain("categories.yaml", "category_sets")
        sets = {name: frozenset(self._strings(block, name)) for name in block}
        for name in sorted(frozenset().union(*sets.values(), self._plain("categories.yaml", "remarks")) - set(CATEGORIES)):
            self._refuse(block, f"{name} is no category")
        return sets

    def _shorthands(self) -> dict[str, str]:
        block = self._plain("facts.yaml", "shorthands")
        for short, name in block.items():
            if name not in self._facts:
                self._refuse(block, f"shorthand {short} stands for {name}, which is not declared")
        return {short: str(name) for short, name in block.items()}

    # ---- rules

    def _rules(self) -> Iterable[Rule]:
        rule_files = sorted((name for name, top in self._parsed.items() if "rules" in top), key=self._order)
        for name in rule_files:
            top = self._parsed[name]
            self._keys(top, {"order", "laws", "rules"}, {"shared"})
            block = self._plain(name, "laws")
            self._laws = {law: self._text(block, law) for law in block}
            for row in self._rows(top, "rules"):
                yield self._rule(row)

    def _order(self, name: str) -> tuple[int, str]:
        order = self._parsed[name].get("order")
        return (order if isinstance(order, int) else 0, name)

    def _rule(self, row: Located) -> Rule:
        self._keys(row, _RULE_MUST, _RULE_MAY)
        for key, allowed in (("duty", DUTIES), ("basis_level", LEVELS), ("law", self._laws.keys())):
            if row[key] not in allowed:
                self._refuse(row, f"{key} {row[key]} is not one of {', '.join(sorted(allowed))}")
        effective = self._sub(row, "effective")
        self._keys(effective, (), {"from", "to", "basis_level"})
        zone = row.get("zone")
        if zone is not None and zone not in self._zones:
            self._refuse(row, f"zone {zone} is not declared in calendars.yaml")
        exempt = row.get("exempt_when")
        return Rule(
            id=str(row["id"]),
            law=self._laws[str(row["law"])],
            title=self._text(row, "title"),
            article=self._article(row),
            basis_level=str(row["basis_level"]),
            duty=str(row["duty"]),
            to=self._text(row, "to"),
            when=self._condition(row["when"], row),
            exempt_when=None if exempt is None else self._condition(exempt, row),
            deadlines=tuple(self._deadline(item) for item in self._rows(row, "deadlines")),
            since=self._date(effective, "from"),
            until=self._date(effective, "to"),
            dated=str(effective.get("basis_level", row["basis_level"])),
            zone=None if zone is None else self._zones[str(zone)],
            sources=self._sources(row),
            contents=tuple(self._texts(row, "contents")),
            notes=tuple(self._notes(row)),
            fan_out=self._fan_out(row),
            form=self._form(row),
            delegable=row.get("delegable") is True,
            where=row.where,
        )

    def _article(self, row: Located) -> Text:
        cited = row["article"]
        return {"ja": cited, "en": cited} if isinstance(cited, str) else self._text(row, "article")

    def _sources(self, row: Located) -> tuple[str, ...]:
        named = [
            *self._strings(row, "sources"),
            *[str(s) for k, s in self._sub(row, "pending_change").items() if k == "source"],
        ]
        for name in named:
            if name not in self._plain("sources.yaml", "sources"):
                self._refuse(row, f"source {name} is not in sources.yaml")
        return tuple(dict.fromkeys(named))

    def _fan_out(self, row: Located) -> str:
        name = str(row.get("fan_out", ""))
        if name and (name not in self._facts or self._facts[name].type != "map"):
            self._refuse(row, f"fan_out needs a declared map, not {name}")
        return name

    def _form(self, row: Located) -> str:
        name = str(row.get("form", ""))
        if name and name not in self._plain("forms.yaml", "forms"):
            self._refuse(row, f"form {name} is not in forms.yaml")
        return name

    def _notes(self, row: Located) -> Iterable[Text]:
        yield from self._texts(row, "notes")
        if "contents_rule" in row:
            yield self._text(row, "contents_rule")
        if change := self._sub(row, "pending_change"):
            law, what, when = (self._text(change, key) for key in ("law", "change", "effective"))
            yield {lang: f"{law[lang]}: {what[lang]} ({when[lang]})" for lang in ("ja", "en")}

    def _no_overlap(self, rules: tuple[Rule, ...]) -> None:
        for rule in rules:
            for other in rules:
                if other is not rule and other.id == rule.id and _overlap(rule, other):
                    msg = f"{rule.where}: two versions of {rule.id} are in force at once (see {other.where})"
                    raise UserError(msg, hint="let `effective.to` of the old one be `effective.from` of the new one")

    # ---- deadlines

    def _deadline(self, row: Located) -> DeadlineRule:
        self._keys(row, {"start", "kind"}, {"name", "note", "if", "options"})
        if row["kind"] not in KINDS:
            self._refuse(row, f"kind {row['kind']} is not one of {', '.join(sorted(KINDS))}")
        start = self._facts.get(str(row["start"]))
        if start is None or start.type != "instant":
            self._refuse(row, f"start {row['start']} is no declared instant")
        return DeadlineRule(
            start=str(row["start"]),
            kind=str(row["kind"]),
            name=self._text(row, "name") if "name" in row else NOTHING,
            note=self._text(row, "note") if "note" in row else None,
            condition=self._condition(row["if"], row) if "if" in row else None,
            options=tuple(self._option(item) for item in self._rows(row, "options")) if "options" in row else (),
        )

    def _option(self, row: Located) -> Option:
        self._keys(row, {"amount", "unit"}, {"if", "target", "first_day", "roll", "calendar"})
        unit, amount, target = row["unit"], row["amount"], row.get("target")
        if unit not in UNITS or not isinstance(amount, int) or not (target is None or isinstance(target, int)):
            self._refuse(row, f"amount {amount} and target must be numbers, unit one of {', '.join(sorted(UNITS))}")
        if unit != "hour" and row.get("first_day") not in ("included", "excluded"):
            self._refuse(row, "a deadline in days must say first_day: included or excluded")
        roll = str(row.get("roll", "")).removeprefix("next_open_day:")
        for name in (roll, str(row.get("calendar", ""))):
            if name and name not in CALENDARS:
                self._refuse(row, f"{name} is no calendar")
        return Option(
            amount=amount,
            unit=str(unit),
            condition=self._condition(row["if"], row) if "if" in row else None,
            target=target,
            included=row.get("first_day") == "included",
            roll=roll,
            calendar=str(row.get("calendar", "")),
        )

    # ---- conditions

    def _condition(self, value: object, near: Located) -> Condition:
        row = value if isinstance(value, yamlfile.Located) else self._refuse(near, "a condition must be a mapping")
        label = self._text(row, "label") if "label" in row else None
        kinds = [key for key in ("all", "any", "not", "fact") if key in row]
        if len(kinds) != 1:
            self._refuse(row, "a condition has exactly one of all, any, not, fact")
        if kinds == ["fact"]:
            return self._leaf(row, label)
        self._keys(row, set(kinds), {"label"})
        if kinds == ["not"]:
            return Not(self._condition(row["not"], row), label)
        parts = tuple(self._condition(part, row) for part in self._list(row, kinds[0]))
        if not parts:
            self._refuse(row, f"{kinds[0]} is empty")
        return AllOf(parts, label) if kinds == ["all"] else AnyOf(parts, label)

    def _leaf(self, row: Located, label: Text | None) -> Leaf:
        self._keys(row, {"fact", "op"}, {"value", "value_set", "label"})
        name, op = str(row["fact"]), str(row["op"])
        kind = self._facts.get(name) or self._facts.get(name.rpartition(".")[0])
        if kind is None or (name not in self._facts and kind.type != "map"):
            self._refuse(row, f"fact {name} is not declared in facts.yaml")
        if op not in OPS or (op in _OP_TYPES and kind.type not in _OP_TYPES[op]):
            self._refuse(row, f"operator {op} does not go with {name}, which is a {kind.type}")
        return Leaf(name, op, self._operand(row, kind), label)

    def _operand(self, row: Located, kind: FactKind) -> object:
        if "value_set" in row:
            if row["value_set"] not in self._sets:
                self._refuse(row, f"category set {row['value_set']} is not declared")
            return self._sets[str(row["value_set"])]
        value = row.get("value")
        if row["op"] in ("in", "intersects", "contains"):
            found = frozenset(str(item) for item in value) if isinstance(value, list) else frozenset({str(value)})
            self._allowed(row, found, kind)
            return found
        if kind.type == "enum":
            self._allowed(row, frozenset({str(value)}), kind)
        return value

    def _allowed(self, row: Located, found: frozenset[str], kind: FactKind) -> None:
        allowed = frozenset(CATEGORIES) if row["fact"] == "data.categories" else kind.values
        if allowed and found - allowed:
            self._refuse(row, f"{row['fact']} cannot be {', '.join(sorted(found - allowed))}")

    # ---- shapes

    def _refuse(self, row: Located, why: str) -> NoReturn:
        ident = f" {row['id']}:" if "id" in row else ""
        raise UserError(f"{row.where}:{ident} {why}", hint="the form of the files is in docs/reference/laws.md")

    def _keys(self, row: Located, must: Iterable[str], may: Iterable[str]) -> None:
        must, may = frozenset(must), frozenset(may)
        if missing := must - row.keys():
            self._refuse(row, f"lacks {', '.join(sorted(missing))}")
        if more := row.keys() - must - may:
            self._refuse(row, f"does not know {', '.join(sorted(map(str, more)))}")

    def _plain(self, name: str, key: str) -> Located:
        if name not in self._parsed:
            raise UserError(f"{name} is missing from the folder of laws", hint="copy the shipped one and edit it")
        return self._sub(self._parsed[name], key)

    def _table(self, name: str, key: str) -> list[tuple[str, Located]]:
        block = self._plain(name, key)
        return [(row_name, self._sub(block, row_name)) for row_name in block]

    def _sub(self, row: Located, key: str) -> Located:
        value = row.get(key, yamlfile.Located())
        return value if isinstance(value, yamlfile.Located) else self._refuse(row, f"{key} must be a mapping")

    def _list(self, row: Located, key: str) -> list[object]:
        value = row.get(key, [])
        return value if isinstance(value, list) else self._refuse(row, f"{key} must be a list")

    def _rows(self, row: Located, key: str) -> list[Located]:
        return [_as_map(item, row.where) for item in self._list(row, key)]

    def _strings(self, row: Located, key: str) -> list[str]:
        return [str(item) for item in self._list(row, key)]

    def _text(self, row: Located, key: str) -> Text:
        return self._words(self._sub(row, key), row)

    def _texts(self, row: Located, key: str) -> list[Text]:
        return [self._words(item, row) for item in self._rows(row, key)]

    def _words(self, value: Located, near: Located) -> Text:
        if not {"ja", "en"} <= value.keys() or not all(isinstance(text, str) for text in value.values()):
            self._refuse(near, "words must be given in ja and en")
        return {key: str(text) for key, text in value.items()}

    def _date(self, row: Located, key: str) -> date | None:
        value = row.get(key)
        return value if value is None or isinstance(value, date) else self._refuse(row, f"{key} must be a date")


def _overlap(one: Rule, other: Rule) -> bool:
    return (one.since or date.min) < (other.until or date.max) and (other.since or date.min) < (one.until or date.max)


def _as_map(value: object, where: str) -> Located:
    if not isinstance(value, yamlfile.Located):
        raise UserError(f"{where}: expected a mapping", hint="the form of the files is in docs/reference/laws.md")
    return value


def facts_used(rule: Rule) -> frozenset[str]:
    """Return every fact that the rule, its exemption or its deadlines look at."""
    conditions = [rule.when, rule.exempt_when]
    for deadline in rule.deadlines:
        conditions += [deadline.condition, *(option.condition for option in deadline.options)]
    found = {leaf.fact for condition in conditions if condition is not None for leaf in leaves(condition)}
    return frozenset(found | {deadline.start for deadline in rule.deadlines})
