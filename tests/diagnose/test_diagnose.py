from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kyumei.diagnose.diagnose import diagnose
from kyumei.diagnose.view import Party, Person, View, folded
from kyumei.model.hypothesis import Cause
from tests.diagnose.build import DAY, T0, finding, store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kyumei.model.finding import Finding

BOOK = "mail/sent/1.eml!/1/list.xlsx"
MISSENT = {
    "message_id": "<m1@univ.example>",
    "records": 100,
    "unusual": ["sheet_not_in_earlier_mails"],
    "sheets": [{"name": "master", "hidden": "hidden", "table_id": "T-1"}],
}


def missent(**more: object) -> Finding:
    return finding(
        "mail.personal_data_out",
        facts=MISSENT | more,
        account=["a@univ.example"],
        destination=["x@uni1.example", "y@uni2.example"],
        object=["list.xlsx"],
        table_id=["T-0", "T-1"],
    )


def test_nothing_found_is_said_as_such(tmp_path: Path) -> None:
    result = diagnose(View(store(tmp_path), []))
    assert (result.status, result.leading) == ("not_found", None)
    assert [h.cause for h in result.hypotheses] == [Cause.UNKNOWN]
    assert result.actions


def test_an_unusual_message_that_was_called_back_is_a_confirmed_mistake(tmp_path: Path) -> None:
    recall = finding(
        "mail.recall_requested",
        "medium",
        start=T0 + 20 * DAY,
        facts={"message_id": "<m1@univ.example>"},
        destination=["x@uni1.example"],
    )
    view = View(store(tmp_path, tables=[(BOOK, "list"), (BOOK, "master")]), [missent(), recall])
    result = diagnose(view)
    assert result.status == "confirmed"
    assert result.leading is not None
    assert result.leading.cause is Cause.MISSENT
    assert result.leading.likelihood == "high"
    assert result.leading.exposures[0].tables == ("T-0", "T-1")
    assert result.leading.exposures[0].access == "taken"
    rival = next(h for h in result.hypotheses if h.cause is Cause.TAKEOUT)
    assert rival.contradicts


def test_an_answer_of_one_recipient_leaves_the_other_unknown(tmp_path: Path) -> None:
    deleted = finding("mail.deletion_confirmed", "low", start=T0 + DAY, account=["x@uni1.example"])
    result = diagnose(View(store(tmp_path, tables=[(BOOK, "list")]), [missent(), deleted]))
    asked = " ".join(s.text["en"] for s in result.unknowns)
    assert "y@uni2.example" in asked
    assert "x@uni1.example)" not in asked


OUTSIDE, POOL = "203.0.113.9", "10.212.0.7"
ENTRY = [
    {"ts": T0, "action": "session.started", "account": "suzuki", "src_ip": OUTSIDE, "dst": POOL, "host": "vpn1"},
    {"ts": T0 + 60_000_000, "action": "login.succeeded", "account": "CORP\\suzuki", "src_ip": POOL, "host": "FS01"},
    {
        "ts": T0 + 90_000_000,
        "action": "share.accessed",
        "account": "CORP\\suzuki",
        "src_ip": POOL,
        "host": "FS01",
        "object": "clients",
    },
    {"ts": T0 + 3_600_000_000, "action": "session.ended", "account": "suzuki", "src_ip": OUTSIDE, "dst": POOL, "host": "vpn1"},
]
READ = {
    "ts": T0 + 120_000_000,
    "action": "file.opened",
    "account": "CORP\\suzuki",
    "src_ip": POOL,
    "host": "FS01",
    "object": "clients\\a\\list.csv",
}
LATER = {
    "ts": T0 + 2 * DAY,
    "action": "file.opened",
    "account": "CORP\\sato",
    "src_ip": POOL,
    "host": "FS01",
    "object": "clients\\b\\list.csv",
}
TABLES = [("share/clients/a/list.csv", ""), ("share/clients/b/list.csv", "")]
PARTIES = [Party("A", "entrusted", "share/clients/a"), Party("B", "entrusted", "share/clients/b")]


def intrusion(tmp_path: Path, events: Sequence[dict[str, object]]) -> View:
    entry = finding("login.new_source", facts={"channel": "vpn"}, account=["suzuki"], src_ip=[OUTSIDE], host=["vpn1"])
    return View(store(tmp_path, tables=TABLES, events=events), [entry, missent()], PARTIES)


def test_data_on_a_reached_share_is_exposed_and_not_read(tmp_path: Path) -> None:
    result = diagnose(intrusion(tmp_path, [*ENTRY, LATER]))
    leading = next(h for h in result.hypotheses if h.cause is Cause.INTRUSION)
    assert {(e.party, e.access, e.status) for e in leading.exposures} == {
        ("A", "exposed", "suspected"),
        ("B", "exposed", "suspected"),
    }
    assert any("no trace of reading" in s.text["en"] for s in leading.unanswered)
    assert leading.hosts == ("FS01", "vpn1")


def test_what_was_read_from_the_intruders_session_is_told_apart(tmp_path: Path) -> None:
    result = diagnose(intrusion(tmp_path, [*ENTRY, READ, LATER]))
    leading = next(h for h in result.hypotheses if h.cause is Cause.INTRUSION)
    assert {(e.party, e.access) for e in leading.exposures} == {("A", "accessed"), ("B", "exposed")}


def test_parties_are_found_by_folder_names_in_a_row(tmp_path: Path) -> None:
    view = View(store(tmp_path), [], [Party("A", "entrusted", "clients/a"), Party("AA", "entrusted", "clients/a/x")])
    assert view.party_of("img/D/clients/A/list.csv").name == "A"
    assert view.party_of("img/clients/a/x/list.csv").name == "AA"
    assert view.party_of("img/clients/ab/list.csv").name == ""


def test_accounts_get_their_person_from_the_roster(tmp_path: Path) -> None:
    view = View(store(tmp_path), [], roster=[Person("suzuki", "鈴木 架空", "SE", mail="s.suzuki@corp.example")])
    assert [a.person for a in view.actors(["CORP\\Suzuki"])] == ["鈴木 架空"]
    assert [a.person for a in view.actors(["s.suzuki@corp.example"])] == ["鈴木 架空"]


@pytest.mark.parametrize("spelt", ["CORP\\Suzuki", "suzuki@corp.example", "SUZUKI"])
def test_accounts_are_folded(spelt: str) -> None:
    assert folded(spelt) == "suzuki"


def test_every_reason_of_the_analytic_has_words() -> None:
    from kyumei.detect.unusual import WEIGHT
    from kyumei.diagnose.hypotheses import missent as told

    assert set(WEIGHT) == set(told._words())
    assert all(isinstance(text, str) for words in told._words().values() for text in words.values())


def test_the_owner_of_a_used_account_is_weighed_as_a_rival(tmp_path: Path) -> None:
    result = diagnose(intrusion(tmp_path, [*ENTRY]))
    rival = next(h for h in result.hypotheses if h.cause is Cause.TAKEOUT)
    leading = next(h for h in result.hypotheses if h.cause is Cause.INTRUSION)
    assert rival.score < leading.score
    assert rival.contradicts
