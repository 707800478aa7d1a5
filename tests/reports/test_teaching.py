"""The plan, the course, the quiz, the advice to persons and the script of the contact centre."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

import pytest

from kyumei.model.categories import CATEGORIES
from kyumei.reports.document import Field
from kyumei.reports.documents.training_course import CAUSES
from kyumei.reports.documents.training_quiz import QUOTA, SIZE, chosen, questions
from kyumei.reports.documents.victim_support import CONTACTS, KINDS, concerned
from kyumei.reports.lint import lint
from kyumei.reports.matter import Phrases
from kyumei.reports.render.pdf import pdf
from kyumei.reports.render.text import text
from kyumei.reports.words.lookup import LANGS
from tests.reports.matters import SAMPLES, documents, matter, planned

if TYPE_CHECKING:
    from kyumei.reports.matter import Matter
    from kyumei.reports.words.lookup import Lang

if TYPE_CHECKING:
    from kyumei.reports.words.lookup import Lang

EACH = pytest.mark.parametrize("cause", [*CAUSES, "unknown"])
BOTH = pytest.mark.parametrize("lang", LANGS)


def caused(cause: str, lang: Lang, category: str = "id.name") -> Matter:
    diagnosis = copy.deepcopy(SAMPLES["missent"]())
    diagnosis["hypotheses"][0]["cause"] = cause
    diagnosis["holdings"][0]["categories"] = [{"id": category, "status": "confirmed"}]
    return matter("missent", lang, diagnosis)


@EACH
@BOTH
def test_the_quiz_has_ten_questions_of_which_three_fit_the_cause_and_each_is_answered_once(cause: str, lang: Lang) -> None:
    m = caused(cause, lang)
    asked = chosen(m)
    assert len({q["id"] for q in asked}) == SIZE
    assert sum(q["kind"] == "cause" for q in asked) >= 2
    assert [q["id"] for q in asked] == [q["id"] for q in chosen(m)]
    sheet, solved = documents("training_quiz", m)
    ticked = [sum(chosen_ for _, chosen_ in b.options) for s in solved.sections for b in s.blocks if isinstance(b, Field)]
    assert ticked == [1] * SIZE
    blank = [any(chosen_ for _, chosen_ in b.options) for s in sheet.sections for b in s.blocks if isinstance(b, Field)]
    assert blank == [False] * SIZE
    assert all(q[lang]["why"] not in text(sheet, m).decode() for q in asked)


def test_the_right_answers_do_not_all_stand_at_the_same_place() -> None:
    _, solved = documents("training_quiz", matter("missent", "ja"))
    fields = [b for s in solved.sections for b in s.blocks if isinstance(b, Field)]
    assert len({next(n for n, (_, right) in enumerate(f.options) if right) for f in fields}) == 4


def test_every_question_has_four_different_options_in_both_languages_and_a_ground() -> None:
    assert {q["kind"] for q in questions()} == {kind for kind, _ in QUOTA}
    for question in questions():
        assert re.match(r"(law|guidance|memory|form):", question["basis"])
        for lang in LANGS:
            said = question[lang]
            assert len({said["right"], *said["wrong"]}) == 4
            assert min(len(said["ask"]), len(said["why"])) > 10


@pytest.mark.parametrize("category", CATEGORIES)
@BOTH
def test_every_kind_of_data_has_advice_and_a_question(category: str, lang: Lang) -> None:
    m = caused("error.missent", lang, category)
    groups = concerned(m)
    assert len(groups) == 1
    told = text(documents("victim_support", m)[0], m).decode()
    assert Phrases("documents/victim_support", lang)(f"{groups[0]}_risk") in told
    assert [place for place in ("188", "#9110") if place not in told] == []
    assert ("要確認" if lang == "ja" else "to be checked") in told


def test_places_to_turn_to_are_named_for_groups_that_exist() -> None:
    assert {group for of in CONTACTS.values() for group in of} <= set(KINDS)
    assert sorted(c for of in KINDS.values() for c in of) == sorted(CATEGORIES)


@EACH
@BOTH
def test_the_course_teaches_the_cause_and_names_nobody(cause: str, lang: Lang) -> None:
    m = caused(cause, lang)
    (course,) = documents("training_course", m)
    told = text(course, m).decode()
    assert len(course.sections) == 10
    assert [
        word for word in ("exchange-office", "univ.example.jp", "uni-a.example", "2024-05-16-001.eml") if word in told
    ] == []
    assert lint(told, status="confirmed") == []


@BOTH
def test_the_plan_gives_each_measure_with_reason_setting_guidance_owner_day_state_and_what_was_seen(lang: Lang) -> None:
    m = matter("viewable", lang)
    told = text(documents("prevention_plan", m)[0], m).decode()
    for row in planned("viewable"):
        assert row["title"][lang] in told
        assert row["how"][lang] in told
    assert "2024-09-01" in told
    assert ("満たしている" if lang == "ja" else "met") in told


@BOTH
def test_the_contact_centre_reads_the_figures_of_the_case(lang: Lang) -> None:
    m = matter("viewable", lang)
    told = text(documents("contact_centre", m)[0], m).decode()
    for figure in ("people", "records"):
        found = m.number(figure)
        assert found
        assert found[0] in told


def test_slides_are_a4_across_and_one_a_section() -> None:
    import pypdfium2

    m = matter("missent", "ja")
    (course,) = documents("training_course", m)
    pages = pypdfium2.PdfDocument(pdf(course, m))
    assert len(pages) == 1 + len(course.sections)
    assert {tuple(round(x) for x in page.get_size()) for page in pages} == {(842, 595)}
