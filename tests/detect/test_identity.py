"""Names joined from evidence, and names that must not be joined; addresses and what they were when."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.case import identities
from kyumei.detect import whereabouts
from kyumei.detect.identity import gather, join
from kyumei.detect.identity.gather import Name, Pair, Place
from tests.detect.case import HOUR, MINUTE, Case, jst

if TYPE_CHECKING:
    from pathlib import Path

NOON = jst("2024-05-16 12:00")
SID = "S-1-5-21-1-2-3-1104"
NOWHERE = Place("", "", 0)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def logon(case: Case, at: int, *, sid: str = SID, user: str = "sato", domain: str = "CORP", **more: Any) -> None:
    fields = {
        "TargetUserSid": sid,
        "TargetUserName": user,
        "TargetDomainName": domain,
        "LogonType": "3",
        **more.pop("fields", {}),
    }
    account = f"{domain}\\{user}" if domain else user
    made = {"account": account, "event_id": 4624, "host": "dc01", "fields": fields, **more}
    case.add("windows.evtx", "login.succeeded", at, path="DC01.evtx", **made)


def known(case: Case, *roster: join.Line) -> identities.Known:
    return identities.build(case.open(), case.folder, roster)


def line(name: str, *spelt: str, number: str = "", left: str = "") -> join.Line:
    names = tuple(n for s in spelt if (n := gather.named(s))) + ((Name("number", number),) if number else ())
    return join.Line(name, number, left, names, Place("", "roster.csv", 1))


def names(found: dict[str, Any] | None) -> set[str]:
    return {a["value"] for a in found["aliases"]} if found else set()


def test_one_record_with_sid_and_account_joins_both_and_says_where(case: Case) -> None:
    logon(case, NOON)
    logon(case, NOON + MINUTE)
    found = known(case).of("corp\\sato")
    assert names(found) == {"corp\\sato", SID.lower()}
    assert found is not None
    (why,) = found["joins"]
    assert (why["by"], why["records"]) == ("record", 2)
    assert why["citation"] == {"evidence": "E-000000000000", "path": "DC01.evtx", "offset": 0}


def test_a_person_is_followed_over_windows_cloud_vpn_and_the_roster(case: Case) -> None:
    logon(case, NOON)
    cloud = {"userPrincipalName": "sato@corp.example", "userId": "0a1b2c3d-0000-4000-8000-00000000000a"}
    case.add("cloud.entra_signins", "login.succeeded", NOON, account="sato@corp.example", fields=cloud)
    case.add("network.vpn", "session.started", NOON, account="sato", src_ip="198.51.100.7")
    found = known(case, line("佐藤 太郎", "CORP\\sato", number="e0142", left="2024-06-30")).of("e0142")
    everything = {"corp\\sato", SID.lower(), "sato@corp.example", cloud["userId"], "sato", "e0142"}
    assert names(found) == everything
    assert found is not None
    assert (found["name"], found["left"]) == ("佐藤 太郎", "2024-06-30")


def test_a_login_name_that_two_persons_have_is_listed_and_not_joined(case: Case) -> None:
    logon(case, NOON)
    logon(case, NOON, domain="SUB", sid="S-1-5-21-9-9-9-1104")
    case.add("network.vpn", "session.started", NOON, account="sato", src_ip="198.51.100.7")
    found = known(case)
    assert names(found.of("corp\\sato")) == {"corp\\sato", SID.lower()}
    (doubt,) = found.ambiguous
    assert (doubt["name"]["value"], doubt["could_be"]) == ("sato", ["corp\\sato", "sub\\sato"])


def test_an_address_at_a_free_mail_service_is_not_the_employee_of_that_name(case: Case) -> None:
    logon(case, NOON)
    case.add("web.access", "login.succeeded", NOON, account="sato@gmail.com")
    assert names(known(case).of("sato@gmail.com")) == {"sato@gmail.com"}


def test_an_account_made_anew_with_another_sid_joins_neither(case: Case) -> None:
    logon(case, NOON)
    logon(case, NOON + HOUR, sid="S-1-5-21-1-2-3-2200")
    found = known(case)
    assert names(found.of("corp\\sato")) == {"corp\\sato"}
    assert [d["name"]["value"] for d in found.ambiguous] == ["corp\\sato"]


def test_machines_and_the_systems_own_accounts_are_nobody(case: Case) -> None:
    logon(case, NOON, user="PC01$", sid="S-1-5-21-1-2-3-1000")
    logon(case, NOON, user="SYSTEM", domain="NT AUTHORITY", sid="S-1-5-18")
    assert known(case).identities == ()


PAIRS = [
    Pair(Name("account", "corp\\a"), Name("sid", "s-1-5-21-1-1-1-1"), "same_record", "record", 1, NOWHERE),
    Pair(Name("account", "corp\\a"), Name("upn", "a@corp.example"), "account_made", "record", 1, NOWHERE),
    Pair(
        Name("upn", "a@corp.example"), Name("object", "0a1b2c3d-0000-4000-8000-00000000000a"), "sign_in", "record", 1, NOWHERE
    ),
]


def test_the_order_of_pairs_changes_nothing() -> None:
    seen = [Name("bare", "a"), Name("bare", "b")]
    results = {repr(join.joined(seen, order, [])) for order in permutations(PAIRS)}
    assert len(results) == 1


@settings(max_examples=80, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 2)), max_size=12))
def test_every_name_is_in_exactly_one_identity(stated: list[tuple[int, int, int]]) -> None:
    kinds = ("account", "upn", "sid")
    pairs = [
        Pair(Name("account", f"corp\\u{a}"), Name(kinds[k], f"{kinds[k]}{b}@x"), "same_record", "record", 1, NOWHERE)
        for a, b, k in stated
    ]
    people, _ = join.joined([Name("bare", "u1")], pairs, [])
    listed = [name for each in people for name in each.names]
    assert sorted(map(repr, listed)) == sorted({repr(n) for p in pairs for n in (p.one, p.other)} | {repr(Name("bare", "u1"))})


def test_users_of_a_passwd_file_get_the_name_of_its_comment_field() -> None:
    text = "root:x:0:0:root:/root:/bin/sh\nsato:x:1001:1001:Sato Taro,,,:/home/sato:/bin/bash\nsvc:x:1002:1002::/:/bin/false\n"
    assert [(each.name, each.names[0].value) for each in identities.passwd(text, "etc/passwd", "E")] == [("Sato Taro", "sato")]


def where(case: Case, address: str, us: int) -> list[str]:
    return [whereabouts.told(h) for h in whereabouts.At(whereabouts.holders(case.open()))(address, us)]


def lease(case: Case, at: int, address: str, mac: str, node: str) -> None:
    message = f"DHCPACK on {address} to {mac} ({node}) via eth0"
    case.add("linux.syslog", "record.written", at, host="gw", provider="dhcpd", message=message)


def test_an_address_is_the_machine_that_had_the_lease_then(case: Case) -> None:
    lease(case, NOON, "10.0.1.20", "00:00:5e:00:53:01", "pc-0142")
    lease(case, NOON + 6 * HOUR, "10.0.1.20", "00:00:5e:00:53:02", "pc-0200")
    assert where(case, "10.0.1.20", NOON + HOUR) == ["pc-0142 (dhcp)"]
    assert where(case, "10.0.1.20", NOON + 7 * HOUR) == ["pc-0200 (dhcp)"]
    assert where(case, "10.0.1.20", NOON - 1) == []


def test_nothing_is_said_before_the_first_and_after_the_last_observation(case: Case) -> None:
    for at in (NOON, NOON + HOUR):
        logon(case, at, src_ip="10.0.1.30", fields={"WorkstationName": "PC-0300"})
    assert where(case, "10.0.1.30", NOON + 30 * MINUTE) == ["pc-0300 (logon)"]
    assert where(case, "10.0.1.30", NOON + 2 * HOUR) == []


def test_two_machines_at_one_address_are_two_intervals(case: Case) -> None:
    for at, node in ((NOON, "PC-1"), (NOON + HOUR, "PC-2"), (NOON + 2 * HOUR, "PC-1")):
        logon(case, at, src_ip="10.0.1.31", fields={"WorkstationName": node})
    assert where(case, "10.0.1.31", NOON + 30 * MINUTE) == []
    assert where(case, "10.0.1.31", NOON + HOUR) == ["pc-2 (logon)"]


def test_an_inside_address_of_a_vpn_is_the_account_and_where_it_came_from(case: Case) -> None:
    case.add("network.vpn", "session.started", NOON, account="sato", src_ip="198.51.100.7", dst="10.8.0.5")
    case.add("network.vpn", "session.ended", NOON + HOUR, account="sato", src_ip="198.51.100.7", dst="10.8.0.5")
    assert where(case, "10.8.0.5", NOON + MINUTE) == ["sato via 198.51.100.7 (vpn)"]
    assert where(case, "10.8.0.5", NOON + 2 * HOUR) == []


def test_a_ticket_of_a_computer_account_names_the_machine(case: Case) -> None:
    logon(case, NOON, user="PC-0400$", sid="S-1-0-0", src_ip="10.0.1.40", event_id=4768)
    assert where(case, "10.0.1.40", NOON) == ["pc-0400 (kerberos)"]


def test_leases_of_a_windows_server_end_with_their_release(case: Case) -> None:
    said = {"src_ip": "10.0.1.50", "host": "pc-0500.corp.example", "device": "02005E005301"}
    case.add("network.windows_dhcp", "record.written", NOON, event_id=10, outcome="success", **said)
    case.add("network.windows_dhcp", "record.written", NOON + 2 * HOUR, event_id=12, outcome="success", **said)
    assert where(case, "10.0.1.50", NOON + HOUR) == ["pc-0500 (dhcp)"]
    assert where(case, "10.0.1.50", NOON + 3 * HOUR) == []


def test_a_file_of_leases_that_states_end_and_length_gives_the_begin(case: Case) -> None:
    said = {"src_ip": "10.0.1.51", "host": "pc-0510", "device": "02:00:5e:00:53:01", "ts_kind": "lease of 3600 s ends"}
    case.add("network.kea_leases", "record.written", NOON, fields={"valid_lifetime": "3600"}, **said)
    assert where(case, "10.0.1.51", NOON - 30 * MINUTE) == ["pc-0510 (dhcp)"]
    assert where(case, "10.0.1.51", NOON - 2 * HOUR) == where(case, "10.0.1.51", NOON + 1) == []
