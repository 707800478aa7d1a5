"""The digests of `kyumei.scope.digest` before a key is put to them, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

_FACTS: Final[dict[str, Any]] = {"cache": True, "nogil": True, "boundscheck": False}
_jit: Final[Callable[..., Any]] = nb.njit(**_FACTS)
_ADDED: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)


@_jit
def _mixed(state: Any) -> Any:
    """Mix the bits: the finaliser of SplitMix64 (Steele, Lea, Flood 2014)."""
    state = state + _ADDED
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return state ^ (state >> np.uint64(31))


@_jit
def _word(data: npt.NDArray[np.uint8], i: int) -> Any:
    """Return eight bytes as a number; written out, so that it becomes one load."""
    low = np.uint64(data[i]) | np.uint64(data[i + 1]) << np.uint64(8) | np.uint64(data[i + 2]) << np.uint64(16)
    low |= np.uint64(data[i + 3]) << np.uint64(24) | np.uint64(data[i + 4]) << np.uint64(32)
    high = np.uint64(data[i + 5]) << np.uint64(40) | np.uint64(data[i + 6]) << np.uint64(48)
    return low | high | np.uint64(data[i + 7]) << np.uint64(56)


@_jit
def hashed(data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int32], seed: Any, out: npt.NDArray[np.uint64]) -> None:
    """Write a digest for each text: its length and its bytes, eight at a time as little-endian words, mixed into the seed."""
    for n in range(len(offsets) - 1):
        i, end = offsets[n], offsets[n + 1]
        state = np.uint64(seed) ^ np.uint64(end - i)
        while i + 8 <= end:
            state = _mixed(state ^ _word(data, i))
            i += 8
        if i < end:
            word = np.uint64(0)
            for k in range(end - i):
                word |= np.uint64(data[i + k]) << np.uint64(8 * k)
            state = _mixed(state ^ word)
        out[n] = _mixed(state)
