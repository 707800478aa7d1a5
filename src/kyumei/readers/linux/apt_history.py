r"""APT's own history: /var/log/apt/history.log, one paragraph for each run of apt.

A paragraph runs from `Start-Date:` to `End-Date:`; where apt was killed the end is missing. Lines before the first paragraph
are a fault.

Format: apt's source, https://salsa.debian.org/apt-team/apt (apt-pkg/deb/dpkgpm.cc, pkgDPkgPM::OpenLog)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.source import CERTAIN
from kyumei.readers.match import extract, filled
from kyumei.readers.records import records
from kyumei.readers.registry import reader
from kyumei.readers.stamps import parsed

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_BEGIN: Final = r"^Start-Date: "
_LIKE: Final = re.compile(r"(?m)^Start-Date: \d{4}-\d\d-\d\d  \d\d:\d\d:\d\d\s*$")
_TIME: Final = r"^(?P<day>\d{4}-\d\d-\d\d) +(?P<clock>\d\d:\d\d:\d\d)"
_KEYS: Final = (
    "Commandline",
    "Requested-By",
    "Install",
    "Upgrade",
    "Downgrade",
    "Reinstall",
    "Remove",
    "Purge",
    "Error",
    "End-Date",
)


def accepts(source: Source) -> int:
    """Return certainty where a paragraph begins in the sample."""
    return CERTAIN if _LIKE.search(source.sample.text) else 0


@reader(
    "linux.apt_history",
    accepts=accepts,
    title="APT history",
    spec="https://salsa.debian.org/apt-team/apt/-/blob/main/apt-pkg/deb/dpkgpm.cc",
)
def read(source: Source, rows: Rows) -> None:
    """Add one `command.run` for each run of apt, at its start; times are the machine's own, without a zone."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for record in records(source, rows, _BEGIN, "no paragraph of apt"):
        n = len(record)
        stamp, _ = extract(record.text, r"^Start-Date: (?P<value>[^\n]*)")
        ts, assumed = parsed(_clock(stamp["value"]), source.zone)
        fields = {key: _field(record.text, key) for key in _KEYS}
        who, _ = extract(pc.fill_null(fields["Requested-By"], ""), r"^(?P<account>.*?)(?: \(\d+\))?$")
        changed = ("Install", "Upgrade", "Downgrade", "Reinstall", "Remove", "Purge")
        what = [
            pc.if_else(pc.is_valid(fields[key]), pc.binary_join_element_wise(key, fields[key], " "), None) for key in changed
        ]
        columns = {
            "rec": record.rec,
            "ts": ts,
            "ts_kind": pa.repeat("written", n),
            "zone_assumed": assumed,
            "action": pa.repeat("command.run", n),
            "account": filled(who["account"]),
            "object": pc.coalesce(fields["Commandline"], *what),
            "provider": pa.repeat("apt", n),
            "message": pc.coalesce(*what, fields["Commandline"]),
        }
        rows.add_columns(columns, fields)


def _clock(texts: pa.Array) -> Any:
    import pyarrow.compute as pc

    part, _ = extract(texts, _TIME)
    return pc.fill_null(pc.binary_join_element_wise(part["day"], part["clock"], " "), "")


def _field(texts: pa.Array, key: str) -> pa.Array:
    found, _ = extract(texts, rf"\n{key}: (?P<value>[^\n]*)")
    return filled(found["value"])
