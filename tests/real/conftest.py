"""One run of `kyumei triage` on all of the real evidence, for every test here."""

from __future__ import annotations

import lzma
import tarfile
from typing import TYPE_CHECKING

import pytest

from kyumei.store.query import Store
from tests.case.runs import finished, kyumei
from tests.real.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def unpack(shared: Path, out: Path) -> Path:
    """Unpack every archive into a folder of its name, and every loose packed file beside them."""
    for packed in sorted(shared.rglob("*.xz")):
        if packed.name.endswith(".tar.xz"):
            with tarfile.open(packed) as tar:
                tar.extractall(out / packed.name.removesuffix(".tar.xz"), filter="data")
        else:
            target = (out / packed.relative_to(shared)).with_suffix("")
            target.parent.mkdir(parents=True, exist_ok=True)
            with lzma.open(packed) as stream:
                target.write_bytes(stream.read())
    return out


@pytest.fixture(scope="session")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("real")
    evidence = unpack(shared_data, folder / "evidence")
    code, out, err = finished(kyumei("triage", evidence, "--case", folder / "case"))
    assert code in {0, 4}, err
    store = Store.open(folder / "case")
    yield Run(evidence, folder / "case", code, out, err, store)
    store.close()
