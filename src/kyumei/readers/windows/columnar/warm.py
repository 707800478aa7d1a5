"""Compile the kernels, once at installation: `python -m kyumei.readers.windows.columnar.warm`.

The compiled code lies beside the package, or in the user's cache folder where the package cannot be written to
(`NUMBA_CACHE_DIR` names another place).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from kyumei.readers.windows.columnar import encode, joined, lean, scan, text

_NOTHING: Final = np.zeros(scan.CHUNK, np.uint8)


def warm() -> None:
    """Run each kernel on nothing, which compiles it or loads what was compiled before."""
    from kyumei.readers.windows.columnar.dictionary import Dictionary
    from kyumei.readers.windows.columnar.shapes import Shapes

    known, found = scan.known(), scan.records(1)
    scan.scan(_NOTHING, 1, known, found)
    slots, values = Shapes().slots(), Dictionary("cp932").raw
    scan.spelt(_NOTHING, scan.FIRST, 0, _NOTHING.copy())
    encode.allowed(_NOTHING, 0, found, slots)
    types = np.zeros(256, np.bool_)
    lean.judge(_NOTHING, found, slots, (types[:0], types[:0]), (types, np.zeros((0, 1), np.uint8)), np.empty(0, np.int32))
    none, places = np.empty(0, np.int32), np.empty(0, np.int64)
    pairs = encode.Pairs(places, none, none, places, places, np.zeros((1, 4), np.int64))
    encode.encode(_NOTHING, 0, found, slots, values, pairs)
    encode.rehash(values.table[:0], values.table)
    encode.interned(np.frombuffer(b"x\0", np.uint8), 0, values)
    joined.messages(joined.Pool().array(), none, np.zeros(2, np.int64), np.full(1, -1, np.int32))
    text.spell(values, places, 0, _NOTHING.copy(), none)


if __name__ == "__main__":
    from kyumei.readers.windows.columnar.compiled import is_compiled

    is_compiled()
