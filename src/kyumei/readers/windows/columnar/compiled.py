"""Whether the kernels can be used here; without them everything is read by the libraries, slower and with the same result."""

from __future__ import annotations

import logging
import os
from functools import cache

_LOG = logging.getLogger(__name__)


@cache
def is_compiled() -> bool:
    """Return whether Numba is there and compiles; `NUMBA_DISABLE_JIT=1` turns it off."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}:
        return False
    try:
        from kyumei.readers.windows.columnar import warm

        warm.warm()
    except Exception as reason:  # noqa: BLE001  # whatever a compiler may raise on a host it does not know
        _LOG.warning("native decoding is not available: %s", type(reason).__name__)
        return False
    return True
