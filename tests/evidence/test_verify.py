from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

import kyumei
from kyumei.cli.custody import command as custody_command
from kyumei.cli.verify import command as verify_command
from kyumei.errors import CustodyBroken, EvidenceChanged
from kyumei.evidence.acquire import acquire
from kyumei.evidence.custody import Ledger, record_acquisition
from kyumei.evidence.verify import verify
from kyumei.model.evidence import CHUNK_BYTES

AT = datetime(2024, 6, 7, tzinfo=UTC)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Return a case with one copied and one referenced item and sealed results."""
    return sealed_case(tmp_path, 20_000)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return the same case with a file of just over one chunk, for tests that verify it thousands of times."""
    return sealed_case(tmp_path, 4_200)


def sealed_case(tmp_path: Path, length: int) -> Path:
    given, case = tmp_path / "given", tmp_path / "case"
    (given / "logs").mkdir(parents=True)
    (given / "logs" / "access.log").write_bytes(b"one\ntwo\n")
    (given / "long.bin").write_bytes(bytes(range(251)) * length)
    (tmp_path / "mail.eml").write_bytes(b"Subject: x\n\n")
    ledger = Ledger(case / "custody.jsonl")
    for path, reference in ((given, False), (tmp_path / "mail.eml", True)):
        item = acquire(path, case, reference=reference)
        record_acquisition(ledger, item, at=AT, who="operator", why="test", tool="kyumei 0")
    (case / "events").mkdir()
    (case / "events" / "a.parquet").write_bytes(b"PAR1")
    (case / "diagnosis.json").write_bytes(b"{}")
    (case / "index.duckdb").write_bytes(b"derived")
    seal_results(case, ledger)
    return case


def seal_results(case: Path, ledger: Ledger) -> None:
    files = [
        {"path": name, "bytes": (case / name).stat().st_size, "sha256": hashlib.sha256((case / name).read_bytes()).hexdigest()}
        for name in ("diagnosis.json", "events/a.parquet")
    ]
    data = json.dumps({"schema": "kyumei.results/1", "files": files}).encode()
    (case / "results.json").write_bytes(data)
    ledger.append("results.sealed", at=AT, who="operator", facts={"results_sha256": hashlib.sha256(data).hexdigest()})


def problems(case: Path) -> list[tuple[str, str]]:
    return [(p.what, p.place.rsplit("files/", 1)[-1]) for p in verify(case).problems]


def copied(case: Path) -> Path:
    (folder,) = [p for p in (case / "evidence").iterdir() if (p / "files").is_dir()]
    return folder


def overwrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def test_an_untouched_case_is_whole(case: Path) -> None:
    report = verify(case)
    assert report.problems == []
    assert (report.items, report.files, report.entries) == (2, 5, 3)


def test_times_permissions_and_derived_files_do_not_matter(case: Path) -> None:
    for path in case.rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o755)
    (case / "index.duckdb").unlink()
    (case / "work").mkdir()
    (case / "work" / "x").write_bytes(b"x")
    (case / "work.sqlite-wal").write_bytes(b"x")
    assert problems(case) == []


@pytest.mark.parametrize("chunk", [0, 2, 4])
def test_a_changed_byte_is_placed_to_its_chunk(case: Path, chunk: int) -> None:
    path = copied(case) / "files" / "long.bin"
    data = bytearray(path.read_bytes())
    data[chunk * CHUNK_BYTES + 17] ^= 1
    overwrite(path, bytes(data))
    (problem,) = verify(case).problems
    assert (problem.what, problem.detail) == ("changed", f"chunks {chunk}")


def test_a_truncated_a_longer_a_missing_and_an_added_file_are_found(case: Path) -> None:
    files = copied(case) / "files"
    data = (files / "long.bin").read_bytes()
    overwrite(files / "long.bin", data[:-1])
    assert verify(case).problems[0].detail == "5,019,999 bytes instead of 5,020,000; chunks 4"
    overwrite(files / "long.bin", data + b"x")
    assert problems(case) == [("changed", "long.bin")]
    (files / "long.bin").unlink()
    assert problems(case) == [("missing", "long.bin")]
    (files / "logs" / "new.log").write_bytes(b"")
    assert problems(case) == [("added", "logs/new.log"), ("missing", "long.bin")]


def test_a_copy_swapped_for_a_link_is_found(case: Path, tmp_path: Path) -> None:
    path = copied(case) / "files" / "long.bin"
    path.unlink()
    path.symlink_to(tmp_path / "given" / "long.bin")
    assert problems(case) == [("unreadable", "long.bin")]


def test_a_changed_original_of_a_reference_is_found(case: Path, tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_bytes(b"Subject: y\n\n")
    (problem,) = verify(case).problems
    assert problem.place.endswith("mail.eml")
    assert problem.detail == "chunks 0"
    (tmp_path / "mail.eml").unlink()
    assert [p.what for p in verify(case).problems] == ["missing"]


@pytest.mark.parametrize("name", ["manifest.json", "chunks.bin", "reference.json"])
def test_every_flipped_byte_of_what_seals_an_item_is_found(small: Path, name: str) -> None:
    case = small
    path = max((case / "evidence").glob(f"*/{name}"), key=lambda p: p.stat().st_size)
    whole = path.read_bytes()
    for at in range(len(whole)):
        overwrite(path, whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert problems(case), at


@pytest.mark.parametrize("name", ["results.json", "diagnosis.json", "events/a.parquet", "custody.jsonl", "head.json"])
def test_every_flipped_byte_of_results_and_ledger_is_found(small: Path, name: str) -> None:
    case = small
    shutil.rmtree(copied(case))
    known = len(problems(case))
    whole = (case / name).read_bytes()
    for at in range(len(whole)):
        (case / name).write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        assert len(problems(case)) > known, at


def test_missing_and_added_things_around_the_evidence_are_found(case: Path) -> None:
    (case / "extra.txt").write_bytes(b"")
    (case / "evidence" / "E-000000000000").mkdir()
    (copied(case) / "note.txt").write_bytes(b"")
    (case / "diagnosis.json").unlink()
    found = problems(case)
    assert [what for what, _ in found] == ["missing", "added", "added", "added"]


@pytest.mark.parametrize("name", ["custody.jsonl", "head.json", "results.json"])
def test_a_missing_seal_is_found(case: Path, name: str) -> None:
    (case / name).unlink()
    assert problems(case)


def test_a_missing_item_is_found(case: Path) -> None:
    shutil.rmtree(copied(case))
    assert [p.what for p in verify(case).problems] == ["missing"]


def test_an_unfinished_acquisition_is_a_note(case: Path) -> None:
    (case / "evidence" / ".partial-0").mkdir()
    report = verify(case)
    assert report.is_whole
    assert report.notes == ["evidence/.partial-0 is an unfinished acquisition"]


def test_verify_needs_nothing_but_the_standard_library(case: Path) -> None:
    line = "import sys, pathlib; from kyumei.evidence.verify import verify; print(verify(pathlib.Path(sys.argv[1])).is_whole)"
    source = Path(kyumei.__file__).parents[1]
    run = subprocess.run(
        [sys.executable, "-S", "-c", line, str(case)], env={"PYTHONPATH": str(source)}, capture_output=True, check=True
    )
    assert run.stdout == b"True\n"


def test_an_acquisition_is_recorded_once(case: Path, tmp_path: Path) -> None:
    item = acquire(tmp_path / "given", case)
    assert record_acquisition(Ledger(case / "custody.jsonl"), item, at=AT, who="x", why="x", tool="x") is None


def test_the_command_prints_every_problem_and_fails(case: Path) -> None:
    assert CliRunner().invoke(verify_command, [str(case)]).exit_code == 0
    (case / "extra.txt").write_bytes(b"")
    run = CliRunner().invoke(verify_command, [str(case), "--format", "json"])
    assert isinstance(run.exception, EvidenceChanged)
    assert run.exception.exit_code == 3
    told = json.loads(run.stdout)
    assert told["problems"] == [{"place": "extra.txt", "what": "added", "detail": ""}]
    assert "added      extra.txt" in CliRunner().invoke(verify_command, [str(case)]).stdout


def test_the_ledger_is_printed_and_checked(case: Path) -> None:
    run = CliRunner().invoke(custody_command, [str(case), "--format", "jsonl"])
    assert [json.loads(line)["act"] for line in run.stdout.splitlines()] == [
        "evidence.acquired",
        "evidence.acquired",
        "results.sealed",
    ]
    ledger = case / "custody.jsonl"
    ledger.write_bytes(ledger.read_bytes().replace(b"operator", b"operetta"))
    assert isinstance(CliRunner().invoke(custody_command, [str(case)]).exception, CustodyBroken)
