from __future__ import annotations

import email
import gzip
import io
import json
import re
from email import policy
from typing import TYPE_CHECKING, Any

import pytest
from python_calamine import CalamineWorkbook

from kyumei.replay.catalogue import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sophia")
    write("sophia-2024", out, seed=1)
    return out


def truth(out: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((out / "truth.json").read_text("utf-8"))
    return loaded


def mails(out: Path) -> Iterator[tuple[str, EmailMessage]]:
    for path in sorted((out / "evidence/mail").rglob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        yield path.relative_to(out / "evidence").as_posix(), message


def rows(data: bytes, sheet: str) -> list[list[Any]]:
    found: list[list[Any]] = (
        CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    )
    return found


def students(data: bytes, sheet: dict[str, Any]) -> set[str]:
    table = rows(data, sheet["name"])
    heads = [str(cell) for cell in table[sheet["heading_row"]]]
    assert heads == sheet["columns"]
    place = next(
        n for n, head in enumerate(heads) if re.search("学籍番号|学生番号|学籍No|Student ID|Student No|ID Number", head)
    )
    numbers = [row[place] for row in table[sheet["heading_row"] + 1 :][: sheet["records"]]]
    assert len(set(map(str, numbers))) == len(numbers)
    return {str(number) for number in numbers}


def log_text(out: Path) -> str:
    parts = sorted((out / "evidence/mailserver/var/log").iterdir())
    return "".join((gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes()).decode() for p in parts)


def check_workbook(out: Path) -> None:
    known = truth(out)
    sent = (out / "evidence" / known["message"]["sent_copy"]).read_bytes()
    message = email.message_from_bytes(sent, policy=policy.default)
    attached = [part for part in message.walk() if part.get_filename()]
    assert [part.get_filename() for part in attached] == [known["attachment"]["name"]]
    data = attached[0].get_payload(decode=True)
    assert isinstance(data, bytes)
    assert data == (out / "evidence" / known["attachment"]["share_path"]).read_bytes()
    small, master = sorted((s for s in known["attachment"]["sheets"] if s["records"]), key=lambda s: not s["intended"])
    everyone = students(data, master)
    assert len(everyone) == known["people"]["best"] == known["holdings"][0]["people"]
    assert students(data, small) <= everyone


def test_the_published_number_of_students_is_in_the_forgotten_sheet(full: Path) -> None:
    check_workbook(full)
    assert truth(full)["people"]["best"] == 13_949


def test_the_days_are_those_that_were_published(full: Path) -> None:
    known = truth(full)
    due = {row["id"]: row.get("due") for row in known["obligations"]}
    assert known["message"]["date"].startswith("2024-05-16T")
    assert (full / "aware.txt").read_text("utf-8").startswith("2024-06-07T")
    assert due == {"jp.appi.ppc.prelim": "2024-06-11", "jp.appi.ppc.final": "2024-07-08", "jp.appi.person": None}


def test_every_mail_parses_without_defect_and_stands_in_the_log(full: Path) -> None:
    log = log_text(full)
    for path, message in mails(full):
        assert [part.defects for part in message.walk() if part.defects] == [], path
        assert message["Date"].datetime.tzinfo is not None
        if message["Date"].datetime.isoformat() > "2024-04-15":
            assert f"message-id={message['Message-ID']}" in log, path
            assert all(address.addr_spec in log for address in message["To"].addresses), path


def test_the_log_shows_the_mistake_delivered_to_all_three(full: Path) -> None:
    known, log = truth(full), log_text(full)
    queue = known["message"]["queue_id"]
    for recipient in known["recipients"]:
        assert re.search(rf"{queue}: to=<{re.escape(recipient['mail'])}>, relay=.*status=sent \(250", log)
    assert re.search(rf"{queue}: removed", log)


def test_queue_ids_are_not_used_twice(full: Path) -> None:
    found = re.findall(r"cleanup\[\d+\]: (\w+): message-id", log_text(full))
    assert len(found) == len(set(found)) > 1000


def test_log_lines_are_in_order_within_each_part_and_end_at_the_modification_time(full: Path) -> None:
    months = {"Apr": 4, "May": 5, "Jun": 6}
    for part in sorted((full / "evidence/mailserver/var/log").iterdir()):
        text = gzip.decompress(part.read_bytes()).decode() if part.suffix == ".gz" else part.read_text("utf-8")
        times = [(months[line[:3]], int(line[4:6]), line[7:15]) for line in text.splitlines()]
        assert times == sorted(times)


@pytest.mark.parametrize("seed", range(12))
def test_any_seed_keeps_the_facts(seed: int, tmp_path: Path) -> None:
    write("sophia-2024", tmp_path, seed=seed, scale=0.01)
    check_workbook(tmp_path)
    known = truth(tmp_path)
    assert known["people"]["best"] == 139
    assert len({r["domain"] for r in known["recipients"]}) == len({r["country"] for r in known["recipients"]}) == 3
    confirmed = {r["mail"] for r in known["recipients"] if r["deletion_confirmed"]}
    assert confirmed == deletions_in_mail(tmp_path, [r["mail"] for r in known["recipients"]])
    assert {row["verdict"] for row in known["obligations"]} == {"does_not"}


def deletions_in_mail(out: Path, recipients: list[str]) -> set[str]:
    found = set()
    for path, message in mails(out):
        sender = message["From"].addresses[0].addr_spec
        if path.startswith("mail/received") and sender in recipients and "eleted" in message.get_content():
            found.add(sender)
    return found
