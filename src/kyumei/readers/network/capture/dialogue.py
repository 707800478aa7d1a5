"""DNS, TLS and HTTP inside the packets: queries joined with answers, requests with responses, beginnings cut over segments.

Only packets whose first payload bytes look like one of these are looked at one by one. A hello or head that goes on in the next
segments is joined up to `LONGEST`. What waits for its answer or its rest is bounded; the oldest is given without it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.network.capture import names
from kyumei.readers.network.capture.layers import TCP, UDP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.readers.network.capture.layers import Layers

LONGEST: Final = 16_384
WAITING: Final = 20_000
_NAMED: Final = 200_000
_DNS_PORTS: Final = (53, 5353, 5355)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was said: offset of the record, time, key of the flow and direction."""

    rec: int
    ts: int
    key: bytes
    way: int


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said: `what` is a DNS message, a hello or a request's head; `reply` its answer where one was seen."""

    place: Place
    what: names.Dns | names.Hello | names.Head
    reply: names.Dns | names.Head | None = None


@dataclass(slots=True)
class _Part:
    place: Place
    data: bytes
    following: int


@dataclass
class Dialogue:
    """What is waiting, and the flows that were named (key → service and name)."""

    named: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    _queries: dict[tuple[bytes, int, str], Said] = field(default_factory=dict)
    _requests: dict[bytes, deque[Said]] = field(default_factory=dict)
    _asked: int = 0
    _parts: dict[tuple[bytes, int], _Part] = field(default_factory=dict)

    def take(self, found: Layers, rec: Any, ts: Any, keyed: tuple[Any, Any]) -> Iterator[Said]:
        """Look at one window's packets and yield what is complete; `keyed` is what `flows.keys` gave."""
        import numpy as np

        names_of, way = keyed
        dns, start = _candidates(found)
        segments = _Segments(found, names_of, way)
        for part in [self._parts.pop(each) for each in list(self._parts)]:
            yield from self._go_on(part, segments)
        raw = found.buf.tobytes() if dns.any() or start.any() else b""
        for row in np.flatnonzero(dns | start).tolist():
            place = Place(int(rec[row]), int(ts[row]), names_of[row].as_py(), int(way[row]))
            data = raw[int(found.begin[row]) : int(found.end[row])]
            if dns[row]:
                yield from self._dns(place, data[2:] if found.kind[row] == TCP else data)
            else:
                yield from self._go_on(_Part(place, data, int(found.seq[row]) + int(found.payload[row])), segments)

    def rest(self) -> Iterator[Said]:
        """Yield what has waited in vain."""
        for part in self._parts.values():
            yield from self._closed(part)
        left = [*self._queries.values(), *(said for queue in self._requests.values() for said in queue)]
        self._parts, self._queries, self._requests = {}, {}, {}
        yield from sorted(left, key=lambda said: said.place.rec)

    def _name(self, key: bytes, service: str, name: str) -> None:
        known = self.named.pop(key, ("", ""))
        self.named[key] = (service, known[1] or name)
        if len(self.named) > _NAMED:
            del self.named[next(iter(self.named))]

    def _dns(self, place: Place, data: bytes) -> Iterator[Said]:
        message = names.dns(data)
        if message is None:
            return
        self._name(place.key, "dns", "")
        match = place.key, message.number, message.query.lower()
        asked = self._queries.pop(match, None)
        if not message.is_answer:
            if asked:
                yield asked
            self._queries[match] = Said(place, message)
            if len(self._queries) > WAITING:
                yield self._queries.pop(next(iter(self._queries)))
        elif asked and isinstance(asked.what, names.Dns):
            yield Said(asked.place, asked.what, message)
        else:
            yield Said(place, message, message)

    def _go_on(self, part: _Part, segments: _Segments) -> Iterator[Said]:
        """Join what follows the beginning; where that has not come yet, wait for it."""
        while _is_open(part.data):
            more = segments.following(part.place.key, part.place.way, part.following)
            if more is None:
                self._parts[part.place.key, part.place.way] = part
                if len(self._parts) > WAITING:
                    yield from self._closed(self._parts.pop(next(iter(self._parts))))
                return
            part = _Part(part.place, part.data + more[0], part.following + more[1])
        yield from self._closed(part)

    def _closed(self, part: _Part) -> Iterator[Said]:
        place = part.place
        hello = names.hello(part.data)
        if hello:
            self._name(place.key, "tls", hello.server)
            yield Said(place, hello)
            return
        head = names.http(part.data)
        if head is None:
            return
        if head.first[0].startswith("HTTP/"):
            yield from self._replied(place.key, head)
            return
        self._name(place.key, "http", head.headers.get("host", ""))
        self._requests.setdefault(place.key, deque()).append(Said(place, head))
        self._asked += 1
        if self._asked > WAITING:
            yield self._oldest(next(iter(self._requests)))

    def _replied(self, key: bytes, head: names.Head) -> Iterator[Said]:
        if key in self._requests and not head.first[1].startswith("1"):
            asked = self._oldest(key)
            yield Said(asked.place, asked.what, head)

    def _oldest(self, key: bytes) -> Said:
        queue = self._requests[key]
        asked = queue.popleft()
        self._asked -= 1
        if not queue:
            del self._requests[key]
        return asked


def _is_open(data: bytes) -> bool:
    """Return whether the hello or head goes on behind these bytes."""
    if len(data) >= LONGEST:
        return False
    size = names.hello_size(data)
    return len(data) < size if size else b"\r\n\r\n" not in data


def _candidates(found: Layers) -> tuple[Any, Any]:
    """Return which packets may be DNS messages, and which may begin a TLS hello or an HTTP head."""
    import numpy as np

    kept = found.end - found.begin
    first = found.buf[found.begin[:, None] + np.arange(6)].astype(np.int64)
    ports = np.isin(found.sport, _DNS_PORTS) | np.isin(found.dport, _DNS_PORTS)
    tcp = found.kind == TCP
    dns = ports & (((found.kind == UDP) & (kept >= 17)) | (tcp & (kept >= 19)))
    hello = tcp & (kept >= 11) & (first[:, 0] == 0x16) & (first[:, 1] == 3) & (first[:, 5] == 1)
    four = first[:, 0] << 24 | first[:, 1] << 16 | first[:, 2] << 8 | first[:, 3]
    heads = np.unique([int.from_bytes(each[:4], "big") for each in (*names.METHODS, b"HTTP")])
    return dns, (hello | (tcp & (kept >= 12) & np.isin(four, heads))) & ~dns


class _Segments:
    """Finds a stream's next segment in one window; nothing is built before it is asked for."""

    def __init__(self, found: Layers, names_of: Any, way: Any) -> None:
        self._found, self._names, self._way = found, names_of, way
        self._codes: dict[bytes, int] | None = None
        self._order: Any = None
        self._sorted: Any = None

    def following(self, key: bytes, way: int, seq: int) -> tuple[bytes, int] | None:
        """Return bytes and length on the wire of the segment with that sequence number; None where it is not in here."""
        import numpy as np

        if self._codes is None:
            self._build()
        code = (self._codes or {}).get(key)
        if code is None:
            return None
        wanted = (code * 2 + way) << 32 | (seq & 0xFFFFFFFF)
        place = int(np.searchsorted(self._sorted, wanted))
        if place >= len(self._sorted) or self._sorted[place] != wanted:
            return None
        row, found = self._order[place], self._found
        data = found.buf[int(found.begin[row]) : int(found.end[row])].tobytes()
        return (data, int(found.payload[row])) if data else None

    def _build(self) -> None:
        import numpy as np

        coded = self._names.dictionary_encode()
        self._codes = {key: code for code, key in enumerate(coded.dictionary.to_pylist())}
        rows = np.flatnonzero((self._found.kind == TCP) & (self._found.payload > 0))
        codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)[rows]
        values = (codes * 2 + self._way[rows]) << 32 | self._found.seq[rows]
        order = np.argsort(values, kind="stable")
        self._order, self._sorted = rows[order], values[order]
