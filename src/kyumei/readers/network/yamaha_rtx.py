"""YAMAHA routers (RTX, NVR, FWX): what `show log` prints, what is saved on an external memory, and what comes by syslog.

`2024/06/17 10:00:00: PP[01] Rejected at IN(1013) filter: TCP 198.51.100.9:50000 > 192.0.2.5:22`; by syslog the server's time
and the router's name stand in front instead. What the sentences mean is data (`programs/yamaha_rtx.toml`).

A caller of L2TP or PPTP is told in several lines: where from (`[L2TP] TUNNEL[1] connected from …`), who (`PP[ANONYMOUS01] Call
detected from user '…'`), which address was given (`PPP/IPCP up (… Remote: …)`). They are joined in the order of the file: the
address is that of the one tunnel that connected within `REACH` before and that no caller has taken; where there are two, none.

Format: https://www.rtpro.yamaha.co.jp/RT/manual/rt-common/log/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.readers.lines import share
from kyumei.readers.network import spoken
from kyumei.readers.registry import reader
from kyumei.readers.stamps import BSD_STAMP, ISO_STAMP

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

REACH: Final = 60_000_000
"""Microseconds between a tunnel's connection and its user's login: negotiation takes seconds."""
_TIME: Final = r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d"
_SOURCE: Final = r"(?:PP|TUNNEL|PPPOE)\[[^\]]*\] "
_BEGINS: Final = (
    rf"(?:{_SOURCE}|LAN\d\S* (?:Rejected|Passed|link|PORT)|WAN\d\S* |IP Tunnel\[|Log(?:in (?:succeeded|failed) for|out from) "
    r"|'[^']*' (?:succeeded|failed) for |(?:Rejected|Passed) at |\[[A-Z][A-Z0-9_ -]{1,15}\] |same message repeated "
    r"|Configuration saved in )"
)
_SAID: Final = rf"(?P<message>(?:\[(?P<program>[^\]]+)\] ?|{_BEGINS}).*)$"
_HEADS: Final = (
    rf"^(?:<\d{{1,3}}>)?(?P<stamp>{_TIME}): +(?P<message>(?:\[(?P<program>[^\]]+)\] ?)?.*)$",
    rf"^(?:<\d{{1,3}}>)?(?P<outer>{BSD_STAMP}|{ISO_STAMP}):? (?P<host>[^ =\[]+) {_SAID}",
    rf"^<\d{{1,3}}>{_SAID}",
)
_LINE: Final = re.compile(
    rf"(?:<\d{{1,3}}>)?{_TIME}: |(?:<\d{{1,3}}>)?(?:{BSD_STAMP}|{ISO_STAMP}):? [^ =\[]+ "
    rf"(?:{_SOURCE}(?:Rejected|Passed|PPP/|Call|Local|Remote|SEND|RECV)|LAN\d\S* (?:Rejected|Passed) at|IP Tunnel\["
    r"|(?:Rejected|Passed) at \S+ filter: |Login (?:succeeded|failed) for \w+: "
    r"|\[(?:INSPECT|DHCPD|IKE|L2TP|PPTP|SSHD|HTTPD)\] )"
)
_MOST: Final = 4096
"""Callers remembered: far more than a router has."""
_TOLD: Final = r"connected from |Call detected from user |PPP/IP(?:V6)?CP up|Remote PP IP address|[Dd]isconnect"
_CALL: Final = re.compile(r"^(?:\[(?:L2TP|PPTP)\] )?(?P<what>(?:PP|TUNNEL)\[[^\]]+\]) ")


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are those of such a router."""
    part = share(source, _LINE)
    return int(62 + 37 * part) if part >= 0.2 else 0


@reader(
    "network.yamaha_rtx",
    accepts=accepts,
    title="YAMAHA RTX router log",
    spec="https://www.rtpro.yamaha.co.jp/RT/manual/rt-common/log/",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each line; `rec` is its byte offset.

    Times state no offset: they are taken in the source's zone and `zone_assumed` is true. `dst` of a filtered packet has its
    port; that of a caller's session is the address that was given. Values taken from earlier lines are marked `src_ip_from`.
    """
    spoken.read(source, rows, _HEADS, _Callers().complete, "no line of a YAMAHA router")


class _Callers:
    """Who called by which tunnel, line after line of one file."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[str, int]] = {}
        self._open: dict[str, tuple[str | None, str | None]] = {}

    def complete(self, said: dict[str, pa.Array], messages: pa.Array, ts: pa.Array) -> dict[str, pa.Array]:
        """Return what was read with account and address of callers filled in."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        told = np.flatnonzero(pc.match_substring_regex(messages, _TOLD).to_numpy(zero_copy_only=False))
        if not len(told):
            return said
        nothing = pa.nulls(len(ts), pa.string())
        accounts, addresses = (said.get(name, nothing).to_pylist() for name in ("account", "src_ip"))
        texts, times = messages.take(pa.array(told)).to_pylist(), ts.cast(pa.int64()).to_pylist()
        marks: list[str | None] = [None] * len(ts)
        for place, text in zip(told.tolist(), texts, strict=True):
            who = self._one(text, accounts[place], addresses[place], times[place])
            if max(len(self._waiting), len(self._open)) > _MOST:
                self._waiting, self._open = {}, {}
            if who != (accounts[place], addresses[place]):
                accounts[place], addresses[place] = who
                marks[place] = "connection"
        return {
            **said,
            "account": pa.array(accounts, pa.string()),
            "src_ip": pa.array(addresses, pa.string()),
            "src_ip_from": pa.array(marks, pa.string()),
        }

    def _one(self, text: str, account: str | None, address: str | None, us: int | None) -> tuple[str | None, str | None]:
        found = _CALL.match(text)
        if found is None:
            return account, address
        what = found["what"]
        if " connected from " in text and address:
            self._waiting[what] = (address, us or 0)
        elif "Call detected from user" in text:
            self._open[what] = account, address or self._taken(us or 0)
            return self._open[what]
        elif "isconnect" in text:
            self._waiting.pop(what, None)
            return _either((account, address), self._open.pop(what, (None, None)))
        return _either((account, address), self._open.get(what, (None, None)))

    def _taken(self, us: int) -> str | None:
        """Return the address of the only tunnel that nobody took yet."""
        near = [what for what, (_, when) in self._waiting.items() if abs(us - when) <= REACH]
        self._waiting = {what: self._waiting[what] for what in near}
        if len(near) != 1:
            return None
        return self._waiting.pop(near[0])[0]


def _either(said: tuple[str | None, str | None], known: tuple[str | None, str | None]) -> tuple[str | None, str | None]:
    return said[0] or known[0], said[1] or known[1]
