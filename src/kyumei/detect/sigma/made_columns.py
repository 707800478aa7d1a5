"""Columns made of others where a log tells in several fields, or in other words, what Sigma has one field for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from kyumei.store.columns import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.detect.sigma.logsource import Made


def column(made: Made, parts: Sequence[Column]) -> Column:
    """Return the column, for all rows that have one of the parts; rows whose value comes out as none are left out.

    Args:
        made: how.
        parts: the columns named in it that there are, in its order.
    """
    if not parts:
        return Column(np.empty(0, np.uint32), np.empty(0, np.int32), pa.array([], pa.string()))
    rows = np.unique(np.concatenate([part.rows for part in parts]))
    held = np.full((len(rows), len(parts)), -1, np.int32)
    for n, part in enumerate(parts):
        held[np.searchsorted(rows, part.rows), n] = part.codes
    combinations, inverse = np.unique(held, axis=0, return_inverse=True)
    texts = [_text(made, parts, codes.tolist()) for codes in combinations]
    codes = np.array([-1 if text is None else n for n, text in enumerate(texts)], np.int32)[inverse.reshape(-1)]
    has = codes >= 0
    return Column(rows[has].astype(np.uint32), codes[has], pa.array([text or "" for text in texts], pa.string()))


def _text(made: Made, parts: Sequence[Column], codes: list[int]) -> str | None:
    text = made.by.join(parts[n].values[code].as_py() for n, code in enumerate(codes) if code >= 0)
    if made.take:
        found = re.search(made.take, text)
        if not found or found[1] is None:
            return None
        text = found[1]
    if made.map:
        return next((to for value, to in made.map if value.lower() == text.lower()), None)
    for head, to in made.heads:
        if text.lower().startswith(head.lower()):
            return to + text[len(head) :]
    return text
