r"""The mapping file: its form, and what is said where it is not understood.

    name: cloud.aws_cloudtrail            # the reader's name; a user's own should begin with `user.`
    title: AWS CloudTrail
    spec: https://…                       # where the format is described
    format: json                          # json | csv | lines
    patterns: [...]                       # lines: RE2 patterns; the named groups of the first that fits are the fields,
                                          # one called `pairs…` is taken apart into key=value pairs
    skip: '^#'                            # lines: those that are no records (optional)
    recognise: '^\S+ door='               # lines: what tells such a log from others, where the patterns fit too much
    accepts: [eventSource, eventName]     # fields that the first records must hold (csv: column names; lines: not needed)
    any: [awsRegion, recipientAccountId]  # of which at least one must be there (optional)
    certain: true                         # where no other log has such names (optional)
    encoding: cp932                       # csv: only where it cannot be told by content (optional)
    time: {fields: [eventTime], form: iso, zone: UTC}     # form: iso | epoch | a strptime pattern; zone: source | IANA name
    columns:                              # column of an event → the first that is there: a field, or a text with {field}
      account: [userIdentity.userName, userIdentity.arn]
      object: ["{requestParameters.bucketName}/{requestParameters.key}", requestParameters.bucketName]
    action:                               # the first rule that holds, else by the field's value, else the default
      rules: [{if: {eventName: ConsoleLogin, responseElements.ConsoleLogin: Failure}, then: login.failed}]
      field: eventName
      values: {GetObject: file.downloaded}
      default: record.written
    outcome: {rules: [{if: {errorCode: {exists: true}}, then: failure}], default: success}

A condition compares without case: a text, a list of texts of which one must fit, `{exists: true}`, `{matches: REGEX}`,
`{above: NUMBER}`. Fields of JSON are paths joined by dots. All fields are kept under their own names whatever is mapped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from kyumei.errors import UserError
from kyumei.model.actions import ACTIONS, OUTCOMES
from kyumei.model.event import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMATS: Final = ("json", "csv", "lines")
_SET_BY_US: Final = {"ts", "evidence_id", "file_id", "rec", "source", "action", "outcome", "origin", "zone_assumed"}
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_KEYS: Final = {
    "name",
    "patterns",
    "skip",
    "recognise",
    "title",
    "spec",
    "format",
    "accepts",
    "any",
    "certain",
    "encoding",
    "time",
    "columns",
    "action",
    "outcome",
}
PLACE: Final = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Time:
    """Where the time stands; `zone` is empty for that of the source."""

    fields: tuple[str, ...] = ()
    form: str = "iso"
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """How a closed column is chosen: rules in order, then the field's value (folded), then the default."""

    rules: tuple[tuple[Mapping[str, Any], str], ...] = ()
    field: str = ""
    values: tuple[tuple[str, str], ...] = ()
    default: str = ""


@dataclass(frozen=True, slots=True)
class LogMapping:
    """A mapping file, understood."""

    name: str
    title: str
    spec: str
    format: str
    patterns: tuple[str, ...]
    skip: str
    recognise: str
    accepts: tuple[str, ...]
    any: tuple[str, ...]
    certain: bool
    encoding: str
    time: Time
    columns: tuple[tuple[str, tuple[str, ...]], ...]
    action: Choice
    outcome: Choice


def parse(text: str, where: str) -> LogMapping:
    """Return the mapping that the text states.

    Raises:
        UserError: it is not understood; the message says where and the hint what would be.
    """
    import yaml

    try:
        stated = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # safe loaders both
    except yaml.YAMLError as wrong:
        raise UserError(f"{where}: no YAML: {wrong}".replace("\n", " "), hint="check indentation and quotes") from wrong
    if not isinstance(stated, dict):
        raise UserError(f"{where}: expected a mapping", hint="begin with `name: user.my_log`")
    return _Reading(where).mapping(stated)


class _Reading:
    """Takes the parts of one file."""

    def __init__(self, where: str) -> None:
        self._where = where

    def mapping(self, stated: Mapping[str, Any]) -> LogMapping:
        if odd := sorted(set(stated) - _KEYS):
            self._refuse(f"{odd[0]} is not known", f"known are {', '.join(sorted(_KEYS))}")
        name, form = str(stated.get("name", "")), str(stated.get("format", ""))
        if not _NAME.fullmatch(name):
            self._refuse(f"name is {name!r}", "a dotted name in lower case: user.my_log")
        if form not in FORMATS:
            self._refuse(f"format is {form!r}", "json, csv or lines")
        accepts = self._texts(stated.get("accepts"), "accepts")
        patterns = self._patterns(stated.get("patterns"), form)
        if not accepts and not patterns:
            self._refuse("accepts is empty", "name the fields by which such a file is recognised")
        return LogMapping(
            name,
            str(stated.get("title", name)),
            str(stated.get("spec", "")),
            form,
            patterns,
            self._pattern(stated.get("skip"), "skip"),
            self._pattern(stated.get("recognise"), "recognise"),
            accepts,
            self._texts(stated.get("any"), "any"),
            stated.get("certain") is True,
            str(stated.get("encoding", "")),
            self._time(stated.get("time") or {}),
            self._columns(stated.get("columns") or {}),
            self._choice(stated.get("action") or {}, "action", ACTIONS, "record.written"),
            self._choice(stated.get("outcome") or {}, "outcome", OUTCOMES, ""),
        )

    def _patterns(self, stated: Any, form: str) -> tuple[str, ...]:
        found = self._texts(stated, "patterns")
        if bool(found) != (form == "lines"):
            self._refuse("patterns go with format lines, and it takes them", "patterns: ['^(?P<when>\\S+) (?P<text>.*)$']")
        for pattern in found:
            try:
                groups = re.compile(pattern).groupindex
            except re.error as wrong:
                self._refuse(f"{pattern} is no pattern: {wrong}", "a regular expression as RE2 knows it")
            if not groups:
                self._refuse(f"{pattern} names no group", "(?P<when>...)")
        return found

    def _pattern(self, stated: Any, what: str) -> str:
        try:
            re.compile(str(stated or ""))
        except re.error as wrong:
            self._refuse(f"{what} is no pattern: {wrong}", "'^#'")
        return str(stated or "")

    def _time(self, stated: Any) -> Time:
        if not isinstance(stated, dict) or set(stated) - {"fields", "field", "form", "zone"}:
            self._refuse("time is not understood", "{fields: [eventTime], form: iso, zone: source}")
        zone = str(stated.get("zone", ""))
        fields = self._texts(stated.get("fields", stated.get("field")), "time.fields")
        return Time(fields, str(stated.get("form", "iso")), "" if zone == "source" else zone)

    def _columns(self, stated: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
        if not isinstance(stated, dict):
            self._refuse("columns is no mapping", "account: [userName]")
        allowed = sorted(set(COLUMNS) - _SET_BY_US)
        for column in stated:
            if column not in allowed:
                self._refuse(f"{column} is no column that a mapping fills", f"one of {', '.join(allowed)}")
        return tuple((column, self._texts(value, column)) for column, value in stated.items())

    def _choice(self, stated: Any, what: str, allowed: Any, default: str) -> Choice:
        if isinstance(stated, str):
            stated = {"default": stated}
        if not isinstance(stated, dict) or set(stated) - {"rules", "field", "values", "default"}:
            self._refuse(f"{what} is not understood", "{field: …, values: {…}, default: …}")
        rules = tuple(self._rule(row, what) for row in stated.get("rules") or ())
        values = tuple((str(k).casefold(), str(v)) for k, v in (stated.get("values") or {}).items())
        found = Choice(rules, str(stated.get("field", "")), values, str(stated.get("default", default)))
        for word in [*(then for _, then in rules), *(v for _, v in values), found.default]:
            if word and word not in allowed:
                self._refuse(f"{what} {word} is not known", f"one of {', '.join(sorted(allowed))}")
        return found

    def _rule(self, row: Any, what: str) -> tuple[Mapping[str, Any], str]:
        if not isinstance(row, dict) or set(row) != {"if", "then"} or not isinstance(row["if"], dict):
            self._refuse(f"a rule of {what} is not understood", "{if: {field: value}, then: …}")
        for field, wanted in row["if"].items():
            if isinstance(wanted, dict):
                self._test(field, wanted)
        return row["if"], str(row["then"])

    def _test(self, field: str, wanted: Mapping[str, Any]) -> None:
        if set(wanted) - {"exists", "matches", "above"} or len(wanted) != 1:
            self._refuse(
                f"the condition on {field} is not understood", "a value, a list, {exists: true}, {matches: …}, {above: 0}"
            )
        if "matches" in wanted:
            try:
                re.compile(str(wanted["matches"]))
            except re.error as wrong:
                self._refuse(f"the pattern for {field} is none: {wrong}", "a regular expression")

    def _texts(self, value: Any, what: str) -> tuple[str, ...]:
        if value is None:
            return ()
        if isinstance(value, str | int):
            return (str(value),)
        if not isinstance(value, list):
            self._refuse(f"{what} is not understood", "a name, or a list of names")
        return tuple(map(str, value))

    def _refuse(self, what: str, hint: str) -> NoReturn:
        raise UserError(f"{self._where}: {what}", hint=hint)
