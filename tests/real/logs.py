"""Compare what is read of text and cloud logs with what the logs' publishers say is in them (`make real-logs`).

`python -m tests.real.logs` writes `docs/reference/logs.md`; with `--failures SET` it prints the rows that fail instead.
A row is chosen a reader by content alone, as in a case: a table of records that is likelier than a log takes it away.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from kyumei.model.source import Source
from kyumei.readers.addresses import normal
from kyumei.readers.run import recognise
from kyumei.scope.profile import recognise as recognise_table
from tests.case.runs import ROOT
from tests.conftest import SHARED, lines, members
from tests.plaso_counts import PLASO_COUNTS
from tests.readers.samples import strict_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PAGE: Final = ROOT / "docs" / "reference" / "logs.md"
ZONE: Final = "Europe/Zurich"
"""That of fail2ban's tests: its expected times are on this clock."""
CHANGED: Final = 1_700_000_000_000_000
_IPV4: Final = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
_ACTOR: Final = re.compile(
    r'"(?:user|user_?name|actor|email|user_?email|principal\w*|login|username|userid)"\s*:\s*"[^"]', re.IGNORECASE
)
_TIME: Final = re.compile(r'"[^"]*(?:time|date|_at|stamp|published)[^"]*"\s*:\s*"?\d{4}-?\d\d', re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """One question with its answer: why it failed, empty where it did not."""

    group: str
    failure: str
    said: str


@dataclass
class Read:
    """What was read of one source."""

    reader: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    faults: int = 0

    @property
    def addresses(self) -> set[str]:
        return {str(event["src_ip"]) for event in self.events if event.get("src_ip")}

    @property
    def places(self) -> set[str]:
        """Return the addresses, and the machines that wrote the lines: some are named by their address."""
        return self.addresses | {str(event["host"]) for event in self.events if event.get("host")}


def read(data: bytes, **facts: Any) -> Read:
    """Read a source whose name says nothing."""
    source = Source.memory(data, "evidence/0001", **facts)
    reader, sure = recognise(source)
    _, likely = recognise_table(source)
    if reader is None or sure < likely:
        return Read()
    rows, tables = strict_run(reader, source)
    return Read(reader.name, [row for table in tables for row in table.to_pylist()], len(rows.faults))


def fail2ban(shared: Path) -> Iterator[Row]:
    """Time and host of every line that fail2ban takes for an attack, alone in a file with what its connection wrote before."""
    earlier: dict[tuple[str, str], list[str]] = {}
    for row in map(json.loads, lines(shared / "truth" / "fail2ban.jsonl.xz")):
        expected = row["expected"]
        before = _of_connection(row, earlier)
        if not expected or not expected.get("match"):
            continue
        year = int((expected.get("time") or "2005")[:4])
        changed = int(datetime(year, 12, 31, 22, tzinfo=UTC).timestamp()) * 10**6
        got = read("\n".join([*before, row["line"]]).encode(), zone=ZONE, mtime=changed)
        yield Row(row["service"], _attack(got, expected), row["line"])


def _of_connection(row: dict[str, Any], earlier: dict[tuple[str, str], list[str]]) -> list[str]:
    """Return the lines of the set that the same process wrote for the same connection before this one, twenty at most."""
    told = _PROCESS.search(row["line"])
    lines_ = earlier.setdefault((row["service"], "".join(told.groups("")) if told else ""), [])
    before = lines_[-20:] if told else []
    lines_.append(row["line"])
    return before


_PROCESS: Final = re.compile(r"\b([a-z]\w*\[\d+\]:)(?: (conn=\d+))?")


def _attack(got: Read, expected: dict[str, Any]) -> str:
    if not got.events:
        return "not recognised"
    event = got.events[-1]
    wanted = expected.get("time")
    told = event["ts"].astimezone(ZoneInfo(ZONE)).isoformat()[:19] if event.get("ts") else None
    if wanted and told != wanted[:19]:
        return f"time is {told}, expected {wanted}"
    host = expected.get("host")
    if host and normal(host) not in {event.get("src_ip"), event.get("client")}:
        return f"address is {event.get('src_ip')}, expected {host}"
    return ""


def fail2ban_benign(shared: Path) -> Iterator[Row]:
    """Every line that fail2ban takes for none is an event too."""
    for row in map(json.loads, lines(shared / "truth" / "fail2ban.jsonl.xz")):
        if row["expected"] and not row["expected"].get("match"):
            got = read(row["line"].encode(), zone=ZONE, mtime=CHANGED)
            yield Row(row["service"], "" if got.events else "not recognised", row["line"])


def crowdsec(shared: Path) -> Iterator[Row]:
    """Every log is read with times, and every attacker's address is a source address of an event."""
    logs = dict(members(shared / "crowdsec.tar.xz"))
    for row in map(json.loads, lines(shared / "truth" / "crowdsec.jsonl.xz")):
        data = logs.get(row["log_file"])
        if data is None:
            continue
        got = read(data, mtime=CHANGED)
        attackers = {normal(a) for a in row["sources"] if re.fullmatch(r"[0-9a-fA-F:.]*[:.][0-9a-fA-F:.]*", a)}
        missed = sorted(attackers - got.addresses)
        failure = "" if got.events else "not recognised"
        failure = failure or (f"attackers not seen: {', '.join(missed)}" if missed else "")
        failure = failure or ("" if any(event["ts"] for event in got.events) else "no times")
        yield Row(row["log_type"], failure, row["test"])


def ossec(shared: Path) -> Iterator[Row]:
    """Every line is an event; its address is seen where it has exactly one."""
    for row in map(json.loads, lines(shared / "truth" / "ossec.jsonl.xz")):
        got = read(row["log"].encode(), mtime=CHANGED)
        failure = "" if got.events else "not recognised"
        addresses = {a for a in _IPV4.findall(row["log"]) if not a.startswith("127.")}
        if not failure and len(addresses) == 1 and row["decoder"] not in {"dhcpd", "netscreenfw"} and not got.places:
            failure = f"address not seen: {addresses.pop()}"
        yield Row(row["decoder"] or "(none)", failure, row["log"])


def plaso(shared: Path) -> Iterator[Row]:
    """Text logs of plaso's own tests: as many events as plaso finds."""
    known = {file: (events, faults) for file, _, events, faults in PLASO_COUNTS}
    files = {name.split("test_data/")[-1]: data for name, data in members(shared / "plaso.tar.xz")}
    for row in map(json.loads, lines(shared / "truth" / "plaso_expected.jsonl.xz")):
        for name in row["files"][:1]:
            if name not in files or not _is_text_log(name, files[name]):
                continue
            got = read(files[name], mtime=CHANGED, zone="UTC")
            wanted = (row["counts"] or {}).get("number_of_event_data")
            count = known[name][0] if name in known else wanted
            failure = "" if got.events else "not recognised"
            if not failure and count is not None and len(got.events) != count:
                failure = f"{len(got.events)} events, plaso {count}"
            yield Row(name.partition("/")[0], failure, f"{name} {got.reader}")


def plaso_values(shared: Path) -> Iterator[Row]:
    """Text logs of plaso's own tests: each event that a test spells out is one of ours, at that time and with these values."""
    files = {name.split("test_data/")[-1]: data for name, data in members(shared / "plaso.tar.xz")}
    for row in map(json.loads, lines(shared / "truth" / "plaso_expected.jsonl.xz")):
        for name in row["files"][:1]:
            if name not in files or not _is_text_log(name, files[name]) or not row.get("event_values"):
                continue
            got = read(files[name], mtime=CHANGED, zone="UTC")
            said = [(_instant(event.get("ts")), _words(event)) for event in got.events]
            for wanted in row["event_values"]:
                yield Row(name.partition("/")[0], _event_missing(said, wanted), json.dumps(wanted, ensure_ascii=False))


def _event_missing(said: list[tuple[str, str]], wanted: dict[str, Any]) -> str:
    """Return why no event of ours is the one wanted, empty where one is."""
    if not said:
        return "not recognised"
    times = [str(v) for k, v in wanted.items() if k.endswith("_time") and re.match(r"\d{4}-\d\d-\d\dT", str(v))]
    at = {_instant(datetime.fromisoformat(t.replace("0000-", "0004-"))) for t in times if not t.startswith("0000")}
    yearless = {t[5:19] for t in times if t.startswith("0000")}
    near = [text for when, text in said if when in at or when[5:19] in yearless or not times]
    if not near:
        return "no event at that time"
    values = [_folded(str(v)) for k, v in wanted.items() if isinstance(v, str) and k not in _THEIRS and not k.endswith("_time")]
    missing = min(([v for v in values if v not in text] for text in near), key=len)
    return f"value not in the event: {missing[0][:60]}" if missing else ""


_THEIRS: Final = {"data_type", "severity", "facility", "decision", "activity_type", "entry_selection", "description"}
"""Values that plaso's parsers name in their own words."""


def _instant(at: datetime | None) -> str:
    if at is None:
        return ""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="milliseconds")[:23]


def _words(event: dict[str, Any]) -> str:
    return _folded(" ".join(str(value) for value in event.values() if value is not None))


def _folded(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


def _is_text_log(name: str, data: bytes) -> bool:
    return re.search(r"log|txt|json|history", name.rpartition("/")[2], re.IGNORECASE) is not None and b"\0" not in data[:512]


def panther(shared: Path) -> Iterator[Row]:
    """Every event is read; where it holds a time, one IPv4 address or an account, so does ours."""
    for row in map(json.loads, lines(shared / "truth" / "panther.jsonl.xz")):
        text = json.dumps(row["log"])
        got = read(text.encode() + b"\n")
        yield Row(_type(row), _fields(got, text), text)


def _type(row: dict[str, Any]) -> str:
    types = row["log_types"] or ["(none)"]
    return types[0] if len(types) < 3 else "several"


def _fields(got: Read, text: str) -> str:
    if not got.events:
        return "not recognised"
    event = got.events[0]
    missed = []
    if _TIME.search(text) and not event.get("ts"):
        missed.append("time")
    if len(set(_IPV4.findall(text))) == 1 and not event.get("src_ip"):
        missed.append("address")
    if _ACTOR.search(text) and not event.get("account"):
        missed.append("account")
    return f"no {' or '.join(missed)}" if missed else ""


def cloudtrail(shared: Path) -> Iterator[Row]:
    """Every record of the recordings of AWS attacks is an event with time, account and source."""
    for name, data in members(shared / "cloud.tar.xz"):
        if not name.endswith((".json", ".jsonl")):
            continue
        got = read(data)
        bare = sum(not (event["ts"] and event["account"] and event["src_ip"]) for event in got.events)
        failure = "" if got.reader == "cloud.aws_cloudtrail" else f"read as {got.reader or 'nothing'}"
        yield Row(name.rpartition("/")[2], failure or (f"{bare} of {len(got.events)} without a column" if bare else ""), name)


SETS: Final[dict[str, tuple[str, Callable[[Path], Iterator[Row]]]]] = {
    "fail2ban": ("lines of attacks: time and address exact", fail2ban),
    "fail2ban-benign": ("other lines: read", fail2ban_benign),
    "crowdsec": ("log files: read with times, every attacker's address seen", crowdsec),
    "ossec": ("lines: read, their only address seen", ossec),
    "plaso": ("text logs: as many events", plaso),
    "plaso-values": ("events that plaso's tests spell out: same time, same values", plaso_values),
    "panther": ("cloud events: read, time, address and account found", panther),
    "cloudtrail": ("recordings: every record with time, account and address", cloudtrail),
}
"""Name → what is asked, and the rows."""


def score(rows: list[Row]) -> tuple[int, int]:
    """Return how many passed, of how many."""
    return sum(not row.failure for row in rows), len(rows)


HEAD: Final = """# Text and cloud logs compared with published answers

Written by `make real-logs` from `../shared/data/truth` (public test sets of other projects; none of their text lies here).
No reader knows a file's name: each row is read from a source called `evidence/0001`.

| set | asked | passed | of | share |
|---|---|---:|---:|---:|
"""


def page(shared: Path) -> Iterator[str]:
    """Yield the parts of the page."""
    yield HEAD
    found = {name: list(rows(shared)) for name, (_, rows) in SETS.items()}
    for name, (asked, _) in SETS.items():
        passed, total = score(found[name])
        yield f"| {name} | {asked} | {passed:,} | {total:,} | {passed / total:.1%} |\n"
    yield BY_CLASS
    for name, rows in found.items():
        classes = Counter((row.group, _class(row.failure), why(name, row)) for row in rows if row.failure)
        for (group, failure, reason), count in sorted(classes.items(), key=lambda each: (-each[1], each[0])):
            yield f"| {name} | {group} | {failure} | {count} | {reason} |\n"


BY_CLASS: Final = """
## What failed, by class

The reasons stand in `tests/real/logs_reasons.toml`. "Ours is right": the row was read as the log says, and the answer is
on another footing; such a row counts as failed all the same. A class that nobody explained is marked.

| set | kind of log | what failed | rows | why |
|---|---|---|---:|---|
"""
REASONS: Final = ROOT / "tests" / "real" / "logs_reasons.toml"


def why(name: str, row: Row) -> str:
    """Return why a row of a set fails, or that nobody knows."""
    for each in _reasons():
        told = {"group": row.group, "failure": row.failure, "said": row.said}
        if each["set"] == name and all(re.search(each[key], told[key]) for key in told if key in each):
            return ("Ours is right. " if each.get("ours") else "") + str(each["why"])
    return "**unexplained**"


@cache
def _reasons() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(REASONS.read_text("utf-8"))["reason"]
    return found


def _class(failure: str) -> str:
    return re.sub(r"(?: is|:| events,) .*|^\d+ .*(?=without)", "", failure).strip()


def main(arguments: list[str]) -> None:
    """Write the page, or print the failures of the sets named."""
    if not SHARED.is_dir():
        sys.exit("the real evidence is not there: ../shared/data beside the checkout")
    for name in arguments:
        rows = list(SETS[name][1](SHARED))
        failed = [f"  {row.group} | {row.failure} | {row.said[:300]}\n" for row in rows if row.failure]
        sys.stdout.write("".join([f"{name}: {score(rows)}\n", *failed]))
    if not arguments:
        PAGE.write_text("".join(page(SHARED)), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
