"""The invented diagnoses as the reports see them."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from kyumei.case.lawwords import translated
from kyumei.diagnose.prevention import measures
from kyumei.reports.matter import Matter, labels
from kyumei.reports.registry import REPORTS
from tests.reports import samples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kyumei.reports.document import Document
    from kyumei.reports.words.lookup import Lang

DAY = date(2024, 6, 10)
SAMPLES = {"missent": samples.missent, "viewable": samples.viewable, "nothing": samples.nothing}
NAMES = [report.name for report in REPORTS.all()]


def matter(
    sample: str, lang: Lang, diagnosis: dict[str, Any] | None = None, entries: Mapping[str, str] | None = None
) -> Matter:
    """Return a sample, or a changed diagnosis of it, in one language."""
    told = translated(SAMPLES[sample]() if diagnosis is None else diagnosis, lang)
    return Matter(told, lang, DAY, entries or {}, version=1, digest="0" * 64, measures=planned(sample))


@cache
def planned(sample: str) -> tuple[dict[str, Any], ...]:
    """Return the plan of a sample as the case folder gives it: one measure looked at again, the others proposed."""
    rows = [m.as_json() | {"due": "2024-07-10", "state": "proposed", "note": "", "at": ""} for m in measures(SAMPLES[sample]())]
    seen = {
        "at": "2024-09-01T09:00:00+09:00",
        "state": "met",
        "text": {"ja": "記録されている", "en": "Recorded"},
        "shown_by": [],
    }
    return tuple(row | {"checked": seen} if n == 0 else row for n, row in enumerate(rows))


def entered() -> dict[str, str]:
    """Return every entry filled in."""
    return {key: f"記入例 {said['en']}" for key, said in labels().items()}


def documents(name: str, of: Matter) -> list[Document]:
    """Return the documents of one report."""
    return list(REPORTS.get(name).build(of))
