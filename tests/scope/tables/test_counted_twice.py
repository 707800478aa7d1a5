"""Rows counted by two means that share no code: the compiled pass, and Python's csv or the slow way cell by cell."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.model.source import Source
from kyumei.scope.profile import Out, profile, recognise
from kyumei.scope.tables.blocks import Flaws, Lines
from kyumei.scope.tables.rows import _by_cell, _vectorised

HEADER = "会員番号,氏名,電話番号,備考"


def written(rows: int, end: str, note: tuple[str, ...]) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator=end)
    writer.writerow(HEADER.split(","))
    for n in range(rows):
        writer.writerow(
            [n, ("架空 太郎", "架空 花子")[n % 2], f"090-1234-{n % 10000:04d}", note[(n + n // len(note)) % len(note)]]
        )
    return target.getvalue()


def counted(raw: bytes) -> tuple[int, int, list[int]]:
    """Return records, faults and the filled cells of each column."""
    source = Source.memory(raw, "list.csv")
    extractor, _ = recognise(source)
    assert extractor is not None
    columns: list[int] = []
    people: list[int] = []
    out = Out(
        lambda _: None, lambda rows: columns.extend(int(str(r["filled"])) for r in rows), lambda t: people.append(t.num_rows)
    )
    found = profile(source, extractor, out)
    return found.records, len(found.faults), columns


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("rows", [3, 5000])
def test_every_row_is_counted_once(encoding: str, end: str, rows: int) -> None:
    text = written(rows, end, ("", "一\r\n二", '"三"', "四,五", "\n\n", "六"))
    raw = text.encode(encoding)
    listed = list(csv.reader(io.StringIO(raw.decode(encoding), newline="")))
    records, faults, filled = counted(raw)
    assert records + faults == len(listed) - 1
    assert filled[:3] == [rows] * 3


def test_rows_with_damaged_quotes_are_counted_all_the_same() -> None:
    lines = [HEADER, *(f'{n},架空 太郎,090-1234-{n:04d},幅5" の板' for n in range(3000))]
    records, faults, filled = counted(("\r\n".join(lines) + "\r\n").encode())
    assert records + faults == len(lines) - 1
    assert filled == [3000] * 4


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('a,"\n\r あ'), max_size=60))
def test_the_compiled_pass_gives_the_cells_of_the_slow_way(text: str) -> None:
    source = Source.memory(text.encode(), "x.csv")
    with source.open() as stream:
        for block in Lines(stream, "utf-8", Flaws()):
            quick = _vectorised(block, ",")
            if quick is None:
                continue
            slow, used = _by_cell(block, ",", Flaws())
            grid, taken = quick
            assert taken == used
            assert [grid.row(n) for n in range(len(grid))] == [slow.row(n) for n in range(len(slow))]
            assert grid.starts.tolist() == slow.starts.tolist()
