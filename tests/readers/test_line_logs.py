"""The parts that line-log readers share: lines, years, pairs, addresses, forms."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.model.actions import ACTIONS, OUTCOMES
from kyumei.model.source import Source
from kyumei.readers import forms
from kyumei.readers.addresses import normal
from kyumei.readers.lines import batches
from kyumei.readers.linux.syslog import PROGRAMS
from kyumei.readers.linux.years import years
from kyumei.readers.match import extract
from kyumei.readers.network.kv import verdicts
from kyumei.readers.pairs import pairs
from kyumei.readers.registry import READERS
from kyumei.readers.stamps import epochs, parsed
from kyumei.store.rows import Rows
from tests.readers.samples import strict_run

LINES = st.lists(
    st.sampled_from([b"", b" ", b"abc", b"\xfd\x80", "名簿".encode(), "名簿".encode("cp932"), bytes(9), b"x" * 40])
)


def micros(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


@settings(max_examples=60, derandomize=True, deadline=None)
@given(lines=LINES, end=st.sampled_from([b"\n", b"\r\n"]), block=st.integers(1, 64))
def test_every_byte_of_a_log_is_in_a_line_a_fault_or_a_blank_line(lines: list[bytes], end: bytes, block: int) -> None:
    data = end.join(lines)
    source = Source.memory(data)
    rows = Rows(source, "x", lambda _: None)
    seen = bytearray(data)
    for batch in batches(source, rows, block=block):
        for rec, size in zip(batch.rec.to_pylist(), batch.size.to_pylist(), strict=True):
            seen[rec : rec + size] = b" " * size
    for fault in rows.faults:
        seen[fault.offset : fault.offset + fault.skipped] = b" " * fault.skipped
    assert not seen.strip()


@settings(max_examples=40, derandomize=True, deadline=None)
@given(lines=st.lists(st.sampled_from(["a b", "名簿", "x" * 9]), max_size=20), block=st.integers(64, 300))
def test_lines_are_the_same_whatever_the_size_of_a_block(lines: list[str], block: int) -> None:
    source = Source.memory("\n".join(lines).encode())
    whole = [
        (r, t)
        for b in batches(source, Rows(source, "x", print))
        for r, t in zip(b.rec.to_pylist(), b.text.to_pylist(), strict=True)
    ]
    cut = [
        (r, t)
        for b in batches(source, Rows(source, "x", print), block=block)
        for r, t in zip(b.rec.to_pylist(), b.text.to_pylist(), strict=True)
    ]
    assert cut == whole
    assert [text for _, text in whole] == lines


def test_utf16_lines_have_the_offsets_of_their_bytes() -> None:
    source = Source.memory("一行目\r\n二行目\r\n".encode("utf-16"))
    (batch,) = batches(source, Rows(source, "x", print))
    assert batch.text.to_pylist() == ["一行目", "二行目"]
    assert batch.rec.to_pylist() == [2, 12]


def test_a_line_longer_than_a_block_is_one_fault() -> None:
    source = Source.memory(b"ab\n" + b"x" * 100 + b"\ncd\n")
    rows = Rows(source, "x", print)
    texts = [t for b in batches(source, rows, block=16) for t in b.text.to_pylist()]
    assert texts == ["ab", "cd"]
    assert [(f.offset, f.skipped) for f in rows.faults] == [(3, 101)]


@pytest.mark.parametrize(
    ("text", "name", "changed", "expected"),
    [
        ("Dec 31 23:59:59 h a: x\nJan  1 00:00:01 h a: x\n", "log", "2024-01-05", [2023, 2024]),
        ("May 16 09:00:00 h a: x\n", "log", "2024-05-16", [2024]),
        ("May 18 09:00:00 h a: x\n", "log", "2024-05-16", [2023]),
        ("May 16 09:00:00 h a: x\n", "secure-20230521", "2024-05-20", [2023]),
        ("May 16 09:00:00 h a: x\n", "log", "", [0]),
        ("May 16 09:00:00 h a: at 2021-05-16 09:00:00\n", "log", "2024-05-20", [2021]),
        ("Feb 29 09:00:00 h a: x\n", "log", "2023-05-20", [2020]),
        ("May 16 09:00:00 h a: x\n", "log", "1970-01-01", [0]),
        ("2022-12-31T10:00:00+09:00 h a: x\nJan  1 10:00:00 h a: x\n", "log", "2024-05-20", [2022, 2023]),
        ("Jan  1 00:00:01 h a: x\nDec 31 23:59:59 h a: x\nJan  2 10:00:00 h a: x\n", "log", "2024-01-05", [2024, 2023, 2024]),
        ("Dec 1 1:0:0 h\nNov  1 10:00:00 h a: x\nSep  1 10:00:00 h a: x\n", "log", "2024-11-05", [2023, 2023, 2024]),
    ],
)
def test_the_year_of_a_line_is_found(text: str, name: str, changed: str, expected: list[int]) -> None:
    source = Source.memory(text.encode(), name, mtime=micros(f"{changed}T12:00:00+00:00") if changed else None)
    recs = [0, *(i + 1 for i, ch in enumerate(text[:-1]) if ch == "\n")]
    assert years(source).at(pa.array(recs).to_numpy()).tolist() == expected


def test_pairs_keep_blanks_quotes_and_the_first_of_two() -> None:
    found, counts = pairs(pa.array(['a=1 b="x y=z" c=two words d=', "no pairs", 'a=2, a=3; url=http://h/?q=1 e="q\\"r"']))
    assert counts.tolist() == [4, 0, 4]
    assert {k: v.to_pylist() for k, v in found.items()} == {
        "a": ["1", None, "2"],
        "b": ["x y=z", None, None],
        "c": ["two words", None, None],
        "d": ["", None, None],
        "e": [None, None, 'q\\"r'],
        "url": [None, None, "http://h/?q=1"],
    }


@settings(max_examples=60, derandomize=True, deadline=None)
@given(texts=st.lists(st.text(alphabet='ab=" ,;\\名', max_size=30), max_size=6))
def test_pairs_of_any_text_are_columns_of_its_length(texts: list[str]) -> None:
    found, counts = pairs(pa.array(texts, pa.string()))
    assert len(counts) == len(texts)
    assert all(len(values) == len(texts) for values in found.values())


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("[2001:db8::2]", "2001:db8::2"),
        ("h.example", "h.example"),
    ],
)
def test_an_address_has_one_spelling(written: str, stored: str) -> None:
    assert normal(written) == stored


def test_times_are_read_in_every_form_and_zone() -> None:
    texts = [
        "2024-05-16T09:05:03.5+09:00",
        "May 16 2024 00:05:03",
        "Thu May 16 09:05:03 2024",
        "2024/05/16 09:05:03",
        "2024-02-30 00:00:00",
        "x",
    ]
    ts, assumed = parsed(pa.array(texts), "Asia/Tokyo")
    base = micros("2024-05-16T00:05:03+00:00")
    assert ts.to_pylist() == [base + 500_000, base - 9 * 3_600_000_000, base, base, None, None]
    assert assumed.to_pylist() == [False, True, True, True, True, True]


def test_counts_since_1970_are_told_apart_by_their_length() -> None:
    found = epochs(pa.array(["1715817903", "1715817903123", "1715817903123456", "1715817903123456789", "17158", "x", None]))
    assert [v and v // 1_000_000 for v in found.to_pylist()] == [1715817903] * 4 + [None] * 3


def test_every_form_says_something_of_the_closed_lists() -> None:
    for each in forms.load(PROGRAMS):
        for form in each.forms:
            assert form.action in ACTIONS
            assert form.outcome in {None, *OUTCOMES}
            pc.match_substring_regex(pa.array(["x"]), form.match)
    for _, action, outcome in verdicts():
        assert action in ACTIONS
        assert outcome in {None, *OUTCOMES}


def test_a_name_chosen_by_an_attacker_does_not_move_the_address() -> None:
    line = b"May 16 09:05:03 h sshd[1]: Failed password for root from 192.0.2.1 from 198.51.100.7 port 22 ssh2\n"
    source = Source.memory(line, mtime=int(datetime(2024, 6, 1, tzinfo=UTC).timestamp()) * 1_000_000)
    _, tables = strict_run(READERS.get("linux.syslog"), source)
    (event,) = tables[0].to_pylist()
    assert event["src_ip"] == "198.51.100.7"
    assert event["account"] == "root from 192.0.2.1"


@pytest.mark.parametrize("texts", [["ab12: rest é", "x", None, "b7: "], ["ab1: two\nlines", "b2: one"], ["", "zz"], []])
@pytest.mark.parametrize(
    "pattern", [r"^(?P<a>a)?b(?P<d>\d+): (?P<rest>.*)$", r"(?s)b(?P<d>\d+)(?P<rest>: .*)$", r"^(?:(?P<a>ab)|b)(?P<d>\d+).*$"]
)
def test_groups_are_those_of_the_whole_pattern_though_only_its_head_is_matched(texts: list[str | None], pattern: str) -> None:
    column = pa.array(["first", *texts], pa.string()).slice(1)
    found = pc.extract_regex(column, pattern)
    groups, matched = extract(column, pattern)
    there = pc.is_valid(found)
    assert matched.equals(there)
    expected = {field.name: pc.if_else(there, found.field(field.name), None).to_pylist() for field in found.type}
    assert {name: values.to_pylist() for name, values in groups.items()} == expected
