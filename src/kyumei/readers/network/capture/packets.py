"""Packets of a capture file in batches of bounded size, as columns.

PCAP in both byte orders, with microseconds or nanoseconds, and Kuznetzov's variant with longer headers; PCAPNG with its
sections, interfaces, time resolutions and offsets, enhanced, simple and obsolete packet blocks. After damage reading resumes
at the next place where a packet (or block) stands whose successor is plausible too.

Formats: https://datatracker.ietf.org/doc/html/draft-ietf-opsawg-pcap and
https://datatracker.ietf.org/doc/html/draft-ietf-opsawg-pcapng
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

WINDOW: Final = 8 * 1024 * 1024
LARGEST: Final = 1024 * 1024
"""Bytes; no link layer has longer packets, so a longer one is a damaged length."""
_BLOCK: Final = 32 * 1024 * 1024
NO_TIME: Final = -(2**63)
_LATEST: Final = 253_402_300_800_000_000
"""The year 10000; a later time is damage."""
_MAGICS: Final = {
    b"\xd4\xc3\xb2\xa1": ("<", 1, 0),
    b"\xa1\xb2\xc3\xd4": (">", 1, 0),
    b"\x4d\x3c\xb2\xa1": ("<", 1000, 0),
    b"\xa1\xb2\x3c\x4d": (">", 1000, 0),
    b"\x34\xcd\xb2\xa1": ("<", 1, 8),
    b"\xa1\xb2\xcd\x34": (">", 1, 8),
}
"""First four bytes → byte order, parts of a microsecond, bytes that a record's header has more."""
_SECTION: Final = b"\x0a\x0d\x0d\x0a"
_KNOWN_BLOCKS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0x0A0D0D0A)
_NEAR: Final = 400 * 86_400
"""Seconds; where reading resumes, packets are no farther from those before the damage."""


@dataclass(frozen=True, slots=True)
class Packets:
    """Equally long int64 arrays over one window of the file.

    Attributes:
        data: the window.
        rec: byte offset of each packet's record in the file.
        begin: where in `data` the packet begins. end: where what was kept of it ends.
        size: bytes it had on the wire.
        ts: microseconds since 1970 UTC, `NO_TIME` where the block has none.
        link: link type, as in https://www.tcpdump.org/linktypes.html
    """

    data: memoryview
    rec: np.ndarray[Any, Any]
    begin: np.ndarray[Any, Any]
    end: np.ndarray[Any, Any]
    size: np.ndarray[Any, Any]
    ts: np.ndarray[Any, Any]
    link: np.ndarray[Any, Any]


Found = list[tuple[int, int, int, int, int, int]]
"""Record, begin, end (all places in the window), size, ts, link of each packet."""


class _Form(Protocol):
    """A capture format."""

    @property
    def tail(self) -> int:
        """Return how many bytes a place needs to be looked at, less one."""
        ...

    def scan(self, window: memoryview, *, last: bool) -> tuple[Found, int, bool]:
        """Return the packets up to the first place that is none or not whole, that place, and whether it is damaged."""
        ...

    def resumed(self, window: memoryview, start: int, *, last: bool) -> tuple[int, bool]:
        """Return the next place where packets go on (-1: none in here), and whether that is sure or needs more bytes."""
        ...


def is_capture(head: bytes) -> bool:
    """Return whether a file with this beginning is a capture."""
    if head[:4] in _MAGICS and len(head) >= 24:
        major = struct.unpack_from(_MAGICS[head[:4]][0] + "H", head, 4)[0]
        return int(major) in {1, 2}
    return head[:4] == _SECTION and head[8:12] in {b"\x1a\x2b\x3c\x4d", b"\x4d\x3c\x2b\x1a"}


def packets(source: Source, rows: Rows) -> Iterator[Packets]:
    """Yield the packets in the order of the file; what is none becomes a fault of `rows`."""
    head = source.head[:24]
    if not is_capture(head):
        rows.fault(0, "no packet capture", source.size)
        return
    classic = head[:4] in _MAGICS
    form: _Form = Classic.of(head) if classic else Blocks()
    with source.open() as stream:
        base, buffer, lost = 24 if classic else 0, b"", -1
        stream.seek(base)
        while more := stream.read(WINDOW):
            buffer += more
            base, buffer, lost = yield from _window(form, (base, buffer, lost), rows, last=False)
        base, buffer, lost = yield from _window(form, (base, buffer, lost), rows, last=True)
        if lost >= 0 or buffer:
            start = lost if lost >= 0 else base
            rows.fault(start, "no packet" if lost >= 0 else "packet cut short", base + len(buffer) - start)


def _window(form: _Form, state: tuple[int, bytes, int], rows: Rows, *, last: bool) -> Any:
    """Yield the packets of the window and return offset, bytes and beginning of the loss that remain."""
    base, buffer, lost = state
    whole, at, damaged = memoryview(buffer), 0, lost >= 0
    while True:
        if damaged:
            place, sure = form.resumed(whole, at, last=last)
            if not sure:
                at = place if place >= 0 else max(at, len(whole) - (0 if last else form.tail))
                break
            rows.fault(lost, "no packet", base + place - lost)
            at, lost = place, -1
        found, stop, damaged = form.scan(whole[at:], last=last)
        if found:
            yield _columns(whole[at:], base + at, found)
        at += stop
        if not damaged:
            break
        lost, at = base + at, at + 1
    return base + at, buffer[at:], lost


def _columns(window: memoryview, base: int, found: Found) -> Packets:
    import numpy as np

    table = np.array(found, np.int64).reshape(-1, 6).T.copy()
    return Packets(window, table[0] + base, *table[1:])


@dataclass
class Classic:
    """The PCAP format: one header, then records of time, length kept and length on the wire."""

    order: str
    parts: int
    extra: int
    link: int
    latest: int = -1

    @classmethod
    def of(cls, head: bytes) -> Classic:
        """Return the form that the file's header states."""
        order, parts, extra = _MAGICS[head[:4]]
        return cls(order, parts, extra, struct.unpack_from(order + "I", head, 20)[0] & 0xFFFF)

    @property
    def tail(self) -> int:
        """See `_Form`."""
        return 15 + self.extra

    def scan(self, window: memoryview, *, last: bool) -> tuple[Found, int, bool]:
        """See `_Form`."""
        unpack = struct.Struct(self.order + "IIII").unpack_from
        top, long, at, n = 1_000_000 * self.parts, 16 + self.extra, 0, len(window)
        found: Found = []
        while at + long <= n:
            seconds, part, kept, size = unpack(window, at)
            if not 0 < kept <= LARGEST or part >= top or size > _BLOCK:
                return found, at, True
            end = at + long + kept
            if end > n:
                return found, at, last and self.resumed(window, at + 1, last=last)[1]
            found.append((at, at + long, end, size, seconds * 1_000_000 + part // self.parts, self.link))
            self.latest = seconds
            at = end
        return found, at, False

    def resumed(self, window: memoryview, start: int, *, last: bool) -> tuple[int, bool]:
        """See `_Form`: two plausible records in a row, the second may be the end of the file."""
        import numpy as np

        for first, (seconds, part, kept, size) in _words(window, start, self.order, self.extra):
            fits = (kept > 0) & (kept <= LARGEST) & (part < 1_000_000 * self.parts) & (size >= kept) & (size <= _BLOCK)
            if self.latest >= 0:
                fits &= np.abs(seconds - self.latest) < _NEAR
            for place in np.flatnonzero(fits):
                following = first + int(place) + 16 + self.extra + int(kept[place])
                if following + 16 > len(window):
                    if not last or following == len(window):
                        return first + int(place), last
                elif self._follows(window, following, int(seconds[place])):
                    return first + int(place), True
        return -1, False

    def _follows(self, window: memoryview, at: int, seconds: int) -> bool:
        then, part, kept, size = struct.unpack_from(self.order + "IIII", window, at)
        return bool(0 < kept <= min(LARGEST, size) and part < 1_000_000 * self.parts and abs(then - seconds) < _NEAR)


def _words(window: memoryview, start: int, order: str, extra: int) -> Iterator[tuple[int, list[Any]]]:
    """Yield, piece by piece, a place and the four 32-bit words that would stand at each byte from there on."""
    import numpy as np

    shifts = (0, 8, 16, 24) if order == "<" else (24, 16, 8, 0)
    piece = 2048
    while start + 16 + extra <= len(window):
        count = min(piece, len(window) - extra - 15 - start)
        data = np.frombuffer(window[start : start + count + 15], np.uint8).astype(np.int64)
        every = np.sum([data[i : count + 12 + i] << shift for i, shift in enumerate(shifts)], axis=0)
        yield start, [every[4 * word : 4 * word + count] for word in range(4)]
        start, piece = start + count, min(4 * piece, 262_144)


@dataclass
class Blocks:
    """The PCAPNG format: blocks that state their length before and behind; packets refer to interfaces of their section."""

    order: str = "<"
    interfaces: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Link type, ticks per second, seconds to add, snap length."""

    tail: int = 15

    def scan(self, window: memoryview, *, last: bool) -> tuple[Found, int, bool]:
        """See `_Form`."""
        at, n = 0, len(window)
        found: Found = []
        while at + 12 <= n:
            if bytes(window[at : at + 4]) == _SECTION:
                self.order = "<" if bytes(window[at + 8 : at + 12]) == b"\x4d\x3c\x2b\x1a" else ">"
                self.interfaces = []
            kind, length = struct.unpack_from(self.order + "II", window, at)
            if length < 12 or length % 4 or length > _BLOCK:
                return found, at, True
            if at + length > n:
                return found, at, last and self.resumed(window, at + 1, last=last)[1]
            if struct.unpack_from(self.order + "I", window, at + length - 4)[0] != length:
                return found, at, True
            packet = self._packet(kind, window, at, length)
            if packet:
                found.append(packet)
            at += length
        return found, at, False

    def _packet(self, kind: int, window: memoryview, at: int, length: int) -> tuple[int, int, int, int, int, int] | None:
        if kind == 1 and length >= 20:
            self.interfaces.append(self._interface(window, at, length))
        if kind == 3 and length >= 16:
            size = struct.unpack_from(self.order + "I", window, at + 8)[0]
            link, _, _, most = self._of(0)
            kept = min(size, length - 16, most or size)
            return at, at + 12, at + 12 + kept, size, NO_TIME, link
        if kind not in {2, 6} or length < 32:
            return None
        which, high, low, kept, size = struct.unpack_from(self.order + "IIIII", window, at + 8)
        if kind == 2:  # the obsolete block has a count of drops in the other half of the word
            which = which & 0xFFFF if self.order == "<" else which >> 16
        link, ticks, plus, _ = self._of(which)
        ts = ((high << 32 | low) * 1_000_000) // ticks + plus * 1_000_000
        return at, at + 28, at + 28 + min(kept, length - 32), size, ts if 0 <= ts < _LATEST else NO_TIME, link

    def _of(self, which: int) -> tuple[int, int, int, int]:
        return self.interfaces[which] if which < len(self.interfaces) else (1, 1_000_000, 0, 0)

    def _interface(self, window: memoryview, at: int, length: int) -> tuple[int, int, int, int]:
        link, _, most = struct.unpack_from(self.order + "HHI", window, at + 8)
        ticks, plus, place, end = 1_000_000, 0, at + 16, at + length - 4
        while place + 4 <= end:
            code, size = struct.unpack_from(self.order + "HH", window, place)
            value = window[place + 4 : min(place + 4 + size, end)]
            if code == 9 and value:
                ticks = 2 ** min(value[0] & 0x7F, 62) if value[0] & 0x80 else 10 ** min(value[0], 18)
            elif code == 14 and len(value) == 8:
                plus = struct.unpack(self.order + "q", value)[0]
            place += 4 + (size + 3) // 4 * 4
            if not code:
                break
        return link, ticks, plus if abs(plus) < 2**40 else 0, most

    def resumed(self, window: memoryview, start: int, *, last: bool) -> tuple[int, bool]:
        """See `_Form`: a whole block of a known kind."""
        import numpy as np

        for first, (kind, length, *_) in _words(window, start, self.order, 0):
            fits = np.isin(kind, _KNOWN_BLOCKS) & (length >= 12) & (length % 4 == 0) & (length <= _BLOCK)
            for place in np.flatnonzero(fits):
                at, long = first + int(place), int(length[place])
                if at + long > len(window):
                    if not last and long <= LARGEST:
                        return at, False
                elif struct.unpack_from(self.order + "I", window, at + long - 4)[0] == long:
                    return at, True
        return -1, False
