"""Writes lines of two everyday logs: web servers' combined format, and syslog with ISO times as rsyslog writes them.

Formats: https://httpd.apache.org/docs/2.4/logs.html#combined and the template `RSYSLOG_FileFormat`
(https://www.rsyslog.com/doc/configuration/templates.html).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Request:
    """One request and its answer; `target` with its query, as it was sent."""

    client: str
    method: str
    target: str
    status: int
    size: int
    referrer: str = "-"
    agent: str = "-"


def combined(at: datetime, request: Request) -> str:
    """Return one line of an access log; the time carries its offset."""
    stamp = f"{at:%d/%b/%Y:%H:%M:%S %z}"
    asked = f"{request.method} {request.target} HTTP/1.1"
    size = request.size or "-"
    return f'{request.client} - - [{stamp}] "{asked}" {request.status} {size} "{request.referrer}" "{request.agent}"\n'


def syslog(at: datetime, host: str, tag: str, message: str) -> str:
    """Return one line of syslog with an ISO time and offset."""
    stamp = at.isoformat(timespec="microseconds")
    return f"{stamp} {host} {tag}: {message}\n"
