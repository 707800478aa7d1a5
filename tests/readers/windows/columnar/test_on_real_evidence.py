from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from kyumei.model.source import Source
from kyumei.readers.windows.columnar.decoder import Decoder
from tests.conftest import members
from tests.readers.windows.columnar.compare import by_columns, by_libraries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ARCHIVES = {
    "evtx_cc0.tar.xz": 163,
    "evtx_gpl3.tar.xz": 170,
    "evtx_parser.tar.xz": 15,
    "otrf.tar.xz": 0,
    "plaso.tar.xz": 0,
    "sigma_regression.tar.xz": 126,
}
"""Archive → logs in it; more may lie inside ZIP files."""


def logs(archive: Path) -> Iterator[tuple[str, bytes]]:
    for path, data in members(archive):
        if data.startswith((b"ElfFile\0", b"ElfChnk\0")):
            yield path, data
        elif zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as inner:
                for name in inner.namelist():
                    if name.lower().endswith(".evtx"):
                        yield f"{path}!{name}", inner.read(name)


@pytest.mark.slow
@pytest.mark.parametrize("archive", ARCHIVES)
def test_every_field_of_every_log_is_what_the_library_gives(shared_data: Path, archive: str) -> None:
    decoder, seen = Decoder(), 0
    for path, data in logs(shared_data / archive):
        source = Source.memory(data, path)
        assert by_columns(source, decoder) == by_libraries(source), path
        seen += 1
    assert seen >= ARCHIVES[archive]
