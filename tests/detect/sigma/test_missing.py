"""Rules on machines where a compiled package is missing, and on what the EVTX decoder calls things."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from kyumei.detect.sigma.engine import Engine
from kyumei.detect.sigma.parse import parse_rules
from kyumei.model.source import Source
from kyumei.readers.windows.columnar import decode
from kyumei.readers.windows.columnar.decoder import Decoder
from kyumei.store.columns import from_table
from tests.conftest import members

if TYPE_CHECKING:
    from pathlib import Path

RULE = r"""
title: T
id: t
logsource: {product: windows}
detection:
  a:
    CommandLine|windash|contains: ' -enc '
  b:
    CommandLine|re: 'https?://[a-z]+'
  c:
    Address|cidr: 10.0.0.0/8
  condition: 1 of *
"""
SCRIPT = """
import sys
for name in sys.argv[2:]:
    sys.modules[name] = None
from pathlib import Path
import pyarrow as pa
from kyumei.detect.sigma.engine import Engine
from kyumei.detect.sigma.parse import parse_rules
from kyumei.store.columns import from_table
folder = Path(sys.argv[1])
rules, _ = parse_rules([folder / "rule.yml"])
table = pa.table({
    "CommandLine": ["cmd /ENC x", "cmd \\u2013enc x", "get HTTPS://x", "get http://abc", "none", "none"],
    "Address": ["1.1.1.1", "1.1.1.1", "1.1.1.1", "1.1.1.1", "10.2.3.4", "10.2.3"],
})
print(Engine.build(rules, folder / "cache").run(from_table(table), source="windows.evtx").of("t").tolist())
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "missing"), [([], ["numba", "hyperscan"]), (["numba", "hyperscan"], []), (["numba"], ["hyperscan"])]
)
def test_rules_hit_the_same_without_compiled_packages_whoever_filled_the_cache(
    tmp_path: Path, first: list[str], missing: list[str]
) -> None:
    (tmp_path / "rule.yml").write_text(RULE, encoding="utf-8")
    for names in (first, missing):
        command = [sys.executable, "-c", SCRIPT, str(tmp_path), *names]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[0, 1, 3, 4]"


def test_a_rule_sees_the_providers_name_as_the_decoder_gives_it(shared_data: Path, tmp_path: Path) -> None:
    _, log = next(one for one in members(shared_data / "evtx_cc0.tar.xz") if one[0].endswith(".evtx"))
    batches = [b.columns for b in decode.batches(Source.memory(log), Decoder())]
    provider = batches[0].fields["System_ProviderName"]
    said = provider.values[int(provider.codes[0])].as_py()
    path = tmp_path / "rule.yml"
    head = "title: T\nid: t\nlogsource: {product: windows}\ndetection:\n"
    path.write_text(f"{head}  s: {{Provider_Name: '{said}'}}\n  condition: s\n", encoding="utf-8")
    rules, _ = parse_rules([path])
    found = sum(len(Engine.build(rules).run(one).of("t")) for one in batches)
    every = [one.fields["System_ProviderName"] for one in batches]
    assert found == sum(column.values.take(pa.array(column.codes)).to_pylist().count(said) for column in every) > 0


def test_a_rule_asks_for_the_hour_of_the_records_own_time_where_the_batch_has_it_apart(tmp_path: Path) -> None:
    path = tmp_path / "rule.yml"
    head = "title: T\nid: t\nlogsource: {product: windows}\ndetection:\n"
    path.write_text(f"{head}  s: {{TimeCreated|hour: 3}}\n  condition: s\n", encoding="utf-8")
    engine = Engine.build(parse_rules([path])[0])
    columns = from_table(pa.table({"System_Channel": ["Security"] * 3}))
    ts = np.array([3 * 3600 * 1_000_000, np.iinfo(np.int64).min, 18 * 3600 * 1_000_000], np.int64)
    assert engine.run(columns, ts=ts).of("t").tolist() == [0]
    assert engine.run(columns, ts=ts, offset=timedelta(hours=9)).of("t").tolist() == [2]
    assert engine.run(columns).of("t").tolist() == []
