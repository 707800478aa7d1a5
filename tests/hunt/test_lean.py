from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner

from kyumei.case.hunt import job
from kyumei.cli.hunt import command
from kyumei.model.source import Source
from kyumei.readers.windows.columnar import decode
from kyumei.readers.windows.columnar.decoder import Decoder
from kyumei.readers.windows.columnar.lean import ALPHABETS, Chosen, Lean, Wanted
from tests.conftest import members
from tests.hunt.week import week

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.store.columns import Columns

SAMPLES = Path(__file__).parents[1] / "readers" / "windows.evtx"
SILENT = set(ALPHABETS) - {16, 20, 21}
"""All types but those that may hold the word add, GUIDs apart."""
WORDS = """
title: Words anywhere
id: 6d7f0c1e-0000-4000-8000-000000000002
logsource: {product: windows}
detection:
  keywords: [add, tanaka, Audit, '5156', '.xlsx']
  condition: keywords
level: low
---
title: Failed logons of one account
id: 6d7f0c1e-0000-4000-8000-000000000003
name: failed
logsource: {product: windows, service: security}
detection:
  selection: {EventID: 4625}
  condition: selection
level: medium
---
title: Many of them
id: 6d7f0c1e-0000-4000-8000-000000000004
correlation: {type: event_count, rules: [failed], group-by: [TargetUserName], timespan: 1h, condition: {gte: 2}}
level: high
"""


def silent(kinds: set[int]) -> Wanted:
    types = np.isin(np.arange(256), [0, *kinds])
    return Wanted({"TargetUserName", "System_Channel"}.__contains__, types, np.array([[3, 10, 13, 13]], np.uint8))


def cells(columns: Columns, names: set[str] | None = None) -> set[tuple[int, str, str]]:
    return {
        (row, name, text)
        for name, column in columns.fields.items()
        if names is None or name in names
        for row, text in zip(column.rows.tolist(), column.values.take(np.asarray(column.codes)).to_pylist(), strict=True)
    }


def taken(source: Source, wanted: Wanted) -> tuple[int, int]:
    """Compare a log read lean with the same read whole; return cells of both."""
    few, all_ = Lean(source.zone, wanted), Decoder(source.zone)
    fewer = more = 0
    for lean, whole in zip(decode.batches(source, few), decode.batches(source, all_), strict=True):
        assert lean.rec.tolist() == whole.rec.tolist()
        assert lean.ts.tolist() == whole.ts.tolist()
        held, full = cells(lean.columns), cells(whole.columns)
        assert held <= full
        assert cells(lean.columns, {"TargetUserName", "System_Channel"}) == cells(
            whole.columns, {"TargetUserName", "System_Channel"}
        )
        for _, _, text in full - held:
            assert any(set(text.lower()) <= set(alphabet) for alphabet in ALPHABETS.values())
            assert "add" not in text.lower()
        fewer, more = fewer + len(held), more + len(full)
        native = np.flatnonzero(whole.shape >= 0)[::3] if len(whole.shape) else np.empty(0, np.int64)
        if len(native):
            with source.open() as stream:
                found = list(Chosen(source.zone).fields(stream, whole.chunk[native], whole.rec[native]))
            told = {(int(native[places[r]]), n, t) for places, columns in found for r, n, t in cells(columns)}
            known = set(native.tolist())
            assert told == {one for one in full if one[0] in known and one[1] != "System_Integrity"}
    return fewer, more


@pytest.mark.parametrize("name", ["ordinary", "damaged", "japanese"])
def test_what_is_left_out_is_nothing_but_values_that_hold_no_word(name: str) -> None:
    source = Source.memory((SAMPLES / name / "Security.evtx").read_bytes(), name)
    taken(source, silent(SILENT))


def logs(archive: Path) -> Iterator[tuple[str, bytes]]:
    for path, data in members(archive):
        if data.startswith((b"ElfFile\0", b"ElfChnk\0")):
            yield path, data
        elif zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as inner:
                yield from ((name, inner.read(name)) for name in inner.namelist() if name.lower().endswith(".evtx"))


@pytest.mark.slow
@pytest.mark.parametrize("archive", ["evtx_cc0.tar.xz", "evtx_gpl3.tar.xz", "evtx_parser.tar.xz", "plaso.tar.xz"])
def test_real_and_damaged_logs_lose_no_word_either(shared_data: Path, archive: str) -> None:
    pairs = [taken(Source.memory(data, path), silent(SILENT)) for path, data in logs(shared_data / archive)]
    assert sum(fewer for fewer, _ in pairs) < 0.9 * sum(more for _, more in pairs)


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    for name in ("ordinary", "damaged", "japanese"):
        (folder / f"{name}.evtx").write_bytes((SAMPLES / name / "Security.evtx").read_bytes())
    (folder / "dc.evtx").write_bytes(next(data for name, data in week().items() if name.startswith("DC01")))
    (folder / "words.yml").write_text(WORDS, "utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("words", [["--format", "jsonl"], ["--format", "table"], ["--ungrouped"], ["--logons"], ["--metrics"]])
def test_a_hunt_says_the_same_whether_it_reads_all_fields_or_those_it_needs(
    evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    def hunted() -> Any:
        given = [str(evidence), "--rules", str(evidence / "words.yml"), "--jobs", "1", *words]
        run = CliRunner().invoke(command, given, env={"XDG_CACHE_HOME": str(tmp_path)}, standalone_mode=False)
        assert run.exception is None, run.exception
        return run.stdout, run.return_value

    lean = hunted()
    monkeypatch.setattr(job._Out, "wanted", None)
    assert hunted() == lean
    assert lean[0].count("\n") > 1
