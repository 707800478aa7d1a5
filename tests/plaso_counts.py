"""How many records plaso finds in its own test files: events and faults of ours that equal its counts.

The faults are its warnings for utmp, and continued lines, which plaso appends to the message before them.
"""

from __future__ import annotations

from typing import Final

PLASO_COUNTS: Final = (
    ("utmp/utmp_corrupted", "linux.utmp", 2, 2),
    ("utmp/utmp_x86_64", "linux.utmp", 6, 0),
    ("syslog/syslog_chromeos", "linux.syslog", 8, 1),
    ("syslog/syslog_osx", "linux.syslog", 2, 0),
    ("syslog/syslog_rsyslog_SysklogdFileFormat", "linux.syslog", 9, 1),
    ("syslog/syslog_rsyslog_SyslogProtocol23Format", "linux.syslog", 9, 1),
    ("syslog/syslog_rsyslog_traditional", "linux.syslog", 8, 3),
    ("syslog/syslog_ssh.log", "linux.syslog", 9, 0),
    ("iis/iis6.log", "web.iis", 12, 0),
    ("iis/iis7_owa.log", "web.iis", 3, 0),
    ("iis/iis10.log", "web.iis", 1, 0),
    ("iis/iis10_edge_cases.log", "web.iis", 15, 0),
    ("iis/iis_without_date.log", "web.iis", 11, 0),
)
"""Path below `test_data/`, reader, events, faults."""
