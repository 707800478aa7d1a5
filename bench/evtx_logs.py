"""Large EVTX files for the bench, made of the dense chunks of real logs in ../shared/data; nothing of them is kept.

Such chunks are drawn at random with repetition. Space behind a chunk's last record is zeroed, record numbers run on, checksums
are right. Where values are altered, the digits in texts, unsigned 32-bit numbers (their lower half), GUIDs (the providers' own
as well) and FILETIMEs become others; the same value becomes the same one in `RUNS` records of a chunk that follow each other.

| kind | records that agree | new distinct values an event, record numbers aside | their bytes an event |
|---|---|--:|--:|
| `low` | not altered, optimistic: the values of 182 chunks | 0.2 | 28 |
| `high` | 4 | 2.3 | 145 |
| `random` | 1: no value occurs twice for a reason | 4.0 | 189 |
"""

from __future__ import annotations

import random
import struct
import tarfile
import zlib
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from kyumei.readers.windows.columnar import scan

if TYPE_CHECKING:
    from pathlib import Path

CHUNK = 65_536
DENSE = 45_000
RUNS = {"low": 0, "high": 4, "random": 1}
"""Kind of log → how many records one altered value lasts, 0 where nothing is altered."""
ARCHIVES = ("evtx_cc0.tar.xz", "evtx_gpl3.tar.xz", "evtx_parser.tar.xz", "sigma_regression.tar.xz")


def dense_chunks(shared: Path) -> list[bytes]:
    """Return each distinct chunk whose records reach beyond DENSE and all have templates, in the archives' order."""
    found: dict[bytes, None] = {}
    for archive in ARCHIVES:
        with tarfile.open(shared / archive) as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isfile() else None
                data = file.read() if file else b""
                if data.startswith(b"ElfFile\0"):
                    for at in range(4096, len(data) - CHUNK + 1, CHUNK):
                        if _is_dense(data[at : at + CHUNK]):
                            found[data[at : at + CHUNK]] = None
    return list(found)


def _is_dense(chunk: bytes) -> bool:
    if not chunk.startswith(b"ElfChnk\0"):
        return False
    free = struct.unpack_from("<I", chunk, 48)[0]
    known, records = scan.known(), scan.records(1)
    n = scan.scan(np.frombuffer(chunk, np.uint8), 1, known, records)
    return bool(DENSE < free <= CHUNK and records.chunks[0, 0] == scan.CHAINED and n)


def write(path: Path, chunks: list[bytes], count: int, *, kind: str, seed: int) -> int:
    """Write a log of so many chunks, of a kind in `RUNS`; return how many records it has."""
    draw = random.Random(seed)
    number = 1
    with path.open("wb") as out:
        out.write(bytes(4096))
        for _ in range(count):
            chunk, records = _made(draw.choice(chunks), number, draw.getrandbits(63), RUNS[kind])
            out.write(chunk)
            number += records
        header = bytearray(4096)
        struct.pack_into("<8sQQQIHHHH", header, 0, b"ElfFile\0", 0, count - 1, number, 128, 1, 3, 4096, count & 0xFFFF)
        struct.pack_into("<I", header, 124, zlib.crc32(header[:120]))
        out.seek(0)
        out.write(header)
    return number - 1


def _made(chunk: bytes, number: int, seed: int, run: int) -> tuple[bytes, int]:
    data = np.frombuffer(chunk, np.uint8).copy()
    known, found = scan.known(), scan.records(1)
    n = int(scan.scan(data, 1, known, found))
    free = int(struct.unpack_from("<I", data, 48)[0])
    data[free:] = 0
    for i in range(n):
        struct.pack_into("<Q", data, int(found.at[i]) + 8, number + i)
        if run and found.shape[i] >= 0:
            _alter(data, found.outer[i, 0], found.outer[i, 1], seed + i // run)
            _alter(data, found.nested[i, 0], found.nested[i, 1], seed + i // run)
    struct.pack_into("<QQQQ", data, 8, number, number + n - 1, number, number + n - 1)
    struct.pack_into("<I", data, 52, zlib.crc32(data[512:free]))
    struct.pack_into("<I", data, 124, zlib.crc32(data[128:512], zlib.crc32(data[:120])))
    return data.tobytes(), n


@numba.njit(cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def _alter(data: Any, place: int, count: int, seed: int) -> None:
    """Change the values of one instance; the same bytes become the same others for the same seed."""
    at = place + 4 * count
    for i in range(count):
        size = np.int64(data[place + 4 * i]) | np.int64(data[place + 4 * i + 1]) << 8
        kind = data[place + 4 * i + 2]
        state = np.uint64(seed * 2 + 1) * np.uint64(0x9E3779B97F4A7C15)
        for k in range(size):
            state = (state ^ np.uint64(data[at + k])) * np.uint64(0xBF58476D1CE4E5B9)
            state ^= state >> np.uint64(29)
        state |= np.uint64(1)
        for k in range(size):
            state ^= state << np.uint64(13)
            state ^= state >> np.uint64(7)
            state ^= state << np.uint64(17)
            noise = np.int64(state >> np.uint64(40)) & 0xFF
            is_digit = 48 <= data[at + k] <= 57 and k + 1 < size and data[at + k + 1] == 0
            if kind == 1 and k % 2 == 0 and is_digit:
                data[at + k] = 48 + noise % 10
            elif (kind == 8 and k < 2) or kind == 15 or (kind == 17 and 1 <= k < 5):
                data[at + k] = noise
        at += size
