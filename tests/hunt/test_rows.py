from __future__ import annotations

from random import Random  # noqa: TID251  # seeded below

import numpy as np
import pyarrow as pa

from kyumei.case.hunt.ask import GAP
from kyumei.case.hunt.rows import _may_begin


def test_every_hit_that_begins_a_finding_carries_its_fields_and_few_others_do() -> None:
    dice = Random(1)  # noqa: S311
    hits = [(dice.randrange(3), dice.choice(["a", "b", None]), dice.choice([None, *range(0, 400, 9)])) for _ in range(400)]
    ts = [None if hour is None else hour * GAP // 12 for _, _, hour in hits]
    numbers, hosts = np.array([rule for rule, _, _ in hits], np.int32), pa.array([host for _, host, _ in hits], pa.string())
    places = np.array(dice.sample(range(len(hits)), len(hits)))
    chosen = set(_may_begin(numbers, hosts, pa.array(ts, pa.timestamp("us", "UTC")), places).tolist())
    wanted = set()
    for n, (rule, host, _) in enumerate(hits):
        mine = [(other, m) for m, other in enumerate(ts) if other is not None and hits[m][:2] == (rule, host)]
        at = ts[n]
        if at is None or not any(at - other <= GAP and (other, places[m]) < (at, places[n]) for other, m in mine):
            wanted.add(n)
    assert chosen == wanted
    assert len(chosen) < len(hits)
