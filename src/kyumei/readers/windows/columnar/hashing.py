"""Kernel: hashes of 64 bits, for tables only; values are compared before they are believed to be the same."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from kyumei.readers.windows.columnar.jit import inlined, jit, u16, u32, u64

_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX2: Final = np.uint64(0xBF58476D1CE4E5B9)


@jit
def mixed(value: Any, more: Any) -> Any:
    """Return the hash with one more value in it."""
    value = (value ^ more) * _MIX
    return value ^ (value >> np.uint64(29))


@jit
def finished(value: Any) -> Any:
    """Return the last step of a hash; never 0, which marks an empty slot."""
    value *= _MIX2
    value ^= value >> np.uint64(32)
    return value if value != np.uint64(0) else np.uint64(1)


@jit
def hashed(data: np.ndarray, at: int, size: int, seed: Any) -> Any:
    """Return a hash of bytes; never 0, which marks an empty slot."""
    value = seed
    end = at + size
    while at + 8 <= end:
        value = mixed(value, u64(data, at))
        at += 8
    if size >= 8 and at < end:
        value = mixed(value, u64(data, end - 8))
    elif at < end:
        rest = np.uint64(0)
        while at < end:
            rest = (rest << np.uint64(8)) | np.uint64(data[at])
            at += 1
        value = mixed(value, rest)
    return finished(value)


@inlined
def word(data: np.ndarray, at: int, size: int) -> Any:
    """Return a value of at most eight bytes as an integer; no two of the same size give the same."""
    if size == 8:
        return u64(data, at)
    if size >= 4:
        return np.uint64(u32(data, at)) | np.uint64(u32(data, at + size - 4)) << np.uint64(32)
    value = np.uint64(data[at])
    if size > 1:
        value |= np.uint64(u16(data, at + size - 2)) << np.uint64(8)
    return value
