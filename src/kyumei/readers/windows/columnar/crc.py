"""Kernel: CRC-32 (ISO 3309, as in zlib) by carry-less multiplication where the processor has it, else eight bytes at a time.

Sixteen bytes are folded onto the next sixteen, or four times sixteen onto the next four, after V. Gopal et al., "Fast CRC
Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009); what is left is worked out by table. Tables
after M. Kounavis and F. Berry, "A Systematic Approach to Building High Performance Software-based CRC Generators" (2005).
"""

from __future__ import annotations

import platform
from typing import Any, Final

import numpy as np
from numba.extending import intrinsic

from kyumei.readers.windows.columnar.jit import CHECKED, jit, u64

_POLYNOMIAL: Final = 0xEDB88320
_FAR_LOW, _FAR_HIGH = np.uint64(0x154442BD4), np.uint64(0x1C6E41596)
"""Powers of x by which the lower and upper half of sixteen bytes are moved on by 64 bytes."""
_LOW, _HIGH = np.uint64(0x1751997D0), np.uint64(0x0CCAA009E)
"""The same by 16 bytes."""
_BYTE: Final = np.uint64(0xFF)
_ALL: Final = np.uint64(0xFFFFFFFF)
_EIGHT: Final = np.uint64(8)


def _tables() -> np.ndarray:
    found = np.zeros((8, 256), np.uint64)
    for n in range(256):
        value = n
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
        found[0, n] = value
    for k in range(1, 8):
        before = found[k - 1]
        found[k] = before >> _EIGHT ^ found[0, (before & _BYTE).astype(np.int64)]
    return found


_TABLES: Final = _tables()


def _multiplies() -> bool:
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return False
    from llvmlite import binding

    return bool(binding.get_host_cpu_features().get("pclmul", False))


FOLDS: Final = _multiplies()


@intrinsic
def _product(_context: Any, _one: Any, _other: Any) -> Any:
    """Return lower and upper half of the carry-less product of two 64-bit integers."""
    from numba import types

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        from llvmlite import ir

        pair, number = ir.VectorType(ir.IntType(64), 2), ir.IntType(32)
        form = ir.FunctionType(pair, [pair, pair, ir.IntType(8)])
        multiply = builder.module.declare_intrinsic("llvm.x86.pclmulqdq", (), form)
        operands = [builder.insert_element(ir.Constant(pair, None), a, number(0)) for a in arguments]
        made = builder.call(multiply, [*operands, ir.IntType(8)(0)])
        halves = [builder.extract_element(made, number(n)) for n in (0, 1)]
        return context.make_tuple(builder, signature.return_type, halves)

    pair: Any = types.UniTuple(types.uint64, 2)  # type: ignore[no-untyped-call]
    return pair(types.uint64, types.uint64), generate


_multiplied: Any = _product


@jit
def _word(value: Any, word: Any) -> Any:
    """Return the state after eight more bytes."""
    word ^= value
    value = np.uint64(0)
    for k in range(8):
        value ^= _TABLES[7 - k, word >> np.uint64(8 * k) & _BYTE]
    return value


@jit
def _by_table(data: np.ndarray, at: int, end: int, value: Any) -> Any:
    while at + 8 <= end:
        value = _word(value, u64(data, at))
        at += 8
    while at < end:
        value = value >> _EIGHT ^ _TABLES[0, (value ^ np.uint64(data[at])) & _BYTE]
        at += 1
    return value


if FOLDS and not CHECKED:

    @jit
    def _moved(low: Any, high: Any, by_low: Any, by_high: Any) -> tuple[Any, Any]:
        one, other = _multiplied(low, by_low), _multiplied(high, by_high)
        return one[0] ^ other[0], one[1] ^ other[1]

    @jit
    def _state(data: np.ndarray, at: int, end: int, value: Any) -> Any:
        if end - at < 128:
            return _by_table(data, at, end, value)
        a, b = u64(data, at) ^ value, u64(data, at + 8)
        c, d = u64(data, at + 16), u64(data, at + 24)
        e, f = u64(data, at + 32), u64(data, at + 40)
        g, h = u64(data, at + 48), u64(data, at + 56)
        at += 64
        while at + 64 <= end:
            a, b = _moved(a, b, _FAR_LOW, _FAR_HIGH)
            c, d = _moved(c, d, _FAR_LOW, _FAR_HIGH)
            e, f = _moved(e, f, _FAR_LOW, _FAR_HIGH)
            g, h = _moved(g, h, _FAR_LOW, _FAR_HIGH)
            a, b = a ^ u64(data, at), b ^ u64(data, at + 8)
            c, d = c ^ u64(data, at + 16), d ^ u64(data, at + 24)
            e, f = e ^ u64(data, at + 32), f ^ u64(data, at + 40)
            g, h = g ^ u64(data, at + 48), h ^ u64(data, at + 56)
            at += 64
        a, b = _moved(a, b, _LOW, _HIGH)
        a, b = _moved(a ^ c, b ^ d, _LOW, _HIGH)
        a, b = _moved(a ^ e, b ^ f, _LOW, _HIGH)
        return _by_table(data, at, end, _word(_word(np.uint64(0), a ^ g), b ^ h))

else:
    _state = _by_table


@jit
def crc(data: np.ndarray, at: int, end: int, before: Any) -> Any:
    """Return the CRC-32 of bytes (uint64) that follow others whose CRC-32 is `before`, 0 where there are none."""
    return _state(data, at, end, np.uint64(before) ^ _ALL) ^ _ALL
