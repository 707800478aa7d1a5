"""Small batches of columns written as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from kyumei.detect.sigma.engine import Engine
from kyumei.detect.sigma.parse import parse_rules
from kyumei.store.columns import from_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kyumei.store.columns import Columns

SYSMON = "Microsoft-Windows-Sysmon/Operational"


def columns(rows: Sequence[Mapping[str, str | None]]) -> Columns:
    """Return the rows as columns; a field that a row does not name is not there."""
    names = sorted({name for row in rows for name in row})
    return from_table(pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}))


def hits(
    folder: Path,
    detection: str,
    rows: Sequence[Mapping[str, str | None]],
    placeholders: Mapping[str, Sequence[str]] | None = None,
) -> list[int]:
    """Return the rows that a rule with this detection hits among Windows events."""
    path = folder / "rule.yml"
    path.write_text(f"title: T\nid: t\nlogsource: {{product: windows}}\ndetection:\n{detection}", encoding="utf-8")
    rules, problems = parse_rules([path], placeholders=placeholders)
    assert not problems, problems[0].reason
    return [int(row) for row in Engine.build(rules).run(columns(rows), source="windows.evtx").of("t")]
