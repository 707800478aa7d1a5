from __future__ import annotations

import copy
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

import docx as word_library
import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

from kyumei.reports.document import Sentence, Table
from kyumei.reports.figures import People, Records
from kyumei.reports.registry import REPORTS
from kyumei.reports.render.json_ import as_json
from kyumei.reports.render.pdf import pdf
from kyumei.reports.render.safe import BREAK, breakable, printable
from kyumei.reports.render.sheets import xlsx
from kyumei.reports.render.text import text
from kyumei.reports.render.word import docx
from kyumei.reports.words.lookup import LANGS
from tests.reports.matters import NAMES, SAMPLES, documents, entered, matter

if TYPE_CHECKING:
    from collections.abc import Callable

    from kyumei.reports.document import Document
    from kyumei.reports.matter import Matter
    from kyumei.reports.words.lookup import Lang

    Render = Callable[[Document, Matter], bytes]

EVERY = pytest.mark.parametrize("name", NAMES)
BOTH = pytest.mark.parametrize("lang", LANGS)
EACH = pytest.mark.parametrize("sample", SAMPLES)
RENDERERS: dict[str, Render] = {"pdf": pdf, "docx": docx, "xlsx": xlsx, "txt": text, "json": as_json}
EVIL = (
    "=cmd|' /C calc'!A0 #read(\"/etc/passwd\") *b* $x$ <script>alert(1)</script> {0}"
    " \x00\x1b[31m\u202eexe.txt\ud800 髙﨑𠮷辻\U000e0100 \U0001f600"
)
SHOWN = (
    "=cmd|' /C calc'!A0",
    '#read("/etc/passwd")',
    "*b* $x$",
    "<script>alert(1)</script>",
    "\\x1b[31m\\u202eexe.txt",
    "髙﨑𠮷辻",
)


def read(data: bytes, form: str) -> str:
    """Return the text of a file as its reader would see it."""
    if form == "pdf":
        return " ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data))
    if form == "docx":
        book = word_library.Document(io.BytesIO(data))
        cells = [c.text for t in book.tables for row in t.rows for c in row.cells]
        return "\n".join([*(p.text for p in book.paragraphs), *cells])
    if form == "xlsx":
        sheets = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return "\n".join(str(c) for n in sheets.sheet_names for row in sheets.get_sheet_by_name(n).to_python() for c in row)
    return data.decode()


@EVERY
@BOTH
@EACH
def test_every_sentence_rests_on_something_or_says_that_it_is_assumed(name: str, lang: Lang, sample: str) -> None:
    m = matter(sample, lang, entries=entered())
    for document in documents(name, m):
        told = text(document, m).decode()
        marked = "(推定)" if lang == "ja" else "(assumed)"
        assumed = [s for s in document.sentences() if s.assumed]
        assert told.count(marked) >= len(assumed)
        assert all(table.basis for s in document.sections for table in s.blocks if isinstance(table, Table) and table.rows)


@EVERY
@pytest.mark.parametrize(("sample", "lang"), [("missent", "en"), ("viewable", "ja")])
@pytest.mark.parametrize("form", RENDERERS)
def test_the_same_case_gives_the_same_bytes(name: str, lang: Lang, sample: str, form: str) -> None:
    for document in documents(name, matter(sample, lang))[:1]:
        assert RENDERERS[form](document, matter(sample, lang)) == RENDERERS[form](document, matter(sample, lang))


@EVERY
@pytest.mark.parametrize("form", RENDERERS)
def test_what_is_written_in_evidence_arrives_as_text_in_every_format(name: str, form: str) -> None:
    m = matter("missent", "ja", poisoned(), dict.fromkeys(entered(), EVIL))
    for document in documents(name, m)[:1]:
        seen = read(RENDERERS[form](document, m), form)
        assert "\x1b" not in seen
        assert "\u202e" not in seen
        if form == "json":
            continue
        flat = re.sub(r"\s", "", seen)
        if "=cmd" in flat:
            assert [s for s in SHOWN if re.sub(r"\s", "", s) not in flat] == []
        assert "root:x:" not in flat


def poisoned() -> dict[str, Any]:
    diagnosis = copy.deepcopy(SAMPLES["missent"]())
    diagnosis["case"]["name"] = EVIL
    diagnosis["hypotheses"][0]["actors"][0]["account"] = EVIL
    diagnosis["hypotheses"][0]["destinations"] = [EVIL, *diagnosis["hypotheses"][0]["destinations"]]
    diagnosis["hypotheses"][0]["supports"][0]["text"] = {"ja": EVIL, "en": EVIL}
    diagnosis["holdings"][0]["party"] = diagnosis["holdings"][0]["dataset"] = EVIL
    for finding in diagnosis["findings"]:
        finding["title"] = {"ja": EVIL, "en": EVIL}
        finding["citations"][0]["path"] = EVIL
    return diagnosis


def test_a_formula_in_evidence_is_a_string_cell() -> None:
    m = matter("missent", "ja", poisoned(), dict.fromkeys(entered(), EVIL))
    packed = zipfile.ZipFile(io.BytesIO(xlsx(documents("ppc_preliminary", m)[0], m)))
    sheets = [packed.read(n).decode() for n in packed.namelist() if n.startswith("xl/worksheets/")]
    assert sheets
    assert not [s for s in sheets if "<f>" in s or "<hyperlink" in s]


@EVERY
@pytest.mark.parametrize(("sample", "lang"), [("missent", "ja"), ("viewable", "en"), ("nothing", "ja")])
def test_the_pdf_is_a4_archival_and_carries_its_own_fonts(name: str, lang: Lang, sample: str) -> None:
    m = matter(sample, lang)
    for document in documents(name, m)[:1]:
        data = pdf(document, m)
        assert b"KyumeiSansJP" in data or b"Kyumei" in data
        assert b"<pdfaid:part>2</pdfaid:part>" in data
        for page in pypdfium2.PdfDocument(data):
            assert [round(x) for x in page.get_size()] == ([842, 595] if document.slides else [595, 842])


def test_a_letter_that_the_fonts_lack_is_written_as_its_code() -> None:
    assert printable("髙﨑𠮷辻\U000e0100㈱ｱ") == "髙﨑𠮷辻\U000e0100㈱ｱ"
    assert printable("a\U0001f600한") == "a〔U+1F600〕〔U+D55C〕"


def test_long_words_may_be_broken_and_nothing_is_lost() -> None:
    word = "mail/sent/" + "a" * 60 + "_x.eml"
    assert BREAK in breakable(word)
    assert breakable(word).replace(BREAK, "") == word


def test_people_and_records_cannot_be_mixed() -> None:
    numbers: list[object] = [People.exact(5), Records.exact(5)]
    assert numbers[0] != numbers[1]
    assert Records.exact(5) + Records.exact(6) == Records.exact(11)
    with pytest.raises(TypeError):
        Records.exact(5) + People.exact(6)  # type: ignore[operator]  # that it is refused is the point
    with pytest.raises(TypeError):
        People.exact(5) + People.exact(6)  # type: ignore[operator]  # people overlap
    with pytest.raises(ValueError, match="out of order"):
        People(3, 2, 5)


def test_a_sentence_without_a_basis_is_assumed_unless_it_claims_nothing() -> None:
    assert Sentence("x", "confirmed").assumed
    assert not Sentence("x", "confirmed", ("finding:F-1",)).assumed
    assert not Sentence("x", "formula").assumed


@EVERY
@BOTH
def test_every_report_states_what_it_is(name: str, lang: Lang) -> None:
    report = REPORTS.get(name)
    assert report.title[lang]
    assert report.about.endswith(".")
    assert report.formats


@EACH
@BOTH
def test_the_first_diagnosis_is_one_page(sample: str, lang: Lang) -> None:
    m = matter(sample, lang)
    assert len(pypdfium2.PdfDocument(pdf(documents("first_diagnosis", m)[0], m))) == 1


@BOTH
def test_each_of_51_clients_gets_its_own_numbers_and_no_others(lang: Lang) -> None:
    m = matter("viewable", lang)
    letters = documents("client_notice", m)
    assert len(letters) == 51
    own = {h["party"]: h for h in m.listed("holdings") if h["role"] == "entrusted"}
    for letter in letters:
        told = text(letter, m).decode()
        party = dict(letter.merge)["委託元" if lang == "ja" else "Client"]
        assert f"{own[party]['people']['best']:,}" in told
        assert [other for other in own if other != party and other in told] == []


UNITS = {
    "ja": {"people": r"([0-9][0-9,]*)人", "records": r"([0-9][0-9,]*)件"},
    "en": {"people": r"([0-9][0-9,]*) people", "records": r"([0-9][0-9,]*) records"},
}


@BOTH
@EACH
def test_every_number_of_people_or_records_is_a_figure_of_the_diagnosis_in_its_own_unit(lang: Lang, sample: str) -> None:
    m = matter(sample, lang)
    known = {
        unit: {
            f"{n:,}" for f in m.figures.values() if f.number.unit == unit for n in (f.number.low, f.number.best, f.number.high)
        }
        for unit in ("people", "records")
    }
    for name in NAMES:
        for document in documents(name, m)[:3]:
            told = [s.text for s in document.sentences() if any(b.startswith("figure:") for b in s.basis)]
            tables = [b for s in document.sections for b in s.blocks if isinstance(b, Table)]
            told += [cell for t in tables if any(b.startswith("figure:") for b in t.basis) for row in t.rows for cell in row]
            for unit, pattern in UNITS[lang].items():
                said = {n for text_ in told for n in re.findall(pattern, text_)}
                assert said <= known[unit], (name, unit, said - known[unit])


@BOTH
def test_a_document_of_51_clients_runs_over_no_edge(lang: Lang) -> None:
    m = matter("viewable", lang)
    data = pdf(documents("forensic_report", m)[0], m)
    pages = pypdfium2.PdfDocument(data)
    told = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    flat = re.sub(r"\s", "", told)
    assert [h["party"] for h in m.listed("holdings") if re.sub(r"\s", "", h["party"]) not in flat] == []
    for page in pages:
        assert outside(page) == []


def outside(page: Any) -> list[tuple[float, ...]]:
    """Return the boxes of text that reach into the margins of a page."""
    read_page = page.get_textpage()
    boxes = [read_page.get_rect(n) for n in range(read_page.count_rects())]
    return [
        box for box in boxes if box[0] < 40 or box[2] > page.get_width() - 40 or box[1] < 15 or box[3] > page.get_height() - 15
    ]


@pytest.mark.parametrize("key", sorted(set(SAMPLES["missent"]()) - {"schema"}))
@pytest.mark.parametrize("gone", [True, False])
def test_whatever_is_missing_from_a_diagnosis_is_a_blank_and_no_crash(key: str, gone: bool) -> None:  # noqa: FBT001  # a case
    diagnosis = SAMPLES["missent"]()
    diagnosis[key] = None
    if gone:
        del diagnosis[key]
    m = matter("missent", "ja", diagnosis)
    for name in NAMES:
        for document in documents(name, m):
            assert text(document, m)


@EVERY
@BOTH
def test_nothing_runs_over_the_edge_of_a_page(name: str, lang: Lang) -> None:
    diagnosis = SAMPLES["viewable"]()
    long = "a" * 150 + "/" + "b" * 150 + ".csv"
    diagnosis["case"]["name"] = diagnosis["holdings"][0]["dataset"] = diagnosis["holdings"][0]["party"] = long
    diagnosis["hypotheses"][0]["source"] = {"hosts": [long], "objects": [long]}
    for finding in diagnosis["findings"]:
        finding["title"] = {"ja": long, "en": long}
        finding["citations"][0]["path"] = long
    m = matter("viewable", lang, diagnosis, dict.fromkeys(entered(), long))
    for document in documents(name, m)[:1]:
        for page in pypdfium2.PdfDocument(pdf(document, m)):
            read_page = page.get_textpage()
            boxes = [read_page.get_rect(n) for n in range(read_page.count_rects())]
            assert boxes
            assert max(right for _, _, right, _ in boxes) <= page.get_width() - 30
            assert min(bottom for _, bottom, _, _ in boxes) >= 15


def test_a_row_of_a_workbook_is_as_high_as_its_text() -> None:
    m = matter("viewable", "ja")
    packed = zipfile.ZipFile(io.BytesIO(xlsx(documents("contact_centre", m)[0], m)))
    heights = [float(h) for h in re.findall(r' ht="([\d.]+)"', packed.read("xl/worksheets/sheet1.xml").decode())]
    assert max(heights) > 2 * min(heights)


def test_tables_of_a_word_file_fill_the_page_and_repeat_their_heads() -> None:
    m = matter("viewable", "ja")
    for name in ("board_report", "training_course"):
        book = word_library.Document(io.BytesIO(docx(documents(name, m)[0], m)))
        page: Any = book.sections[0]
        room = page.page_width - page.left_margin - page.right_margin
        for table in book.tables:
            assert abs(sum(column.width for column in table.columns) - room) < room / 100
            assert "w:tblHeader" in table.rows[0]._tr.xml


def test_only_people_with_a_mail_address_are_asked_to_delete() -> None:
    diagnosis = SAMPLES["missent"]()
    diagnosis["hypotheses"][0]["destinations"] = ["taro@example.jp", "192.0.2.7", "USB drive"]
    said = documents("deletion_request", matter("missent", "ja", diagnosis))
    assert [document.key for document in said] == ["001 taro@example.jp"]
