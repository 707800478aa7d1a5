"""Patterns on texts, compiled for the kernel: which bytes each is filed under, and in which table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kyumei.detect.sigma import kernel
from kyumei.detect.sigma.tree import ANY, DASH, ONE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kyumei.detect.sigma.tree import Text

_CODES: Final = {ANY: kernel.ANY, ONE: kernel.ONE, DASH: kernel.DASH}
_TABLES: Final = ("whole", "head4", "head3", "head2", "tail4", "tail3", "tail2", "run4", "run3", "run2")
_ROOM: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class _Filed:
    table: str  # of _TABLES, or "always"
    key: int
    offset: int


@dataclass(frozen=True, slots=True)
class Matcher:
    """Compiled patterns, as arrays by name (`pack` and `unpack` are each other's inverse)."""

    patterns: tuple[np.ndarray, ...]
    tables: tuple[tuple[np.ndarray | int, ...], ...]

    def pack(self) -> dict[str, np.ndarray]:
        """Return the arrays by name."""
        arrays = {f"p{n}": array for n, array in enumerate(self.patterns)}
        for name, table in zip(_TABLES, self.tables, strict=True):
            arrays |= {f"{name}.{n}": np.asarray(part) for n, part in enumerate(table)}
        return arrays

    def scan(self, data: np.ndarray, offsets: np.ndarray, first: int) -> np.ndarray:
        """Return (pattern, value), int32, of each match of values `first` and on, each once, in the order of values.

        Args:
            data: the values' bytes (UTF-8) back to back.
            offsets: int32, one more than values.
            first: the first value to look at.
        """
        count = len(self.patterns[0])
        if not count or first >= len(offsets) - 1:
            return np.empty((0, 2), np.int32)
        seen = np.full(count, -1, np.int64)
        out = np.empty((_ROOM + count, 2), np.int32)
        found: list[np.ndarray] = []
        while first < len(offsets) - 1:
            first, n = kernel.scan(self.patterns, self.tables, (data, offsets), first, (seen, out))
            found.append(out[:n].copy())
        return np.concatenate(found)


def unpack(arrays: Mapping[str, np.ndarray]) -> Matcher:
    """Return the matcher of its arrays."""
    tables = []
    for name in _TABLES:
        parts = [arrays[f"{name}.{n}"] for n in range(6)]
        tables.append((parts[0], parts[1], int(parts[2][0]), parts[3], parts[4], parts[5]))
    return Matcher(tuple(arrays[f"p{n}"] for n in range(5)), tuple(tables))


def native(text: Text) -> bool:
    """Return whether the kernel compares the pattern as the rule means it: it folds the case of ASCII letters only."""
    return text.cased or not any(isinstance(p, str) and _has_case(p) for p in text.parts)


def _has_case(text: str) -> bool:
    return not text.isascii() and any(ord(c) > 127 and (c.lower() != c or c.upper() != c) for c in text)


def compiled(texts: Sequence[Text]) -> Matcher:
    """Return the matcher of some patterns, numbered as given."""
    runs: Counter[bytes] = Counter()
    folded = [[_bytes(part).lower() if isinstance(part, str) else part for part in text.parts] for text in texts]
    for parts in folded:
        for part in parts:
            if isinstance(part, bytes):
                runs.update({part[i : i + 4] for i in range(len(part) - 3)})
    kinds = np.array([_kind(text.parts) for text in texts], np.int8)
    programs = [_program(text) for text in texts]
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(one) for one in programs], out=starts[1:])
    prog = np.concatenate([*programs, np.empty(0, np.int16)]).astype(np.int16)
    cased = np.array([text.cased for text in texts], np.bool_)
    filed = [_filed(int(kind), parts, runs) for kind, parts in zip(kinds, folded, strict=True)]
    always = np.array([n for n, one in enumerate(filed) if one.table == "always"], np.int64)
    tables = tuple(_table(name, filed) for name in _TABLES)
    return Matcher((kinds, starts, prog, cased, always), tables)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _kind(parts: tuple[str | int, ...]) -> int:
    literal = [part for part in parts if isinstance(part, str)]
    shape = tuple(part if isinstance(part, int) else 0 for part in parts)
    kinds = {
        (): kernel.EXACT,
        (0,): kernel.EXACT,
        (0, ANY): kernel.PREFIX,
        (ANY, 0): kernel.SUFFIX,
        (ANY, 0, ANY): kernel.CONTAINS,
    }
    kind = kinds.get(shape, kernel.GLOB)
    if kind in {kernel.PREFIX, kernel.SUFFIX, kernel.CONTAINS} and len(_bytes(literal[0])) < 2:
        return kernel.GLOB
    return kind


def _program(text: Text) -> np.ndarray:
    """Return the pattern as codes; of the kinds with one literal, only that."""
    kind = _kind(text.parts)
    codes: list[int] = []
    for part in text.parts:
        if isinstance(part, str):
            codes += _bytes(part) if text.cased else _bytes(part).lower()
        elif kind == kernel.GLOB:
            codes.append(_CODES[part])
    return np.array(codes, np.int16)


def _filed(kind: int, parts: list[bytes | int], runs: Counter[bytes]) -> _Filed:
    literals = [part for part in parts if isinstance(part, bytes)]
    if kind == kernel.EXACT:
        data = np.frombuffer(b"".join(literals), np.uint8)
        return _Filed("whole", int(kernel.hash_of(data, 0, len(data))), 0)
    longest = max(literals, key=len, default=b"")
    size = min(len(longest), 4)
    if size < 2:
        return _Filed("always", 0, 0)
    if kind in {kernel.PREFIX, kernel.SUFFIX}:
        run = longest[:size] if kind == kernel.PREFIX else longest[-size:]
        return _Filed(f"{'head' if kind == kernel.PREFIX else 'tail'}{size}", int.from_bytes(run, "big"), 0)
    offset = min(range(len(longest) - size + 1), key=lambda i: (runs[longest[i : i + size]], -i))
    return _Filed(f"run{size}", int.from_bytes(longest[offset : offset + size], "big"), offset)


def _table(name: str, filed: list[_Filed]) -> tuple[np.ndarray | int, ...]:
    members = sorted((one.key, n) for n, one in enumerate(filed) if one.table == name)
    keys = np.unique(np.array([key for key, _ in members], np.uint32))
    begin = np.searchsorted(np.array([key for key, _ in members], np.uint32), keys)
    begin = np.append(begin, len(members)).astype(np.int64)
    bits = max(4, int(len(keys) * 4).bit_length())
    size = 1 << bits if len(keys) else 0
    table_keys, buckets = np.zeros(size, np.uint32), np.full(size, -1, np.int32)
    if size:
        kernel.fill(table_keys, buckets, bits, keys)
    numbers = np.array([n for _, n in members], np.int64)
    offsets = np.array([filed[n].offset for _, n in members], np.int64)
    return table_keys, buckets, bits, begin, numbers, offsets
