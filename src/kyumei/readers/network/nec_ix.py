"""NEC UNIVERGE IX routers (IX2000, IX3000, IX-R and IX-V series): what `show logging` prints and what they send by syslog.

`2024/06/17 10:00:00 IKE.016: …`: date and time where `logging timestamp datetime` is set, else the time since the router
began, then subsystem and number of the event, then a sentence. A syslog server puts its own time and the router's name in
front. The maker publishes the frame and no list of sentences; what they say is told by words (`programs/nec_ix.toml`).

Format: https://support.necplatforms.co.jp/ix-nrv/ (functions: logging, syslog)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.readers.lines import share
from kyumei.readers.network import spoken
from kyumei.readers.registry import reader
from kyumei.readers.stamps import BSD_STAMP, ISO_STAMP

if TYPE_CHECKING:
    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_CODE: Final = r"[A-Z][A-Z0-9]{1,7}\.\d{3}"
_OUTER: Final = rf"(?:<\d{{1,3}}>)?(?:(?P<outer>{BSD_STAMP}|{ISO_STAMP}):? (?:(?P<host>[^ =/]+) )?)?"
_OWN: Final = r"(?:(?P<stamp>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d+)?)|(?P<uptime>\d{1,5}:\d\d:\d\d(?:\.\d+)?)) +"
_HEADS: Final = (
    rf"^{_OUTER}{_OWN}(?:(?P<name>[^ :]+):? )?(?P<program>%?{_CODE}): *(?P<message>.*)$",
    rf"^{_OUTER}(?:(?P<name>[^ :]+): )?(?P<program>%?{_CODE}): *(?P<message>.*)$",
)
_ABOVE: Final = r"^(?P<message>(?:Buffer logging |Log Buffer \(|\s+\d+ messages \(\d+-\d+\), ).*)$"
"""What `show logging` prints above the lines."""
_LINE: Final = re.compile(rf".{{0,80}}?(?<![\w.]){_CODE}: ")


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are those of such a router."""
    part = share(source, _LINE)
    return int(62 + 37 * part) if part >= 0.2 else 0


@reader(
    "network.nec_ix",
    accepts=accepts,
    title="NEC UNIVERGE IX router log",
    spec="https://support.necplatforms.co.jp/ix-nrv/",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each line; `rec` is its byte offset. `provider` is subsystem and number.

    Times state no offset: they are taken in the source's zone and `zone_assumed` is true. Lines that have the time since the
    router began have no time, and that in `uptime`. The lines above a printed buffer are events without a time.
    """
    spoken.read(source, rows, (*_HEADS, _ABOVE), spoken.as_read, "no line of an IX router")
