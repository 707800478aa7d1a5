"""A clean week of a small office in Windows event logs: nobody attacks, people work, machines keep themselves up.

Three workstations, a domain controller, a file server and a backup server; logons, services, updates, tasks, Defender,
Office, browsers, administrators' PowerShell, backups. Written from what Windows logs in such a week; other seeds give other
hours. The programs and their command lines stand in `week_programs.csv`, the administrators' lines in `week_admin.txt`.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kyumei.replay.dice import Dice
from kyumei.replay.writers import security as sec
from kyumei.replay.writers.evtx import Channel, Record, evtx, guid, hex64, number, sid

if TYPE_CHECKING:
    from kyumei.replay.writers.evtx import Value

_HERE: Final = Path(__file__).parent
DOMAIN: Final = "CORP"
FQDN: Final = "corp.example.jp"
_SID: Final = "S-1-5-21-1004336348-1177238915-682003330"
MONDAY: Final = date(2024, 5, 13)
STAFF: Final = {"PC01": "tanaka", "PC02": "suzuki", "PC03": "yamamoto"}
ADDRESSES: Final = {
    "PC01": "10.0.2.11",
    "PC02": "10.0.2.12",
    "PC03": "10.0.2.13",
    "FS01": "10.0.1.5",
    "DC01": "10.0.1.3",
    "BK01": "10.0.1.9",
}
SERVERS: Final = ("DC01", "FS01", "BK01")
CHANNELS: Final = {
    "Security": ("Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-A5BA-3E3B0328C30D}"),
    "System": ("Service Control Manager", "{555908D1-A6D7-4695-8E1E-26931D2012F4}"),
    "Microsoft-Windows-Sysmon/Operational": ("Microsoft-Windows-Sysmon", "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"),
    "Microsoft-Windows-PowerShell/Operational": ("Microsoft-Windows-PowerShell", "{A0C1853B-5C40-4B15-8766-3CF1C58F985A}"),
    "Microsoft-Windows-TaskScheduler/Operational": (
        "Microsoft-Windows-TaskScheduler",
        "{DE7B24EA-73C8-4A09-985D-5BDADCFA9017}",
    ),
    "Microsoft-Windows-Windows Defender/Operational": (
        "Microsoft-Windows-Windows Defender",
        "{11CD958A-C507-4EF3-B3F2-5FD9DFBD2C78}",
    ),
    "Microsoft-Windows-WindowsUpdateClient/Operational": (
        "Microsoft-Windows-WindowsUpdateClient",
        "{945A8954-C147-4ACD-923F-40C45405A658}",
    ),
    "Microsoft-Windows-Bits-Client/Operational": ("Microsoft-Windows-Bits-Client", "{EF1CC15B-46C1-414E-BB95-E76B077BD51E}"),
}
SYSMON, POWERSHELL, TASKS, DEFENDER, UPDATES, BITS = list(CHANNELS)[2:]
_SERVICES: Final = (
    "Windows Update",
    "Background Intelligent Transfer Service",
    "Windows Installer",
    "Windows Modules Installer",
    "Volume Shadow Copy",
    "Print Spooler",
    "Software Protection",
)
_TASKS: Final = (
    (r"\GoogleUpdaterTaskSystem126.0.6462.0", r"C:\Program Files (x86)\Google\GoogleUpdater\126.0.6462.0\updater.exe"),
    (r"\MicrosoftEdgeUpdateTaskMachineUA", r"C:\Program Files (x86)\Microsoft\EdgeUpdate\MicrosoftEdgeUpdate.exe"),
    (
        r"\Microsoft\Office\Office Automatic Updates 2.0",
        r"C:\Program Files\Common Files\Microsoft Shared\ClickToRun\OfficeC2RClient.exe",
    ),
    (r"\Microsoft\Windows\UpdateOrchestrator\Schedule Scan", r"%systemroot%\system32\usoclient.exe"),
    (
        r"\Microsoft\Windows\Windows Defender\Windows Defender Scheduled Scan",
        r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24040.4-0\MpCmdRun.exe",
    ),
    (r"\Microsoft\Windows\Defrag\ScheduledDefrag", r"%windir%\system32\defrag.exe"),
)
_SITES: Final = (
    "outlook.office365.com",
    "teams.microsoft.com",
    "www.google.co.jp",
    "www.yahoo.co.jp",
    "login.microsoftonline.com",
    "www.nta.go.jp",
    "ctldl.windowsupdate.com",
    "update.googleapis.com",
)


@dataclass(slots=True)
class Week:
    """The logs of the week as they grow: host and channel → records."""

    dice: Dice
    logs: dict[tuple[str, str], list[Record]] = field(default_factory=dict[tuple[str, str], list[Record]])

    def add(self, host: str, channel: str, record: Record) -> None:
        self.logs.setdefault((host, channel), []).append(record)

    def at(self, day: date, hour: float, minutes: float = 0) -> datetime:
        """Return an instant of that day in Japan, with a drawn fraction."""
        start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=9)
        return start + timedelta(hours=hour, minutes=minutes, microseconds=self.dice.below(1_000_000))

    def files(self) -> dict[str, bytes]:
        """Return path → bytes: a folder for each host, the files named as Windows names them."""
        found = {}
        for (host, channel), records in sorted(self.logs.items()):
            provider, mark = CHANNELS[channel]
            name = channel.replace("/", "%4") + ".evtx"
            ordered = sorted(records, key=lambda record: record.time)
            found[f"{host}/{name}"] = evtx(Channel(channel, provider, mark, f"{host}.{FQDN}"), ordered)
        return found


def week(seed: int = 1) -> dict[str, bytes]:
    """Return the week's files."""
    made = Week(Dice("clean week", seed))
    for offset in range(7):
        day = MONDAY + timedelta(days=offset)
        for host in ADDRESSES:
            _machine(made, host, day)
        if offset < 5:
            for host, user in STAFF.items():
                _workday(made, host, user, day)
            _administrator(made, day)
        _backup(made, day)
    return made.files()


def _identity(account: str) -> sec.Identity:
    known = {"SYSTEM": ("NT AUTHORITY", "S-1-5-18"), "LOCAL SERVICE": ("NT AUTHORITY", "S-1-5-19")}
    if account in known:
        domain, number = known[account]
        return sec.Identity(account, domain, "", number)
    digest = int.from_bytes(hashlib.sha256(account.encode()).digest()[:2], "big")
    return sec.Identity(account, DOMAIN, FQDN, f"{_SID}-{1100 + digest}")


def _programs() -> list[dict[str, str]]:
    with (_HERE / "week_programs.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def _run(made: Week, host: str, at: datetime, program: dict[str, str], user: str) -> None:
    """Log a program's start in Security and, on most machines, in Sysmon too."""
    words = {
        "user": user,
        "n": made.dice.between(100, 9999),
        "folder": made.dice.pick(("総務", "営業", "経理")),
        "file": made.dice.pick(("見積書", "議事録", "勤務表", "請求書_5月", "plan")),
    }
    image, parent, line = (program[k].format(**words) for k in ("image", "parent", "line"))
    account = "SYSTEM" if program["user"] == "system" else user
    who = _identity(account)
    started: dict[str, Value] = {
        "SubjectUserSid": sid(who.sid),
        "SubjectUserName": f"{host}$" if account == "SYSTEM" else account,
        "SubjectDomainName": DOMAIN,
        "SubjectLogonId": hex64(0x3E7 if account == "SYSTEM" else 0x5A1C0),
        "NewProcessId": hex64(made.dice.between(600, 9000) * 4),
        "NewProcessName": image,
        "TokenElevationType": "%%1936",
        "ProcessId": hex64(made.dice.between(150, 900) * 4),
        "CommandLine": line,
        "TargetUserSid": sid("S-1-0-0"),
        "TargetUserName": "-",
        "TargetDomainName": "-",
        "TargetLogonId": hex64(0),
        "ParentProcessName": parent,
        "MandatoryLabel": sid("S-1-16-16384" if account == "SYSTEM" else "S-1-16-8192"),
    }
    made.add(host, "Security", Record(at, 4688, started, version=2, task=13312))
    made.add(
        host, SYSMON, Record(at, 1, _sysmon(made, at, (image, parent, line), program, account), version=5, level=4, task=1)
    )
    made.add(
        host,
        SYSMON,
        Record(
            at + timedelta(minutes=made.dice.between(1, 90)),
            5,
            {"RuleName": "-", "UtcTime": _utc(at), "ProcessId": number(4242), "Image": image, "User": _sysmon_user(account)},
            version=3,
            level=4,
            task=5,
        ),
    )


def _sysmon(made: Week, at: datetime, run: tuple[str, str, str], program: dict[str, str], account: str) -> dict[str, Value]:
    image, parent, line = run
    digest = hashlib.sha256(image.encode()).hexdigest().upper()
    name = image.rsplit("\\", 1)[-1]
    return {
        "RuleName": "-",
        "UtcTime": _utc(at),
        "ProcessGuid": guid("{3D1F6A2E-5B1C-6643-0102-000000001A00}"),
        "ProcessId": number(made.dice.between(600, 9000) * 4),
        "Image": image,
        "FileVersion": "10.0.17763.1",
        "Description": name.rsplit(".", 1)[0],
        "Product": f"{program['company']} {name.rsplit('.', 1)[0]}",
        "Company": program["company"],
        "OriginalFileName": name,
        "CommandLine": line,
        "CurrentDirectory": "C:\\Windows\\system32\\" if account == "SYSTEM" else f"C:\\Users\\{account}\\",
        "User": _sysmon_user(account),
        "LogonGuid": guid("{3D1F6A2E-5B1C-6643-E703-000000000000}"),
        "LogonId": hex64(0x3E7 if account == "SYSTEM" else 0x5A1C0),
        "TerminalSessionId": number(0 if account == "SYSTEM" else 1),
        "IntegrityLevel": "System" if account == "SYSTEM" else "Medium",
        "Hashes": f"MD5={digest[:32]},SHA256={digest},IMPHASH={digest[32:]}",
        "ParentProcessGuid": guid("{3D1F6A2E-5B1B-6643-0B00-000000001A00}"),
        "ParentProcessId": number(700),
        "ParentImage": parent,
        "ParentCommandLine": f'"{parent}"' if "svchost" not in parent else rf"{parent} -k netsvcs -p",
        "ParentUser": _sysmon_user(account),
    }


def _sysmon_user(account: str) -> str:
    return rf"NT AUTHORITY\{account}" if account == "SYSTEM" else rf"{DOMAIN}\{account}"


def _utc(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 1000:03d}"


def _fitting(host: str, user: str) -> tuple[list[dict[str, str]], list[int]]:
    place = "server" if host in SERVERS else "pc"
    kept = [p for p in _programs() if p["place"] in {place, "any"} and p["user"] == user]
    return kept, [int(p["weight"]) for p in kept]


def _machine(made: Week, host: str, day: date) -> None:
    """What a machine does by itself in a day: services, tasks, updates, Defender, its own logons."""
    dice = made.dice
    programs, weights = _fitting(host, "system")
    for _ in range(60):
        _run(made, host, made.at(day, dice.fraction() * 24), dice.weighted(programs, weights), "SYSTEM")
    for _ in range(24):
        at = made.at(day, dice.fraction() * 24)
        name = dice.pick(_SERVICES)
        for state, later in (("実行中", 0), ("停止", dice.between(2, 15))):
            made.add(
                host,
                "System",
                Record(
                    at + timedelta(minutes=later), 7036, {"param1": name, "param2": state}, level=4, keywords=0x8080000000000000
                ),
            )
        made.add(host, "Security", sec.logon(at, _identity("SYSTEM"), sec.Peer("-", 0), 0x3E7, kind=5))
        made.add(host, "Security", sec.privileges(at, _identity("SYSTEM"), 0x3E7))
    _tasks(made, host, day)
    _kept_up(made, host, day)


def _tasks(made: Week, host: str, day: date) -> None:
    for name, image in _TASKS:
        at = made.at(day, made.dice.fraction() * 24)
        mark = guid("{6D1B4D4F-2F4B-4F0C-9B2B-1D6C4E1A2B3C}")
        steps: tuple[tuple[int, dict[str, Value]], ...] = (
            (100, {"TaskName": name, "UserContext": r"NT AUTHORITY\SYSTEM", "InstanceId": mark}),
            (129, {"TaskName": name, "Path": image, "ProcessID": number(4000), "Priority": number(16384)}),
            (200, {"TaskName": name, "ActionName": image, "TaskInstanceId": mark, "EnginePID": number(1200)}),
            (
                201,
                {
                    "TaskName": name,
                    "TaskInstanceId": mark,
                    "ActionName": image,
                    "ResultCode": number(0),
                    "EnginePID": number(1200),
                },
            ),
            (102, {"TaskName": name, "UserContext": r"NT AUTHORITY\SYSTEM", "InstanceId": mark}),
        )
        for seconds, (event, data) in enumerate(steps):
            made.add(host, TASKS, Record(at + timedelta(seconds=seconds), event, data, level=4, keywords=0x8000000000000000))


def _kept_up(made: Week, host: str, day: date) -> None:
    """Updates and Defender."""
    for hour in (3, 9, 15):
        at = made.at(day, hour, made.dice.below(60))
        version = f"1.411.{made.dice.between(100, 400)}.0"
        data: dict[str, Value] = {
            "Product Name": "Microsoft Defender ウイルス対策",
            "Product Version": "4.18.24040.4",
            "Current security intelligence Version": version,
            "Previous security intelligence Version": "1.411.90.0",
            "Update Source": "Microsoft Update サーバー",
            "Security intelligence Type": "ウイルス対策",
            "Update Type": "差分",
            "User": r"NT AUTHORITY\SYSTEM",
            "Current Engine Version": "1.1.24040.1",
        }
        made.add(host, DEFENDER, Record(at, 2000, data, level=4, keywords=0x8000000000000000))
        made.add(
            host,
            BITS,
            Record(
                at,
                59,
                {
                    "transferId": guid("{6D1B4D4F-2F4B-4F0C-9B2B-1D6C4E1A2B3C}"),
                    "name": "Microsoft Outlook Offline Address Book" if hour == 9 else "WU Client Download",
                    "Id": guid("{6D1B4D4F-2F4B-4F0C-9B2B-1D6C4E1A2B3D}"),
                    "url": "http://dl.delivery.mp.microsoft.com/filestreamingservice/files/0a1b2c3d",
                    "fileTime": "2024-05-13T00:00:00Z",
                    "fileLength": number(1_048_576),
                },
                level=4,
                keywords=0x4000000000000000,
            ),
        )
    scan: dict[str, Value] = {"Scan Type": "マルウェア対策", "Scan Parameters": "クイック スキャン"}
    for event in (1000, 1001):
        made.add(host, DEFENDER, Record(made.at(day, 12, 20 + event % 10), event, scan, level=4, keywords=0x8000000000000000))
    for event in (26, 41, 44, 19):
        made.add(
            host,
            UPDATES,
            Record(
                made.at(day, 3, event),
                event,
                {
                    "updateTitle": "2024-05 x64 ベース システム用 Windows 10 Version 22H2 の累積更新プログラム (KB5037768)",
                    "updateGuid": guid("{0D4F8A9E-2C67-4D46-A4A5-5A8C6B1E2F30}"),
                    "updateRevisionNumber": number(1),
                },
                level=4,
                keywords=0x8000000000000000,
            ),
        )


def _workday(made: Week, host: str, user: str, day: date) -> None:
    """Logon in the morning, programs, files on the share, names resolved, lunch, logoff in the evening."""
    dice, who = made.dice, _identity(user)
    begin, peer = made.at(day, 8.5 + dice.fraction()), sec.Peer(ADDRESSES[host], dice.between(49_152, 65_000))
    if dice.chance(0.2):
        made.add("DC01", "Security", sec.password_wrong(begin - timedelta(seconds=9), who, peer))
    _at_screen(made, host, user, begin)
    krbtgt = f"{_SID}-502"
    made.add("DC01", "Security", sec.ticket_granted(begin, who, peer, krbtgt))
    for name in ("DC01$", "FS01$"):
        made.add("DC01", "Security", sec.service_ticket(begin, who, peer, (name, f"{_SID}-1103")))
    for server in ("DC01", "FS01"):
        logon_id = dice.between(0x20000, 0x7FFFFF)
        made.add(server, "Security", sec.logon(begin + timedelta(seconds=1), who, peer, logon_id))
        made.add(server, "Security", sec.logoff(begin + timedelta(minutes=dice.between(5, 500)), who, logon_id))
    share = sec.Share("Share", r"D:\Share")
    reach = sec.Reach(who, peer, 0x70000, share)
    for _ in range(dice.between(15, 40)):
        at = begin + timedelta(minutes=dice.below(500))
        made.add("FS01", "Security", sec.share_reached(at, who, peer, 0x70000, share))
        made.add(
            "FS01",
            "Security",
            sec.share_checked(at, reach, rf"総務\{dice.pick(('見積書', '議事録', '勤務表'))}.xlsx", sec.READ),
        )
    programs, weights = _fitting(host, "staff")
    for _ in range(90):
        _run(made, host, begin + timedelta(minutes=dice.below(560)), dice.weighted(programs, weights), user)
    _on_the_net(made, host, user, begin)


def _at_screen(made: Week, host: str, user: str, begin: datetime) -> None:
    who = _identity(user)
    logon = sec.logon(begin, who, sec.Peer("127.0.0.1", 0), 0x5A1C0, kind=2)
    data = {
        **logon.data,
        "LogonProcessName": "User32 ",
        "ProcessName": r"C:\Windows\System32\svchost.exe",
        "WorkstationName": host,
    }
    made.add(host, "Security", Record(begin, 4624, data, version=2, task=12544))
    for hours, event in ((3.6, 4800), (4.4, 4801)):
        seat: dict[str, Value] = {
            "TargetUserSid": sid(who.sid),
            "TargetUserName": user,
            "TargetDomainName": DOMAIN,
            "TargetLogonId": hex64(0x5A1C0),
            "SessionId": number(1),
        }
        made.add(host, "Security", Record(begin + timedelta(hours=hours), event, seat, task=12551))
    made.add(host, "Security", sec.logoff(begin + timedelta(hours=9.5), who, 0x5A1C0))


def _on_the_net(made: Week, host: str, user: str, begin: datetime) -> None:
    dice = made.dice
    chrome = r"C:\Program Files\Google\Chrome\Application\chrome.exe"
    for _ in range(60):
        at, site = begin + timedelta(minutes=dice.below(560)), dice.pick(_SITES)
        address = f"13.107.{dice.between(4, 18)}.{dice.between(2, 250)}"
        asked: dict[str, Value] = {
            "RuleName": "-",
            "UtcTime": _utc(at),
            "ProcessId": number(5120),
            "QueryName": site,
            "QueryStatus": "0",
            "QueryResults": f"::ffff:{address};",
            "Image": chrome,
            "User": _sysmon_user(user),
        }
        made.add(host, SYSMON, Record(at, 22, asked, version=5, level=4, task=22))
        reached: dict[str, Value] = {
            "RuleName": "-",
            "UtcTime": _utc(at),
            "ProcessId": number(5120),
            "Image": chrome,
            "User": _sysmon_user(user),
            "Protocol": "tcp",
            "Initiated": "true",
            "SourceIsIpv6": "false",
            "SourceIp": ADDRESSES[host],
            "SourceHostname": f"{host}.{FQDN}",
            "SourcePort": number(dice.between(49152, 65000)),
            "SourcePortName": "-",
            "DestinationIsIpv6": "false",
            "DestinationIp": address,
            "DestinationHostname": "-",
            "DestinationPort": number(443),
            "DestinationPortName": "https",
        }
        made.add(host, SYSMON, Record(at, 3, reached, version=5, level=4, task=3))
    for _ in range(25):
        at = begin + timedelta(minutes=dice.below(560))
        name = dice.pick(
            (
                rf"C:\Users\{user}\Documents\議事録.docx",
                rf"C:\Users\{user}\Downloads\請求書.pdf",
                rf"C:\Users\{user}\AppData\Local\Temp\~DF1A2B.TMP",
            )
        )
        made.add(
            host,
            SYSMON,
            Record(
                at,
                11,
                {
                    "RuleName": "-",
                    "UtcTime": _utc(at),
                    "ProcessId": number(5120),
                    "Image": chrome if name.endswith("pdf") else r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE",
                    "TargetFilename": name,
                    "CreationUtcTime": _utc(at),
                    "User": _sysmon_user(user),
                },
                version=2,
                level=4,
                task=11,
            ),
        )
    word = rf"HKU\{_identity(user).sid}\SOFTWARE\Microsoft\Office\16.0\Word"
    key = rf"{word}\Reading Locations\Document {dice.between(0, 20)}\Datetime"
    made.add(
        host,
        SYSMON,
        Record(
            begin,
            13,
            {
                "RuleName": "-",
                "EventType": "SetValue",
                "UtcTime": _utc(begin),
                "ProcessId": number(5120),
                "Image": r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE",
                "TargetObject": key,
                "Details": "2024-05-13T09:12",
                "User": _sysmon_user(user),
            },
            version=2,
            level=4,
            task=13,
        ),
    )


def _administrator(made: Week, day: date) -> None:
    """The administrator at the servers: remote desktop, consoles, PowerShell."""
    dice, lines = made.dice, (_HERE / "week_admin.txt").read_text("utf-8").splitlines()
    for host in SERVERS:
        begin = made.at(day, 9.5 + dice.fraction() * 6)
        programs, weights = _fitting(host, "admin")
        logon = sec.logon(begin, _identity("adm-kato"), sec.Peer("10.0.2.20", 0, "PC20"), 0x9A000, kind=2)
        data = {
            **logon.data,
            "LogonType": number(10),
            "LogonProcessName": "User32 ",
            "AuthenticationPackageName": "Negotiate",
            "ProcessName": r"C:\Windows\System32\svchost.exe",
        }
        made.add(host, "Security", Record(begin, 4624, data, version=2, task=12544))
        made.add(host, "Security", sec.privileges(begin, _identity("adm-kato"), 0x9A000))
        for minute in range(dice.between(3, 8)):
            _run(made, host, begin + timedelta(minutes=minute * 4), dice.weighted(programs, weights), "adm-kato")
        for minute in range(dice.between(2, 6)):
            block: dict[str, Value] = {
                "MessageNumber": number(1),
                "MessageTotal": number(1),
                "ScriptBlockText": dice.pick(lines),
                "ScriptBlockId": "6d1b4d4f-2f4b-4f0c-9b2b-1d6c4e1a2b3c",
                "Path": "",
            }
            made.add(host, POWERSHELL, Record(begin + timedelta(minutes=minute * 5), 4104, block, level=5, keywords=0))
        made.add(host, "Security", sec.logoff(begin + timedelta(hours=1), _identity("adm-kato"), 0x9A000))


def _backup(made: Week, day: date) -> None:
    """The night's copy and the image backup."""
    programs, weights = _fitting("FS01", "backup")
    for minute in range(4):
        _run(made, "FS01", made.at(day, 1, 30 + minute), made.dice.weighted(programs, weights), "svc-backup")
    who, peer = _identity("svc-backup"), sec.Peer(ADDRESSES["FS01"], 50_111)
    made.add("BK01", "Security", sec.logon(made.at(day, 1, 31), who, peer, 0x88000))
    made.add("BK01", "Security", sec.share_reached(made.at(day, 1, 31), who, peer, 0x88000, sec.Share("Mirror", r"E:\Mirror")))
    made.add("BK01", "Security", sec.logoff(made.at(day, 2, 5), who, 0x88000))
    mask: dict[str, Value] = {"param1": "Volume Shadow Copy", "param2": "実行中"}
    made.add("FS01", "System", Record(made.at(day, 1, 30), 7036, mask, level=4, keywords=0x8080000000000000))
