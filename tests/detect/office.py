"""Weeks of an ordinary office: what must stay quiet."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random  # noqa: TID251  # seeded below
from typing import Any, Final

from tests.detect.case import DAY, HOUR, MINUTE, Case, jst
from tests.detect.mails import OWN, mail, workbook

WEEKS: Final = 6
STAFF: Final = 24
START: Final = jst("2024-04-01 00:00")  # a Monday
NEXT: Final = START + WEEKS * 7 * DAY  # where a test's own story begins: Monday 2024-05-13
SERVERS: Final = ("DC01", "FS01", "PRINT01")


def account(n: int) -> str:
    """Return an employee's account in one of the spellings that logs use."""
    return f"CORP\\emp{n:02d}" if n % 2 else f"emp{n:02d}@corp.example"


def home(n: int, day: int) -> str:
    """Return an employee's address at home; one moves house in the fourth week."""
    return "192.0.2.77" if n == 5 and day > 21 else f"203.{n}.113.{10 + n}"


def fill(case: Case, seed: int = 1) -> None:
    """Add the weeks: logons, VPN from home, shares and files, mail, web pages, a night shift, a backup, typing errors."""
    made = _weeks(seed)
    case.events += made.events
    case.sources |= made.sources
    case.tables += made.tables
    case.columns += made.columns


@cache
def _weeks(seed: int) -> Case:
    case = Case(Path())
    rng = Random(seed)  # noqa: S311  # not for secrets
    for day in range(WEEKS * 7):
        midnight = START + day * DAY
        _backup(case, midnight, rng)
        _night_guard(case, midnight)
        for n in range(STAFF):
            if day % 7 < 5 and rng.random() < 0.9:
                _work(case, midnight, (n, day), rng)
        if day % 7 < 5:
            _mails(case, midnight, day, rng)
    return case


def logon(case: Case, at: int, who: str, host: str, kind: int, **more: Any) -> None:
    """Add a Windows logon, from the address `src`, `failed` or not."""
    failed = more.get("failed", False)
    case.add(
        "windows.evtx",
        "login.failed" if failed else "login.succeeded",
        at,
        path=f"{host}/Security.evtx",
        account=who,
        src_ip=more.get("src"),
        host=f"{host}.corp.example",
        event_id=4625 if failed else 4624,
        channel="Security",
        fields={"LogonType": str(kind)},
    )


def vpn(case: Case, at: int, who: str, src: str, assigned: str, *, minutes: int = 180) -> None:
    """Add a VPN session."""
    for action, when in (("session.started", at), ("session.ended", at + minutes * MINUTE)):
        case.add("network.vpn", action, when, path="vpn.log", account=who, src_ip=src, dst=assigned, host="vpn01")


def opened(case: Case, at: int, who: str, thing: str, host: str = "FS01") -> None:
    """Add a read of a file on the server, as event 4663 has it: no source address."""
    more: dict[str, Any] = {"path": f"{host}/Security.evtx", "account": who, "host": f"{host}.corp.example", "event_id": 4663}
    case.add("windows.evtx", "file.opened", at, object=thing, bytes=40_000, channel="Security", **more)


def _work(case: Case, midnight: int, employee: tuple[int, int], rng: Random) -> None:
    n, day = employee
    at = midnight + int((8.4 + rng.random()) * HOUR)
    address = f"10.0.1.{10 + n}"
    if (n + day) % 3 == 0:
        address = f"10.8.0.{10 + n}"
        vpn(case, at, account(n), home(n, day), address, minutes=500)
    for _ in range(rng.choice((0, 0, 0, 1, 3))):
        logon(case, at + 10_000_000, account(n), f"PC{n:02d}", 2, failed=True)
    logon(case, at + MINUTE, account(n), f"PC{n:02d}", 2)
    for host in SERVERS:
        logon(case, at + 2 * MINUTE, account(n), host, 3, src=address)
    logon(case, at + 4 * HOUR, account(n), f"PC{n:02d}", 7)
    shared: dict[str, Any] = {
        "path": "FS01/Security.evtx",
        "account": account(n),
        "src_ip": address,
        "host": "FS01",
        "event_id": 5140,
    }
    case.add("windows.evtx", "share.accessed", at + 3 * MINUTE, object="\\\\*\\dept", channel="Security", **shared)
    for _ in range(rng.randint(5, 25)):
        opened(case, at + rng.randint(5, 450) * MINUTE, account(n), f"D:\\dept\\{n % 4}\\doc{rng.randint(1, 400)}.docx")
    for _ in range(5):
        path, status = rng.choice((("/", 200), ("/news?id=12", 200), ("/search?q=select+a+course", 200), ("/old", 404)))
        more: dict[str, Any] = {
            "src_ip": home(n, day),
            "object": path,
            "bytes": 9_000,
            "fields": {"status": str(status), "method": "GET"},
        }
        case.add("web.access", "web.request", at + rng.randint(1, 400) * MINUTE, path="access.log", host="www", **more)


def _backup(case: Case, midnight: int, rng: Random) -> None:
    logon(case, midnight + HOUR, "CORP\\svc_backup", "FS01", 5)
    for n in range(150):
        opened(case, midnight + HOUR + n * 10_000_000, "CORP\\svc_backup", f"D:\\dept\\{n % 4}\\doc{n}.docx")
    if rng.random() < 0.5:
        logon(case, midnight + 10 * HOUR, "CORP\\admin", rng.choice(SERVERS), 10, src="10.0.1.5")


def _night_guard(case: Case, midnight: int) -> None:
    logon(case, midnight + 23 * HOUR, "CORP\\guard", "GATE01", 2)
    for n in range(8):  # a telephone with an old password
        logon(case, midnight + n * 3 * HOUR, "CORP\\emp07", "DC01", 3, src="10.0.9.9", failed=True)


def _mails(case: Case, midnight: int, day: int, rng: Random) -> None:
    when = f"2024-{4 + (day >= 30):02d}-{day % 30 + 1:02d} 10:00"
    for n in range(4):
        sender, inside = f"emp{rng.randint(0, STAFF - 1):02d}@{OWN}", f"emp{rng.randint(0, STAFF - 1):02d}@{OWN}"
        mail(case, f"d{day}-{n}", when, sender, [inside] if n % 2 else [inside, f"c{n}@customer{n}.example"])
    if day % 7 == 0:
        path = mail(case, f"weekly{day}", when, f"office@{OWN}", ["list@partner.example"], subject=f"Participants week {day}")
        workbook(case, path, {"list": (20 + day % 5, ("id.name", "id.email"), "")})
    del midnight
