from __future__ import annotations

from random import Random  # noqa: TID251  # seeded below
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from kyumei.case.hunt.acts import acts
from kyumei.case.hunt.gather import Batch
from kyumei.evidence.sources import local_source
from kyumei.readers.windows import mapping
from kyumei.readers.windows.fields import WindowsEvent
from kyumei.store.columns import from_table

if TYPE_CHECKING:
    from pathlib import Path

VALUES = (
    "-", " ", "　", "a", "Suzuki", "192.0.2.7", "::ffff:192.0.2.7", "192.0.2.7:445", "2001:DB8::1", "[2001:db8::1]:80",
    "010.1.1.1", "0x0", "0x1", "0x6", "0x10000", "%%4416", "File", "Key", "\\\\*\\営業", "\\", "folder\\x.xlsx", "IPC$",
    "running", "停止", "23", "0x8020000000000000", "0x8010000000000000", "line\r\nline", "x" * 310, "名簿" * 200,
    "accepted password for root from 192.0.2.1 port 2",
)  # fmt: skip


def events(seed: int) -> list[WindowsEvent]:
    draw = Random(seed)  # noqa: S311
    found = []
    for (scope, number), rules in mapping._rules().items():
        names = {mapping.KEYWORDS}
        for rule in rules:
            names |= {test.name for test in rule.tests} | {name for pick in rule.picks for name in pick.names}
            names |= {name for _, options in rule.message for name in options}
        for _ in range(12):
            given = {name: draw.choice(VALUES) for name in sorted(names - {"outcome"}) if draw.random() < 0.8}
            found.append(WindowsEvent(event_id=number, provider=scope, channel="Some", fields=given))
    return found


def batch_of(given: list[WindowsEvent], path: Path) -> Batch:
    texts = [{"provider": e.provider, "channel": e.channel, "event_id": str(e.event_id), **e.fields} for e in given]
    names = sorted({name for one in texts for name in one})
    columns = from_table(pa.table({name: pa.array([one.get(name) for one in texts], pa.string()) for name in names}))
    n, source = len(given), local_source(path)
    ts = pa.array(range(n), pa.int64()).cast(pa.timestamp("us", tz="UTC"))
    return Batch("windows.evtx", columns, (source,), np.zeros(n, np.int32), np.arange(n), ts)


def as_mapped(event: WindowsEvent) -> dict[str, Any]:
    fields = {name: text for name, text in event.fields.items() if text.strip(" ") not in {"", "-"}}
    keywords = fields.pop(mapping.KEYWORDS, None)
    one = WindowsEvent(event_id=event.event_id, provider=event.provider, channel="Some", keywords=keywords, fields=fields)
    return {name: value for name, value in mapping.mapped(one).items() if value is not None}


def test_columns_say_of_each_event_what_the_mapping_says_of_it_alone(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    given = events(1)
    rows = {row["rec"]: row for table in acts(batch_of(given, tmp_path / "x"), None) for row in table.to_pylist()}
    for n, event in enumerate(given):
        expected = as_mapped(event)
        told = {name: rows[n][name] for name in expected} if n in rows else {"action": "record.written"}
        if told != {"action": "record.written"} or expected["action"] != "record.written":
            assert told == expected, event


def test_events_outside_the_span_are_no_acts(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    given = events(2)
    inside = np.arange(len(given)) < 40
    found = [row["rec"] for table in acts(batch_of(given, tmp_path / "x"), inside) for row in table.to_pylist()]
    assert found
    assert max(found) < 40
