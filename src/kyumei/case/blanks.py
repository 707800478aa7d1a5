"""What the documents of a case still leave blank: the entries that only people can give, and where each is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.case import documents
from kyumei.case.make import chosen
from kyumei.reports.document import Table
from kyumei.reports.matter import BLANK, labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kyumei.reports.document import Document
    from kyumei.reports.words.lookup import Lang


def blanks(case: Path, names: Sequence[str], lang: Lang) -> dict[str, tuple[str, ...]]:
    """Return the keys of missing entries, in the order of `reports/entries.toml`, each with the reports that ask for it.

    Args:
        case: a diagnosed case.
        names: reports; none means those that the case needs.
        lang: in which the documents are made to look for blanks.

    Raises:
        UserError: there is no such report, or no diagnosis.
    """
    matter = documents.state(case).matter(lang)
    marks = {BLANK[lang].format(label=told): key for key, said in labels().items() for told in (said[lang], key)}
    found: dict[str, dict[str, None]] = {}
    for report in chosen(names, matter):
        for document in report.build(matter):
            for line in _lines(document):
                for key in (key for mark, key in marks.items() if mark in line):
                    found.setdefault(key, {})[report.name] = None
    return {key: tuple(found[key]) for key in labels() if key in found}


def _lines(document: Document) -> Iterator[str]:
    """Yield every text in which a mark may stand."""
    yield from (line for _, line in document.top)
    yield from (value for _, value in document.about)
    yield from (s.text for s in document.sentences())
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                yield from (cell for row in block.rows for cell in row)
