"""Whose data went out by mail, and whose addresses were shown."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest

from kyumei.scope.lineage.events import Wanted
from kyumei.scope.lineage.files.mailed import disclosed
from kyumei.scope.lineage.files.trace import traced
from tests.scope.lineage.files.house import House, rows

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.scope.lineage.files.trace import Files

INSIDE = ("house.example",)
SENT = "Wed, 14 May 2025 10:12:00 +0900"


def message(to: list[str], *attached: tuple[str, bytes]) -> bytes:
    mail = EmailMessage()
    mail["From"] = "office@house.example"
    mail["To"] = ", ".join(to)
    mail["Subject"] = "資料の送付"
    mail["Date"] = SENT
    mail["Message-ID"] = "<one@house.example>"
    mail.set_content("資料をお送りします。\n")
    for name, data in attached:
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def mailed(house: House) -> Files:
    store = house.store()
    try:
        return traced(store, Wanted(), "Asia/Tokyo", INSIDE)
    finally:
        store.close()


def zipped(name: str, data: bytes, *, locked: bool = False) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, data)
    found = bytearray(target.getvalue())
    if locked:
        found[found.index(b"PK\x01\x02") + 8] |= 1
        found[6] |= 1
    return bytes(found)


@pytest.mark.parametrize("form", ["plain", "zip", "locked"])
def test_a_wrong_attachment_takes_the_people_in_it(tmp_path: Path, form: str) -> None:
    house = House(tmp_path)
    data = rows(range(50, 125)).encode()
    house.put("fs01/data/list.csv", data, "2025-01-10T09:00:00")
    house.put("fs01/data/z.csv", rows(range(300, 400)), "2025-01-11T12:00:00")
    file = ("list.csv", data) if form == "plain" else ("list.zip", zipped("list.csv", data, locked=form == "locked"))
    house.put("mail/sent/1.eml", message(["a@one.example", "b@two.example", "c@three.example"], file), "2025-05-14T10:12:00")
    found = mailed(house)
    assert (found.people["taken"].best, found.people["taken"].is_exact) == (75, True)
    assert found.touched[0].group["dst"] == "a@one.example; b@two.example; c@three.example"


def test_an_attachment_that_stayed_inside_is_read_and_not_taken(tmp_path: Path) -> None:
    house = House(tmp_path)
    mail = message(["other@house.example"], ("list.csv", rows(range(50, 125)).encode()))
    house.put("mail/sent/1.eml", mail, "2025-05-14T10:12:00")
    found = mailed(house)
    assert (found.people["taken"].high, found.people["accessed"].best) == (0, 75)


def test_a_hundred_and_twenty_addresses_in_to_are_a_hundred_and_twenty_people(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.put("fs01/data/list.csv", rows(range(1000, 1030)), "2025-01-10T09:00:00")
    known = [f"member{n}@example.jp" for n in range(1010, 1030)]
    others = [f"guest{n}@mail{n % 7}.example" for n in range(100)]
    house.put("mail/sent/1.eml", message([*others, *known, "boss@house.example"]), "2025-05-14T10:12:00")
    store = house.store()
    try:
        (one,) = disclosed(store, INSIDE)
    finally:
        store.close()
    assert len(one.addresses) == 120
    assert (sum(map(len, one.rows.values())), len(one.others), one.recipients) == (20, 100, 121)
