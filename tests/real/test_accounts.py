"""Triage of everything in ../shared/data: no file is lost, none twice, and every number adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.case.runs import finished, kyumei

if TYPE_CHECKING:
    from tests.real.run import Run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real")]


def test_triage_ends_well_and_says_that_some_input_could_not_be_read(real: Run) -> None:
    assert real.code == 4
    assert "Traceback" not in real.err + real.out


def test_every_file_on_disk_is_one_source(real: Run) -> None:
    files = sorted(p.relative_to(real.evidence).as_posix() for p in real.evidence.rglob("*") if p.is_file())
    assert [r[0] for r in real.rows("select path from sources where parent_file_id is null order by path")] == files


def test_every_source_that_was_not_read_says_why(real: Run) -> None:
    assert real.rows("select path from sources where status is null or bytes is null or sha256 is null") == []
    assert (
        real.rows("select path from sources where status in ('unrecognised', 'unreadable', 'empty') and reason is null") == []
    )
    assert {r[0] for r in real.rows("select distinct status from sources")} >= {"read", "profiled", "opened", "empty"}


def test_every_member_hangs_below_a_source_that_was_opened(real: Run) -> None:
    sql = "select m.path from sources m left join sources p on p.file_id = m.parent_file_id where m.parent_file_id is not null"
    assert real.rows(f"{sql} and p.opener is null") == []
    assert len(real.rows(sql)) > 80


def test_counts_of_each_source_are_those_of_its_rows(real: Run) -> None:
    sql = """
        select s.path from sources s
        left join (select file_id, count(*) n, count(*) filter (origin <> 'live') carved from events group by file_id) e
            using (file_id)
        left join (select file_id, count(*) n from faults group by file_id) f using (file_id)
        left join (select file_id, count(*) n from tables group by file_id) t using (file_id)
        where s.events <> coalesce(e.n, 0) or s.carved <> coalesce(e.carved, 0) or s.faults <> coalesce(f.n, 0)
            or s.tables > coalesce(t.n, 0)
    """
    assert real.rows(sql) == []
    assert real.rows("select count(*) from events where file_id not in (select file_id from sources)") == [(0,)]
    assert real.rows("select count(*) from faults where file_id not in (select file_id from sources)") == [(0,)]


def test_no_plug_in_failed(real: Run) -> None:
    sql = "select s.path, f.plugin, f.reason from faults f join sources s using (file_id) where f.reason like '%failed:%'"
    assert real.rows(sql) == []


def test_no_place_is_cited_outside_its_source(real: Run) -> None:
    sql = "select s.path, e.rec from events e join sources s using (file_id) where e.source <> 'mail.message'"
    assert real.rows(f"{sql} and (e.rec < 0 or e.rec >= s.bytes)") == []
    assert real.rows("select s.path from faults f join sources s using (file_id) where f.offset > s.bytes") == []


def test_the_sealed_case_is_whole(real: Run) -> None:
    code, out, err = finished(kyumei("verify", real.case))
    assert (code, err) == (0, "")
    assert "0 difference(s)" in out


def test_a_second_run_ends_with_the_same_bytes(real: Run) -> None:
    named = [real.case / name for name in ("diagnosis.json", "findings.jsonl", "obligations.jsonl")]
    before = [path.read_bytes() for path in named]
    jobs = {p.name: p.stat().st_mtime_ns for p in (real.case / "work" / "jobs").iterdir()}
    code, _, _ = finished(kyumei("triage", real.evidence, "--case", real.case))
    assert code == real.code
    assert [path.read_bytes() for path in named] == before
    assert {p.name: p.stat().st_mtime_ns for p in (real.case / "work" / "jobs").iterdir()} == jobs
