"""`winmail.dat`: attachments and bodies inside, and what damage costs."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.evidence.open.registry import OPENERS, Opening
from kyumei.evidence.open.walk import Visit, walk
from kyumei.model import tnef
from kyumei.model.source import Source
from kyumei.readers.registry import READERS
from tests.readers.samples import strict_run

if TYPE_CHECKING:
    from kyumei.model.fault import Fault


def attribute(level: int, identifier: int, value: bytes) -> bytes:
    return struct.pack("<BHHI", level, identifier, 0, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def prop(identifier: int, kind: int, value: bytes) -> bytes:
    return struct.pack("<HHII", kind, identifier, 1, len(value)) + value + bytes(-len(value) % 4)


def props(*each: bytes) -> bytes:
    return struct.pack("<I", len(each)) + b"".join(each)


def attachment(name: str, data: bytes, *more: bytes) -> bytes:
    long_name = prop(0x3707, 0x1F, name.encode("utf-16-le") + b"\0\0")
    return (
        attribute(2, 0x9002, bytes(14))
        + attribute(2, 0x8010, name.encode("cp932")[:8] + b"\0")
        + attribute(2, 0x8013, struct.pack("<7H", 2024, 6, 17, 1, 0, 0, 0))
        + attribute(2, 0x800F, data)
        + attribute(2, 0x9005, props(long_name, *more))
    )


HEAD = tnef.SIGNATURE + b"\1\0" + attribute(1, 0x9007, struct.pack("<II", 932, 0))
COMPRESSED = bytes.fromhex("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")
"""The example of MS-OXRTFCP 3.1.1."""
BODY = attribute(1, 0x9003, props(prop(0x1009, 0x102, COMPRESSED)))
PACKAGE = HEAD + BODY + attachment("顧客名簿.csv", b"id,name\r\n1,a\r\n") + attachment("list.zip", b"PK\3\4")


def opened(data: bytes) -> tuple[dict[str, bytes], list[Fault]]:
    opening = Opening()
    source = Source.memory(data, "winmail.dat")
    found = {m.path.removeprefix("winmail.dat!/"): m.read() for m in OPENERS.get("mail.tnef").open(source, opening)}
    return found, opening.faults


def test_attachments_and_the_body_of_a_package_are_members() -> None:
    found, faults = opened(PACKAGE)
    assert found == {
        "1/顧客名簿.csv": b"id,name\r\n1,a\r\n",
        "2/list.zip": b"PK\3\4",
        "body.rtf": rb"{\rtf1\ansi\ansicpg1252\pard hello world}" + b"\r\n",
    }
    assert not faults


def test_a_message_in_a_package_is_opened_in_turn() -> None:
    inner = bytes(16) + HEAD + attachment("深い.txt", b"x")
    enclosed = attribute(2, 0x9002, bytes(14)) + attribute(2, 0x9005, props(prop(0x3701, 0x0D, inner)))
    seen = [v.source.path for v in walk(Source.memory(HEAD + enclosed, "winmail.dat")) if isinstance(v, Visit)]
    assert any(path.endswith("1/深い.txt") for path in seen)


def test_a_cut_attachment_is_given_as_far_as_it_goes_and_is_a_fault() -> None:
    data = HEAD + attachment("a.csv", b"1234567890")
    found, faults = opened(data[: data.index(b"1234567890") + 4])
    assert [fault.reason for fault in faults] == ["attribute is cut short"]
    assert found == {"1/a.csv": b"1234"}


def test_a_wrong_checksum_is_said_and_the_content_kept() -> None:
    data = bytearray(HEAD + attachment("a.csv", b"1234567890"))
    data[data.index(b"1234567890")] ^= 1
    found, faults = opened(bytes(data))
    assert (len(found), [f.reason for f in faults]) == (1, ["checksum of an attribute does not match"])


def test_a_mail_names_what_lies_inside_its_package() -> None:
    import base64

    mail = (
        b"From: a@x.example\r\nTo: b@y.example\r\nDate: Mon, 17 Jun 2024 10:00:00 +0900\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: application/ms-tnef; name="winmail.dat"\r\nContent-Transfer-Encoding: base64\r\n'
        b'Content-Disposition: attachment; filename="winmail.dat"\r\n\r\n' + base64.encodebytes(PACKAGE)
    )
    _, tables = strict_run(READERS.get("mail.message"), Source.memory(mail))
    assert tables[0].to_pylist()[0]["object"] == "winmail.dat; 顧客名簿.csv; list.zip"
    seen = [v.source.path for v in walk(Source.memory(mail, "m.eml")) if isinstance(v, Visit)]
    assert any(path.endswith("winmail.dat!/1/顧客名簿.csv") for path in seen)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_parts_or_faults(data: st.DataObject) -> None:
    noise = bytearray(PACKAGE)
    for _ in range(data.draw(st.integers(0, 12))):
        noise[data.draw(st.integers(4, len(noise) - 1))] = data.draw(st.integers(0, 255))
    tnef.parse(bytes(noise[: data.draw(st.integers(6, len(noise)))]))
    tnef.parse(tnef.SIGNATURE + data.draw(st.binary(max_size=200)))
