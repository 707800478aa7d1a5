r"""Where a line of a daemon comes from when only an earlier line of the same connection says it.

`sshd[4711]: Connection from 192.0.2.3 port 39678` is followed by `sshd[4711]: fatal: no matching mac found`; slapd numbers its
connections (`conn=1022 fd=21 ACCEPT from IP=…`). Within `REACH` of the last line that named the address, in the same file, it
is filled in and marked with the field `src_ip_from`. Lines that begin or end a session are left as they are: the login
before them names the address, and one coming in is not to be seen as two.

One process serves one connection: https://github.com/openssh/openssh-portable (sshd.c); connection numbers:
https://www.openldap.org/doc/admin26/ (slapd, loglevel stats).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.match import constant, ints
from kyumei.readers.records import last_known

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pyarrow as pa

REACH: Final = 900_000_000
"""Microseconds. Process numbers come again; a connection that has not logged in is closed after two minutes by default."""
_OPEN: Final = 65_536
"""Connections remembered from one batch to the next."""
_PROGRAMS: Final = r"^(?:.*/)?(?:sshd(?:-session|-auth)?|slapd)$"
_NUMBER: Final = r"^conn=(?P<number>\d+)"


class Connections:
    """The connections of one file, batch after batch."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[str, int | None]] = {}

    def fill(self, parts: Mapping[str, pa.Array], ts: pa.Array, said: dict[str, pa.Array]) -> dict[str, pa.Array]:
        """Return what was read with the addresses filled in.

        Args:
            parts: `host`, `program`, `pid` and `message` of the lines.
            ts: their times, µs UTC.
            said: columns of them that were read, `action` and `src_ip` among them where there is any.
        """
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        concerned = pc.fill_null(pc.match_substring_regex(parts["program"], _PROGRAMS), pa.scalar(value=False))
        places = np.flatnonzero(concerned.to_numpy(zero_copy_only=False))
        if not len(places):
            return said
        nothing = pa.nulls(len(ts), pa.string())
        here = ints(places)
        address = said.get("src_ip", nothing).take(here)
        keys = _keys({name: values.take(here) for name, values in parts.items()})
        times = pc.fill_null(ts.cast(pa.int64()), -1).take(here).to_numpy(zero_copy_only=False)
        found = self._from_before(keys, address, times)
        silent = pc.match_substring_regex(pc.fill_null(said.get("action", nothing).take(here), ""), "^session")
        found = pc.if_else(pc.or_(pc.is_valid(address), silent), constant(None), found)
        if found.null_count == len(found):
            return said
        told = np.full(len(ts), -1, np.int64)
        told[places] = np.arange(len(places))
        spread = found.take(ints(np.maximum(told, 0), told >= 0))
        mark = pc.if_else(pc.is_valid(spread), constant("connection"), constant(None))
        return {**said, "src_ip": pc.coalesce(said.get("src_ip", nothing), spread), "src_ip_from": mark}

    def _from_before(self, keys: pa.Array, address: pa.Array, times: np.ndarray[Any, Any]) -> pa.Array:
        """Return for each line the address that its connection named last, null where that is too long ago."""
        import numpy as np
        import pyarrow.compute as pc

        coded = keys.dictionary_encode()
        names = coded.dictionary.to_pylist()
        earlier = [self._open.get(name, ("", None)) for name in names]
        groups = np.concatenate((np.arange(len(names)), coded.indices.to_numpy(zero_copy_only=False)))
        known = np.concatenate(([bool(ip) for ip, _ in earlier], address.is_valid().to_numpy(zero_copy_only=False)))
        when = np.concatenate((np.array([-1 if us is None else us for _, us in earlier], np.int64), times))
        every = _joined([ip for ip, _ in earlier], address)
        last = last_known(known, groups)
        near = (last >= 0) & ((when < 0) | (when[last] < 0) | (np.abs(when - when[last]) <= REACH))
        found = every.take(ints(np.maximum(last, 0), near))
        self._remember(names, groups, last, every, when)
        return pc.if_else(pc.equal(found, ""), constant(None), found).slice(len(names))

    def _remember(
        self, names: list[str], groups: np.ndarray[Any, Any], last: np.ndarray[Any, Any], every: pa.Array, when: Any
    ) -> None:
        import numpy as np

        ends = np.full(len(names), -1, np.int64)
        ends[groups] = last  # the last line of each group wins
        for name, place in zip(names, ends.tolist(), strict=True):
            if place >= 0:
                us = int(when[place])
                self._open.pop(name, None)
                self._open[name] = (every[place].as_py(), None if us < 0 else us)
        for name in list(self._open)[: max(0, len(self._open) - _OPEN)]:
            del self._open[name]


def _keys(parts: Mapping[str, pa.Array]) -> pa.Array:
    """Return what tells one connection from another: host, program and process, and slapd's own number."""
    import pyarrow.compute as pc

    number = pc.struct_field(pc.extract_regex(pc.fill_null(parts["message"], ""), _NUMBER), [0])
    daemon = pc.replace_substring_regex(pc.fill_null(parts["program"], ""), r"^.*/|-session$|-auth$", "")
    texts = (pc.fill_null(parts["host"], ""), daemon, pc.fill_null(parts["pid"], ""), pc.fill_null(number, ""))
    return pc.binary_join_element_wise(*texts, " ")


def _joined(earlier: list[str], address: pa.Array) -> pa.Array:
    import pyarrow as pa

    return pa.concat_arrays([pa.array(earlier, pa.string()), pa.concat_arrays([address])])
