r"""Windows' log of installed devices: `Windows\INF\setupapi.dev.log` (with its dated parts), setupapi.log of Windows XP.

When a device is plugged in for the first time, a section tells it: which (`USBSTOR\Disk&Ven_…\serial`), when, and how it ended;
for a USB store or a telephone this is the instant at which it first came to the machine. Later connections are not written.
Device removals by clean-up and driver packages are sections too.

Times are of the machine's own clock, without an offset. Tested with Windows 10; the form of XP by its description.
Format: https://learn.microsoft.com/windows-hardware/drivers/install/setupapi-text-logs
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.source import CERTAIN
from kyumei.readers.linux.years import Calendar
from kyumei.readers.match import constant, extract, filled
from kyumei.readers.records import records
from kyumei.readers.registry import reader
from kyumei.readers.stamps import parsed

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.store.rows import Rows

_STAMP: Final = r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d+)?"
_BEGINS: Final = rf"^>>>  \[|^\[Boot Session: |^\[(?:Device Install|SetupAPI) Log\]|^\[{_STAMP} "
_SECTIONS: Final = (
    rf"(?s)^>>>  \[(?P<title>[^\n]*)\](?:\n>>>  Section start (?P<start>{_STAMP}))?(?P<details>.*)$",
    rf"(?s)^\[(?P<boot>Boot Session): (?P<start>{_STAMP})\](?P<details>.*)$",
    rf"(?s)^\[(?P<start>{_STAMP}) (?P<process>[\d.]+) (?P<title>[^\]\n]*)\](?P<details>.*)$",
    r"(?s)^\[(?P<title>(?:Device Install|SetupAPI) Log)\](?P<details>.*)$",
)
_TITLE: Final = (r"^(?P<section>.*?) - (?P<subject>.*)$", r"^(?P<section>.*)$")
_END: Final = rf"<<<  Section end (?P<end>{_STAMP})"
_STATUS: Final = r"<<<  \[Exit status: (?P<status>[^\]\n]*)\]"
_DESCRIPTION: Final = r"DevDesc +- (?P<description>[^\n]*)"
_OLD_DEVICE: Final = (r'Device install of "(?P<device>[^"\n]+)"', r"(?i)hardware ID\(s\): (?P<device>[^,\n]+)")
_DEVICE: Final = r"^[A-Za-z0-9_]+\\"
_PLUGGED: Final = (
    r"(?i)^(?:USB|USBSTOR|UASPSTOR|SWD\\WPDBUSENUM|WPDBUSENUMROOT|SBP2|1394|SD|SDBUS|SCSI\\DISK|BTHENUM|BTHUSB|HID)\b"
)
_INSTALLED: Final = r"(?i)^(?:Device Install \(Hardware initiated\)|Driver Install)"
_LINE: Final = re.compile(
    rf"^(?:\[Device Install Log\]|\[Boot Session: {_STAMP}\]|>>>  \[.*\r?\n>>>  Section start {_STAMP}"
    rf"|\[{_STAMP} [\d.]+ Driver Install\])",
    re.MULTILINE,
)


def accepts(source: Source) -> int:
    """Return certainty where a section or a boot session of this log stands in the sampled text."""
    return CERTAIN if _LINE.search(source.sample.text) else 0


@reader(
    "windows.setupapi",
    accepts=accepts,
    title="Windows device installation log (setupapi.dev.log)",
    spec="https://learn.microsoft.com/windows-hardware/drivers/install/setupapi-text-logs",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each section and each start of the system; `rec` is the byte offset of its first line.

    A first connection is `device.connected`, with the device's path in `device`. The rest of a section is `details`.
    """
    calendar = Calendar(source)
    for lines in records(source, rows, _BEGINS, "before the first section"):
        _add(lines, calendar, rows)


def _add(lines: Lines, calendar: Calendar, rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(lines)
    nothing = pa.nulls(n, pa.string())
    found, _ = extract(lines.text, *_SECTIONS)
    title, details = (pc.fill_null(found.get(name, nothing), "") for name in ("title", "details"))
    parts, _ = extract(title, *_TITLE)
    ts, assumed = parsed(pc.fill_null(found.get("start", nothing), ""), calendar.zone)
    boot = pc.is_valid(filled(found.get("boot", nothing)))
    subject = filled(parts.get("subject", nothing))
    device = pc.if_else(pc.fill_null(pc.match_substring_regex(subject, _DEVICE), fill_value=False), subject, constant(None))
    old, _ = extract(details, *_OLD_DEVICE)
    device = pc.coalesce(device, pc.if_else(pc.is_valid(found.get("process", nothing)), filled(old["device"]), constant(None)))
    status = extract(details, _STATUS)[0]["status"]
    said = filled(parts["section"])
    plugged = pc.and_(
        pc.match_substring_regex(pc.fill_null(said, ""), _INSTALLED),
        pc.match_substring_regex(pc.fill_null(device, ""), _PLUGGED),
    )
    columns: dict[str, Any] = {
        "rec": lines.rec,
        "ts": ts,
        "ts_kind": pa.repeat("written", n),
        "zone_assumed": assumed,
        "action": pc.if_else(boot, "log.started", pc.if_else(plugged, "device.connected", "record.written")),
        "outcome": _outcome(status),
        "object": pc.if_else(pc.is_valid(device), constant(None), subject),
        "device": device,
        "provider": pc.if_else(boot, constant("Boot Session"), said),
        "message": pc.if_else(boot, constant("Boot Session"), title),
    }
    fields = {
        "ended": extract(details, _END)[0]["end"],
        "exit_status": status,
        "description": extract(details, _DESCRIPTION)[0]["description"],
        "details": filled(pc.utf8_trim_whitespace(details)),
    }
    rows.add_columns(columns, fields)


def _outcome(status: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    good = pc.starts_with(pc.fill_null(status, ""), "SUCCESS")
    return pc.if_else(pc.is_valid(status), pc.if_else(good, constant("success"), constant("failure")), constant(None))
