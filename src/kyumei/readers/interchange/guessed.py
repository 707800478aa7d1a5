r"""Text logs that no other reader knows: what can be told of any line that carries a time.

Taken from each line: the first time of day with its date, the first address, the account behind a word that announces one,
and whether the words speak of a login. All of it is a guess by form, and the field `guessed` says which: nothing here is
known of the program that wrote the log. `template` is the line with numbers, addresses, quoted texts and identifiers
replaced by `<*>`, so that lines of one kind can be counted (as template miners such as Drain do; ours masks by form, which
gives the same template for a line whatever else is in the file). A line without a time is a record with its text.

Recognised last: only where no reader and no table extractor knows the file.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.source import POSSIBLE
from kyumei.readers.addresses import IPV4, normalised
from kyumei.readers.lines import batches, share
from kyumei.readers.linux.years import Calendar
from kyumei.readers.match import extract, filled
from kyumei.readers.registry import reader
from kyumei.readers.stamps import BSD_STAMP, ISO_STAMP, parsed

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

LAST: Final = POSSIBLE - 20
_SLASHED: Final = r"\d{4}/\d{1,2}/\d{1,2} \d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?: ?[+-]\d\d:?\d\d)?"
_APACHE: Final = r"\d{1,2}[/ -][A-Z][a-z]{2}[/ -]\d{4}[: ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?[+-]\d{4})?"
_STAMP: Final = f"(?:{ISO_STAMP}|{_SLASHED}|{_APACHE}|{BSD_STAMP})"
_LINE: Final = rf"^(?P<before>.{{0,120}}?)(?P<time>{_STAMP})(?P<rest>.*)$"
_IPV6: Final = r"(?:[0-9A-Fa-f]{1,4}:){2,7}(?::?[0-9A-Fa-f]{1,4})+"
_ADDRESS: Final = rf"(?:^|[^0-9A-Za-z.:])(?P<address>{IPV4}|{_IPV6})(?:$|[^0-9A-Za-z.])"
_BEHIND: Final = r"""["']?(?: is| name)?\s*[=:：]?\s*["'\[<]?)(?P<account>[\w.@\\+-]{1,80})"""


@cache
def _words() -> dict[str, list[str]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def accepts(source: Source) -> int:
    """Return the least confidence there is where most lines are text with a time."""
    if b"\x00" in source.head[:4096] and not source.sample.encoding.startswith("utf-16"):
        return 0
    return LAST if share(source, re.compile(_LINE)) >= 0.5 else 0


@reader(
    "text.guessed",
    accepts=accepts,
    title="Text log of an unknown program, read by form",
    spec="https://www.rfc-editor.org/rfc/rfc3339",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each line; what was told by form stands in `guessed`."""
    calendar = Calendar(source)
    for lines in batches(source, rows):
        part, fits = extract(lines.text, _LINE)
        years = partial(_years, calendar, lines.rec)
        ts, assumed = parsed(_texts(part["time"]), calendar.zone, years)
        rest = _texts(part["rest"])
        address, account = _address(rest), _account(rest)
        action = _action(lines.text)
        guessed = _guessed({"time": ts, "address": address, "account": account}, action)
        columns = {
            "rec": lines.rec,
            "ts": ts,
            "zone_assumed": assumed,
            "action": action,
            "src_ip": normalised(address),
            "account": account,
            "message": lines.text,
        }
        rows.add_columns(columns, {"guessed": guessed, "template": _template(lines.text, fits, rest)})


def _years(calendar: Calendar, rec: pa.Array) -> Any:
    return calendar.years.at(rec.to_numpy())


def _texts(values: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.fill_null(values, "")


def _address(rest: pa.Array) -> pa.Array:
    found, _ = extract(rest, _ADDRESS)
    return filled(found["address"])


def _account(rest: pa.Array) -> pa.Array:
    """Return the word behind a word that announces an account, unless it is an everyday one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    announced = "|".join(["for (?:invalid )?user", "by user", *_words()["announce"]])
    japanese = "|".join(_words()["announce_ja"])
    found, _ = extract(rest, rf"(?i:(?:\b(?:{announced})\b|(?:{japanese})){_BEHIND}")
    names = filled(found["account"])
    everyday = pc.is_in(pc.utf8_lower(names), pa.array(_words()["everyday"]))
    return pc.if_else(everyday, pa.scalar(None, pa.string()), names)


def _action(texts: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    failed, succeeded = (pc.match_substring_regex(texts, "|".join(_words()[kind])) for kind in ("failed", "succeeded"))
    return pc.if_else(failed, "login.failed", pc.if_else(succeeded, "login.succeeded", "record.written"))


def _guessed(columns: dict[str, Any], action: pa.Array) -> pa.Array:
    """Return the names of what was told by form, in one text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = [pc.if_else(pc.is_valid(values), f"{name}, ", "") for name, values in columns.items()]
    parts.append(pc.if_else(pc.equal(action, "record.written"), "", "action, "))
    joined = pc.utf8_rtrim(pc.binary_join_element_wise(*parts, ""), ", ")
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined)


def _template(texts: pa.Array, fits: pa.Array, rest: pa.Array) -> pa.Array:
    """Return the line behind its time with everything that varies replaced."""
    import pyarrow.compute as pc

    masked = pc.utf8_trim_whitespace(pc.if_else(fits, rest, texts))
    for pattern in _words()["masks"]:
        masked = pc.replace_substring_regex(masked, pattern, "<*>")
    return pc.utf8_slice_codeunits(masked, 0, 200)
