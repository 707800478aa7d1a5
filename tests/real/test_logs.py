"""Floors for what is read of public log sets; the figures of the day stand in docs/reference/logs.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.real.logs import SETS, score, why

if TYPE_CHECKING:
    from pathlib import Path

FLOORS = {
    "fail2ban": 0.99,
    "fail2ban-benign": 0.97,
    "crowdsec": 0.97,
    "ossec": 0.98,
    "plaso": 0.7,
    "plaso-values": 0.75,
    "panther": 0.92,
    "cloudtrail": 1.0,
}


@pytest.mark.parametrize("name", sorted(SETS))
def test_no_fewer_rows_of_a_public_set_are_read_right_than_before(shared_data: Path, name: str) -> None:
    rows = list(SETS[name][1](shared_data))
    passed, total = score(rows)
    assert passed / total >= FLOORS[name], sorted({(row.group, row.failure) for row in rows if row.failure})
    assert not [row for row in rows if row.failure and "unexplained" in why(name, row)]
