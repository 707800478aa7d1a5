"""One letter to many persons, as bundles of PDF for a printer: laid out once, with names and addresses as data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.reports.render.pdf import TEMPLATE, data_of, fonts
from kyumei.reports.render.safe import breakable, clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kyumei.reports.document import Document
    from kyumei.reports.matter import Matter

BUNDLE: Final = 100
"""Letters in one file. The engine keeps layouts of the last files, so memory grows with this number; time does not."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A job: the letter as data, the persons, and where the file goes; it can be pickled."""

    letter: str
    mark: str
    persons: tuple[tuple[str, ...], ...]
    path: str
    at: int


def bundles(letter: Document, matter: Matter, persons: Iterable[Sequence[str]], folder: Path) -> Iterator[Bundle]:
    """Yield the jobs: `letter-00001.pdf`, each with the next `BUNDLE` persons.

    Args:
        letter: a letter whose addressee is the mark of its `merge`.
        matter: the case.
        persons: lines of address and name; honorifics included.
        folder: where the files go.
    """
    told = json.dumps(data_of(letter, matter), ensure_ascii=False)
    mark = letter.merge[0][1]
    at = int(datetime(matter.on.year, matter.on.month, matter.on.day, tzinfo=UTC).timestamp())
    held: list[tuple[str, ...]] = []
    number = 0
    for person in persons:
        held.append(tuple(line for line in person if line))
        if len(held) == BUNDLE:
            number += 1
            yield Bundle(told, mark, tuple(held), str(folder / f"letter-{number:05d}.pdf"), at)
            held = []
    if held:
        yield Bundle(told, mark, tuple(held), str(folder / f"letter-{number + 1:05d}.pdf"), at)


def write(job: Bundle) -> str:
    """Write one bundle and return its path. Archival (PDF/A-2u) without tags, because it is for paper."""
    import typst

    persons = [[breakable(clean(line)) for line in person] for person in job.persons]
    letter: dict[str, Any] = json.loads(job.letter)
    data = {"lang": letter["lang"], "documents": [letter["document"]], "mark": job.mark, "persons": persons}
    made = typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2u"],
        timestamp=job.at,
        pdf_tags=False,
    )
    path = Path(job.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(made))
    path.chmod(0o600)
    return job.path
