"""Write this reader's sample files (`PYTHONPATH=.:src python tests/readers/windows/make_event_jsonl.py` from the top)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[1] / "windows.event_jsonl"
AUDIT = "Microsoft-Windows-Security-Auditing"

NXLOG: dict[str, Any] = {
    "EventTime": "2024-05-15 20:05:03",
    "Hostname": "DC01.corp.example",
    "Keywords": -9214364837600034816,
    "EventType": "AUDIT_SUCCESS",
    "SeverityValue": 2,
    "EventID": 4624,
    "SourceName": AUDIT,
    "RecordNumber": 9223372036854775809,
    "Channel": "Security",
    "TargetUserName": "tanaka",
    "TargetDomainName": "CORP",
    "LogonType": "3",
    "IpAddress": "::ffff:192.0.2.17",
    "EventReceivedTime": "2024-05-15 20:05:05",
    "@timestamp": "2024-05-16T00:05:05.162Z",
    "tags": ["mordor", "security"],
}
BEAT: dict[str, Any] = {
    "@timestamp": "2024-05-16T00:06:00.123Z",
    "winlog": {
        "event_id": 5145,
        "provider_name": AUDIT,
        "channel": "Security",
        "computer_name": "FS01.corp.example",
        "keywords": ["Audit Success"],
        "event_data": {
            "SubjectUserName": "tanaka",
            "SubjectDomainName": "CORP",
            "IpAddress": "192.0.2.17",
            "ShareName": "\\\\*\\共有",
            "RelativeTargetName": "顧客\\名簿.xlsx",
            "AccessMask": "0x1",
        },
    },
    "host": {"name": "FS01"},
    "message": "A network share object was checked.",
}
NESTED: dict[str, Any] = {
    "Event": {
        "System": {
            "Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}},
            "EventID": 11,
            "TimeCreated": {"#attributes": {"SystemTime": "2024-05-16T00:07:00.000001Z"}},
            "Channel": "Microsoft-Windows-Sysmon/Operational",
            "Computer": "PC-0107",
        },
        "EventData": {"Image": "C:\\Windows\\explorer.exe", "TargetFilename": "E:\\名簿.xlsx", "User": "CORP\\tanaka"},
    }
}
SYSMON: dict[str, Any] = {
    "SourceName": "Microsoft-Windows-Sysmon",
    "Channel": "Microsoft-Windows-Sysmon/Operational",
    "TimeCreated": "2024-05-16 09:08:00.500",
    "UtcTime": "2024-05-16 00:08:00.499",
    "Hostname": "PC-0107",
    "EventID": 3,
    "Initiated": True,
    "SourceIp": "192.0.2.17",
    "DestinationIp": "2001:DB8:0:0::1",
    "DestinationPort": 443,
    "Image": "C:\\app.exe",
}
CLEARED = [
    "監査ログが消去されました。",
    "件名:",
    "\tセキュリティ ID:\tCORP\\佐藤",
    "\tアカウント名:\t佐藤",
    "\tドメイン名:\tCORP",
]
ASSUMED: dict[str, Any] = {
    "Id": 1102,
    "ProviderName": "Microsoft-Windows-Eventlog",
    "LogName": "Security",
    "MachineName": "PC-0107",
    "TimeCreated": "2024-05-16 09:09:00",
    "Message": "\n".join(CLEARED),
}


def lines(*records: dict[str, Any]) -> bytes:
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records).encode()


def damaged() -> bytes:
    good = lines(NXLOG, BEAT).splitlines(keepends=True)
    return (
        good[0]
        + good[1][:120]
        + b"\n"
        + good[0].replace(b"tanaka", b"tan\xff\xfeka")
        + b'{"eventName": "no windows event"}\n'
        + good[1][:-3]
    )


if __name__ == "__main__":
    array = json.dumps([ASSUMED, BEAT], ensure_ascii=False, indent=1).encode("utf-16")
    samples = {"ordinary": lines(NXLOG, BEAT, NESTED, SYSMON), "japanese": array, "damaged": damaged()}
    for name, content in samples.items():
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        (folder / "events.json").write_bytes(content)
