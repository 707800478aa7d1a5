"""How the kernels are compiled, and loads and stores of little-endian integers at any offset.

Kernels do not check bounds by themselves: whoever calls a load has made sure that the bytes are there. With
`NUMBA_BOUNDSCHECK=1` loads are put together from single, checked bytes, so that tests can show it. Hosts are little-endian.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import numba
import numpy as np
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")
CHECKED: Final = bool(getattr(numba.config, "BOUNDSCHECK", False))


def _compiled(function: F, options: dict[str, Any]) -> F:
    """Return the function compiled on its first call, without the interpreter's lock, kept on disk where a place is found.

    Kernels make no arrays, so the arrays that they hand on need not be counted; counting them took most of the time.
    """
    options = {"nogil": True, "_nrt": False, **options}
    try:
        return numba.njit(cache=True, **options)(function)  # type: ignore[no-any-return]  # is called like it
    except RuntimeError:  # no writable place for the cache
        return numba.njit(**options)(function)  # type: ignore[no-any-return]  # is called like it


def jit(function: F) -> F:
    """Return the function compiled."""
    return _compiled(function, {})


def inlined(function: F) -> F:
    """Return the function compiled into each of its callers: a call would copy the heads of all arrays handed on."""
    return _compiled(function, {"forceinline": True})


def _load(bits: int) -> Any:
    @intrinsic
    def load(_context: Any, array: Any, _index: Any) -> Any:
        from numba import types

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            from llvmlite import ir

            kind, _ = signature.args
            data = context.make_array(kind)(context, builder, arguments[0]).data
            place = builder.gep(data, [arguments[1]])
            place = builder.bitcast(place, ir.IntType(bits).as_pointer())
            found = builder.load(place)
            found.align = 1
            return builder.zext(found, ir.IntType(64)) if bits < 64 else found

        return types.uint64(array, types.int64), generate

    return load


_load16, _load32, _load64 = _load(16), _load(32), _load(64)


@intrinsic
def _fetch(_context: Any, array: Any, _index: Any) -> Any:
    from numba import types

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        from llvmlite import ir

        kind, _ = signature.args
        place = builder.gep(context.make_array(kind)(context, builder, arguments[0]).data, [arguments[1]])
        near = ir.IntType(8).as_pointer()
        number = ir.IntType(32)
        hint = builder.module.declare_intrinsic(
            "llvm.prefetch", [near], ir.FunctionType(ir.VoidType(), [near, number, number, number])
        )
        builder.call(hint, [builder.bitcast(place, near), number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


@inlined
def fetch(data: np.ndarray, at: int) -> None:
    """Ask for the element with this number, counted through all dimensions, to be brought near; nothing else happens."""
    _fetch(data, at)  # type: ignore[call-arg]  # the first is numba's


@intrinsic
def _store(_context: Any, array: Any, _index: Any, _word: Any) -> Any:
    from numba import types

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        from llvmlite import ir

        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place = builder.bitcast(builder.gep(data, [arguments[1]]), ir.IntType(64).as_pointer())
        builder.store(arguments[2], place, align=1)
        return context.get_dummy_value()

    return types.void(array, types.int64, types.uint64), generate


@jit
def whole(number: Any) -> int:
    """Return a number of whatever width as a signed one of 64 bits."""
    return np.int64(number)  # type: ignore[return-value]  # an integer to numba


if CHECKED:

    @jit
    def u16(data: np.ndarray, at: int) -> int:
        """Return two bytes as an integer."""
        return np.int64(data[at]) | np.int64(data[at + 1]) << 8  # type: ignore[return-value]  # an integer to numba

    @jit
    def u32(data: np.ndarray, at: int) -> int:
        """Return four bytes as an integer."""
        return u16(data, at) | u16(data, at + 2) << 16

    @jit
    def u64(data: np.ndarray, at: int) -> Any:
        """Return eight bytes as an unsigned integer."""
        return np.uint64(u32(data, at)) | np.uint64(u32(data, at + 4)) << np.uint64(32)

    @jit
    def put64(data: np.ndarray, at: int, word: Any) -> None:
        """Write eight bytes, the lowest first."""
        for i in range(8):
            data[at + i] = np.uint8(word >> np.uint64(8 * i) & np.uint64(255))

else:

    @jit
    def u16(data: np.ndarray, at: int) -> int:
        """Return two bytes as an integer."""
        return np.int64(_load16(data, at))  # type: ignore[return-value]  # an integer to numba

    @jit
    def u32(data: np.ndarray, at: int) -> int:
        """Return four bytes as an integer."""
        return np.int64(_load32(data, at))  # type: ignore[return-value]  # an integer to numba

    @jit
    def u64(data: np.ndarray, at: int) -> Any:
        """Return eight bytes as an unsigned integer."""
        return _load64(data, at)

    @inlined
    def put64(data: np.ndarray, at: int, word: Any) -> None:
        """Write eight bytes, the lowest first."""
        _store(data, at, word)  # type: ignore[call-arg]  # the first is numba's
