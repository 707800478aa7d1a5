from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from kyumei.cli.categories import command as categories
from kyumei.cli.people import command as people
from tests.scope.people import CUSTOMERS, STUDENTS, Person, csv_text, customer, student, workbook

if TYPE_CHECKING:
    from pathlib import Path


def run(command: Any, *arguments: object) -> tuple[int, dict[str, Any]]:
    """Return exit code and JSON of a command."""
    done = CliRunner().invoke(command, [str(a) for a in arguments], standalone_mode=False)
    assert done.exception is None, done.exception
    return int(done.return_value or 0), json.loads(done.stdout)


def test_people_counts_the_records_and_people_of_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(csv_text(CUSTOMERS, (customer(n) for n in range(30))).encode("cp932"))
    (tmp_path / "b.xlsx").write_bytes(workbook({"顧客": [CUSTOMERS, *(customer(n) for n in range(20, 50))]}))
    code, said = run(people, tmp_path / "a.csv", tmp_path / "b.xlsx")
    assert code == 0
    assert said["schema"] == "kyumei.people/1"
    assert (said["records"], said["people"]["best"]) == (60, 50)
    assert [(f["table"], f["records"], f["faults"]) for f in said["files"]] == [("", 30, 0), ("顧客", 30, 0)]
    assert said["by_category"]["id.email"]["records"] == 60


def test_clusters_say_which_records_are_one_person(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(csv_text(CUSTOMERS, [customer(1), customer(2), customer(1, 9)]))
    _, said = run(people, tmp_path / "a.csv", "--clusters")
    first, second, third = (line["person"] for line in said["clusters"])
    assert first == third != second
    assert [(u["by"], len(u["united"])) for u in said["unions"]] == [("name + email", 2)]
    assert said["conflicts"] == []


def test_a_file_inside_an_archive_is_reached(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("list.csv", csv_text(STUDENTS, (student(n) for n in range(12))))
    code, said = run(people, tmp_path / "x.zip")
    assert (code, said["people"]["best"]) == (0, 12)
    assert said["files"][0]["file"].endswith("x.zip!/list.csv")


def test_a_file_without_tables_is_named_and_gives_exit_code_four(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(bytes(range(256)))
    code, said = run(people, tmp_path / "x.bin")
    assert code == 4
    assert said["unread"] == [{"file": (tmp_path / "x.bin").as_posix(), "reason": "no tables recognised"}]
    assert said["people"] == {"low": 0, "best": 0, "high": 0, "method": "no records about persons"}


def test_categories_tells_the_columns_and_masks_the_values(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(csv_text(CUSTOMERS, (customer(n) for n in range(30))))
    _, said = run(categories, tmp_path / "a.csv")
    (entry,) = said["files"]
    assert said["schema"] == "kyumei.categories/1"
    assert [c["category"] for c in entry["columns"]] == ["id.customer_no", "id.name", "id.address", "id.phone", "id.email"]
    assert entry["counts"]["id.phone"] == 30
    assert Person(0).phone not in json.dumps(said)
    assert Person(0).email not in json.dumps(said)


def test_categories_finds_hits_in_text_with_their_byte_offsets(tmp_path: Path) -> None:
    text = "ご担当者様\r\n電話：０９０－１２３４－５６７８　マイナンバー 123456789018、x@example.jp\r\n"
    raw = text.encode("cp932")
    (tmp_path / "mail.txt").write_bytes(raw)
    _, said = run(categories, tmp_path / "mail.txt")
    found = {h["category"]: raw[h["start"] : h["end"]].decode("cp932") for h in said["files"][0]["hits"]}
    assert found == {"id.phone": "０９０－１２３４－５６７８", "id.mynumber": "123456789018", "id.email": "x@example.jp"}


def test_twelve_digits_without_a_word_that_says_so_are_no_my_number(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("受付 123456789018 を確認しました。\n")
    assert run(categories, tmp_path / "t.txt")[1]["files"][0]["counts"] == {}
