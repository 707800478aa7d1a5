"""Make documents: which reports, in which languages and formats, into which version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kyumei.case import documents, lists
from kyumei.errors import UserError
from kyumei.reports.registry import REPORTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from kyumei.reports.document import Document
    from kyumei.reports.matter import Matter
    from kyumei.reports.registry import Format, Report
    from kyumei.reports.words.lookup import Lang


@dataclass(frozen=True, slots=True)
class Wish:
    """What to make; no names means every report that the case needs, no formats those each report is usually made in.

    `full` writes the list of affected persons also with its values as they are.
    """

    names: tuple[str, ...] = ()
    langs: tuple[Lang, ...] = ("ja", "en")
    formats: tuple[Format, ...] = ()
    full: bool = False


def make(case: Path, wish: Wish, *, who: str, tell: Callable[[str], None]) -> dict[str, Any]:
    """Make the documents, keep them in the version of the present state, and return its manifest.

    Raises:
        UserError: a report is not known, or the case has no diagnosis.
    """
    state = documents.state(case)
    files: list[tuple[str, bytes | Path]] = []
    for lang in wish.langs:
        matter = state.matter(lang)
        for report in chosen(wish.names, matter):
            tell(f"v{state.number} {report.name} {lang}")
            made = list(report.build(matter))
            files.extend(rendered(report, matter, made, wish.formats))
            files.extend((name, state.folder / name) for name in lists.merged(state.folder, report.name, matter, made))
            if report.persons:
                written = lists.listed(state, matter, wish.formats, full=wish.full)
                files.extend((name, state.folder / name) for name in written)
    return documents.keep(state, files, who=who)


def chosen(names: Sequence[str], matter: Matter) -> list[Report]:
    """Return the reports named, or where none is named those that the case needs.

    Raises:
        UserError: there is no report of that name.
    """
    known = {report.name: report for report in REPORTS.all()}
    if odd := [name for name in names if name not in known]:
        raise UserError(f"no report is called {odd[0]}", hint=f"kyumei report --list; there are {', '.join(known)}")
    return [known[name] for name in names] if names else [r for r in known.values() if r.when(matter)]


def rendered(
    report: Report, matter: Matter, made: Sequence[Document], formats: Sequence[Format]
) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each file of a report; documents told apart by a key lie in a folder of their own."""
    for document in made:
        top = f"{report.name}/" if document.key else ""
        for form in formats or report.formats:
            yield f"{top}{document.stem}.{form}", _bytes(document, matter, form)
        if document.audience == "outside":
            from kyumei.reports.render.text import basis

            yield f"{top}{document.stem}.basis.txt", basis(document, matter)


def _bytes(document: Document, matter: Matter, form: Format) -> bytes:
    match form:
        case "pdf":
            from kyumei.reports.render.pdf import pdf

            return pdf(document, matter)
        case "docx":
            from kyumei.reports.render.word import docx

            return docx(document, matter)
        case "xlsx":
            from kyumei.reports.render.sheets import xlsx

            return xlsx(document, matter)
        case "txt":
            from kyumei.reports.render.text import text

            return text(document, matter)
        case "json":
            from kyumei.reports.render.json_ import as_json

            return as_json(document, matter)
