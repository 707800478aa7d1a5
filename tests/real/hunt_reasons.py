"""Why rules of level medium and above find something in logs in which nothing happened: by title, of analytics by id.

What is not in here shows as NOT JUSTIFIED on the page.
"""

from __future__ import annotations

from typing import Final

_CLEARED: Final = (
    "True: somebody emptied this log, and the record of it is all that is left. Level as for any log that was emptied."
)
_PSEXEC: Final = "True: PsExec was installed as a service. Support staff use it as well as intruders; only a person can tell."
_RDP: Final = (
    "True by the rule's words: the RDP service reported a protocol error. It does so for scanners and broken connections, too."
)
_GROUP: Final = "True: an account became an administrator while the machine was set up and joined to its domain."
_TEMPORARY: Final = "True: a service ran out of a folder for temporary files (a developer's tests)."
_CRASH: Final = "True: Windows stopped and wrote its memory to a file. No attack is claimed; a dump holds credentials."

REASONS: Final = {
    "Testing Usage of Uncommonly Used Port": (
        "True: in the made week an administrator's script tests with Test-NetConnection whether a port of a server answers. "
        "The rule takes any port but 80 and 443; intruders look for services with the same command, and an exception would "
        "hide them. One line a machine and day, of level medium, is what it should cost."
    ),
    "Important Windows Eventlog Cleared": _CLEARED,
    "Security Eventlog Cleared": _CLEARED,
    "Security Event Log Cleared": _CLEARED,
    "Log Cleared": _CLEARED,
    "Log File Cleared": _CLEARED,
    "Windows event log was cleared": _CLEARED,
    "log.cleared": _CLEARED,
    "PSExec Lateral Movement": _PSEXEC,
    "PsExec Service Installation": _PSEXEC,
    "exfil.tool": _PSEXEC,
    "Suspicious Service Path": (
        "Wrong in part: the pack's rule takes any path with %SystemRoot%, and Windows registers its own services so. One "
        "of them does run out of a folder for temporary files (a developer's tests), another is PsExec."
    ),
    "Service Installation in Suspicious Folder": _TEMPORARY,
    "Service that runs a shell or a program of a user's folder was installed": _TEMPORARY,
    "Potential RDP Exploit CVE-2019-0708": _RDP,
    "Crash Dump Created By Operating System": _CRASH,
    "BSOD": _CRASH,
    "Account Tampering - Suspicious Failed Logon Reasons": (
        "True: logons with the account Guest, which may not log on, failed, from the machine itself. Opening a share without "
        "a name does that."
    ),
    "Strong right was granted to an account": (
        "True: an account was given the right to log on as a batch job (4717). Installers do so; who it was is to be asked."
    ),
    "Many connections to remote desktop from one address": (
        "True: one address opened RDP connections again and again within minutes. The recording does not say whose it is."
    ),
    "audit.changed": "True: the audit policy or the clock was changed: servers and mail services do so while being set up.",
    "User Added To Local Admin Grp": _GROUP,
    "User Added to Local Administrator Group": _GROUP,
    "Account was added to a group with wide rights": _GROUP,
    "account.made": "True: an account was made and given rights, while the machine was set up by the look of the times.",
    "Password Reset By Admin": "True: the password of an account was set by another one, the machine's own.",
    "HTTP Request With Empty User Agent": "True: requests without a user agent, one of which tries a command: no clean log.",
    "Google Cloud Firewall Modified or Deleted": "True: a firewall rule was changed in the recorded project.",
}
