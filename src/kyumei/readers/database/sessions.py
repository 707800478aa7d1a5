"""What a log says once of a connection, carried to all later records of the same connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kyumei.readers.match import bools, filled, ints
from kyumei.readers.records import last_known

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pyarrow as pa


class Sessions:
    """Facts of connections by their number; grows by one entry a connection that said anything."""

    def __init__(self) -> None:
        self._facts: dict[str, dict[int, str]] = {}

    def fill(self, ids: np.ndarray[Any, Any], facts: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
        """Return the facts with what each connection said before put in where a record is silent.

        Args:
            ids: connection numbers, -1 for none.
            facts: text columns; null where the record says nothing, "" where it says that there is nothing.
        """
        return {name: self._filled(ids, values, self._facts.setdefault(name, {})) for name, values in facts.items()}

    def _filled(self, ids: np.ndarray[Any, Any], values: pa.Array, before: dict[int, str]) -> pa.Array:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        said = values.is_valid().to_numpy(zero_copy_only=False) & (ids >= 0)
        place = last_known(said, ids)
        found = values.take(ints(place, place >= 0))
        silent = np.flatnonzero((place < 0) & (ids >= 0))
        if len(silent) and before:
            distinct, inverse = np.unique(ids[silent], return_inverse=True)
            earlier = pa.array([before.get(int(one)) for one in distinct], pa.string()).take(pa.array(inverse))
            mask = np.zeros(len(ids), bool)
            mask[silent] = True
            found = pc.replace_with_mask(found, bools(mask), earlier)
        at = np.flatnonzero(said)
        before.update(zip(ids[at].tolist(), values.take(ints(at)).to_pylist(), strict=True))
        return filled(found)
