"""Compressed RTF of Outlook (MS-OXRTFCP)."""

from __future__ import annotations

from typing import Final

_START: Final = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans Serif"
    b"SymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
MAX_BYTES: Final = 64 * 1024 * 1024


def decompressed(data: bytes) -> bytes:
    """Return the RTF; what is cut off or damaged ends it."""
    if data[8:12] == b"MELA":
        return data[16:]
    if data[8:12] != b"LZFu":
        return b""
    return _unpacked(data)


def _unpacked(data: bytes) -> bytes:
    window = bytearray(_START.ljust(4096, b"\0"))
    write = len(_START)
    out = bytearray()
    at = 16
    while at < len(data) and len(out) < MAX_BYTES:
        control = data[at]
        at += 1
        for bit in range(8):
            copied = control >> bit & 1
            token = int.from_bytes(data[at : at + 2], "big")
            if at + copied >= len(data) or (copied and token >> 4 == write % 4096):
                return bytes(out)
            for n in range((token & 15) + 2 if copied else 1):
                byte = window[((token >> 4) + n) % 4096] if copied else data[at]
                window[write % 4096] = byte
                out.append(byte)
                write += 1
            at += 1 + copied
    return bytes(out)
