from __future__ import annotations

import struct
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kyumei.model.source import Source
from kyumei.readers.windows.columnar import decode, scan
from kyumei.readers.windows.columnar.decoder import Decoder
from tests.readers.evtx_writer import Record, evtx
from tests.readers.windows.columnar.compare import by_columns, by_libraries, natively, of_batches

if TYPE_CHECKING:
    from collections.abc import Mapping

START = datetime(2024, 5, 16, 1, 2, 3, 456_789, tzinfo=UTC)
pack = struct.pack


def text(value: str) -> bytes:
    return value.encode("utf-16-le", "surrogatepass")


def sid(*numbers: int) -> bytes:
    return bytes([1, len(numbers)]) + b"\0\0\0\0\0\5" + pack(f"<{len(numbers)}I", *numbers)


def log(*fields: Mapping[str, str | tuple[int, bytes]], wrapper: str = "") -> Source:
    records = [Record(START + timedelta(seconds=n), 4625, f, wrapper=wrapper) for n, f in enumerate(fields)]
    return Source.memory(evtx(records), "x.evtx")


VALUES: list[tuple[int, bytes]] = [
    *(
        (1, text(t))
        for t in ("plain", "株式会社 髙橋", "😀 pair", "cut\0off", "ends\0\0", "\0", "tab\tand\nline", " blank ", "é")
    ),
    *((2, t) for t in ("山田".encode("cp932") + b"\0", b"abc\0def\0", b"ab", b"\0\0")),
    *((3, pack("b", n)) for n in (-128, 0, 5)),
    *((4, bytes([n])) for n in (0, 255)),
    *((5, pack("<h", n)) for n in (-32768, 32767)),
    *((6, pack("<H", n)) for n in (0, 65535)),
    *((7, pack("<i", n)) for n in (-(2**31), 2**31 - 1)),
    *((8, pack("<I", n)) for n in (0, 2**32 - 1)),
    *((9, pack("<q", n)) for n in (-(2**63), 2**63 - 1)),
    *((10, pack("<Q", n)) for n in (0, 2**64 - 1)),
    *((11, pack("<f", n)) for n in (0.1, 1e20, 1e12, 1e13, 1e-6, 1e-7, 1.2345678e-5, float("nan"), float("inf"), -0.0, 3.4e38)),
    *((12, pack("<d", n)) for n in (0.1, 1e15, 1e16, 1e-5, 1e-6, 1.0, -0.0, float("-inf"), 5e-324, 123456789.125)),
    *((13, pack("<i", n)) for n in (0, 1, 7)),
    *((14, n) for n in (b"\xde\xad\xbe\xef", b"\0")),
    (15, uuid.UUID("12345678-1234-5678-9abc-def012345678").bytes_le),
    *((16, n) for n in (pack("<I", 255), pack("<Q", 2**64 - 1))),
    *((17, pack("<Q", n)) for n in (0, 132_000_000_001_234_567, 116_444_736_000_000_000, 2_000_000_000_000_000_000)),
    *((18, pack("<8H", *n)) for n in ((2024, 2, 0, 29, 13, 5, 7, 9), (0,) * 8, (1999, 12, 5, 31, 23, 59, 59, 999))),
    *((19, n) for n in (sid(21, 1, 2, 3, 1001), sid(18), sid())),
    *((20, pack("<I", n)) for n in (0, 0xABC)),
    *((21, pack("<Q", n)) for n in (0, 0xABCDEF0123456789)),
    (0, b""),
    *((0x81, text(t)) for t in ("a\0", "a\0b\0", "a\0\0b\0", "\0")),
    *((0x86, pack(f"<{n}H", *range(n))) for n in (1, 3)),
    (0x87, pack("<2i", -1, 2)),
    (0x8C, pack("<2d", 1, 2.5)),
    (0x8F, bytes(range(32))),
    (0x94, pack("<2I", 1, 255)),
]


@pytest.mark.parametrize("wrapper", ["", "EventXML"])
def test_each_type_of_value_is_spelt_as_the_library_spells_it(wrapper: str) -> None:
    fields: list[dict[str, str | tuple[int, bytes]]] = [{"Before": "b", "Value": v, "After": "a"} for v in VALUES]
    source = log(*fields, wrapper=wrapper)
    assert by_columns(source) == by_libraries(source)
    assert natively(source) >= len(VALUES) - 1  # a boolean that is neither 0 nor 1 is left to the library


def test_texts_without_name_keep_their_places() -> None:
    source = log({"Data": (0x81, text("a\0\0b\0"))}, {"Data": "x"}, {"Data": "", "Data#1": "second", "Data#2": ""})
    found = by_columns(source)
    assert found == by_libraries(source)
    assert [{k: v for k, v in f[2].items() if k.startswith("Data")} for f in found.values()] == [
        {"Data": "a", "Data#2": "b"},
        {"Data": "x"},
        {"Data#1": "second"},
    ]
    assert natively(source) == 3


def test_half_of_a_surrogate_pair_is_not_dropped_in_silence() -> None:
    ((_, _, fields),) = by_columns(log({"Value": "a\ud800b"})).values()
    assert fields["Value"] == "a\ufffdb"


def test_a_text_of_nuls_only_is_missing() -> None:
    ((_, _, fields),) = by_columns(log({"Value": "\0\0", "Other": "x"})).values()
    assert "Value" not in fields


def test_codes_keep_their_meaning_from_batch_to_batch() -> None:
    source = log(*({"User": f"user{n % 7}", "Serial": str(n)} for n in range(4000)))
    batches = [b for b in decode.batches(source, Decoder(chunks=2)) if b.columns.n]
    assert len(batches) > 2
    assert len({id(b.columns.dictionary) for b in batches}) == 1
    seen: list[str] = []
    for batch in batches:
        values = batch.columns.fields["User"].values.to_pylist()
        assert values[: len(seen)] == seen
        assert len(values) == len(set(values))
        seen = values
    assert set(seen) == {f"user{n}" for n in range(7)}


def test_dictionaries_are_closed_so_that_memory_does_not_grow_with_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    source = log(*({"Serial": f"{n:0200}"} for n in range(6000)))
    kept = Decoder(chunks=2)
    expected = by_columns(source, kept)
    monkeypatch.setattr("kyumei.readers.windows.columnar.decoder.MOST_VALUES", 500)
    decoder, sizes, kinds = Decoder(chunks=2), [], set()
    for batch in decode.batches(source, decoder):
        if batch.columns.n:
            sizes.append(sum(len(column.values) for column in batch.columns.fields.values()))
            kinds.add(batch.columns.dictionary)
    assert len(kinds) > 5
    assert max(sizes) < 6000
    assert by_columns(source, decoder) == expected


def test_an_instance_without_header_and_values_is_one() -> None:
    chunk = bytearray(scan.CHUNK)
    chunk[600 + 20] = 1  # the definition: one byte, which ends it
    chunk[2000:2014] = b"\x0c\x01" + bytes(4) + pack("<II", 600, 0)
    known = scan.known()
    known.counts[2] = 1  # the chunk that is being scanned
    found = scan._instance(np.frombuffer(bytes(chunk), np.uint8), 0, 2000, 2014, known)
    assert found == (0, 2014, 0)


def test_parts_of_a_file_give_what_the_whole_gives() -> None:
    source = log(*({"User": f"user{n % 7}", "Serial": str(n)} for n in range(4000)))
    spans = decode.spans(source, 3)
    assert len(spans) == 3
    parts = [by for span in spans for by in decode.batches(source, span=span)]
    assert of_batches(parts) == by_columns(source)
