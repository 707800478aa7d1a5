"""Values in documents and letters: counted as records, as bounds of people, and cited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kyumei.model.source import Source
from kyumei.scope import content
from kyumei.scope.count import count
from kyumei.scope.found import in_text
from kyumei.scope.profile import Out, profile, recognise
from kyumei.store import index, schema
from kyumei.store.query import Store
from kyumei.store.write import Part
from tests.scope.documents.make import docx

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.model.count import Count

LETTER = "氏名：架空 太郎、電話 090-1234-5678、病名：糖尿病、メール taro@mail.example、次に 090-1234-5678"
LIST = "氏名,電話番号\n" + "".join(f"架空{kanji}郎,090-1234-567{n}\n" for n, kanji in enumerate("零一二三四五六七八九"))


def stored(folder: Path, *sources: Source) -> Store:
    """Return the store of what lies in tables and texts of the sources."""
    names = ("objects/tables", "objects/columns", "objects/found", "objects/sources", "people")
    parts = {name: Part(folder / name, "all") for name in names}
    for source in sources:
        row = {"file_id": source.file_id, "evidence_id": source.evidence_id, "path": source.path}
        parts["objects/sources"].add_rows(schema.SOURCES, [row])
        extractor, _ = recognise(source)
        if extractor is not None:
            tables = lambda row: parts["objects/tables"].add_rows(schema.TABLES, [row])  # noqa: E731
            columns = lambda rows: parts["objects/columns"].add_rows(schema.COLUMNS_OF_TABLES, rows)  # noqa: E731
            profile(source, extractor, Out(tables, columns, parts["people"].add))
            continue
        said = content.read(source, lambda rows: parts["objects/found"].add_rows(schema.FOUND, rows))
        parts["objects/tables"].add_rows(schema.TABLES, [said.table_row(source)])
        parts["objects/columns"].add_rows(schema.COLUMNS_OF_TABLES, said.column_rows(source))
    for part in parts.values():
        part.close()
    index.build(folder)
    return Store.open(folder)


def counted(store: Store) -> tuple[Count, Count]:
    return count(store, [t for (t,) in store.rows("select table_id from tables where personal")])


def test_a_letter_gives_records_and_bounds_of_people(tmp_path: Path) -> None:
    records, people = counted(stored(tmp_path, Source.memory(docx(LETTER), "letter.docx")))
    assert records.best == 5  # name, two times the telephone, illness, mail address
    assert (people.low, people.best, people.high) == (1, 1, 3)
    assert "free text" in people.method


def test_who_is_in_the_table_is_not_counted_again_for_a_letter(tmp_path: Path) -> None:
    text = "氏名：架空一郎、電話 090-1234-5671、メール x@mail.example"
    listed, letter = Source.memory(LIST.encode(), "list.csv"), Source.memory(docx(text), "letter.docx")
    records, people = counted(stored(tmp_path, listed, letter))
    assert (records.low, records.best) == (13, 13)
    assert (people.low, people.best, people.high) == (10, 11, 11)  # nobody can know whose mail address it is


def test_each_place_can_be_opened(tmp_path: Path) -> None:
    store = stored(tmp_path, Source.memory(docx(LETTER), "letter.docx"))
    found = {f["category"]: f for f in in_text(store, [t for (t,) in store.rows("select table_id from tables")])}
    assert found["id.phone"]["hits"] == 2
    assert found["id.phone"]["values"] == 1
    (place,) = found["id.phone"]["citations"]
    assert place["part"] == "word/document.xml"
    assert LETTER.encode()[place["offset"] :].startswith(b"090-1234-5678")
    assert "1234-5678" not in str(found)


def test_the_author_of_a_document_is_nobody_whose_data_it_holds() -> None:
    words = 'xmlns:c="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:d="http://purl.org/dc/elements/1.1/"'
    core = (
        f"<c:coreProperties {words}><d:creator>氏名：架空 太郎 090-1234-5678 taro@mail.example</d:creator></c:coreProperties>"
    )
    letter = docx("本日の議題", {"docProps/core.xml": core})
    assert content.read(Source.memory(letter, "minutes.docx")).by_category()
    assert not content.read(Source.memory(letter, "minutes.docx")).personal


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("担当 佐藤花子様 03-3211-1234", False),  # a letterhead
        ("マイナンバー：1234 5678 9018", True),
        (LETTER, True),
        ("本日の議題", False),
    ],
)
def test_a_document_is_about_persons_by_three_values_or_a_strong_one(text: str, *, personal: bool) -> None:
    assert content.read(Source.memory(docx(text), "x.docx")).personal is personal


def test_long_texts_give_their_values_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kyumei.scope.found.HELD", 3)
    text = "、".join(f"電話 090-1234-56{n:02d}" for n in (1, 2, 3, 4, 5, 1, 2, 3))
    records, people = counted(stored(tmp_path, Source.memory(docx(text), "letter.docx")))
    assert records.best == 8
    assert people.best == 5
