"""JSON records as columns: the compiled path and the plain one must give the same, and no byte is lost silently."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.model.source import Source
from kyumei.readers.flat_json.columns import REPEATS
from kyumei.readers.flat_json.records import names, records
from kyumei.store.rows import Rows

if TYPE_CHECKING:
    from kyumei.readers.flat_json.records import Records

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.floats(allow_nan=False, allow_infinity=False)
KEYS = st.text(st.characters(codec="utf-8", exclude_characters=".#@"), min_size=1, max_size=6)
VALUES = st.recursive(LEAVES, lambda v: st.lists(v, max_size=4) | st.dictionaries(KEYS, v, max_size=4), max_leaves=12)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=6)


def read(data: bytes) -> tuple[list[tuple[int, dict[str, str]]], Rows]:
    source = Source.memory(data)
    rows = Rows(source, "test", lambda _: None)
    return [pair for part in records(source, rows) for pair in shown(part)], rows


def shown(part: Records) -> list[tuple[int, dict[str, str]]]:
    found: list[dict[str, str]] = [{} for _ in range(part.columns.n)]
    for name, column in part.columns.fields.items():
        values = column.values.to_pylist()
        for row, code in zip(column.rows.tolist(), column.codes.tolist(), strict=True):
            assert name not in found[row]
            found[row][name] = values[code]
    return list(zip(part.rec.tolist(), found, strict=True))


def plain(value: dict[str, Any]) -> dict[str, list[str]]:
    """Return the leaves of an object by path, written independently of the reader."""
    found: dict[str, list[str]] = {}

    def walk(path: str, inner: Any) -> None:
        if isinstance(inner, dict):
            for key, each in inner.items():
                walk(f"{path}.{key}" if path else key, each)
        elif isinstance(inner, list):
            for each in inner:
                walk(path, each)
        elif inner is not None and inner != "":
            text = inner if isinstance(inner, str) else json.dumps(inner)
            found.setdefault(path, []).append(text)

    walk("", value)
    return found


def leaves(fields: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in sorted(fields.items(), key=lambda f: (f[0].split("#")[0], len(f[0]), f[0])):
        found.setdefault(name.split("#")[0], []).append(value)
    return found


@given(st.lists(OBJECTS, min_size=1, max_size=5), st.booleans(), st.sampled_from(["lines", "list", "wrapped"]))
@settings(max_examples=150, deadline=None)
def test_every_leaf_of_every_record_comes_back_under_its_path(objects: list[dict[str, Any]], ascii_: bool, layout: str) -> None:  # noqa: FBT001
    texts = [json.dumps(value, ensure_ascii=ascii_) for value in objects]
    data = {
        "lines": "\n".join(texts),
        "list": "[" + ",\n ".join(texts) + "]",
        "wrapped": '{"version": 1, "Records": [' + ", ".join(texts) + "]}\n",
    }[layout].encode()
    found, rows = read(data)
    assert len(found) + len(rows.faults) >= len(objects)
    assert [leaves(fields) for _, fields in found] == [
        {k.replace("#", "#"): v for k, v in plain(value).items()} for value in objects
    ] or any(is_odd(value) for value in objects)


def is_odd(value: dict[str, Any]) -> bool:
    """Return whether names of the object meet those of common columns, or it has more repeats than columns."""
    from kyumei.model.event import native

    flat = plain(value)
    return any(native(name) != name for name in flat) or any(len(v) > REPEATS for v in flat.values())


def test_each_record_cites_the_byte_at_which_it_begins() -> None:
    for data in (b'\xef\xbb\xbf{"a": 1}\n{"a": 2}\n', b'[{"a": 1},\n  {"a": 2}]', b'{"x": 1, "Records": [{"a": 1}, {"a": 2}]}'):
        found, rows = read(data)
        assert [data[rec:].startswith(b'{"a": ' + fields["a"].encode()) for rec, fields in found] == [True, True]
        assert not rows.faults


def test_wrappers_may_follow_one_another() -> None:
    found, rows = read(b'{"Records": [{"a": 1}, {"a": 2}]}\n{"Records": []}\n{"Records": [{"a": 3}]}\n')
    assert [fields["a"] for _, fields in found] == ["1", "2", "3"]
    assert not rows.faults


def test_a_broken_line_is_one_fault_and_its_neighbours_are_read() -> None:
    found, rows = read(b'{"a": 1}\n{"a": \n{"a": 3}\n{"a": "\xff"}\n')
    assert [(rec, fields["a"]) for rec, fields in sorted(found)] == [(0, "1"), (16, "3"), (25, "\\xff")]
    assert [(fault.offset, fault.reason) for fault in rows.faults] == [(9, "no JSON")]


def test_a_list_that_breaks_off_gives_what_is_complete_and_one_fault() -> None:
    found, rows = read(b'[{"a": 1}, {"a": 2}, {"a": "unfini')
    assert [fields["a"] for _, fields in found] == ["1", "2"]
    assert len(rows.faults) == 1


def test_values_that_repeat_beyond_the_columns_are_joined_not_lost() -> None:
    found, _ = read(json.dumps({"a": list(range(40))}).encode())
    fields = found[0][1]
    assert fields["a#1"] == "1"
    assert fields["a#more"].split("\n") == [str(n) for n in range(REPEATS, 40)]


def test_japanese_and_other_encodings_are_read() -> None:
    text = json.dumps({"氏名": "髙﨑 花子", "絵": "𠮷"}, ensure_ascii=False)
    for encoding in ("utf-8", "utf-16"):
        found, _ = read(f"{text}\n{text}\n".encode(encoding))
        assert [fields for _, fields in found] == [{"氏名": "髙﨑 花子", "絵": "𠮷"}] * 2


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\n\n", b'"text"', b"[1, 2]", b"nonsense", b"{" * 5000, b'{"a":' * 5000])
def test_what_holds_no_record_is_no_crash(data: bytes) -> None:
    found, _ = read(data)
    assert [fields for _, fields in found if fields] == []


@given(st.binary(max_size=300), st.integers(0, 200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_records_or_faults(noise: bytes, at: int) -> None:
    good = b'{"a": 1, "b": [{"c": "x"}]}\n' * 8
    read(good[:at] + noise + good[at:])
    read(b'{"Records": [' + good[:at] + noise + good[at:])
    names(noise)


def test_the_head_of_records_that_are_no_utf8_is_looked_at_all_the_same() -> None:
    from kyumei.readers.run import recognise

    data = '{"利用者":"山田","stream":"stdout","log":"終了\\n","time":"2024-06-17T01:00:00Z"}\n'.encode("cp932") * 3
    assert "利用者" in names(data)
    assert recognise(Source.memory(data))[1] > 0


def test_records_of_a_mapping_without_any_time_are_read() -> None:
    from kyumei.readers.registry import READERS
    from tests.readers.samples import strict_run

    rows, _ = strict_run(READERS.get("cloud.slack_audit"), Source.memory(b'[{"a":'))
    assert rows.read == 0


def test_many_short_lists_come_in_one_block_with_their_places() -> None:
    line = b'{"Records":[{"a":"1"},{"a":"2"}]}\n'
    source = Source.memory(line * 500)
    (block,) = records(source, Rows(source, "x", lambda _: None))
    assert block.rec.tolist() == [place + len(line) * n for n in range(500) for place in (12, 22)]
