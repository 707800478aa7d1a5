from __future__ import annotations

import zlib

import numpy as np
import pytest

from kyumei.readers.windows.columnar.crc import crc

DATA = np.random.default_rng(7).integers(0, 256, 70_000, np.uint8)


@pytest.mark.parametrize("size", [0, 1, 7, 8, 63, 64, 127, 128, 129, 191, 192, 255, 1000, 65_024, 65_536])
@pytest.mark.parametrize("at", [0, 1, 9])
def test_checksums_are_those_of_zlib(size: int, at: int) -> None:
    raw = DATA[at : at + size].tobytes()
    assert int(crc(DATA, at, at + size, 0)) == zlib.crc32(raw)
    assert int(crc(DATA, at, at + size, 0xDEADBEEF)) == zlib.crc32(raw, 0xDEADBEEF)
