"""Common columns that are made for a whole batch against those that are made of one event after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from kyumei.model.source import Source
from kyumei.readers.windows import recovery
from kyumei.readers.windows.columnar import decode, store
from kyumei.readers.windows.mapping import add_event
from kyumei.store.rows import Rows
from tests.conftest import members
from tests.readers.evtx_writer import Record, evtx

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    import pyarrow as pa

START = datetime(2024, 5, 16, tzinfo=UTC)
EVENTS: list[tuple[int, Mapping[str, str]]] = [
    (4625, {"TargetUserName": "佐藤", "TargetDomainName": "HQ", "IpAddress": "::ffff:192.0.2.7", "LogonType": "3"}),
    (4625, {"TargetUserName": "-", "IpAddress": "-", "LogonType": "10"}),
    (4624, {"TargetUserName": "tanaka", "TargetDomainName": "-", "IpAddress": "192.0.2.8", "LogonType": "10"}),
    (4688, {"NewProcessName": "C:\\x.exe", "CommandLine": "x " * 400, "SubjectUserName": "tanaka"}),
    (4688, {"NewProcessName": "C:\\y.exe", "CommandLine": "two\n lines\tand more"}),
    (5145, {"ShareName": "\\\\*\\share", "RelativeTargetName": "顧客\\名簿.xlsx", "AccessMask": "0x1"}),
    (60000, {"Whatever": "値" * 299, "Other": "end"}),
    (60000, {"Whatever": "a\r\nb", "Other": "  "}),
    (60001, {}),
]


def by_rec(tables: list[pa.Table]) -> dict[int, dict[str, Any]]:
    rows = [row for table in tables for row in table.to_pylist()]
    return {row["rec"]: {name: value for name, value in row.items() if value is not None} for row in rows}


def both(source: Source) -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]:
    """Return offset → all columns, by batch and one by one."""
    ours: list[pa.Table] = []
    rows = Rows(source, "windows.evtx", ours.append)
    for batch in decode.batches(source):
        store.add(rows, batch)
    theirs: list[pa.Table] = []
    rows = Rows(source, "windows.evtx", theirs.append)
    for piece in recovery.plain(source):
        for found in piece.found:
            add_event(rows, found.event, rec=found.rec, origin=found.origin)
    rows.flush()
    return by_rec(ours), by_rec(theirs)


def test_each_event_gets_the_columns_that_it_gets_alone() -> None:
    given = [Record(START + timedelta(seconds=n), *EVENTS[n % len(EVENTS)]) for n in range(3 * len(EVENTS))]
    ours, theirs = both(Source.memory(evtx(given), "x.evtx"))
    assert len(ours) == len(given)
    assert ours == theirs


@pytest.mark.slow
@pytest.mark.parametrize("archive", ["evtx_cc0.tar.xz", "sigma_regression.tar.xz"])
def test_each_event_of_real_logs_gets_the_columns_that_it_gets_alone(shared_data: Path, archive: str) -> None:
    for path, data in members(shared_data / archive):
        if data.startswith(b"ElfFile\0"):
            ours, theirs = both(Source.memory(data, path))
            assert ours == theirs, path
