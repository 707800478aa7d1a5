from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kyumei.case import documents
from kyumei.case.make import Wish, make
from kyumei.errors import CustodyBroken, UserError
from tests.reports import samples

if TYPE_CHECKING:
    from pathlib import Path

ONE = Wish(("ppc_preliminary",), ("ja",), ("json", "txt"))


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KYUMEI_NOW", "2024-06-10T00:00:00+00:00")
    diagnosed(tmp_path, 13949)
    return tmp_path


def diagnosed(case: Path, people: int) -> None:
    diagnosis = samples.missent()
    diagnosis["people"] |= {"low": people, "best": people, "high": people}
    (case / "diagnosis.json").write_text(json.dumps(diagnosis, ensure_ascii=False), "utf-8")


def test_the_same_state_is_the_same_version_with_the_same_bytes(case: Path) -> None:
    first = make(case, ONE, who="a", tell=quiet)
    again = make(case, ONE, who="b", tell=quiet)
    assert first == again
    assert [e.act for e in documents.ledger(case).verify()] == ["documents.made"]


def test_another_day_or_another_entry_begins_the_next_version(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(case, ONE, who="a", tell=quiet)
    monkeypatch.setenv("KYUMEI_NOW", "2024-06-11T00:00:00+00:00")
    assert make(case, ONE, who="a", tell=quiet)["version"] == 2
    path = case / "documents" / "entries.toml"
    path.write_text(path.read_text("utf-8").replace('by = ""', 'by = "国際教育課の職員"', 1), "utf-8")
    assert make(case, ONE, who="a", tell=quiet)["version"] == 3
    assert "国際教育課の職員" in (case / "documents/v0003/ppc_preliminary.ja.txt").read_text("utf-8")


def test_numbers_said_before_are_kept_and_printed(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for day, people in (("10", 7_600_000), ("11", 22_600_000), ("12", 35_040_000)):
        monkeypatch.setenv("KYUMEI_NOW", f"2024-06-{day}T00:00:00+00:00")
        diagnosed(case, people)
        make(case, ONE, who="a", tell=quiet)
    told = (case / "documents/v0003/ppc_preliminary.ja.txt").read_text("utf-8")
    assert [told.index(f"{n}人") for n in ("7,600,000", "22,600,000", "35,040,000")]
    assert told.rindex("7,600,000人") < told.rindex("22,600,000人") < told.rindex("35,040,000人")


def test_an_entry_nobody_asks_for_is_refused_with_the_fields_named(case: Path) -> None:
    make(case, ONE, who="a", tell=quiet)
    (case / "documents/entries.toml").write_text('[org]\nnmae = "x"\n', "utf-8")
    with pytest.raises(UserError, match=r"nobody asks for org\.nmae"):
        make(case, ONE, who="a", tell=quiet)


def test_a_changed_ledger_of_documents_is_noticed(case: Path) -> None:
    make(case, ONE, who="a", tell=quiet)
    path = case / "documents/ledger.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"who":"a"', b'"who":"b"'))
    with pytest.raises(CustodyBroken):
        make(case, ONE, who="a", tell=quiet)


def test_a_report_that_is_not_known_is_refused(case: Path) -> None:
    with pytest.raises(UserError, match="no report is called poem"):
        make(case, Wish(("poem",)), who="a", tell=quiet)
