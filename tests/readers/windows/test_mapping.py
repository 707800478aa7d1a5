from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

import kyumei.readers.windows.mapping as mapping_module
from kyumei.model.actions import ACTIONS, OUTCOMES
from kyumei.readers.windows.fields import WindowsEvent
from kyumei.readers.windows.mapping import address, mapped

AUDIT = "Microsoft-Windows-Security-Auditing"
SUCCESS, FAILURE = "0x8020000000000000", "0x8010000000000000"
SUBJECT = {"SubjectUserName": "tanaka", "SubjectDomainName": "CORP"}


def columns(event_id: int, provider: str = AUDIT, keywords: str = SUCCESS, **fields: str) -> dict[str, Any]:
    return mapped(WindowsEvent(event_id=event_id, provider=provider, keywords=keywords, fields=fields))


def rows_of_the_table() -> list[dict[str, str]]:
    table = Path(mapping_module.__file__).with_name("events.csv")
    with table.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_the_table_says_only_known_actions_and_outcomes() -> None:
    for row in rows_of_the_table():
        assert row["action"] in ACTIONS, row
        assert row["outcome"] in {"", "audit", *OUTCOMES}, row
        assert None not in row, row


def test_a_row_without_conditions_is_the_last_of_its_event() -> None:
    closed: set[tuple[str, str]] = set()
    for row in rows_of_the_table():
        key = (row["scope"].lower(), row["event_id"])
        assert key not in closed, row
        if not row["when"]:
            closed.add(key)


@pytest.mark.parametrize(
    ("kind", "mask", "action"),
    [
        ("File", "0x1", "file.opened"),
        ("File", "0x2", "file.written"),
        ("File", "0x4", "file.written"),
        ("File", "0x10000", "file.deleted"),
        ("File", "0x10003", "file.deleted"),
        ("File", "0x80", "record.written"),
        ("Key", "0x1", "record.written"),
        ("Key", "0x2", "registry.changed"),
        ("File", "", "record.written"),
        ("File", "nonsense", "record.written"),
    ],
)
def test_what_an_object_access_was_is_read_from_its_mask(kind: str, mask: str, action: str) -> None:
    found = columns(4663, ObjectType=kind, AccessMask=mask, ObjectName="D:\\共有\\名簿.xlsx", **SUBJECT)
    assert (found["action"], found["account"], found["object"]) == (action, "CORP\\tanaka", "D:\\共有\\名簿.xlsx")


@pytest.mark.parametrize(
    ("share", "below", "access", "keywords", "expected"),
    [
        ("\\\\*\\共有", "顧客\\a.xlsx", {"AccessMask": "0x120089"}, SUCCESS, ("file.opened", "success", "共有\\顧客\\a.xlsx")),
        (
            "\\\\*\\共有",
            "a.xlsx",
            {"AccessList": "%%4416\n\t\t\t\t%%4423"},
            SUCCESS,
            ("file.opened", "success", "共有\\a.xlsx"),
        ),
        ("\\\\*\\共有", "a.xlsx", {"AccessMask": "0x120089"}, FAILURE, ("share.accessed", "failure", "共有\\a.xlsx")),
        ("\\\\*\\共有", "顧客", {"AccessMask": "0x80"}, SUCCESS, ("share.accessed", "success", "共有\\顧客")),
        ("\\\\*\\共有", "\\", {"AccessMask": "0x1"}, SUCCESS, ("share.accessed", "success", "共有")),
        ("\\\\*\\IPC$", "srvsvc", {"AccessMask": "0x12019f"}, SUCCESS, ("share.accessed", "success", "IPC$\\srvsvc")),
    ],
)
def test_reaching_a_share_is_not_reading_a_file(
    share: str, below: str, access: dict[str, str], keywords: str, expected: tuple[str, str, str]
) -> None:
    found = columns(5145, keywords=keywords, ShareName=share, RelativeTargetName=below, **access, **SUBJECT)
    assert (found["action"], found["outcome"], found["object"]) == expected


def test_a_share_access_names_the_share_only() -> None:
    found = columns(5140, ShareName="\\\\*\\共有", IpAddress="fe80::1%12", **SUBJECT)
    assert (found["action"], found["object"], found["src_ip"]) == ("share.accessed", "共有", "fe80::1")


@pytest.mark.parametrize(
    ("domain", "name", "account"),
    [
        ("CORP", "tanaka", "CORP\\tanaka"),
        ("-", "tanaka", "tanaka"),
        ("CORP", "FS01$", "CORP\\FS01$"),
        ("CORP", "-", None),
        ("", "", None),
    ],
)
def test_an_account_is_spelt_with_its_domain_where_both_are_there(domain: str, name: str, account: str | None) -> None:
    assert columns(4624, TargetDomainName=domain, TargetUserName=name).get("account") == account


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:DB8::0:1", "2001:db8::1"),
        ("::1", "::1"),
        ("127.0.0.1", "127.0.0.1"),
        ("192.0.2.1:52202", "192.0.2.1"),
        ("[2001:db8::1]:52202", "2001:db8::1"),
        ("-", None),
        ("LOCAL", None),
        ("", None),
        ("PC-0107", None),
    ],
)
def test_addresses_have_one_spelling_and_names_are_none(text: str, expected: str | None) -> None:
    assert address(text) == expected
    assert columns(4625, IpAddress=text).get("src_ip") == expected


def test_kerberos_and_ntlm_say_failure_by_status() -> None:
    assert [columns(4768, Status=s)["action"] for s in ("0x0", "0x6")] == ["login.succeeded", "login.failed"]
    assert [columns(4776, Status=s)["action"] for s in ("0x0", "0xc000006a")] == ["login.succeeded", "login.failed"]


def test_the_same_number_of_another_provider_is_another_event() -> None:
    client = columns(1102, "Microsoft-Windows-TerminalServices-ClientActiveXCore", Value="192.0.2.9")
    assert (client["action"], client["dst"]) == ("record.written", "192.0.2.9")
    assert columns(1102, "Microsoft-Windows-Eventlog", **SUBJECT)["action"] == "log.cleared"


def test_an_event_that_is_not_in_the_table_keeps_its_values_in_the_message() -> None:
    found = columns(4242, "Invented", A="one\ntwo", B="x" * 400)
    assert found["action"] == "record.written"
    assert found["message"].startswith("Invented 4242 · one two · xxx")
    assert len(found["message"]) == 300


def test_ssh_on_windows_says_who_and_from_where_in_its_sentence() -> None:
    found = columns(4, "OpenSSH", process="sshd", payload="Failed password for invalid user root from 203.0.113.5 port 50 ssh2")
    assert (found["action"], found["account"], found["src_ip"]) == ("login.failed", "root", "203.0.113.5")


def test_printing_tells_who_what_where_and_how_much() -> None:
    fields = {"Param2": "名簿.xlsx", "Param3": "tanaka", "Param5": "複合機1F", "Param7": "81234", "Param8": "12"}
    found = columns(307, "Microsoft-Windows-PrintService", **fields)
    assert (found["action"], found["account"], found["object"]) == ("page.printed", "tanaka", "名簿.xlsx")
    assert (found["device"], found["bytes"]) == ("複合機1F", 81234)


@pytest.mark.parametrize("keywords", [SUCCESS, "-9214364837600034816", "9232379236109516800", "Audit Success", "成功の監査"])
def test_audit_success_is_understood_in_every_spelling(keywords: str) -> None:
    assert columns(4719, keywords=keywords)["outcome"] == "success"
