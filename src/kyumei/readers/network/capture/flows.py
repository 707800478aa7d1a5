"""Flows: packets of the same two ends gathered, with what went each way.

A flow ends when it was idle for `IDLE`, or when a TCP connection begins anew on the same ports. At most `OPEN` are held open at
once; beyond that those idle longest are closed. Payload is counted as it went over the wire, retransmissions included.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.network.capture.layers import ACK, FIN, RST, SYN, TCP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.readers.network.capture.layers import Layers

IDLE: Final = 300_000_000
"""Microseconds."""
OPEN: Final = 200_000
KEY: Final = 44
_FLAGS: Final = (SYN, FIN, RST, ACK)


@dataclass(slots=True)
class Flow:
    """Both directions of one conversation; index 0 is from the lower end of the key to the higher, 1 the other way.

    Attributes:
        key: see `keys`.
        rec: byte offset of the first packet's record.
        opener: the direction of the first packet.
        opened: its TCP flags.
        first, last: microseconds since 1970 UTC, None where packets have no time.
        packets, payload, size: packets, payload bytes and bytes on the wire, each way.
        flags: TCP flags seen each way, or-ed.
        quiet: only bare SYN packets of TCP were seen so far.
        said: what DNS, TLS or HTTP named it.
    """

    key: bytes
    rec: int
    opener: int
    opened: int
    first: int | None
    last: int | None
    packets: list[int] = field(default_factory=lambda: [0, 0])
    payload: list[int] = field(default_factory=lambda: [0, 0])
    size: list[int] = field(default_factory=lambda: [0, 0])
    flags: list[int] = field(default_factory=lambda: [0, 0])
    quiet: bool = True
    service: str = ""


def keys(found: Layers) -> tuple[Any, Any]:
    """Return a key for each packet, the same both ways, and the packet's direction (1: from the higher end).

    44 bytes: kind (4), VLAN (2), ports of the lower and the higher end (2 each), their addresses (16 each), two unused.
    """
    import numpy as np
    import pyarrow as pa

    n = len(found.kind)
    words: list[Any] = [np.ascontiguousarray(each).view(">u8").astype(np.uint64) for each in (found.src, found.dst)]
    (sh, sl), (dh, dl) = (each.T for each in words)
    higher: Any = (sh > dh) | ((sh == dh) & ((sl > dl) | ((sl == dl) & (found.sport > found.dport))))
    table = np.zeros((n, KEY), np.uint8)
    low, high = np.where(higher, found.dport, found.sport), np.where(higher, found.sport, found.dport)
    numbers: tuple[tuple[int, int, Any], ...] = ((0, 4, found.kind), (4, 2, found.vlan), (6, 2, low), (8, 2, high))
    for place, size, values in numbers:
        table[:, place : place + size] = values.astype(f">u{size}").view(np.uint8).reshape(n, size)
    table[:, 10:26] = np.where(higher[:, None], found.dst, found.src)
    table[:, 26:42] = np.where(higher[:, None], found.src, found.dst)
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(KEY), n, [None, pa.py_buffer(table.tobytes())]), higher.astype(
        np.int64
    )


class Flows:
    """The flows that are open."""

    def __init__(self) -> None:
        self.open: dict[bytes, Flow] = {}

    def take(self, found: Layers, rec: Any, ts: Any) -> Iterator[Flow]:
        """Add one window's packets and yield the flows that ended.

        Args:
            found: the packets' headers.
            rec: their offsets.
            ts: their times, int64 with the least value for none.
        """
        import numpy as np

        names, way = keys(found)
        coded = names.dictionary_encode()
        codes, known = coded.indices.to_numpy(zero_copy_only=False), coded.dictionary.to_pylist()
        order = np.argsort(codes, kind="stable")
        codes, way, time = codes[order], way[order], ts[order]
        bare = (found.kind == TCP)[order] & (found.flags[order] & (SYN | ACK) == SYN)
        begins = np.concatenate(([True], codes[1:] != codes[:-1]))
        anew = np.concatenate(([False], bare[1:] & ~bare[:-1])) | np.concatenate(([False], np.diff(time) > IDLE))
        starts = np.flatnonzero(begins | anew)
        facts = _sums(found, (order, way, starts))
        ends = np.append(starts[1:], len(order)) - 1
        for number, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            facts_of = _Part(
                (int(rec[order[start]]), int(way[start]), int(found.flags[order[start]])),
                (int(time[start]), int(time[start : end + 1].max())),
                [each[:, number].tolist() for each in facts],
                (bool(bare[start]), bool(bare[start : end + 1].all())),
            )
            yield from self._add(known[int(codes[start])], facts_of)
        yield from self._expired(int(ts.max()) if len(ts) else 0)

    def rest(self) -> Iterator[Flow]:
        """Yield the flows that are still open, in the order of their first packets."""
        yield from sorted(self.open.values(), key=lambda flow: flow.rec)
        self.open = {}

    def _add(self, key: bytes, part: _Part) -> Iterator[Flow]:
        flow = self.open.get(key)
        (rec, way, flags), (first, last) = part.head, part.span
        begun, quiet = part.bare
        if flow is not None and ((begun and not flow.quiet) or _gap(flow.last, first) > IDLE):
            yield self.open.pop(key)
            flow = None
        if flow is None:
            flow = self.open[key] = Flow(key, rec, way, flags, _time(first), _time(last))
        flow.last = max(flow.last, last) if flow.last is not None else _time(last)
        flow.quiet = flow.quiet and quiet
        for mine, more in zip((flow.packets, flow.payload, flow.size), part.sums, strict=False):
            mine[0], mine[1] = mine[0] + more[0], mine[1] + more[1]
        flow.flags = [one | other for one, other in zip(flow.flags, _flags(part.sums[3:]), strict=True)]

    def _expired(self, now: int) -> Iterator[Flow]:
        gone = [key for key, flow in self.open.items() if flow.last is not None and now - flow.last > IDLE]
        if len(self.open) - len(gone) > OPEN:
            idle = sorted(self.open, key=lambda key: (self.open[key].last or 0, self.open[key].rec))
            gone = idle[: len(self.open) - OPEN // 2]
        yield from sorted([self.open.pop(key) for key in gone], key=lambda flow: flow.rec)


@dataclass(frozen=True, slots=True)
class _Part:
    """What one window holds of a flow: first packet, span of time, sums each way, whether it begins and stays a bare SYN."""

    head: tuple[int, int, int]
    span: tuple[int, int]
    sums: list[list[int]]
    bare: tuple[bool, bool]


def _sums(found: Layers, groups: tuple[Any, Any, Any]) -> list[Any]:
    """Return packets, payload, size and the four flags' counts: one row each way, one column a group."""
    import numpy as np

    order, way, starts = groups
    both = np.stack((1 - way, way))
    values = [np.ones(len(order), np.int64), found.payload[order], found.size[order]]
    values += [(found.flags[order] & flag > 0).astype(np.int64) for flag in _FLAGS]
    return [np.add.reduceat(both * each, starts, axis=1) for each in values]


def _flags(counts: list[list[int]]) -> list[int]:
    return [sum(flag for flag, both in zip(_FLAGS, counts, strict=True) if both[way]) for way in (0, 1)]


def _gap(last: int | None, first: int) -> int:
    return 0 if last is None or _time(first) is None else first - last


def _time(value: int) -> int | None:
    return None if value == -(2**63) else value
