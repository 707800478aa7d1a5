"""What triage read from ../shared/data, against the answers of the evidence's authors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.case.runs import finished, kyumei
from tests.conftest import lines
from tests.plaso_counts import PLASO_COUNTS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.real.run import Run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real")]

DAMAGED = {
    "RdpCoreTS%4Operational.evtx": 1_910,
    "RemoteConnectionManager%4Operational.evtx": 1_774,
    "sample_with_a_bad_chunk_magic.evtx": 270,
}
"""Records that `evtx` 0.14 gives of damaged files when it is resumed after each error (README of the evidence)."""


def test_every_attack_log_has_the_records_of_the_truth(real: Run, shared_data: Path) -> None:
    found = dict(real.rows("select sha256, events - carved from sources where reader = 'windows.evtx'"))
    truth = {r["sha256"]: r["records"] for r in map(json.loads, lines(shared_data / "truth" / "evtx_attack.jsonl.xz"))}
    assert {digest: found.get(digest) for digest in truth} == truth
    assert (
        len(real.rows("select path from sources where path like 'evtx\\_%/%.evtx' escape '\\' and sha256 in ?", list(truth)))
        == 333
    )


def test_every_attack_log_has_the_event_ids_of_the_truth(real: Run, shared_data: Path) -> None:
    counted: dict[str, dict[str, int]] = {}
    sql = """select sha256, coalesce(e.channel, 'None') || ':' || e.event_id, count(*)
        from events e join sources s using (file_id) where e.source = 'windows.evtx' and e.origin = 'live' group by all"""
    for digest, what, count in real.rows(sql):
        counted.setdefault(digest, {})[what] = count
    files = dict(real.rows("select sha256, count(*) from sources group by sha256"))
    for row in map(json.loads, lines(shared_data / "truth" / "evtx_attack.jsonl.xz")):
        ours, copies = counted[row["sha256"]], files[row["sha256"]]
        assert {what: ours.get(what, 0) // copies for what in row["event_ids"]} == row["event_ids"], row["path"]


@pytest.mark.parametrize("ending", DAMAGED)
def test_damaged_logs_are_recovered(real: Run, ending: str) -> None:
    reader, live, _ = real.figures(ending)
    assert (reader, live) == ("windows.evtx", DAMAGED[ending])


def test_undamaged_logs_of_parsers_lose_nothing(real: Run) -> None:
    sql = "select count(*), sum(events - carved) from sources where path like 'evtx_parser/%.evtx' and faults = 0"
    ((files, live),) = real.rows(sql)
    assert files == 10
    assert live == 5_730


def test_lines_of_windows_events_in_json_are_events_or_faults(real: Run) -> None:
    sql = "select path, sha256, events + faults from sources where reader = 'windows.event_jsonl' order by path"
    found = real.rows(sql)
    assert len(found) == 31
    for path, _, accounted in found:
        assert accounted == _members_lines(real, path), path


def _members_lines(real: Run, path: str) -> int:
    from zipfile import ZipFile

    packed, member = path.split("!/", 1)
    with ZipFile(real.evidence / packed) as archive:
        return sum(bool(line.strip()) for line in archive.read(member).split(b"\n"))


def test_web_log_and_mails_are_read_whole(real: Run) -> None:
    assert real.figures("/apache_logs") == ("web.access", 10_000, 0)
    top = "parent_file_id is null and path like 'mail/%'"
    assert real.rows(f"select count(*), sum(events) from sources where reader = 'mail.message' and {top}") == [(69, 69)]
    assert real.rows("select distinct events from sources where reader = 'mail.message'") == [(1,)]


@pytest.mark.parametrize(
    ("ending", "reader", "live", "faults"),
    PLASO_COUNTS,
)
def test_counts_of_plaso_are_reached(real: Run, ending: str, reader: str, live: int, faults: int) -> None:
    """The faults are its warnings for utmp, and continued lines, which plaso appends to the message before them."""
    assert real.figures(f"test_data/{ending}") == (reader, live, faults)


def test_every_dialect_of_a_database_has_the_same_people(real: Run) -> None:
    for name in ("Chinook_MySql.sql", "Chinook_PostgreSql.sql", "Chinook_Sqlite.sqlite"):
        (path,) = real.evidence.rglob(name)
        code, out, _ = finished(kyumei("people", path, "--format", "json"))
        said = json.loads(out)
        tables = {f["table"].lower(): f["people"]["best"] for f in said["files"]}
        assert (code, tables["customer"], tables["employee"]) == (0, 59, 8)
        assert (said["records"], said["people"]["best"]) == (479, 67)
        assert sum(f["rows"] for f in said["files"]) == 15_607


def test_tables_have_as_many_rows_as_their_authors_say(real: Run) -> None:
    sql = (
        "select t.records from tables t join sources s using (file_id) where ends_with(s.path, ?) and s.extractor = 'table.csv'"
    )
    rows = {"russellmitchell_alerts.txt": 45_544, "shaw_alerts.txt": 70_782, "payload_train.csv": 20_712, "dataset1.csv": 1_000}
    rows |= {"dataset3.csv": 5_000, "fake_1000.csv": 1_000, "fake_1000_labels.csv": 3_176, "ja_addresses_shared.csv": 4_341}
    assert {name: real.rows(sql, name) for name in rows} == {name: [(count,)] for name, count in rows.items()}
