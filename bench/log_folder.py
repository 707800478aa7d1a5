"""A mixed folder of invented logs of any size, the same bytes for the same size: what `bench_readers.py` reads.

No randomness: every value is a function of the line's number. Hosts, people and addresses are invented (RFC 2606, RFC 5737).
"""

from __future__ import annotations

# ruff: noqa: E501  # log lines are as long as they are
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

START: Final = datetime(2024, 5, 13, tzinfo=UTC)
BLOCK: Final = 20_000
AGENTS: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15",
    "curl/8.5.0",
)
USERS: Final = tuple(f"user{n:03d}" for n in range(200))


def mixed(n: int) -> int:
    """Return a number of 32 bits that looks like no order (Knuth's multiplicative hash, folded)."""
    h = n * 2_654_435_761 & 0xFFFFFFFF
    return h ^ h >> 15


def ip(n: int) -> str:
    """Return a documentation address."""
    h = mixed(n)
    return f"{('192.0.2', '198.51.100', '203.0.113')[h % 3]}.{h // 3 % 254 + 1}"


def access(n: int, at: datetime) -> str:
    """Return a line of an Apache combined log."""
    h = mixed(n)
    return (
        f"{ip(h % 5000)} - {USERS[h % 200] if h % 7 == 0 else '-'} [{at:%d/%b/%Y:%H:%M:%S} +0000] "
        f'"GET /customers/{h % 100_003}?page={h % 17} HTTP/1.1" {(200, 200, 200, 304, 404)[h % 5]} {h % 50_000} '
        f'"https://www.example.jp/list{h % 31}" "{AGENTS[h % 3]}"'
    )


def syslog(n: int, at: datetime) -> str:
    """Return a line of a machine's syslog: sshd, sudo, cron, kernel, postfix."""
    h = mixed(n)
    user, head = USERS[h % 200], f"{at:%b} {at.day:2d} {at:%H:%M:%S} web{h % 4:02d}"
    return (
        head
        + (
            f" sshd[{h % 30000}]: Failed password for {user} from {ip(h)} port {h % 60000} ssh2",
            f" sshd[{h % 30000}]: Accepted publickey for {user} from {ip(h)} port {h % 60000} ssh2: ED25519 SHA256:{h:x}",
            f" sudo:   {user} : TTY=pts/0 ; PWD=/home/{user} ; USER=root ; COMMAND=/usr/bin/less /var/log/app{h % 9}.log",
            f" CRON[{h % 30000}]: ({user}) CMD (/usr/local/bin/job{h % 20} --run)",
            f" kernel: [{n}.123456] eth0: link state {h % 99}",
            f" postfix/smtp[{h % 30000}]: {h:X}: to=<{user}@example.jp>, relay=mx.example.jp[{ip(h)}]:25, delay=0.3, dsn=2.0.0, status=sent (250 ok)",
        )[h % 6]
    )


def events(n: int, at: datetime) -> str:
    """Return a JSON event of a service that nobody described."""
    h = mixed(n)
    return json.dumps(
        {
            "timestamp": f"{at:%Y-%m-%dT%H:%M:%S}Z",
            "level": ("INFO", "WARN")[h % 2],
            "user": USERS[h % 200],
            "client_ip": ip(h),
            "action": ("document.read", "document.export", "user.login")[h % 3],
            "resource": f"doc/{h % 10_007}",
            "status": 200,
            "message": f"request {h} done in {h % 900} ms",
        }
    )


def cloudtrail(n: int, at: datetime) -> str:
    """Return a CloudTrail record, one a line."""
    h = mixed(n)
    return json.dumps(
        {
            "eventVersion": "1.08",
            "userIdentity": {"type": "IAMUser", "userName": USERS[h % 200], "accountId": "111122223333"},
            "eventTime": f"{at:%Y-%m-%dT%H:%M:%S}Z",
            "eventSource": "s3.amazonaws.com",
            "eventName": ("GetObject", "ListObjects", "PutObject")[h % 3],
            "awsRegion": "ap-northeast-1",
            "sourceIPAddress": ip(h),
            "userAgent": "aws-cli/2.15",
            "requestParameters": {"bucketName": "members", "key": f"2024/{h % 10_007}.csv"},
            "eventID": f"{h:08x}-0000-4000-8000-{n:012x}",
        }
    )


def fortigate(n: int, at: datetime) -> str:
    """Return a traffic line of a FortiGate."""
    h = mixed(n)
    return (
        f'date={at:%Y-%m-%d} time={at:%H:%M:%S} devname="FG100F" devid="FG100FTK20000000" logid="0000000013" type="traffic" '
        f'subtype="forward" level="notice" vd="root" eventtime={int(at.timestamp())}000000000 tz="+0000" srcip=10.0.{h % 8}.{h % 254 + 1} '
        f'srcport={h % 60000} srcintf="lan" dstip={ip(h)} dstport=443 dstintf="wan1" policyid={h % 40} proto=6 '
        f'action="{("accept", "deny")[h % 9 == 0]}" service="HTTPS" sentbyte={h % 900_000} rcvdbyte={h % 90_000} user="{USERS[h % 200]}"'
    )


def palo_alto(n: int, at: datetime) -> str:
    """Return a CSV traffic line of a Palo Alto firewall."""
    h = mixed(n)
    when = f"{at:%Y/%m/%d %H:%M:%S}"
    return (
        f"1,{when},001801000000,TRAFFIC,end,2560,{when},10.0.1.{h % 254 + 1},{ip(h)},0.0.0.0,0.0.0.0,allow-web,{USERS[h % 200]},,"
        f"ssl,vsys1,trust,untrust,ethernet1/1,ethernet1/2,default,{when},{n},1,{h % 60000},443,0,0,0x0,tcp,allow,{h % 90_000},"
        f"{h % 9000},{h % 80_000},40,{when},30,any,0,{n},0x0,10.0.0.0-10.255.255.255,JP,0,20,20"
    )


def postgresql(n: int, at: datetime) -> str:
    """Return a line of PostgreSQL's log."""
    h = mixed(n)
    return (
        f"{at:%Y-%m-%d %H:%M:%S}.{h % 1000:03d} UTC [{h % 50 + 4000}] app@shop LOG:  statement: "
        f"SELECT name, email FROM customers WHERE id = {h % 1_000_003}"
    )


def iis(n: int, at: datetime) -> str:
    """Return a row of an IIS log."""
    h = mixed(n)
    return (
        f"{at:%Y-%m-%d %H:%M:%S} 10.0.0.5 GET /portal/member/{h % 100_003} id={h % 97} 443 {USERS[h % 200]} {ip(h)} "
        f"{AGENTS[2]} - 200 0 0 {h % 50_000} {h % 900} {h % 300}"
    )


IIS_HEAD: Final = (
    "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2024-05-13 00:00:00\n"
    "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status "
    "sc-substatus sc-win32-status sc-bytes cs-bytes time-taken\n"
)
KINDS: Final[tuple[tuple[str, str, float, Callable[[int, datetime], str], str], ...]] = (
    ("web/access.log", "web.access", 0.26, access, ""),
    ("linux/messages", "linux.syslog", 0.2, syslog, ""),
    ("app/events.jsonl", "text.json_events", 0.14, events, ""),
    ("cloud/cloudtrail.jsonl", "cloud.aws_cloudtrail", 0.1, cloudtrail, ""),
    ("fw/fortigate.log", "network.fortigate", 0.1, fortigate, ""),
    ("fw/paloalto.csv", "network.palo_alto", 0.08, palo_alto, ""),
    ("db/postgresql.log", "database.postgresql_log", 0.07, postgresql, ""),
    ("web/u_ex240513.log", "web.iis", 0.05, iis, IIS_HEAD),
)
"""Path, the reader it is for, its share of the bytes, what gives a line, and what stands in front."""
FILE_BYTES: Final = 512 * 1024 * 1024


def make(folder: Path, size: int) -> list[tuple[Path, str, int]]:
    """Write about `size` bytes of logs and return path, reader and lines of each file."""
    made = []
    for path, reader, share, line, head in KINDS:
        target, number = int(size * share), 0
        while target > 0:
            stem = folder / path
            file = stem if not number else stem.with_name(f"{stem.stem}-{number}{stem.suffix}")
            file.parent.mkdir(parents=True, exist_ok=True)
            lines, written = _write(file, min(target, FILE_BYTES), number * 50_000_000, (line, head))
            made.append((file, reader, lines))
            target -= written
            number += 1
    return made


def _write(file: Path, size: int, first: int, how: tuple[Callable[[int, datetime], str], str]) -> tuple[int, int]:
    line, head = how
    written, n = 0, first
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        written += stream.write(head)
        while written < size:
            at = START + timedelta(milliseconds=20 * (n - first))
            block = "\n".join(line(k, at + timedelta(milliseconds=20 * (k - n))) for k in range(n, n + BLOCK)) + "\n"
            written += stream.write(block)
            n += BLOCK
    return n - first, written
