"""Messages that the kernel puts together against the same in Python."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.readers.windows import mapping
from kyumei.readers.windows.columnar.joined import Pool, messages

_TEXT = st.one_of(
    st.text(alphabet="aあ𠮷é \n\t", min_size=1, max_size=40),
    st.integers(290, 1300).map(lambda n: "漢a" * (n // 2)),
    st.sampled_from(["x" * 299, "x" * 300, "x" * 301, "日" * 1200 + "\n", "日" * 1199 + "\n"]),
)


@settings(deadline=None)  # the kernel is compiled on its first call
@given(st.lists(st.tuples(st.booleans(), st.lists(st.none() | _TEXT, max_size=5)), max_size=20))
def test_messages_are_those_of_a_single_event(rows: list[tuple[bool, list[str | None]]]) -> None:
    pool = Pool()
    pieces = [pool.some(texts) for _, texts in rows]
    bounds = np.concatenate([[0], np.cumsum([len(p) for p in pieces])]).astype(np.int64)
    between = np.array([pool.one(" · ") if spaced else -1 for spaced, _ in rows], np.int32)
    flat = np.concatenate([np.empty(0, np.int32), *pieces])
    expected = [
        mapping.line((" · " if spaced else "").join(t for t in texts if t)) if any(texts) or not spaced else None
        for spaced, texts in rows
    ]
    assert messages(pool.array(), flat, bounds, between).to_pylist() == expected


def test_more_messages_than_the_buffer_holds_are_all_given() -> None:
    pool = Pool()
    texts = [f"{n} " + "語" * 290 for n in range(6000)]
    numbers = pool.some(texts)
    found = messages(pool.array(), numbers, np.arange(len(texts) + 1), np.full(len(texts), -1, np.int32))
    assert found == pa.array(texts)
