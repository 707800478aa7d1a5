from __future__ import annotations

from pathlib import Path

import pypdfium2

from kyumei.case.lists import unfilled
from kyumei.reports.documents.person_notice import notice
from kyumei.reports.render import letters
from tests.reports.matters import entered, matter


def test_each_person_gets_a_letter_with_the_own_name_and_no_other(tmp_path: Path) -> None:
    m = matter("missent", "ja")
    letter = notice(m, "letter", to="«氏名»")
    names = ["髙﨑 花子 様", '#read("/etc/passwd") 様', "=cmd|x 様"]
    jobs = list(letters.bundles(letter, m, (("東京都千代田区1-1", name) for name in names), tmp_path))
    book = pypdfium2.PdfDocument(letters.write(jobs[0]))
    pages = [page.get_textpage().get_text_bounded() for page in book]
    assert len(jobs) == 1
    assert len(pages) == len(names)
    for page, name in zip(pages, names, strict=True):
        assert name.removesuffix(" 様") in page
        assert "«氏名»" not in page
        assert not [other for other in names if other != name and other.removesuffix(" 様") in page]


def test_bundles_hold_a_hundred_letters_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    m = matter("missent", "en")
    letter = notice(m, "letter", to="«Name»")
    jobs = list(letters.bundles(letter, m, (("", f"Person {n}") for n in range(101)), tmp_path))
    assert [len(job.persons) for job in jobs] == [letters.BUNDLE, 1]
    assert Path(letters.write(jobs[1])).read_bytes() == Path(letters.write(jobs[1])).read_bytes()


def test_a_letter_with_blanks_says_so_and_a_filled_one_has_none() -> None:
    assert unfilled(notice(matter("missent", "ja"), "letter", to="«氏名»"))
    assert unfilled(notice(matter("missent", "ja", entries=entered()), "letter", to="«氏名»")) == []
