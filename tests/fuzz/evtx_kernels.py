"""Fuzz the EVTX kernels, which check no bounds by themselves: mutated, cut and hostile chunks; no crash, none twice, no hang.

python -m tests.fuzz.evtx_kernels [--seconds N] [--seed N]    run it with NUMBA_BOUNDSCHECK=1 as well: then every load is
checked, and one beyond its array raises. A crash of the process shows the seed of the round that it was in.
"""

from __future__ import annotations

import argparse
import random
import struct
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from kyumei.model.source import Source
from kyumei.readers.windows.columnar import decode
from kyumei.readers.windows.columnar.decoder import Decoder
from tests.conftest import SHARED, members
from tests.readers.evtx_writer import Record, evtx
from tests.readers.windows.columnar.compare import of_batches
from tests.readers.windows.columnar.test_decode import VALUES

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = (0, 1, 0x7F, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0xFFF8, 511, 512)
TOKENS = b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x21\x41\x45\x46\x81\x8f"


def seeds() -> list[bytes]:
    """Return sound logs with values of every type, EventData and UserData, one and more chunks."""
    start = datetime(2024, 5, 16, tzinfo=UTC)

    def log(wrapper: str, times: int) -> bytes:
        fields: list[dict[str, str | tuple[int, bytes]]] = [
            {"Before": f"b{n}", "Value": v} for n in range(times) for v in VALUES
        ]
        return evtx(Record(start + timedelta(seconds=n), 4625, f, wrapper=wrapper) for n, f in enumerate(fields))

    made = [log("", 1), log("EventXML", 1), log("", 4), evtx([Record(start, 1, {"Data": "a", "Data#1": (0x81, b"a\0\0\0")})])]
    return made + _without_template()


def _without_template() -> list[bytes]:
    """Return some real logs whose records have no template, where the real evidence is at hand."""
    archive = SHARED / "evtx_cc0.tar.xz"
    found = (data for _, data in members(archive) if b"\x0f\x01\x01\x00\x41" in data) if archive.is_file() else ()
    return list(islice(found, 4))


def mutated(data: bytes, draw: random.Random) -> bytes:
    """Return the log with a few wounds."""
    found = bytearray(data)
    wounds: list[Callable[[bytearray, random.Random], None]] = [_bits, _number, _token, _size, _copy, _noise]
    for _ in range(draw.choice((1, 1, 2, 3, 8, 40))):
        draw.choice(wounds)(found, draw)
    if draw.random() < 0.1:
        del found[draw.randrange(len(found)) :]
    return bytes(found)


def _place(data: bytearray, draw: random.Random) -> int:
    """Return a place, mostly where there is something."""
    for _ in range(20):
        at = draw.randrange(4096, max(4097, len(data) - 8))
        if at < len(data) and data[at]:
            return at
    return draw.randrange(max(1, len(data) - 8))


def _bits(data: bytearray, draw: random.Random) -> None:
    data[_place(data, draw)] ^= 1 << draw.randrange(8)


def _number(data: bytearray, draw: random.Random) -> None:
    layout = draw.choice(("<H", "<I"))
    struct.pack_into(layout, data, _place(data, draw), draw.choice(HOSTILE) & (0xFFFF if layout == "<H" else 0xFFFF_FFFF))


def _token(data: bytearray, draw: random.Random) -> None:
    data[_place(data, draw)] = draw.choice(TOKENS)


def _size(data: bytearray, draw: random.Random) -> None:
    """Alter the size of a record at both ends, or the free-space offset, so that the chain stays whole more often."""
    at = 4096 + 512
    for _ in range(draw.randrange(60)):
        size = struct.unpack_from("<I", data, at + 4)[0]
        if not 32 <= size <= len(data) - at - 40:
            break
        at += size
    value = draw.choice((32, 33, 40, 28, 0, 65_024, draw.randrange(32, 4000)))
    struct.pack_into("<I", data, at + 4, value)
    if at + value + 4 <= len(data) and value >= 4:
        struct.pack_into("<I", data, at + value - 4, value)
    if draw.random() < 0.5:
        struct.pack_into("<I", data, 4096 + 48, min(65_536, at + value - 4096))


def _copy(data: bytearray, draw: random.Random) -> None:
    size = draw.choice((4, 16, 100, 1000))
    one, other = _place(data, draw), _place(data, draw)
    data[other : other + size] = data[one : one + size][: len(data) - other]


def _noise(data: bytearray, draw: random.Random) -> None:
    at = _place(data, draw)
    data[at : at + 12] = draw.randbytes(len(data[at : at + 12]))


def main() -> int:
    """Fuzz until the time is up; print how many rounds there were and how much the kernels read themselves."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    logs = seeds()
    decoder = Decoder(chunks=4)
    end = time.monotonic() + said.seconds
    seed, events, own, slowest = said.seed, 0, 0, 0.0
    while time.monotonic() < end:
        draw = random.Random(seed)
        data = mutated(draw.choice(logs), draw)
        print(f"\rround {seed}", end="", flush=True, file=sys.stderr)
        begin = time.monotonic()
        batches = list(decode.batches(Source.memory(data), decoder))
        events += len(of_batches(batches))
        own += sum(int((b.number != 0).sum()) for b in batches)
        slowest = max(slowest, time.monotonic() - begin)
        seed += 1
    print(f"\n{seed - said.seed} rounds, {events} events, {own} of them by the kernels, slowest round {slowest:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
