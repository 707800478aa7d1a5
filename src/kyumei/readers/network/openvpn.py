"""OpenVPN's own log file (`log`, `log-append`): users, where they connect from, addresses given, failed logins.

`2024-06-17 10:00:01 203.0.113.9:50122 [hanako] Peer Connection Initiated …`, before version 2.5 with C's asctime. The sentences
are those that it sends to syslog (`programs/vpn.toml`).

Format: https://openvpn.net/community-resources/reference-manual-for-openvpn-2-6/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.readers.lines import share
from kyumei.readers.network import spoken
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_STAMP: Final = r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})"
_HEADS: Final = (rf"^(?P<stamp>{_STAMP}) (?:us=\d+ )?(?P<message>.*)$",)
_LINE: Final = re.compile(
    rf"{_STAMP} (?:us=\d+ )?(?:OpenVPN \d\.\d|(?:\S+/)?[0-9A-Fa-f.:]+:\d+ |MULTI: |TLS: |VERIFY |PUSH: |TUN/TAP device"
    r"|UDPv\d|TCPv\d|Initialization Sequence|library versions: OpenSSL|Listening for incoming|Diffie-Hellman)"
)
_TELLING: Final = re.compile(r"Peer Connection Initiated|OpenVPN \d\.\d|MULTI: |client-instance|TLS (?:Auth )?Error|PUSH: ")


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are OpenVPN's."""
    part = share(source, _LINE)
    return int(62 + 37 * part) if part >= 0.5 and _TELLING.search(source.sample.text) else 0


@reader(
    "network.openvpn",
    accepts=accepts,
    title="OpenVPN log file",
    spec="https://openvpn.net/community-resources/reference-manual-for-openvpn-2-6/",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each line; `rec` is its byte offset.

    Times state no offset: they are taken in the source's zone and `zone_assumed` is true. Lines that name a client's inside
    address have it in `tunnelip` and `dst`.
    """
    spoken.read(source, rows, _HEADS, spoken.as_read, "no line of OpenVPN", "openvpn")
