"""What every reader promises, checked on every registered reader and its sample folders.

A sample is a folder `tests/readers/<reader name>/<sample>/` with one evidence file (any name), `expected.jsonl` (one object a
line: the non-null columns of each event; then the faults as {"fault": …}; last {"summary": …}) and, where the file's change
time matters, `mtime.txt` (microseconds since 1970 UTC). `python -m tests.readers.samples` rewrites the expectations; they are
committed only after they were checked by eye against another tool or the specification.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.model.source import Source
from kyumei.readers.registry import READERS
from kyumei.readers.run import recognise
from tests.readers.samples import SAMPLES, lines, sample_source, strict_run

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.readers.registry import Reader
    from tests.readers.samples import Sample

ALL = pytest.mark.parametrize("reader", READERS.all(), ids=lambda r: r.name)


@ALL
def test_every_reader_has_a_sample(reader: Reader) -> None:
    assert [s for s in SAMPLES if s.reader == reader.name]


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_a_sample_reads_as_expected(sample: Sample) -> None:
    assert lines(sample) == (sample.folder / "expected.jsonl").read_text("utf-8").splitlines()


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_a_sample_is_recognised_by_content_under_another_name(sample: Sample) -> None:
    source = Source.memory(sample.file.read_bytes(), "evidence/0001")
    found, _ = recognise(source)
    if (sample.folder / "not_recognised_alone").exists():
        pytest.skip("too damaged to be recognised; read when named")
    assert found is not None
    assert found.name == sample.reader


@ALL
@settings(max_examples=40, derandomize=True, deadline=None)
@given(data=st.binary(max_size=4096))
def test_any_bytes_give_events_or_faults_and_never_raise(reader: Reader, data: bytes) -> None:
    source = Source.memory(data)
    reader.accepts(source)
    strict_run(reader, source)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
@settings(max_examples=15, derandomize=True, deadline=None)
@given(data=st.data())
def test_damaged_samples_never_raise(sample: Sample, data: st.DataObject) -> None:
    original = bytearray(sample.file.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        if original:
            original[data.draw(st.integers(0, len(original) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(original)))
    strict_run(READERS.get(sample.reader), sample_source(sample, bytes(original[:cut])))


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    del tmp_path
    for sample in SAMPLES:
        assert lines(sample) == lines(sample)
