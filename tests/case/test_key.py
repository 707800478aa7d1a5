from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.case.runs import finished, kyumei

if TYPE_CHECKING:
    from pathlib import Path

NAME = "神宮寺"


def run(*words: object, key: Path | None = None) -> tuple[int, str, str]:
    before = ("--key-file", str(key)) if key else ()
    done = subprocess.run(
        [sys.executable, "-m", "kyumei.cli", *before, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={k: v for k, v in os.environ.items() if k != "KYUMEI_KEY_FILE"},
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("keyed")
    folder = top / "e"
    folder.mkdir()
    lines = ["氏名,電話番号,住所,生年月日"]
    lines += [f"{NAME}花{n:02d}子,0901234{n:04d},東京都新宿区西新宿{n}-1-1,1990-01-{n % 28 + 1:02d}" for n in range(1, 60)]
    lines += [f"{NAME}花01子,08099990001,東京都新宿区西新宿1-1-1,1990-01-02"]
    (folder / "名簿.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def held(case: Path) -> bytes:
    """Return all bytes of the results, index included, Parquet taken apart."""
    import pyarrow.parquet as pq

    found = b""
    for path in sorted(p for p in case.rglob("*") if p.is_file() and "evidence" not in p.relative_to(case).parts):
        found += path.read_bytes()
        if path.suffix == ".parquet":
            found += str(pq.read_table(path).to_pylist()).encode()
    return found


@pytest.fixture(scope="module")
def key(evidence: Path) -> Path:
    path = evidence.parent / "k"
    assert run("key", "new", path)[0] == 0
    return path


@pytest.fixture(scope="module")
def cases(evidence: Path, key: Path) -> dict[str, Path]:
    top = evidence.parent
    for name, given in (("plain", None), ("sealed", key), ("again", key)):
        code, _, said = run("triage", evidence, "--case", top / name, key=given)
        assert code in (0, 4), said
    return {name: top / name for name in ("plain", "sealed", "again")}


@pytest.mark.slow
def test_no_name_lies_in_plain_text_in_a_case_with_or_without_a_key(cases: dict[str, Path]) -> None:
    for name in ("plain", "sealed"):
        assert NAME.encode() not in held(cases[name])
        assert not (cases[name] / "values").exists()
    assert list((cases["sealed"] / "people").glob("*.parquet.sealed"))
    assert not list((cases["sealed"] / "people").glob("*.parquet"))


@pytest.mark.slow
def test_people_are_the_same_with_and_without_a_key(cases: dict[str, Path]) -> None:
    said = [json.loads((cases[n] / "diagnosis.json").read_text("utf-8")) for n in ("plain", "sealed")]
    assert said[0]["people"] == said[1]["people"]
    assert said[0]["holdings"] == said[1]["holdings"]


@pytest.mark.slow
def test_the_same_key_gives_the_same_bytes(cases: dict[str, Path]) -> None:
    listed = [
        {p.relative_to(cases[n]).as_posix(): p.read_bytes() for p in cases[n].rglob("*.sealed")} for n in ("sealed", "again")
    ]
    assert listed[0] == listed[1] != {}


@pytest.mark.slow
def test_a_missing_or_wrong_key_is_refused_with_one_sentence(cases: dict[str, Path], evidence: Path, key: Path) -> None:
    top = evidence.parent
    assert run("key", "new", top / "other")[0] == 0
    for words in (("timeline", "--case", cases["sealed"]), ("triage", evidence, "--case", cases["sealed"])):
        code, _, said = run(*words)
        assert (code, "encrypted and no key is set" in said) == (2, True), said
        code, _, said = run(*words, key=top / "other")
        assert code == 2, said
        assert re.search(r"the key set is [0-9a-f]{16}, but .* needs [0-9a-f]{16}", said)
    code, _, said = run("triage", evidence, "--case", cases["plain"], key=key)
    assert (code, "made without a key" in said) == (2, True), said
    assert finished(kyumei("verify", cases["sealed"]))[0] == 0


@pytest.mark.slow
def test_near_matches_are_the_same_with_and_without_a_key(evidence: Path, key: Path) -> None:
    said = [run("people", evidence / "名簿.csv", "--clusters", key=given)[1] for given in (None, key)]
    assert said[0] == said[1]
    assert json.loads(said[0])["people"]["low"] == 59
