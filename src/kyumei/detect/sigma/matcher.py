"""Patterns on texts, compiled for the kernel: programs, and a table of the bytes they are filed under."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from kyumei.detect.sigma.anchors import ALWAYS, BYTE, GLOB, HEAD8, RUN2, RUN3, RUN4, WHOLE, anchors, raw, shape
from kyumei.detect.sigma.tree import ANY, DASH, ONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import ModuleType

    from kyumei.detect.sigma.anchors import Anchor
    from kyumei.detect.sigma.tree import Text

_CODES: Final = {ANY: 256, ONE: 257, DASH: 258}
_ROOM: Final = 1 << 16
_WORD: Final = (1 << 64) - 1
_MIX, _SALT, _MIX32 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x9E3779B1
_State: TypeAlias = "tuple[np.ndarray, np.ndarray]"
_GROUPS: Final = {"patterns": 5, "table": 5, "bitsets": 3}


@dataclass(frozen=True, slots=True)
class Matcher:
    """Compiled patterns, as `kernel.ends` describes them (`pack` and `unpack` are each other's inverse)."""

    patterns: tuple[np.ndarray, ...]
    table: tuple[np.ndarray, ...]
    bitsets: tuple[np.ndarray, ...]

    def pack(self) -> dict[str, np.ndarray]:
        """Return the arrays by name."""
        return {f"{group}{n}": array for group in _GROUPS for n, array in enumerate(getattr(self, group))}

    def scan(self, data: np.ndarray, offsets: np.ndarray, first: int) -> np.ndarray:
        """Return (pattern, value), int32, of each match of values `first` and on, each once, in the order of values.

        Args:
            data: the values' bytes (UTF-8) back to back.
            offsets: int32, one more than values.
            first: the first value to look at.
        """
        kernel: Any = native_code()
        count = len(self.patterns[0])
        if not count or first >= len(offsets) - 1:
            return np.empty((0, 2), np.int32)
        base = int(offsets[first])
        held = data[base : int(offsets[-1])]
        folded = np.empty(len(held), np.uint8)
        kernel.fold(held, folded)
        state = (np.full(count, -1, np.int32), np.empty((_ROOM + count, 2), np.int32))
        parts: list[np.ndarray] = []
        values = (held, folded, offsets, base)
        if self._has_others():
            parts += self._ends(kernel, values, first, state)
        for size, bitset in zip((4, 3, 2), self.bitsets, strict=True):
            if len(bitset):
                parts += self._runs(kernel, size, values, first, state)
        parts = [part for part in parts if len(part)]
        if len(parts) < 2:
            return parts[0] if parts else np.empty((0, 2), np.int32)
        pairs = np.concatenate(parts)
        return pairs[np.argsort(pairs[:, 1], kind="stable")]

    def _has_others(self) -> bool:
        """Return whether there are patterns that are not told by runs."""
        _, _, always, which, _ = self.patterns
        meta = self.table[2]
        return bool(len(always) or len(which) or meta[2] or meta[1] >> HEAD8 & 63)

    def _ends(self, kernel: Any, values: tuple[Any, ...], first: int, state: _State) -> Iterator[np.ndarray]:
        while first < len(values[2]) - 1:
            first, n = kernel.ends(self.patterns, self.table, (*values, first), state)
            yield state[1][:n].copy()

    def _runs(self, kernel: Any, size: int, values: tuple[Any, ...], first: int, state: _State) -> Iterator[np.ndarray]:
        bitset, place = self.bitsets[4 - size], 0
        while place < len(values[1]):
            said = (size, bitset, self.patterns, self.table, (*values, first, place), state)
            first, place, n = kernel.runs(*said)
            yield state[1][:n].copy()


@cache
def native_code() -> ModuleType | None:
    """Return the kernel, None where Numba is missing."""
    try:
        return import_module("kyumei.detect.sigma.kernel")
    except ImportError:
        return None


def unpack(arrays: Mapping[str, np.ndarray]) -> Matcher:
    """Return the matcher of its arrays."""
    return Matcher(*(tuple(arrays[f"{group}{n}"] for n in range(count)) for group, count in _GROUPS.items()))


def native(text: Text) -> bool:
    """Return whether the kernel compares the pattern as the rule means it: it folds the case of ASCII letters only."""
    return text.cased or not any(isinstance(p, str) and _has_case(p) for p in text.parts)


def _has_case(text: str) -> bool:
    return not text.isascii() and any(ord(c) > 127 and (c.lower() != c or c.upper() != c) for c in text)


def compiled(texts: Sequence[Text]) -> Matcher:
    """Return the matcher of some patterns, numbered as given."""
    kinds = [shape(text) for text in texts]
    programs = [_program(text, kind) for text, kind in zip(texts, kinds, strict=True)]
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(one) for one in programs], out=starts[1:])
    prog = np.array([code for one in programs for code in one], np.int16)
    filed = [(anchor, n) for n, listed in enumerate(anchors(texts)) for anchor in listed]
    always = np.array([n for anchor, n in filed if anchor.where == ALWAYS], np.int32)
    single = [(anchor.run[0], n) for anchor, n in filed if anchor.where == BYTE]
    which, pattern = np.array([byte for byte, _ in single], np.uint8), np.array([n for _, n in single], np.int32)
    cased = np.array([text.cased for text in texts], np.int32)
    heads = np.stack([np.array(kinds, np.int32), starts[:-1], starts[1:], cased], axis=1).astype(np.int32)
    rest = [(anchor, n) for anchor, n in filed if anchor.where not in {ALWAYS, BYTE}]
    bitsets = tuple(_bitset([anchor for anchor, _ in rest if anchor.where == where]) for where in (RUN4, RUN3, RUN2))
    places = [_place(texts[n], kinds[n], anchor, int(starts[n])) for anchor, n in rest]
    return Matcher((heads, prog, always, which, pattern), _table(rest, places), bitsets)


def _program(text: Text, kind: int) -> list[int]:
    """Return the pattern as codes; of the kinds with one literal, only that."""
    codes: list[int] = []
    for part in text.parts:
        if isinstance(part, str):
            codes += raw(part) if text.cased else raw(part).lower()
        elif kind == GLOB or part != ANY:
            codes.append(_CODES[part])
    return codes


def _place(text: Text, kind: int, anchor: Anchor, start: int) -> tuple[int, int, int]:
    """Return the run's offset in its literal, where that begins in the programs, and its length (0: it has dashes or `?`)."""
    if anchor.part < 0:
        return anchor.offset, 0, 0
    before = [len(raw(part)) if isinstance(part, str) else int(kind == GLOB) for part in text.parts[: anchor.part]]
    return anchor.offset, start + sum(before), len(raw(str(text.parts[anchor.part])))


def _key(anchor: Anchor) -> int:
    word = int.from_bytes(anchor.run, "big")
    if anchor.where == WHOLE:
        word = 0xCBF29CE484222325
        for byte in anchor.run:
            word = (word ^ byte) * 0x100000001B3 & _WORD
    return (word ^ (anchor.where * _SALT & _WORD)) * _MIX & _WORD


def _bitset(listed: list[Anchor]) -> np.ndarray:
    """Return which runs may be in the table, as words of 64 bits: places are products, of two bytes the bytes themselves."""
    if not listed:
        return np.empty(0, np.uint64)
    bits = 16 if listed[0].where == RUN2 else min(max((16 * len(listed)).bit_length(), 7), 20)
    words = [0] * (1 << bits >> 6)
    for anchor in listed:
        word = int.from_bytes(anchor.run, "big")
        place = word if anchor.where == RUN2 else (word * _MIX32 & 0xFFFFFFFF) >> 32 - bits
        words[place >> 6] |= 1 << (place & 63)
    return np.array(words, np.uint64)


def _table(filed: list[tuple[Anchor, int]], places: list[tuple[int, int, int]]) -> tuple[np.ndarray, ...]:
    order = sorted((_key(anchor), n, place) for (anchor, n), place in zip(filed, places, strict=True))
    keys = sorted({key for key, _, _ in order})
    bits = max(4, (2 * len(keys)).bit_length())
    table_keys, buckets = [0] * (1 << bits), [-1] * (1 << bits)
    for bucket, key in enumerate(keys):
        at = key >> 64 - bits
        while buckets[at] >= 0:
            at = at + 1 & (1 << bits) - 1
        table_keys[at], buckets[at] = key, bucket
    wheres = sum(1 << where for where in {anchor.where for anchor, _ in filed})
    lengths = sum(1 << length for length in {min(len(a.run), 63) for a, _ in filed if a.where == WHOLE})
    meta = np.array([bits, wheres, lengths - (lengths >> 63 << 64)], np.int64)
    begin = np.searchsorted(np.array([key for key, _, _ in order], np.uint64), np.array(keys, np.uint64))
    members = np.array([(n, *place) for _, n, place in order], np.int32).reshape(-1, 4)
    begins = np.append(begin, len(order)).astype(np.int64)
    return np.array(table_keys, np.uint64), np.array(buckets, np.int32), meta, begins, members
