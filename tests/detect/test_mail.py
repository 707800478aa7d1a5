from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kyumei.detect.messages import internal_domains
from kyumei.detect.run import Settings
from kyumei.model.finding import Level
from tests.detect.case import Case, jst
from tests.detect.mails import OWN, mail, workbook

if TYPE_CHECKING:
    from pathlib import Path

OUT = "mail.personal_data_out"
PEOPLE = ("id.student_no", "id.name", "id.dob", "id.nationality")
ABROAD = ["x@partner-a.example", "y@partner-b.example", "z@partner-c.example"]
OFFICE = f"office@{OWN}"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Return a case with some weeks of ordinary mail."""
    case = Case(tmp_path)
    for n in range(30):
        to = [f"aoki@{OWN}"] if n % 3 else ["sales@shop.example"]
        mail(case, f"daily{n}", f"2024-04-{n % 28 + 1:02d} 10:00", OFFICE, to)
        mail(case, f"in{n}", f"2024-04-{n % 28 + 1:02d} 11:00", f"p{n}@other{n}.example", [OFFICE], action="mail.received")
    return case


def missent(case: Case, **columns: Any) -> list[str]:
    """Add the message of the replayed incident's kind."""
    path = mail(case, "oops", "2024-05-16 10:00", OFFICE, ABROAD, subject="Short programme 2024", **columns)
    return workbook(case, path, {"list": (12, ("id.name",), ""), "master": (13_949, PEOPLE, "hidden")}, "aa")


def test_a_forgotten_sheet_that_leaves_the_house_is_grave(case: Case) -> None:
    tables = missent(case)
    (found,) = case.find(OUT)
    assert found.level is Level.HIGH
    assert found.start == jst("2024-05-16 10:00") == found.facts["sent"]
    assert found.of("destination") == tuple(ABROAD)
    assert found.of("table_id") == tuple(tables)
    assert found.facts["personal_table_ids"] == tables
    assert found.facts["unusual"] == [
        "hidden_sheet",
        "much_larger_than_the_other_sheets",
        "more_than_1000_records",
        "four_or_more_categories",
        "several_organisations",
    ]
    assert found.citations[0].path == "sent/oops.eml"


def test_copies_and_log_lines_of_one_message_are_one_finding(case: Case) -> None:
    tables = missent(case)
    missent(case, folder="received", action="mail.received")
    at = jst("2024-05-16 10:01")
    ids = {"queue_id": "Q7", "message-id": f"<OOPS@{OWN}>"}
    case.add("mail.postfix", "mail.sent", at, account=OFFICE, host="mx", fields=ids)
    for to, status, action in zip(ABROAD, ("sent", "sent", "bounced"), ("delivered", "delivered", "bounced"), strict=True):
        case.add("mail.postfix", f"mail.{action}", at, dst=to, host="mx", fields={"queue_id": "Q7", "status": status})
    (found,) = case.find(OUT)
    assert found.count == 6
    assert found.of("table_id") == tuple(tables)
    assert len(found.facts["copies_table_ids"]) == 2  # type: ignore[arg-type]  # facts are JSON values
    assert found.facts["delivered"] == dict(zip(ABROAD, ("delivered", "delivered", "bounced"), strict=True))


def test_a_small_list_to_a_partner_is_not_grave(case: Case) -> None:
    path = mail(case, "small", "2024-05-16 10:00", OFFICE, ["x@partner-a.example"], subject="Participants")
    workbook(case, path, {"list": (24, ("id.name", "id.email"), "")})
    (found,) = case.find(OUT)
    assert found.level is Level.INFORMATIONAL


def test_what_is_sent_every_month_is_not_unusual_any_more(case: Case) -> None:
    for month in (1, 2, 3):
        path = mail(case, f"m{month}", f"2024-0{month}-25 10:00", OFFICE, ["x@payroll.example"], subject=f"Payroll {month}")
        workbook(case, path, {"list": (1_500 + month, ("id.name", "id.employee_no", "fin.bank_account", "id.dob"), "")})
    assert [f.level for f in case.find(OUT)] == [Level.HIGH, Level.INFORMATIONAL, Level.INFORMATIONAL]


def test_a_sheet_that_the_series_never_had_is_grave_even_in_small_numbers(case: Case) -> None:
    for week in (1, 2, 3):
        path = mail(case, f"w{week}", f"2024-04-0{week} 10:00", OFFICE, ABROAD, subject=f"Programme no. {week}")
        workbook(case, path, {"list": (12, ("id.name",), "")})
    path = mail(case, "w4", "2024-04-09 10:00", OFFICE, ABROAD, subject="Programme no. 4")
    workbook(case, path, {"list": (12, ("id.name",), ""), "all": (60, PEOPLE, "")})
    levels = {f.facts["message_id"]: f.level for f in case.find(OUT)}
    assert levels.pop(f"w4@{OWN}") is Level.HIGH
    assert Level.LOW.rank >= max(level.rank for level in levels.values())


def test_mail_that_stays_inside_or_holds_no_personal_data_is_no_finding(case: Case) -> None:
    inside = mail(case, "inside", "2024-05-16 10:00", OFFICE, [f"aoki@{OWN}", f"b@sub.{OWN}"])
    workbook(case, inside, {"all": (9_000, PEOPLE, "")})
    plain = mail(case, "plain", "2024-05-16 11:00", OFFICE, ABROAD)
    workbook(case, plain, {"prices": (9_000, (), "")})
    came = mail(case, "came", "2024-05-16 12:00", "x@partner-a.example", [OFFICE], action="mail.received")
    workbook(case, came, {"theirs": (9_000, PEOPLE, "")})
    assert case.find(OUT) == []


def test_attachments_inside_an_archive_are_seen(case: Case) -> None:
    path = mail(case, "zip", "2024-05-16 10:00", OFFICE, ABROAD)
    outer = case.source(f"{path}!/2/a.zip", parent_file_id=case.source(path))
    case.source(f"{path}!/2/a.zip!/in.csv", parent_file_id=outer)
    table = case.table(f"{path}!/2/a.zip!/in.csv", records=5_000, categories=PEOPLE)
    (found,) = case.find(OUT)
    assert found.of("table_id") == (table,)
    assert found.of("object") == (f"{path}!/2/a.zip!/in.csv",)


def test_the_own_domain_is_inferred_from_who_is_at_an_end_of_most_mails(case: Case) -> None:
    assert internal_domains(case.open(), Settings()) == (OWN,)


def test_stated_domains_are_taken_as_they_are(case: Case) -> None:
    assert internal_domains(case.open(), Settings(internal_domains=("Shop.example",))) == ("shop.example",)


def test_of_a_single_message_the_senders_domain_is_the_own_one(tmp_path: Path) -> None:
    case = Case(tmp_path)
    missent(case)
    assert internal_domains(case.open(), Settings()) == (OWN,)


def test_a_request_to_delete_names_the_message_it_means(case: Case) -> None:
    missent(case)
    mail(case, "ask", "2024-06-07 15:00", OFFICE, ABROAD, subject="【削除のお願い】Short programme 2024")
    (found,) = case.find("mail.recall_requested")
    assert found.facts["message_id"] == f"oops@{OWN}"
    assert found.facts["meant_by"] == "subject"
    assert found.of("destination") == tuple(ABROAD)


def test_only_who_states_it_has_confirmed_the_deletion(case: Case) -> None:
    missent(case)
    mail(case, "ask", "2024-06-07 15:00", OFFICE, ABROAD, subject="Please delete the file sent in error")
    answer = {"In-Reply-To": f"<ask@{OWN}>"}
    subject = "Re: Please delete the file sent in error"
    done, plain = {"body": "Dear all, we have deleted it."} | answer, {"body": "Who are you?"} | answer
    mail(case, "yes", "2024-06-08 15:00", ABROAD[0], [OFFICE], subject=subject, fields=done, action="mail.received")
    mail(case, "no", "2024-06-08 16:00", ABROAD[1], [OFFICE], subject=subject, fields=plain, action="mail.received")
    (found,) = case.find("mail.deletion_confirmed")
    assert found.of("account") == (ABROAD[0],)
    assert found.facts["message_id"] == f"oops@{OWN}"


def test_a_receipt_says_who_opened_the_message(case: Case) -> None:
    missent(case)
    fields = {"Content-Type": "multipart/report; report-type=disposition-notification", "In-Reply-To": f"<oops@{OWN}>"}
    mail(case, "mdn", "2024-05-17 09:00", ABROAD[2], [OFFICE], subject="Opened", fields=fields, action="mail.received")
    (found,) = case.find("mail.read_receipt")
    assert (found.facts["message_id"], found.of("account")) == (f"oops@{OWN}", (ABROAD[2],))


def test_ordinary_mail_asks_for_no_deletion(case: Case) -> None:
    mail(case, "n1", "2024-05-16 10:00", OFFICE, ABROAD, subject="Agenda and the list of rooms")
    rules = ("mail.recall_requested", "mail.deletion_confirmed", "mail.read_receipt", "mail.addresses_disclosed")
    assert [f for rule in rules for f in case.find(rule)] == []


def test_bcc_forgotten_shows_all_recipients_to_each_other(case: Case) -> None:
    to = [f"member{n}@home{n % 9}.example" for n in range(60)]
    mail(case, "news", "2024-05-16 10:00", OFFICE, to)
    (found,) = case.find("mail.addresses_disclosed")
    assert (found.level, found.facts["addresses"]) == (Level.HIGH, 60)


def test_a_circle_that_was_written_to_before_is_not_disclosed_again(case: Case) -> None:
    to = [f"member{n}@home{n % 9}.example" for n in range(25)]
    mail(case, "first", "2024-05-16 10:00", OFFICE, to)
    mail(case, "again", "2024-05-17 10:00", OFFICE, to)
    assert [f.facts["message_id"] for f in case.find("mail.addresses_disclosed")] == [f"first@{OWN}"]


def test_a_request_without_words_of_the_subject_means_the_unusual_message(case: Case) -> None:
    missent(case)
    mail(case, "later", "2024-05-20 10:00", OFFICE, ABROAD, subject="Rooms and keys")
    mail(case, "ask", "2024-06-07 15:00", OFFICE, [ABROAD[0]], subject="誤送信のお詫び")
    (found,) = case.find("mail.recall_requested")
    assert (found.facts["message_id"], found.facts["meant_by"]) == (f"oops@{OWN}", "personal data")
