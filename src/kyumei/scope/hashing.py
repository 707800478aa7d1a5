"""The digests of `kyumei.scope.digest` before a key is put to them, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kyumei.scope.scan.jit import inlined, jit, u, word8

if TYPE_CHECKING:
    import numpy.typing as npt

_ADDED: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)


@inlined
def _mixed(state: Any) -> Any:
    """Mix the bits: the finaliser of SplitMix64 (Steele, Lea, Flood 2014)."""
    state = state + _ADDED
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return state ^ (state >> np.uint64(31))


@jit
def hashed(data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int32], seed: Any, out: npt.NDArray[np.uint64]) -> None:
    """Write a digest for each text: its length and its bytes, eight at a time as little-endian words, mixed into the seed."""
    for n in range(len(offsets) - 1):
        i, end = int(offsets[u(n)]), int(offsets[u(n + 1)])
        state = np.uint64(seed) ^ np.uint64(end - i)
        while i + 8 <= end:
            state = _mixed(state ^ word8(data, i))
            i += 8
        if i < end:
            word = np.uint64(0)
            for k in range(end - i):
                word |= np.uint64(data[u(i + k)]) << np.uint64(8 * k)
            state = _mixed(state ^ word)
        out[u(n)] = _mixed(state)


@jit
def folded_in(state: npt.NDArray[np.uint64], part: npt.NDArray[np.uint64]) -> None:
    """Mix each state and put another digest to it, in place."""
    for n in range(len(state)):
        state[u(n)] = _mixed(state[u(n)]) ^ part[u(n)]
