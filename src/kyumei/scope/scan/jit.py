"""How the kernels of the pass are compiled.

They make no arrays, so they do without Numba's counting of references: with it, each call counts all its arrays up and down,
and text in kanji went at 18 MB/s instead of 670.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import numba as nb

if TYPE_CHECKING:
    from collections.abc import Callable

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
