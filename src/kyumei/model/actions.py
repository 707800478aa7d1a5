"""The closed list of what an event can say happened, written `noun.verb-past`.

Adding one is a reviewed change with a line in `docs/reference/actions.md`. A record that fits none keeps
`record.written`.
"""

from __future__ import annotations

from typing import Final

ACTIONS: Final = {
    "account.changed": "An account's properties or password changed",
    "account.created": "An account was made",
    "account.deleted": "An account was removed",
    "account.locked": "An account was locked",
    "audit.changed": "What is audited or the clock was changed",
    "command.run": "A command or script ran",
    "data.exported": "Rows were written out of a database or application",
    "data.read": "Rows or records were read",
    "data.changed": "Rows or records were changed",
    "device.connected": "A device was attached",
    "device.disconnected": "A device was removed",
    "file.copied": "A file was copied",
    "file.created": "A file was made",
    "file.deleted": "A file was removed",
    "file.downloaded": "A file was fetched from a server or service",
    "file.opened": "A file was opened or read",
    "file.renamed": "A file got another name",
    "file.shared": "A file was made available to others",
    "file.uploaded": "A file was sent to a server or service",
    "file.written": "A file's content changed",
    "group.changed": "Membership of a group or role changed",
    "log.cleared": "A log was emptied",
    "log.started": "Logging or the system started",
    "log.stopped": "Logging or the system stopped",
    "login.failed": "Proving who one is failed",
    "login.succeeded": "Proving who one is succeeded",
    "mail.bounced": "A message was returned or refused",
    "mail.delivered": "A message was handed to a recipient's server or box",
    "mail.received": "A message came in",
    "mail.sent": "A message was handed over for sending",
    "malware.detected": "A protection product reported something",
    "network.allowed": "A connection was let through",
    "network.denied": "A connection was refused",
    "page.printed": "A document was printed",
    "process.ended": "A process ended",
    "process.started": "A process began",
    "record.written": "A log record of no closer kind",
    "registry.changed": "A registry key or value changed",
    "service.installed": "A service or driver was installed",
    "service.started": "A service began",
    "service.stopped": "A service ended",
    "session.ended": "A session ended",
    "session.started": "A session began (VPN, remote desktop, shell)",
    "share.accessed": "A network share was reached; by itself no file was read",
    "task.changed": "A scheduled task was made or changed",
    "web.request": "A request reached a web server",
}
"""Action → what it says happened."""

OUTCOMES: Final = ("success", "failure", "unknown")
"""What became of the attempt."""

ORIGINS: Final = ("live", "slack", "carved", "backup")
"""Where in the evidence a record was found."""
