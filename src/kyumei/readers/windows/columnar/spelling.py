"""Values whose text is made in Python, once for each distinct value: ANSI texts, floating point numbers, arrays."""

from __future__ import annotations

import struct
from typing import Final

import numpy as np

_REALS: Final = {11: ("<f4", -6, 12), 12: ("<f8", -5, 15)}
"""Type → layout, lowest and highest decimal exponent that is written without `e`, as the Rust library does."""
_INTEGERS: Final = {3: "b", 4: "B", 5: "h", 6: "H", 7: "i", 8: "I", 9: "q", 10: "Q", 20: "I", 21: "Q"}


_HERE: Final = np.isin(np.arange(256), (2, 11, 12)) | (np.arange(256) >= 0x80)


def is_spelt_here(kind: np.ndarray) -> np.ndarray:
    """Return a mask of the value types (uint8) that this module spells."""
    mask: np.ndarray = _HERE[kind]
    return mask


def spelt(kind: int, raw: bytes, codec: str) -> str:
    """Return the text of a scalar."""
    if kind == 2:
        return ansi(raw, codec)
    return real(kind, raw)


def elements(kind: int, raw: bytes) -> list[str]:
    """Return the texts of an array's elements."""
    scalar = kind & 0x7F
    if scalar == 1:
        parts = raw.decode("utf-16-le", "replace").split("\0")
        return parts[:-1] if len(parts) > 1 and not parts[-1] else parts
    if scalar in _REALS:
        width = 4 if scalar == 11 else 8
        return [real(scalar, raw[i : i + width]) for i in range(0, len(raw), width)]
    if scalar == 15:
        return [_guid(raw[i : i + 16]) for i in range(0, len(raw), 16)]
    layout = _INTEGERS[scalar]
    numbers = struct.unpack(f"<{len(raw) // struct.calcsize(layout)}{layout}", raw)
    return [hex(n) if scalar in {20, 21} else str(n) for n in numbers]


def ansi(raw: bytes, codec: str) -> str:
    r"""Return the text without its NULs; bytes that the code page lacks stand as `\xNN`."""
    raw = raw.replace(b"\0", b"")
    if codec == "cp1252":
        return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in raw)
    return raw.decode(codec, "backslashreplace")


def real(kind: int, raw: bytes) -> str:
    """Return the shortest digits that give the number again: `1.5`, `1e-7`, `NaN`, `inf`."""
    layout, lowest, highest = _REALS[kind]
    number = np.frombuffer(raw, layout)[0]
    if not np.isfinite(number):
        return "NaN" if np.isnan(number) else "-inf" if number < 0 else "inf"
    if number == 0:
        return "-0.0" if np.signbit(number) else "0.0"
    digits, _, exponent = np.format_float_scientific(number, unique=True, trim="-").partition("e")
    power = int(exponent)
    if lowest <= power <= highest:
        return str(np.format_float_positional(number, unique=True, trim="0"))
    return f"{digits}e{power:+d}" if power > 0 else f"{digits}e{power}"


def _guid(raw: bytes) -> str:
    a, b, c = struct.unpack_from("<IHH", raw)
    return f"{a:08X}-{b:04X}-{c:04X}-{raw[8:10].hex().upper()}-{raw[10:].hex().upper()}"
