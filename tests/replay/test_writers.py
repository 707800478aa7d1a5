from __future__ import annotations

import email
import json
import re
from datetime import UTC, datetime, timedelta
from email import policy
from typing import TYPE_CHECKING, Any

import evtx as reader
import pyevtx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.replay.calendar import JST
from kyumei.replay.dice import Dice
from kyumei.replay.writers import fortigate as fg
from kyumei.replay.writers.eml import STYLES, Attachment, Letter, Mailbox, delivered_copy, identify, sent_copy
from kyumei.replay.writers.evtx import FAILURE, Channel, Record, evtx, guid, hex32, hex64, number, sid
from kyumei.replay.writers.postfix import Delivery, Transit, Try, lines, queue_id, rotated

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.replay.writers.eml import Style
    from kyumei.replay.writers.evtx import Value

CHANNEL = Channel("Security", "Some-Provider", "{54849625-5478-4994-A5BA-3E3B0328C30D}", "host.corp.example")
NOON = datetime(2024, 5, 16, 3, 0, 0, 123456, tzinfo=UTC)
WORDS = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFFFD, exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=40
)
HEADER = st.text("あいう漢字表名簿（）ABC xyz-_1", min_size=1, max_size=60).map(lambda text: " ".join(text.split()) or "x")


def read_back(path: Path) -> list[dict[str, Any]]:
    return [json.loads(record["data"])["Event"] for record in reader.PyEvtxParser(str(path)).records_json() if record]


@settings(max_examples=25, derandomize=True, deadline=None)
@given(texts=st.lists(st.tuples(WORDS, st.integers(0, 2**32 - 1)), min_size=1, max_size=300))
def test_what_is_written_to_a_log_is_read_back(texts: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory) -> None:
    records = [Record(NOON, 5145, {"Text": text, "Number": number(value)}, task=3) for text, value in texts]
    path = tmp_path_factory.mktemp("evtx") / "a.evtx"
    path.write_bytes(evtx(CHANNEL, records))
    found = read_back(path)
    assert [event["System"]["EventRecordID"] for event in found] == list(range(1, len(texts) + 1))
    assert [(event["EventData"]["Text"], event["EventData"]["Number"]) for event in found] == texts


def test_every_type_of_value_is_shown_as_windows_shows_it(tmp_path: Path) -> None:
    data: dict[str, Value] = {
        "Sid": sid("S-1-5-21-111-222-333-1105"),
        "Id": hex64(0x3E7),
        "Mask": hex32(0x120089),
        "Guid": guid("54849625-5478-4994-a5ba-3e3b0328c30d"),
        "Kind": number(3),
        "Name": "山田 𠮷野",
    }
    path = tmp_path / "a.evtx"
    path.write_bytes(evtx(CHANNEL, [Record(NOON, 4625, data, version=2, task=12544, keywords=FAILURE)]))
    (event,) = read_back(path)
    assert event["EventData"] == {
        "Sid": "S-1-5-21-111-222-333-1105",
        "Id": "0x3e7",
        "Mask": "0x120089",
        "Guid": "54849625-5478-4994-A5BA-3E3B0328C30D",
        "Kind": 3,
        "Name": "山田 𠮷野",
    }
    system = event["System"]
    assert (system["EventID"], system["Version"], system["Task"], system["Keywords"]) == (4625, 2, 12544, "0x8010000000000000")
    assert system["TimeCreated"]["#attributes"]["SystemTime"] == "2024-05-16T03:00:00.123456Z"


@pytest.mark.parametrize("length", range(0, 64, 4))
def test_records_that_fill_a_chunk_to_the_brim_are_read_by_both_libraries(length: int, tmp_path: Path) -> None:
    path = tmp_path / "a.evtx"
    path.write_bytes(evtx(CHANNEL, [Record(NOON, 1, {"Text": "x" * length}) for _ in range(1500)]))
    file = pyevtx.open(str(path))
    assert file.number_of_records == len(read_back(path)) == 1500
    file.close()


def test_a_log_without_records_or_with_one_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match="without records"):
        evtx(CHANNEL, [])
    with pytest.raises(ValueError, match="larger than a chunk"):
        evtx(CHANNEL, [Record(NOON, 1, {"Text": "x" * 32_700})])


def letter(style: Style, subject: str, name: str) -> Letter:
    sender = Mailbox("佐藤 葵", "sato@u.example")
    message_id, boundary = identify(Dice("letter", style, subject), sender, style)
    to, blind = (Mailbox("Ann Lee", "ann@p.example"),), (Mailbox("", "blind@p.example"),)
    file = Attachment(name, "text/csv", "氏名\r\n".encode("cp932"))
    body = "本文です。\nThe end – “quoted”.\n"
    return Letter(NOON.astimezone(JST), sender, to, subject, body, style, message_id, boundary, bcc=blind, attachments=(file,))


@settings(max_examples=40, derandomize=True, deadline=None)
@given(style=st.sampled_from([*STYLES, "gateway"]), subject=HEADER, name=HEADER)
def test_a_letter_of_any_program_parses_to_what_was_written(style: Style, subject: str, name: str) -> None:
    written = letter(style, subject, f"{name}.csv")
    message = email.message_from_bytes(sent_copy(written), policy=policy.default)
    (part,) = message.iter_attachments()
    body = message.get_body()
    assert body is not None
    assert (message["Subject"], part.get_filename()) == (subject, f"{name}.csv")
    assert part.get_payload(decode=True) == "氏名\r\n".encode("cp932")
    assert body.get_content().replace("\r\n", "\n").strip() == written.body.strip()
    assert message["From"].addresses[0].display_name == "佐藤 葵"
    assert message["Date"].datetime == written.sent.replace(microsecond=0)
    assert [piece.defects for piece in message.walk() if piece.defects] == []


def test_only_the_senders_copy_names_blind_copies() -> None:
    written = letter("outlook", "件名", "a.csv")
    assert b"blind@p.example" in sent_copy(written)
    assert b"blind@p.example" not in delivered_copy(written, ["Delivered-To: ann@p.example"])


def test_a_message_leaves_the_lines_of_postfix_and_the_log_is_turned_on_sundays() -> None:
    dice = Dice("postfix")
    arrived = datetime(2024, 5, 16, 14, 2, 11, tzinfo=JST)
    way = Delivery("a@p.example", "smtp", "mx.p.example[192.0.2.1]:25", (Try(2.5, "2.0.0", "sent", "250 2.0.0 Ok"),))
    transit = Transit(
        arrived, queue_id(dice, arrived, long=True), "unknown", "10.0.0.9", "sato", "<1@u.example>", "s@u.example", 900, (way,)
    )
    found = [*lines(transit, dice), (datetime(2024, 5, 20, 9, 0, tzinfo=JST), "postfix/qmgr[1]: later")]
    parts = list(rotated(found, "mx", datetime(2024, 5, 19, 3, 40, tzinfo=JST)))
    assert [name for name, _, _ in parts] == ["maillog-20240519", "maillog"]
    text = "\n".join(parts[0][1])
    client = rf"^May 16 14:02:11 mx postfix/submission/smtpd\[\d+\]: {transit.queue_id}: client=unknown\[10.0.0.9\]"
    assert re.search(client, text, re.MULTILINE)
    assert "to=<a@p.example>, relay=mx.p.example[192.0.2.1]:25, delay=2.5, delays=" in text
    assert parts[1][1][0].startswith("May 20 09:00:00 mx ")


def test_an_appliance_line_carries_zone_and_nanoseconds() -> None:
    device = fg.Appliance("FG-1", "FG100ETK00000001", "10.0.0.1", relayed=False)
    shown = fg.line(device, NOON, fg.login_failed("sato", "192.0.2.7"))
    fields = dict(re.findall(r'(\w+)=("[^"]*"|\S+)', shown))
    assert (fields["date"], fields["time"], fields["tz"]) == ("2024-05-16", "12:00:00", '"+0900"')
    assert int(fields["eventtime"]) == int(NOON.timestamp()) * 10**9 + 123_456_000
    assert (fields["remip"], fields["user"], fields["action"]) == ("192.0.2.7", '"sato"', '"ssl-login-fail"')


def test_a_long_queue_id_holds_the_time() -> None:
    early, late = (queue_id(Dice("q"), NOON + timedelta(seconds=n), long=True) for n in (0, 10))
    assert early != late
    assert re.fullmatch(r"[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,}", early)
