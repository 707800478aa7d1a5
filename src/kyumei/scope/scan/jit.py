"""How the kernels of the pass are compiled.

They make no arrays, so they do without Numba's counting of references: with it, each call counts all its arrays up and down,
and text in kanji went at 18 MB/s instead of 670.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

u: Final = np.uint64
"""What an index is made of in a kernel: Numba takes a signed one for a count from the end, and asks each time."""

Kernel = TypeVar("Kernel", bound="Callable[..., Any]")
_FACTS: Final[dict[str, Any]] = {"cache": True, "nogil": True, "boundscheck": False, "_nrt": False}


def jit(function: Kernel) -> Kernel:
    """Compile a function that makes no arrays."""
    compiled: Kernel = nb.njit(**_FACTS)(function)
    return compiled


def inlined(function: Kernel) -> Kernel:
    """Compile a function that makes no arrays into those that call it."""
    compiled: Kernel = nb.njit(forceinline=True, **_FACTS)(function)
    return compiled


@inlined
def word8(data: Any, i: int) -> Any:
    """Return eight bytes as a number, the first as the lowest; written out, so that it becomes one load."""
    low = u(data[u(i)]) | u(data[u(i + 1)]) << u(8) | u(data[u(i + 2)]) << u(16) | u(data[u(i + 3)]) << u(24)
    high = u(data[u(i + 4)]) | u(data[u(i + 5)]) << u(8) | u(data[u(i + 6)]) << u(16) | u(data[u(i + 7)]) << u(24)
    return low | high << u(32)


@inlined
def put8(out: Any, o: int, word: Any) -> None:
    """Write a number as eight bytes, the lowest first; becomes one store."""
    out[u(o)] = word & u(255)
    out[u(o + 1)] = (word >> u(8)) & u(255)
    out[u(o + 2)] = (word >> u(16)) & u(255)
    out[u(o + 3)] = (word >> u(24)) & u(255)
    out[u(o + 4)] = (word >> u(32)) & u(255)
    out[u(o + 5)] = (word >> u(40)) & u(255)
    out[u(o + 6)] = (word >> u(48)) & u(255)
    out[u(o + 7)] = (word >> u(56)) & u(255)


@inlined
def put4(out: Any, o: int, word: Any) -> None:
    """Write a number of 32 bits as four bytes, the lowest first."""
    out[u(o)] = word & np.uint32(255)
    out[u(o + 1)] = (word >> np.uint32(8)) & np.uint32(255)
    out[u(o + 2)] = (word >> np.uint32(16)) & np.uint32(255)
    out[u(o + 3)] = (word >> np.uint32(24)) & np.uint32(255)


@inlined
def first_marked(marks: Any) -> Any:
    """Return which of eight bytes is the first whose highest bit is set, 8 for none; no other bit may be set."""
    below = (marks & (u(0) - marks)) - u(1)
    ones = u(0x0101010101010101)
    return np.int64(((below & ones) * ones) >> u(56)) - 1 if marks else 8
