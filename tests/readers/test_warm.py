"""What installation compiles."""

from __future__ import annotations

import pytest

from kyumei.readers import warm


def test_no_kernel_of_a_text_reader_is_left_to_the_first_log() -> None:
    numba = pytest.importorskip("numba")
    from kyumei.readers import kernel_cut, kernel_pairs
    from kyumei.readers.flat_csv import kernel as of_cells
    from kyumei.readers.flat_json import kernel as of_json

    warm.warm()
    kernels = [
        (name, found)
        for module in (kernel_cut, kernel_pairs, of_cells, of_json)
        for name, found in vars(module).items()
        if isinstance(found, numba.core.dispatcher.Dispatcher)
        and found.py_func.__module__ == module.__name__
        and name[0] != "_"
    ]
    assert len(kernels) > 10
    assert [name for name, found in kernels if not found.signatures] == []
