"""Names as attackers write them arrive as text in every file that leaves a case: ICS, HTML, CSV, XLSX, letters, JSON too."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from icalendar import Calendar
from python_calamine import CalamineWorkbook

from kyumei.duties.calendar_file import ics
from kyumei.reports.documents.person_notice import notice
from kyumei.reports.first_diagnosis import html
from kyumei.reports.render import letters
from kyumei.reports.render.json_ import as_json
from kyumei.reports.render.sheets import listed
from kyumei.reports.render.word import docx
from tests.reports import samples
from tests.reports.matters import documents, entered, matter
from tests.reports.test_documents import poisoned

if TYPE_CHECKING:
    from pathlib import Path

NAMES = (
    "=cmd|' /C calc'!A0",
    '#read("/etc/passwd")',
    "<script>alert(1)</script>",
    "@SUM(1+1)*cmd",
    "-2+3",
    "+81 3 0000",
    "a\x1b[31mred\x07",
    "evil\u202egpj.exe",
    "x\u200b\u2066y\r\nBEGIN:VEVENT",
    "{{ 7*7 }} {% x %} ${jndi:ldap://x}",
    "髙﨑𠮷辻\U000e0100",
)
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
EACH = pytest.mark.parametrize("name", NAMES)


def shown(name: str) -> str:
    """Return a name as files show it: what is unseen or obeyed is written as a code."""
    return HIDDEN.sub(
        lambda c: f"\\x{ord(c[0]):02x}" if ord(c[0]) < 256 else f"\\u{ord(c[0]):04x}", name.replace("\n", "\\x0a")
    )


def duties_of(name: str) -> list[dict[str, Any]]:
    due = samples.deadline("速報", "2024-06-11", "数え方", "counted", kind="guideline")
    of = samples.duty("jp.appi.ppc.prelim", "速報", "Preliminary", deadlines=[due], party=name, dataset=name, role="controller")
    return [of | {"law": "法", "aware_reason": ""}]


@EACH
def test_a_calendar_holds_the_name_in_one_property_and_no_second_event(name: str) -> None:
    data = ics(duties_of(name), "ja", datetime(2024, 6, 8, tzinfo=UTC))
    events = list(Calendar.from_ical(data).walk("VEVENT"))
    assert len(events) == 1
    assert shown(name) in str(events[0]["description"])
    assert not HIDDEN.search(data.decode().replace("\r\n", "\n"))


@EACH
def test_a_page_has_the_name_as_text_and_no_new_element(name: str) -> None:
    diagnosis = samples.missent()
    plain = html(samples.missent(), "ja")
    diagnosis["holdings"][0]["party"] = name
    page = html(diagnosis, "ja")
    assert page.count("<script") == plain.count("<script")
    assert not HIDDEN.search(page)


@EACH
def test_a_workbook_of_persons_has_the_name_as_a_string(name: str, tmp_path: Path) -> None:
    (path,) = listed(tmp_path / "list.xlsx", ["氏名"], [(name,)])
    assert CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1] == [shown(name)]
    assert b"<f>" not in zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")


@EACH
def test_a_letter_for_the_printer_has_the_name_as_text(name: str, tmp_path: Path) -> None:
    m = matter("missent", "ja", entries=entered())
    (job,) = letters.bundles(notice(m, "letter", to="«氏名»"), m, [("東京都", f"{name} 様")], tmp_path)
    page = " ".join(p.get_textpage().get_text_bounded() for p in pypdfium2.PdfDocument(letters.write(job)))
    assert re.sub(r"\s", "", shown(name)) in re.sub(r"\s", "", page)
    assert "root:x:" not in page


def test_json_keeps_every_string_whole_and_escapes_what_is_unseen() -> None:
    m = matter("missent", "ja", poisoned(), entered())
    for name in ("ppc_final", "affected_list", "client_notice"):
        for document in documents(name, m):
            data = as_json(document, m).decode()
            assert json.loads(data)["schema"]
            assert not HIDDEN.search(data.replace("\n", ""))


def test_a_word_file_has_no_field_link_or_macro_from_a_name() -> None:
    m = matter("missent", "ja", poisoned(), dict.fromkeys(entered(), NAMES[0] + NAMES[2]))
    for name in ("public_notice", "ppc_final"):
        packed = zipfile.ZipFile(io.BytesIO(docx(documents(name, m)[0], m)))
        body = packed.read("word/document.xml").decode()
        assert "w:instrText" not in body
        assert "w:hyperlink" not in body
        assert not [n for n in packed.namelist() if "vba" in n.lower()]


def test_the_merge_data_of_clients_is_read_back_as_it_was(tmp_path: Path) -> None:
    (path,) = listed(tmp_path / "merge.xlsx", ["委託元"], [(name,) for name in NAMES])
    rows = [row[0] for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1:]]
    assert rows == [shown(name) for name in NAMES]
