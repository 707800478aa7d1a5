"""Outlook stores: an item becomes a mail that says what its properties say; damage is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

from kyumei.evidence.open.outlook import rendered
from kyumei.evidence.open.registry import OPENERS, Opening
from kyumei.model.source import Source


@dataclass
class Entry:
    """A property, as libpff gives it."""

    entry_type: int
    value: Any

    @property
    def value_type(self) -> int:
        return 3 if isinstance(self.value, int) else 0x1F

    def get_data_as_string(self) -> str:
        return str(self.value)

    def get_data_as_integer(self) -> int:
        return int(self.value)


@dataclass
class Properties:
    """A set of properties."""

    entries: list[Entry]

    @property
    def number_of_entries(self) -> int:
        return len(self.entries)

    def get_entry(self, place: int) -> Entry:
        return self.entries[place]


@dataclass
class Item:
    """An item with sets of properties; `data` is what an attachment holds."""

    sets: list[dict[int, Any]]
    data: bytes = b""
    at: int = 0

    @property
    def number_of_record_sets(self) -> int:
        return len(self.sets)

    def get_record_set(self, place: int) -> Properties:
        return Properties([Entry(kind, value) for kind, value in self.sets[place].items()])

    @property
    def size(self) -> int:
        return len(self.data)

    def read_buffer(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


@dataclass
class Message(Item):
    """A message; attributes that are not set are absent."""

    identifier: int = 7
    subject: str = "顧客名簿の件"
    sender_name: str = "花子"
    transport_headers: str = ""
    plain_text_body: bytes = "名簿を送ります。".encode()
    html_body: bytes = b""
    client_submit_time: datetime = datetime(2024, 6, 17, 1, 0)  # noqa: DTZ001  # libpff gives UTC without saying so
    recipients: Item = field(default_factory=lambda: Item([]))
    attachments: list[Item] = field(default_factory=list[Item])

    @property
    def number_of_attachments(self) -> int:
        return len(self.attachments)

    def get_attachment(self, place: int) -> Item:
        return self.attachments[place]


PEOPLE = Item(
    [{0x3001: "取引先", 0x39FE: "partner@example.com", 0x0C15: 1}, {0x3001: "控え", 0x39FE: "b@example.net", 0x0C15: 3}]
)


def mail(message: Message) -> Any:
    faults: list[str] = []
    parsed = message_from_bytes(b"".join(rendered(message, faults.append)), policy=policy.default)
    assert not faults
    return parsed


def test_an_item_without_headers_says_who_sent_what_to_whom_and_when() -> None:
    item = Message([{0x5D01: "hanako@example.jp"}], recipients=PEOPLE)
    found = mail(item)
    assert (found["from"], found["to"]) == ("花子 <hanako@example.jp>", "取引先 <partner@example.com>")
    assert (found["bcc"], found["subject"]) == ("控え <b@example.net>", "顧客名簿の件")
    assert found["date"].datetime.isoformat() == "2024-06-17T01:00:00+00:00"
    assert found.get_body().get_content().strip() == "名簿を送ります。"


def test_headers_that_a_message_came_with_are_kept_and_blind_copies_are_added() -> None:
    came = "Received: from a by b; Mon, 17 Jun 2024 10:00:00 +0900\r\nTo: x@example.com\r\n"
    came += "Content-Type: text/plain;\r\n charset=x\r\n"
    found = mail(Message([{}], transport_headers=came, recipients=PEOPLE))
    assert (found["received"] is not None, found["to"], found["bcc"]) == (True, "x@example.com", "控え <b@example.net>")
    assert found.get_content_type() == "multipart/mixed"


def test_an_attachment_keeps_its_name_and_bytes() -> None:
    data = bytes(range(256)) * 5000
    (part,) = mail(Message([{}], attachments=[Item([{0x3707: "名簿.csv"}], data)])).iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("名簿.csv", data)


def test_a_line_end_in_a_property_cannot_make_a_header() -> None:
    found = mail(Message([{}], subject="a\r\nBcc: evil@example.net", sender_name='x"\n'))
    assert (found["bcc"], found["subject"]) == (None, "a Bcc: evil@example.net")


def test_a_store_that_cannot_be_opened_is_one_fault() -> None:
    opening = Opening()
    source = Source.memory(b"!BDN" + bytes(4) + b"SM" + bytes(2000))
    assert list(OPENERS.get("mail.pst").open(source, opening)) == []
    assert [(fault.offset, fault.skipped) for fault in opening.faults] == [(0, source.size)]
