"""A report counts what its duty is about, and a notice tells what its reader's data were."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from kyumei.reports import view
from kyumei.reports.document import Field, Table, Text
from kyumei.reports.matter import Phrases
from kyumei.reports.narrowed import BOUNDS, concerned, own
from kyumei.reports.parts import duties, holdings, letterhead
from kyumei.reports.registry import REPORTS
from kyumei.reports.render.text import text
from kyumei.reports.words.lookup import LANGS, Words
from tests.reports import samples
from tests.reports.matters import documents, matter

if TYPE_CHECKING:
    from kyumei.reports.matter import Matter
    from kyumei.reports.words.lookup import Lang

ROLES = {"own": "controller", "entrusted": "processor"}


def freed(*, clients_told: bool, second_own: bool = False) -> dict[str, Any]:
    """Return a processor's case in which the report is due for its own data, and for the clients' until they are told."""
    diagnosis = samples.viewable()
    if second_own:
        first = next(h for h in diagnosis["holdings"] if h["role"] == "own")
        diagnosis["holdings"].append({**first, "dataset": "another", "people": samples.count(50, 40, 60, "x")})
    kept = [o for o in diagnosis["obligations"] if o["id"] != "jp.appi.ppc.final"]
    for h in diagnosis["holdings"]:
        verdict = "does_not" if h["role"] == "entrusted" and clients_told else "applies"
        of = {"party": h["party"], "dataset": h["dataset"], "role": ROLES[h["role"]]}
        kept.append(samples.duty("jp.appi.ppc.final", "確報", "Final report", verdict, **of))
    return diagnosis | {"obligations": kept}


def fields(of: Matter, name: str = "ppc_final") -> dict[str, Field]:
    (document,) = documents(name, of)
    return {b.key: b for s in document.sections for b in s.blocks if isinstance(b, Field)}


@pytest.mark.parametrize("lang", LANGS)
def test_a_processor_that_told_all_clients_reports_its_own_people_only(lang: Lang) -> None:
    before = matter("viewable", lang, freed(clients_told=False))
    after = matter("viewable", lang, freed(clients_told=True))
    (place,) = [n for n, h in enumerate(after.listed("holdings")) if h["role"] == "own"]
    mine = after.figures[f"people:{place}"].number.said(Words(lang))
    assert fields(before)["people"].answer[0].text == before.figures["people"].number.said(Words(lang))
    assert fields(after)["people"].answer[0].text == mine
    assert "51" in fields(after)["parties"].answer[0].text
    narrowed = concerned(after, "jp.appi.ppc.final")
    assert narrowed.figures["people"].pointer == f"/holdings/{place}/people"
    assert narrowed.figures["people:0"].pointer == f"/holdings/{place}/people"


def test_people_of_several_data_sets_have_bounds_and_are_not_added() -> None:
    m = matter("viewable", "ja", freed(clients_told=True, second_own=True))
    counts = [h["people"] for h in m.listed("holdings") if h["role"] == "own"]
    found = concerned(m, "jp.appi.ppc.final").figures["people"]
    assert found.method == BOUNDS
    assert found.number.low == max(c["low"] for c in counts)
    assert found.number.high == sum(c["high"] for c in counts)


def test_a_duty_that_spares_everything_leaves_the_case_whole() -> None:
    m = matter("missent", "ja")
    assert concerned(m, "jp.appi.ppc.final") is m
    assert concerned(m, "no.such.rule") is m


def test_the_notice_to_persons_names_the_kinds_of_the_own_data_only() -> None:
    diagnosis = samples.viewable()
    for n, h in enumerate(diagnosis["holdings"]):
        h["tables"] = [f"T-{n}"]
    m = matter("viewable", "ja", diagnosis)
    told = text(documents("person_notice", m)[0], m).decode()
    listed = [(h["role"], c["id"]) for h in m.listed("holdings") for c in h["categories"] if c["status"] != "ruled_out"]
    mine = {c for role, c in listed if role == "own"}
    others = {c for _, c in listed} - mine
    assert others
    items = told.split("個人データの項目")[1].split("■")[0]
    assert [c for c in mine if m.category(c) not in items] == []
    assert [c for c in others if m.category(c) in items] == []


def test_data_that_lies_in_no_table_does_not_turn_a_notice_into_one_to_everybody() -> None:
    diagnosis = samples.viewable()
    for h in diagnosis["holdings"]:
        h["tables"] = [] if h["role"] == "own" else ["T-1"]
    m = matter("viewable", "ja", diagnosis)
    assert own(m) is m


def test_a_board_reads_the_largest_data_sets_and_what_is_left_as_records() -> None:
    m = matter("viewable", "ja")
    rows = holdings(m, most=10).rows
    everything = holdings(m).rows
    assert len(rows) == 11
    assert len(everything) == len(m.listed("holdings"))
    left = sorted(m.listed("holdings"), key=lambda h: -h["people"]["best"])[10:]
    assert rows[-1][3] == f"{sum(h['records']['best'] for h in left):,}件"
    assert rows[-1][2] == ""


@pytest.mark.parametrize("lang", LANGS)
def test_a_duty_without_a_deadline_is_not_said_to_be_due_at_once(lang: Lang) -> None:
    diagnosis = samples.missent()
    diagnosis["obligations"] = [samples.duty("jp.tse", "適時開示", "Disclosure", deadlines=[], party="A", dataset="")]
    m = matter("missent", lang, diagnosis)
    assert duties(m).rows[0][0] == Words(lang)("no_due")
    diagnosis["obligations"][0]["deadlines"] = [samples.deadline("", "", "", "", kind="asap")]
    assert duties(matter("missent", lang, diagnosis)).rows[0][0] == Words(lang)("asap_note")


def test_a_foreign_duty_is_told_with_its_law() -> None:
    words = Words("ja")
    title = samples.both("情報主体への通知", "Notice to data subjects")
    assert view.titled({"id": "kr.pipa.person", "law": "韓国個人情報保護法", "title": title}, words).startswith(
        "韓国個人情報保護法: "
    )
    assert view.titled({"id": "jp.appi.person", "law": "個人情報保護法", "title": title}, words) == "情報主体への通知"


def test_an_organisation_is_addressed_as_one() -> None:
    m = matter("viewable", "ja")
    assert letterhead(m, ("上坂町水道課",), recipient=False)[1] == ("left", "上坂町水道課 御中")
    assert letterhead(m, ("山田花子",))[1] == ("left", "山田花子 様")


@pytest.mark.parametrize("lang", LANGS)
def test_a_table_without_rows_is_not_printed(lang: Lang) -> None:
    m = matter("nothing", lang)
    told = text(documents("board_report", m)[0], m).decode()
    head = "\t".join((Phrases("parts", lang)("time"), Phrases("parts", lang)("event")))
    assert head not in told
    assert Phrases("parts", lang)("no_answers") in told


def test_what_was_entered_only_to_be_printed_is_no_fact_for_the_board() -> None:
    diagnosis = samples.missent()
    given = {"at": "2024-06-09T10:00:00+09:00", "who": "A", "status": "confirmed", "party": "", "dataset": "", "note": ""}
    diagnosis["facts"] = {
        "answers": [
            {**given, "fact": "contact.phone", "value": "03-1", "label": "電話", "shown": "03-1"},
            {**given, "fact": "org.sectors", "value": ["pmark"], "label": "業種", "shown": "Pマーク"},
        ]
    }
    m = matter("missent", "ja", json.loads(json.dumps(diagnosis)))
    told = text(documents("board_report", m)[0], m).decode()
    assert "Pマーク" in told
    assert "03-1" not in told


def test_english_names_kinds_of_data_within_a_sentence_without_capitals() -> None:
    m = matter("missent", "en")
    assert m.kinds(["id.name", "id.dob", "id.mynumber"]) == "name; date of birth; My Number"
    assert matter("missent", "ja").kinds(["id.name", "id.dob"]) == "氏名、生年月日"


def test_an_entry_for_one_language_stands_in_its_documents_only() -> None:
    entries = {"discovery.story": "職員が気づいた", "discovery.story.en": "A clerk noticed."}
    japanese, english = (matter("missent", lang, entries=entries) for lang in LANGS)
    assert japanese.stated("discovery.story").text == "職員が気づいた"
    assert english.stated("discovery.story").text == "A clerk noticed."
    assert english.stated("discovery.story").basis == ("entry:discovery.story.en",)


@pytest.mark.parametrize(("said", "wanted"), [(True, True), (False, False), (None, False)])
def test_the_form_for_ddos_is_made_where_somebody_says_that_it_was_one(said: object, *, wanted: bool) -> None:
    diagnosis = samples.missent() | {"facts": {"stated": {} if said is None else {"event.ddos": {"value": said}}}}
    m = matter("missent", "ja", diagnosis)
    assert REPORTS.get("nco_ddos").when(m) is wanted


def test_a_deadline_whose_start_is_not_known_says_so() -> None:
    diagnosis = samples.missent()
    late = samples.deadline("通知", "", "評価の日が分からない", "day of assessment not known", kind="statutory")
    diagnosis["obligations"] = [samples.duty("sg.pdpa.pdpc", "通知", "Notice", deadlines=[late], party="A", dataset="")]
    assert duties(matter("missent", "ja", diagnosis)).rows[0][0] == Words("ja")("start_unknown")


def test_the_technical_report_lists_custody_of_evidence_and_counts_the_rest_of_the_ledger() -> None:
    entry = {"at": "2024-06-10T09:00:00+09:00", "who": "A", "why": "", "facts": {}, "hash": "0" * 64}
    acts = [("evidence.acquired", "E-1"), *[("fact.stated", None), ("results.sealed", None)] * 5]
    kept = tuple({**entry, "seq": n, "act": act, "evidence": of} for n, (act, of) in enumerate(acts, 1))
    m = replace(matter("missent", "ja"), custody=kept)
    (document,) = documents("forensic_report", m)
    section = next(s for s in document.sections if s.title.startswith("3"))
    table, more = section.blocks
    assert isinstance(table, Table)
    assert [row[2] for row in table.rows] == ["証拠の取得", "結果の封印"]
    assert isinstance(more, Text)
    assert "9 行" in more.sentences[0].text


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_page_says_whose_account_by_which_way_and_where_to_and_not_whose_hand(lang: Lang) -> None:
    m = matter("missent", lang)
    told = text(documents("first_diagnosis", m)[0], m).decode()
    assert "exchange-office@univ.example.jp" in told
    assert "a@uni-a.example" in told
    assert ("操作した人物を示すものではない" if lang == "ja" else "does not tell whose hand") in told
    nothing = matter("nothing", lang)
    assert text(documents("first_diagnosis", nothing)[0], nothing)
