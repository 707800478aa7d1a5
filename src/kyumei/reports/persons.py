"""The list of affected persons in words: numbers, values, why each person is on it, and where the record lies.

CSV is UTF-8 with a byte-order mark, as Excel expects it. A cell that a spreadsheet would take for a formula gets a leading
apostrophe there (OWASP's advice against CSV injection); in XLSX every cell is text by type and stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.model.text import visible
from kyumei.reports.matter import Phrases
from kyumei.reports.render import sheets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from kyumei.reports.matter import Matter

VALUES: Final = ("id.name", "id.dob", "id.address", "id.phone", "id.email", "id.student_no", "id.employee_no", "id.customer_no")
_FORMULA: Final = r"^[=+\-@\t\r\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
_UNSEEN: Final = (
    r"[\x00-\x1f\x7f-\x9f\x{ad}\x{61c}\x{180e}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{206f}\x{feff}\x{fff9}-\x{fffb}"
    r"\x{e0000}-\x{e007f}]"
)


def headings(matter: Matter) -> list[str]:
    """Return the names of the columns."""
    say = Phrases("documents/affected_list", matter.lang)
    first = [say("c_person"), say("c_reason"), say("c_records"), say("c_unsure")]
    return [*first, *(matter.category(c) for c in VALUES), say("c_categories"), *(say(f"c_{n}") for n in PLACES)]


PLACES: Final = ("evidence", "path", "sheet", "offset")


def worded(matter: Matter, batch: pa.Table) -> pa.Table:
    """Return a part of the list in words; see `kyumei.case.affected` for what is given.

    Columns are those of `headings`; `records` and `offset` stay numbers, everything else is clean text.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    say = Phrases("documents/affected_list", matter.lang)
    number = pc.utf8_lpad(batch["person"].combine_chunks().cast(pa.string()), 8, "0")
    unsure = pc.if_else(pc.equal(batch["unsure"].combine_chunks(), "?"), say("unsure"), "")
    columns: list[Any] = [
        pc.binary_join_element_wise(pa.scalar("P"), number, ""),
        _mapped(batch["holdings"], lambda key: _reason(matter, say, key)),
        batch["records"].combine_chunks(),
        unsure,
        *(clean(batch[c].combine_chunks()) for c in VALUES),
        _mapped(batch["categories"], lambda key: matter.join([matter.category(c) for c in key.split()])),
        *(clean(batch[c].combine_chunks()) for c in PLACES[:3]),
        batch["offset"].combine_chunks(),
    ]
    return pa.Table.from_arrays(columns, names=headings(matter))


def _reason(matter: Matter, say: Phrases, key: str) -> str:
    """Return why a person is on the list: in whose data the record lies and how far that data was reached."""
    holdings = matter.listed("holdings")
    said = []
    for n in (int(part) for part in key.split()):
        if n < 0:
            said.append(say("reason_unknown"))
            continue
        holding, words = holdings[n], matter.words
        party = visible(str(holding.get("party") or words.term("role", holding.get("role"))))
        dataset = visible(str(holding.get("dataset") or ""))
        said.append(say("reason", party=party, dataset=dataset, access=words.term("access", holding.get("access"))))
    return " / ".join(said)


def clean(column: pa.Array) -> pa.Array:
    """Return text without characters that are unseen or obeyed; they are written as codes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    odd = pc.fill_null(pc.match_substring_regex(column, _UNSEEN), False)  # noqa: FBT003
    if not pc.any(odd).as_py():
        return column
    texts = column.to_pylist()
    return pa.array([visible(t) if o else t for t, o in zip(texts, odd.to_pylist(), strict=True)], pa.string())


def _mapped(column: pa.ChunkedArray, say: Callable[[str], str]) -> pa.Array:
    import pyarrow as pa

    coded = column.combine_chunks().dictionary_encode()
    told = pa.array([say(str(key)) for key in coded.dictionary.to_pylist()], pa.string())
    return pa.DictionaryArray.from_arrays(coded.indices, told).cast(pa.string())


def write_csv(path: Path, names: Sequence[str], batches: Iterable[pa.Table]) -> int:
    """Write the list as CSV, part by part, and return the number of rows."""
    import pyarrow as pa
    from pyarrow import csv

    rows, schema = 0, None
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as stream:
        stream.write(b"\xef\xbb\xbf" + (",".join(f'"{n}"' for n in names) + "\n").encode())
        options = csv.WriteOptions(include_header=False, quoting_style="needed")
        for batch in batches:
            safe = pa.Table.from_arrays([_guarded(c.combine_chunks()) for c in batch.columns], names=batch.schema.names)
            schema = schema or safe.schema
            csv.write_csv(safe.cast(schema), stream, options)
            rows += safe.num_rows
    partial.replace(path)
    return rows


def _guarded(column: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_string(column.type):
        return column
    risky = pc.fill_null(pc.match_substring_regex(column, _FORMULA), False)  # noqa: FBT003
    if not pc.any(risky).as_py():
        return column
    return pc.if_else(risky, pc.binary_join_element_wise(pa.scalar("'"), column, ""), column)


def write_xlsx(path: Path, names: Sequence[str], batches: Iterable[pa.Table]) -> list[Path]:
    """Write the list as one workbook or, beyond 1,048,575 rows, several; return the files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return sheets.listed(path, names, _tuples(batches), sheet="persons")


def _tuples(batches: Iterable[pa.Table]) -> Iterator[tuple[object, ...]]:
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
