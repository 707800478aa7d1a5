"""Write this reader's sample logs (`python tests/readers/windows/make_evtx.py` from the top, `PYTHONPATH=.:src`)."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.readers.evtx_writer import FAILURE, Record, evtx, seal

HERE = Path(__file__).parents[1] / "windows.evtx"
START = datetime(2024, 5, 16, 0, 5, 3, 250_000, tzinfo=UTC)
RDP = "Microsoft-Windows-TerminalServices-LocalSessionManager"


def logon(n: int, account: str, address: str, event_id: int = 4624) -> Record:
    fields = {
        "SubjectUserName": "-",
        "SubjectDomainName": "-",
        "TargetUserName": account,
        "TargetDomainName": "CORP",
        "LogonType": "3",
        "WorkstationName": "PC-0107",
        "IpAddress": address,
        "SubStatus": "0x0" if event_id == 4624 else "0xc000006a",
    }
    keywords = FAILURE if event_id == 4625 else 0x8020000000000000
    return Record(START + timedelta(seconds=n), event_id, fields, keywords=keywords)


def share(n: int, account: str, name: str, mask: str) -> Record:
    fields = {
        "SubjectUserName": account,
        "SubjectDomainName": "CORP",
        "ObjectType": "File",
        "IpAddress": "192.0.2.17",
        "ShareName": "\\\\*\\共有",
        "RelativeTargetName": name,
        "AccessMask": mask,
    }
    return Record(START + timedelta(seconds=n), 5145, fields)


def ordinary() -> bytes:
    cleared = {"SubjectUserName": "sato", "SubjectDomainName": "CORP", "Channel": "System", "BackupPath": ""}
    return evtx(
        [
            logon(0, "tanaka", "::ffff:198.51.100.9", 4625),
            logon(2, "tanaka", "198.51.100.9"),
            logon(3, "FS02$", "::1"),
            Record(
                START,
                21,
                {"User": "CORP\\tanaka", "SessionID": "2", "Address": "LOCAL"},
                RDP,
                f"{RDP}/Operational",
                wrapper="EventXML",
            ),
            Record(None, 104, cleared, "Microsoft-Windows-Eventlog", "System", wrapper="LogFileCleared"),
            Record(START, 999, {"Host": "x", "Big": "18446744073709551615"}, "Invented", "Application"),
            Record(START, 1000, {"Data": "first", "Data#1": "second", "Data#2": ""}, "Invented", "Application"),
        ]
    )


def japanese() -> bytes:
    return evtx(
        [
            logon(0, "山田太郎", "2001:db8::17"),
            share(5, "山田太郎", "顧客\\髙橋商店\\名簿①.xlsx", "0x120089"),
            share(6, "山田太郎", "顧客", "0x80"),
            share(7, "山田太郎", "\\", "0x100081"),
        ]
    )


def damaged() -> bytes:
    """Damage of every kind: a hidden record, an unreadable one, overwritten headers, one in slack, a chunk missing."""
    data = bytearray(evtx(logon(n, f"suzuki{n:02}", "192.0.2.44") for n in range(20)))
    chunk = data[4096:]
    starts = _starts(chunk)
    chunk[starts[3] + 38 : starts[3] + 60] = b"\xf7" * 22
    hidden = struct.unpack_from("<I", chunk, starts[6] + 4)[0]
    stretched = struct.unpack_from("<I", chunk, starts[5] + 4)[0] + hidden
    struct.pack_into("<I", chunk, starts[5] + 4, stretched)
    struct.pack_into("<I", chunk, starts[5] + stretched - 4, stretched)
    seal(chunk)
    chunk[starts[10] : starts[10] + 16] = b"\xee" * 16
    chunk[starts[15] : starts[17]] = b"\xee" * (starts[17] - starts[15])
    struct.pack_into("<QQ", chunk, 24, 1, 19)
    struct.pack_into("<I", chunk, 48, starts[19])
    data[4096:] = chunk
    struct.pack_into("<H", data, 42, 2)
    return bytes(data)


def _starts(chunk: bytearray) -> list[int]:
    at, found = 512, []
    while chunk[at : at + 4] == b"**\0\0":
        found.append(at)
        at += struct.unpack_from("<I", chunk, at + 4)[0]
    return found


if __name__ == "__main__":
    for name, content in {"ordinary": ordinary(), "japanese": japanese(), "damaged": damaged()}.items():
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        (folder / "Security.evtx").write_bytes(content)
