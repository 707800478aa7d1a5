"""SoftEther VPN and PacketiX (common in Japan): server and security logs of virtual hubs, in English and Japanese.

`2024-06-17 10:00:00.123 [HUB "VPN"] Connection "CID-1": …`. A connection says who and where from, a session is made of it, and
the session's end says how many bytes; these are joined by their names (`CID-…`, `SID-…`) in the order of the file.

Format: https://www.softether.org/4-docs/1-manual/3._SoftEther_VPN_Server_Manual/3.10_Logging_Service
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.readers.lines import share
from kyumei.readers.network import spoken
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_STAMP: Final = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+"
_HEADS: Final = (
    rf'^(?P<stamp>{_STAMP}) (?P<message>(?:\[HUB "(?P<hub>[^"]*)"\] )?.*)$',
    r'^(?:<\d{1,3}>)?(?P<message>\[HUB "(?P<hub>[^"]*)"\] .*)$',
)
_LINE: Final = re.compile(
    rf'{_STAMP} (?:\[HUB "|On the TCP|(?:The c|C)onnection "CID|TCP リスナー|コネクション "CID|SoftEther VPN|PacketiX)'
)
_NAMES: Final = re.compile(r'"((?:CID|SID)-[^"]*)"')
_MOST: Final = 65_536
"""Connections and sessions remembered."""


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are those of such a server."""
    part = share(source, _LINE)
    return int(64 + 35 * part) if part >= 0.3 else 0


@reader(
    "network.softether",
    accepts=accepts,
    title="SoftEther VPN server log",
    spec="https://www.softether.org/4-docs/1-manual/3._SoftEther_VPN_Server_Manual/3.10_Logging_Service",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each line; `rec` is its byte offset.

    Times state no offset: they are taken in the source's zone and `zone_assumed` is true. What earlier lines of the
    connection say is filled in and marked `src_ip_from`. `bytes` is what the client got, `received` what it sent.
    """
    spoken.read(source, rows, _HEADS, _Sessions().complete, "no line of a SoftEther server", "softether vpn")


class _Sessions:
    """Who is behind a connection or session, line after line of one file."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str | None, str | None]] = {}

    def complete(self, said: dict[str, pa.Array], messages: pa.Array, ts: pa.Array) -> dict[str, pa.Array]:
        """Return what was read with account and address filled in."""
        import pyarrow as pa
        import pyarrow.compute as pc

        nothing = pa.nulls(len(ts), pa.string())
        said["account"] = pc.coalesce(said.get("account", nothing), said.pop("user", nothing))
        accounts, addresses = said["account"].to_pylist(), said.get("src_ip", nothing).to_pylist()
        marks: list[str | None] = [None] * len(ts)
        for place, text in enumerate(messages.to_pylist()):
            names = _NAMES.findall(text)
            if not names or "DHCP" in text:
                continue
            before = next((self._known[name] for name in names if name in self._known), (None, None))
            told = accounts[place], addresses[place]
            found = told[0] or before[0], told[1] or before[1]
            self._known.update(dict.fromkeys(names, found))
            if found != told:
                accounts[place], addresses[place] = found
                marks[place] = "connection"
        if len(self._known) > _MOST:
            self._known = dict(list(self._known.items())[-_MOST:])
        columns = {"account": accounts, "src_ip": addresses, "src_ip_from": marks}
        return {**said, **{name: pa.array(values, pa.string()) for name, values in columns.items()}}
