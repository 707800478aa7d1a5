from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random  # noqa: TID251  # seeded below

import numpy as np
import pyarrow as pa
import pytest

from kyumei.detect.sigma.special import _part, times

ODD = [
    "2024-02-30T01:02:03Z", "2023-02-29T01:02:03.5Z", "2024-02-29T23:59:59.999999Z", "2024-06-08 03:12:01", "2024-06-08", "",
    "2024-06-08T24:00:00Z", "2024-06-08T03:12:01.Z", "2024-06-08T03:12:01.1x3Z", "2024-06-08T03:12:01+09:00",
    "no time at all, Z", "2024-06-08T03:12:01 .123Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
]  # fmt: skip


@pytest.mark.parametrize("part", ["minute", "hour", "day", "week", "month", "year"])
@pytest.mark.parametrize("hours", [0, 9, -8])
def test_times_of_a_whole_column_have_the_parts_that_each_has_alone(part: str, hours: int) -> None:
    dice = Random(3)  # noqa: S311
    start = datetime(1970, 1, 1, tzinfo=UTC)
    moments = [
        start + timedelta(seconds=dice.randrange(4_000_000_000), microseconds=dice.randrange(1_000_000)) for _ in range(500)
    ]
    texts = [f"{m:%Y-%m-%dT%H:%M:%S}.{m.microsecond:06d}{'0' * (n % 3)}Z" for n, m in enumerate(moments)] + ODD
    offset = timedelta(hours=hours)
    found = times(pa.array(texts), part, offset)
    assert np.array_equal(found, [_part(text, part, offset) for text in texts], equal_nan=True)
