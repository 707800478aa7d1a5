"""A week of ordinary work: what a house without a leak writes, as events for the rules. The same in every run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random  # noqa: TID251  # seeded below
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

Event = dict[str, Any]

_MONDAY: Final = datetime(2024, 6, 3, tzinfo=UTC)
_PEOPLE: Final = ("sato", "suzuki", "tanaka", "ito", "watanabe", "yamamoto")
_SYSTEM32: Final = "C:\\Windows\\System32\\"
_OFFICE: Final = "C:\\Program Files\\Microsoft Office\\root\\Office16\\"
_STARTED: Final = (
    (_OFFICE + "OUTLOOK.EXE", '"OUTLOOK.EXE" /recycle'),
    (_OFFICE + "EXCEL.EXE", '"EXCEL.EXE" "D:\\Share\\Sales\\order{n}.xlsx"'),
    (_OFFICE + "WINWORD.EXE", '"WINWORD.EXE" /n "D:\\Share\\Minutes\\m{n}.docx"'),
    ("C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe", "chrome.exe --type=renderer --lang=ja"),
    ("C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe", "msedge.exe --no-startup-window"),
    ("C:\\Program Files\\7-Zip\\7zFM.exe", '"7zFM.exe" "C:\\Users\\{who}\\Downloads\\a{n}.zip"'),
    ("C:\\Program Files\\7-Zip\\7z.exe", '7z.exe x "C:\\Users\\{who}\\Downloads\\a{n}.zip"'),
    (_SYSTEM32 + "notepad.exe", "notepad.exe C:\\Users\\{who}\\Documents\\memo{n}.txt"),
    (_SYSTEM32 + "mstsc.exe", "mstsc.exe /v:srv1"),
    (_SYSTEM32 + "cmd.exe", 'cmd.exe /c copy "C:\\Users\\{who}\\a{n}.txt" "C:\\Users\\{who}\\b.txt"'),
    (_SYSTEM32 + "net.exe", "net use Z: \\\\srv1\\share"),
    (_SYSTEM32 + "WindowsPowerShell\\v1.0\\powershell.exe", "powershell.exe -File C:\\Tools\\inventory.ps1"),
    (_SYSTEM32 + "curl.exe", "curl.exe -sS -o C:\\Tools\\list.json https://www.example.co.jp/list.json"),
    (_SYSTEM32 + "taskkill.exe", "taskkill /im EXCEL.EXE /f"),
)
_JOBS: Final = (
    (_SYSTEM32 + "svchost.exe", "svchost.exe -k netsvcs -p -s Schedule"),
    (_SYSTEM32 + "wbadmin.exe", "wbadmin start backup -backupTarget:E: -include:C: -quiet"),
    (_SYSTEM32 + "vssadmin.exe", "vssadmin list shadows"),
    (_SYSTEM32 + "Robocopy.exe", "robocopy D:\\Share E:\\Backup /MIR /R:1"),
    (_SYSTEM32 + "gpupdate.exe", "gpupdate /target:computer"),
    (_SYSTEM32 + "auditpol.exe", 'auditpol /set /subcategory:"File System" /success:enable'),
    (_SYSTEM32 + "wevtutil.exe", "wevtutil epl Security E:\\Backup\\security.evtx"),
    (_SYSTEM32 + "sc.exe", "sc query VeeamBackupSvc"),
    (_SYSTEM32 + "net.exe", "net start spooler"),
    (_SYSTEM32 + "bcdedit.exe", "bcdedit /enum"),
    (_SYSTEM32 + "reg.exe", "reg query HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"),
    ("C:\\Program Files\\Windows Defender\\MpCmdRun.exe", "MpCmdRun.exe -Scan -ScanType 1"),
)
_CRON: Final = (
    "/usr/bin/mysqldump --single-transaction members --result-file=/var/backups/members.sql",
    "/usr/bin/find /var/log -name *.gz -mtime +90",
    "/usr/sbin/logrotate /etc/logrotate.conf",
    "/usr/bin/rsync -a /srv/ /mnt/backup/",
    "/usr/bin/apt-get update",
    "/usr/bin/systemctl restart nginx",
    "/usr/bin/tail -n 200 /var/log/auth.log",
    "/usr/bin/curl -fsS https://status.example.co.jp/ping",
)
_PAGES: Final = ("/", "/news", "/style.css", "/logo.png", "/members/login", "/search?q=abc", "/contact", "/download/guide.pdf")


def week() -> list[Event]:
    """Return the events, in order of time; `time` is aware."""
    dice = Random(20240603)  # noqa: S311  # the same dice in every run
    events = [event for day in range(7) for event in _day(_MONDAY + timedelta(days=day), dice)]
    return sorted(events, key=lambda event: event["time"])


def _day(day: datetime, dice: Random) -> Iterator[Event]:
    yield from _jobs(day, dice)
    if day.weekday() < 5:
        for who in _PEOPLE:
            yield from _worker(day, who, dice)
    yield from _web(day, dice)
    yield from _firewall(day, dice)


def _worker(day: datetime, who: str, dice: Random) -> Iterator[Event]:
    computer, address = f"pc-{who}.example.co.jp", f"192.168.1.{10 + _PEOPLE.index(who)}"
    came = day + timedelta(hours=0, minutes=dice.randrange(60))  # nine o'clock in Japan is midnight UTC
    security = {"channel": "Security", "provider": "Microsoft-Windows-Security-Auditing", "host": computer}
    yield {**security, "time": came, "event_id": 4624, "LogonType": "2", "TargetUserName": who}
    for n in range(40):
        image, line = dice.choice(_STARTED)
        line = line.replace("{n}", str(n)).replace("{who}", who)
        at = came + timedelta(minutes=dice.randrange(500))
        yield _process(at, computer, who, image, line)
    for n in range(60):
        at = came + timedelta(minutes=dice.randrange(500))
        read = {"ObjectType": "File", "ObjectName": f"D:\\Share\\Sales\\{n}.xlsx", "AccessList": "%%4416", "AccessMask": "0x1"}
        yield {**security, "time": at, "event_id": 4663, "SubjectUserName": who, "ProcessName": _OFFICE + "EXCEL.EXE", **read}
        share = {"ShareName": "\\\\*\\Sales", "RelativeTargetName": f"{n}.xlsx", "AccessList": "%%4416", "IpAddress": address}
        yield {**security, "host": "srv1.example.co.jp", "time": at, "event_id": 5145, "SubjectUserName": who, **share}
    for n in range(8):
        at = came + timedelta(minutes=dice.randrange(500))
        page = {"Param2": f"会議資料{n}.docx", "Param3": who, "Param5": "Printer1", "Param8": str(dice.randrange(1, 6))}
        yield {
            "channel": "Microsoft-Windows-PrintService/Operational", "provider": "Microsoft-Windows-PrintService",
            "host": "srv1.example.co.jp", "time": at, "event_id": 307, **page,
        }  # fmt: skip
    for n in range(15):
        at = came + timedelta(minutes=dice.randrange(500))
        names = {"Operation": dice.choice(["FileAccessed", "FileDownloaded", "FileModified"]), "UserId": f"{who}@example.co.jp"}
        yield {"source": "cloud.m365_audit", "time": at, **names, "ObjectId": f"https://example.sharepoint.com/{n}.docx"}


def _jobs(day: datetime, dice: Random) -> Iterator[Event]:
    night = day + timedelta(hours=16)
    for n, (image, line) in enumerate(_JOBS):
        yield _process(night + timedelta(minutes=n), "srv1.example.co.jp", "SYSTEM", image, line)
    keyboard = {"DeviceInstanceId": "USB\\VID_046D&PID_C31C\\6&1", "ClassGuid": "{745a17a0-74d3-11d0-b6fe-00a0c90f57da}"}
    yield {
        "channel": "Microsoft-Windows-Kernel-PnP/Configuration", "provider": "Microsoft-Windows-Kernel-PnP",
        "host": "srv1.example.co.jp", "time": night, "event_id": 410, **keyboard,
    }  # fmt: skip
    for n, line in enumerate(_CRON):
        yield {
            "source": "linux.syslog", "provider": "sudo", "action": "command.run", "host": "web1", "account": "backup",
            "time": night + timedelta(minutes=30 + n), "object": line, "run_as": "root", "message": f"backup : COMMAND={line}",
        }  # fmt: skip
    yield {
        "channel": "System", "provider": "Service Control Manager", "host": "srv1.example.co.jp", "event_id": 7045,
        "time": night + timedelta(minutes=dice.randrange(60)), "ServiceName": "MpKslDrv", "ImagePath": "C:\\ProgramData\\a.sys",
    }  # fmt: skip


def _web(day: datetime, dice: Random) -> Iterator[Event]:
    for _ in range(400):
        at = day + timedelta(seconds=dice.randrange(86_400))
        yield {
            "source": "web.access", "time": at, "host": "web1", "action": "web.request", "method": "GET", "status": "200",
            "object": dice.choice(_PAGES), "src_ip": f"198.51.100.{dice.randrange(250)}", "user_agent": "Mozilla/5.0",
        }  # fmt: skip
    for n in range(30):  # a member looks at own orders; a probe is turned away
        at = day + timedelta(hours=3, minutes=n)
        shown = {"source": "web.access", "time": at, "host": "web1", "action": "web.request", "method": "GET"}
        yield {**shown, "object": f"/orders/{n}", "status": "200", "src_ip": "198.51.100.9"}
        yield {**shown, "object": f"/backup{n}.sql", "status": "404", "src_ip": "203.0.113.9"}


def _firewall(day: datetime, dice: Random) -> Iterator[Event]:
    for _ in range(300):
        yield {
            "source": "network.fortigate", "action": "network.allowed", "time": day + timedelta(seconds=dice.randrange(86_400)),
            "src_ip": f"192.168.1.{dice.randrange(10, 16)}", "dst": f"203.0.113.{dice.randrange(20)}",
            "sentbyte": str(dice.randrange(200_000)), "rcvdbyte": str(dice.randrange(3_000_000)), "hostname": "www.example.com",
            "httpmethod": "GET", "url": "/index.html",
        }  # fmt: skip


def _process(at: datetime, computer: str, who: str, image: str, line: str) -> Event:
    return {
        "channel": "Microsoft-Windows-Sysmon/Operational", "provider": "Microsoft-Windows-Sysmon", "event_id": 1,
        "host": computer, "time": at, "Image": image, "CommandLine": line, "User": who,
    }  # fmt: skip
