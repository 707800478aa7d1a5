"""Decoders that take less than everything: only fields that matter to the caller, or only some records, of those all fields.

Who looks for texts needs few of a log's fields, and of the others only what could be such a text. Numbers, GUIDs and times,
which make most of the distinct values, hold no word. What is left out is decided by the types of the values that are there,
never by what a template promises: a slot in which another type was seen is taken from then on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

from kyumei.readers.windows.columnar import encode, scan
from kyumei.readers.windows.columnar.decoder import Decoder
from kyumei.readers.windows.columnar.jit import inlined, jit, u16, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kyumei.readers.windows.columnar.encode import Slots
    from kyumei.readers.windows.columnar.scan import Records
    from kyumei.store.columns import Columns

GUID: Final = 15
ALPHABETS: Final = {
    **dict.fromkeys((3, 4, 5, 6, 7, 8, 9, 10), "-0123456789"),
    13: "truefals",
    GUID: "-0123456789abcdef",
    **dict.fromkeys((16, 20, 21), "0123456789abcdefx"),
    **dict.fromkeys((17, 18), "-0123456789:.tz"),
    19: "-0123456789s",
}
"""Type of a value → the characters its text can have, lower case."""
_ORDER: Final = np.array([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15], np.int64)
_BREAKS: Final = np.isin(np.arange(32), (8, 12, 16, 20))
"""Digits of a GUID before which a hyphen stands."""


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What is not left out.

    Attributes:
        name: whether the field of a name is taken whatever it holds.
        silent: by type of value, bool: values that do not matter in other fields.
        runs: uint8, a line each: how many hexadecimal digits, and these; a GUID with one of them matters all the same.
    """

    name: Callable[[str], bool]
    silent: np.ndarray
    runs: np.ndarray


@inlined
def _has_run(data: np.ndarray, at: int, runs: np.ndarray) -> bool:
    for k in range(runs.shape[0]):
        n, j, i = whole(runs[k, 0]), 0, 0
        while i + j < 32 and j < n:
            byte = whole(data[at + _ORDER[(i + j) >> 1]])
            digit = byte & 15 if (i + j) & 1 else byte >> 4
            if digit == whole(runs[k, 1 + j]) and (j == 0 or not _BREAKS[i + j]):
                j += 1
            else:
                j = 0
                i += 1
        if j == n:
            return True
    return False


@inlined
def _is_silent(
    data: np.ndarray,
    part: tuple[int, int],
    entry: tuple[int, int],
    skip: np.ndarray,
    silent: tuple[np.ndarray, np.ndarray],
    loud: np.ndarray,
) -> bool:
    """Return whether no GUID that matters stands in the entries of one instance that are to be skipped."""
    place, count = part
    start, mapped = entry
    types, runs = silent
    for i in range(min(-count, mapped)):
        loud[start + i] = True  # of BinXML without template all is text
    at, ok = place + 4 * count, True
    for i in range(min(count, mapped)):
        size = u16(data, place + 4 * i)
        if skip[start + i] and size > 0:
            kind = whole(data[place + 4 * i + 2])
            if not types[kind]:
                loud[start + i] = True
            elif kind == 15 and ok and _has_run(data, at, runs):
                ok = False
        at += size
    return ok


@jit
def judge(
    data: np.ndarray,
    records: Records,
    slots: Slots,
    entries: tuple[np.ndarray, np.ndarray],
    silent: tuple[np.ndarray, np.ndarray],
    shape: np.ndarray,
) -> None:
    """Decide which records must be taken whole.

    Args:
        data: the buffer.
        records: as `encode.allowed` left them.
        slots: of their shapes.
        entries: by slot whether it is to be skipped, and whether other types than the silent ones are there; that is filled.
        silent: by type whether it is silent, and the runs of digits by which a GUID is not.
        shape: is filled: of each record its own, with the number of all shapes added where it must be taken whole.
    """
    skip, loud = entries
    for i in range(len(shape)):
        g = records.shape[i]
        shape[i] = g
        if g < 0:
            continue
        start, outer = slots.start[g], max(slots.outer[g], 0)
        part, inner = (records.outer[i, 0], records.outer[i, 1]), (records.nested[i, 0], records.nested[i, 1])
        ok = _is_silent(data, part, (start, outer), skip, silent, loud)
        inside = _is_silent(data, inner, (start + outer, slots.nested[g]), skip, silent, loud)
        if not (ok and inside):
            shape[i] = g + len(slots.start)


class Lean(Decoder):
    """A decoder that leaves out what is not wanted.

    Args:
        zone: as of `Decoder`.
        wanted: what is taken.
    """

    def __init__(self, zone: str, wanted: Wanted) -> None:
        super().__init__(zone)
        self._wanted = wanted
        self._of: Slots | None = None
        self._skip = np.empty(0, np.bool_)
        self._both: Slots | None = None

    def _work(self, n: int) -> tuple[Slots, Records]:
        if self._of is not self._slots or self._both is None:
            self._skip = self._unwanted()
        shape, loud = np.empty(n, np.int32), np.zeros(len(self._skip), np.bool_)
        silent = (self._wanted.silent, self._wanted.runs)
        judge(self.buffer, self.records, self._slots, (self._skip, loud), silent, shape)
        if (self._skip & loud).any() or self._of is not self._slots or self._both is None:
            self._skip &= ~loud
            self._of, self._both = self._slots, self._doubled()
        return self._both, self.records._replace(shape=shape)

    def _unwanted(self) -> np.ndarray:
        """Return by slot whether its field may be left out."""
        slots, names = self._slots, self._shapes.names
        left = np.array([not (name.startswith("\0") or self._wanted.name(name)) for name in names] or [False], np.bool_)
        usual = np.isin(slots.rule, (encode.NO_ARRAY, encode.ANY, encode.NUMBER))
        return np.asarray((slots.field >= 0) & usual & left[np.maximum(slots.field, 0)])

    def _doubled(self) -> Slots:
        """Return the slots of each shape without what is left out, and behind all of them again with everything."""
        slots, entries = self._slots, len(self._slots.field)
        return slots._replace(
            start=np.concatenate([slots.start, slots.start + entries]).astype(slots.start.dtype),
            outer=np.tile(slots.outer, 2),
            nested=np.tile(slots.nested, 2),
            literal=np.concatenate([slots.literal, slots.literal + len(slots.literals)]).astype(slots.literal.dtype),
            literals=np.tile(slots.literals, (2, 1)),
            field=np.concatenate([np.where(self._skip, -1, slots.field), slots.field]).astype(slots.field.dtype),
            rule=np.tile(slots.rule, 2),
            last=np.zeros((2 * entries, 3), np.int64),
        )


class Chosen(Decoder):
    """A decoder of single records."""

    _at = np.empty(0, np.int64)

    def _work(self, n: int) -> tuple[Slots, Records]:
        shape = self.records.shape[:n].copy()
        shape[~np.isin(self.records.at[:n], self._at)] = -1
        return self._slots, self.records._replace(shape=shape)

    def fields(self, stream: BinaryIO, chunk: np.ndarray, rec: np.ndarray) -> Iterator[tuple[np.ndarray, Columns]]:
        """Yield numbers of records, and all their fields; those that the kernels do not read are left out.

        Args:
            stream: the log.
            chunk: int64, ascending: where the chunk of each record begins.
            rec: int64: where each record stands.
        """
        starts, of = np.unique(chunk, return_inverse=True)
        for first in range(0, len(starts), self.chunks):
            held = starts[first : first + self.chunks]
            for n, start in enumerate(held.tolist()):
                stream.seek(start)
                data = np.frombuffer(stream.read(scan.CHUNK), np.uint8)
                self.buffer[n * scan.CHUNK : n * scan.CHUNK + len(data)] = data
                self.buffer[n * scan.CHUNK + len(data) : (n + 1) * scan.CHUNK] = 0
            mine = np.flatnonzero((of >= first) & (of < first + len(held)))
            self._at = (of[mine] - first) * scan.CHUNK + rec[mine] - chunk[mine]
            scanned = self.scan(len(held))
            self.prepare(scanned)
            got = self.decode(scanned, 0, {}, ())
            order = np.argsort(self._at, kind="stable")
            known = np.isin(self._at[order], got.rec)
            yield mine[order[known]], got.columns
