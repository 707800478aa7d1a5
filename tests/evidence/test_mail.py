from __future__ import annotations

import base64
import email
import email.policy
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.evidence.open import mail
from kyumei.evidence.open.registry import OPENERS, Opening
from kyumei.evidence.open.walk import Visit, walk
from kyumei.model.mime import parse
from kyumei.model.source import Source
from tests.conftest import members

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.model.fault import Fault

BETTER = {  # names that the library cuts, loses or leaves undecoded
    "attachment_with_unquoted_name.eml": ["This is a test.txt"],
    "attachment_with_base64_encoded_name.eml": ["This is a test.pdf"],
    "raw_email8.eml": ["01 Quien Te Dij蛎t. Pitbull.mp3"],
}
HEAD = b"From: a@x.example\r\nTo: b@x.example\r\nDate: Thu, 16 May 2024 18:30:10 +0900\r\nMIME-Version: 1.0\r\n"
INNER = b"From: c@x.example\r\nTo: d@x.example\r\nSubject: inner\r\n" + (
    b'Content-Type: text/csv; name="list.csv"\r\nContent-Transfer-Encoding: base64\r\n\r\n' + base64.b64encode(b"id\r\n1\r\n")
)


def multipart(*parts: bytes) -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n" + body + b"--b--\r\n"


def opened(data: bytes, name: str = "mail.message") -> tuple[dict[str, bytes], list[Fault]]:
    opening = Opening()
    found = {m.path.removeprefix("m.eml!/"): m.read() for m in OPENERS.get(name).open(Source.memory(data, "m.eml"), opening)}
    return found, opening.faults


def test_attachments_and_enclosed_messages_are_members_and_the_text_is_not() -> None:
    data = multipart(
        b"Content-Type: text/plain\r\n\r\nhello",
        b'Content-Type: text/csv\r\nContent-Disposition: attachment; filename="../a/b.csv"\r\n\r\nid,name\r\n',
        b"Content-Type: message/rfc822\r\n\r\n" + INNER,
        b"Content-Type: image/png\r\nContent-ID: <p1>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBO",
    )
    found, faults = opened(data)
    assert found == {
        "1/\\x2e\\x2e_a_b.csv": b"id,name\r\n",
        "2/message.eml": INNER,
        "3/unnamed.png": b"\x89PN",
    }
    assert faults == []


def test_members_say_what_the_mail_says_of_them() -> None:
    part = (
        b"Content-Type: text/csv\r\nContent-ID: <x@y>\r\nContent-Disposition: attachment; filename*=UTF-8''%E5%90%8D.csv;\r\n"
        b' modification-date="Wed, 15 May 2024 00:00:00 +0000"\r\n\r\nid'
    )
    (member,) = OPENERS.get("mail.message").open(Source.memory(multipart(part)), Opening())
    assert member.meta == {
        "content_type": "text/csv",
        "disposition": "attachment",
        "filename": "名.csv",
        "content_id": "x@y",
    }
    assert member.mtime == 1_715_731_200_000_000
    (member,) = OPENERS.get("mail.message").open(Source.memory(multipart(b"Content-Type: image/gif\r\n\r\nGIF")), Opening())
    assert member.mtime == 1_715_851_810_000_000  # the mail's own date


def test_a_message_in_a_message_is_walked_into() -> None:
    data = multipart(b"Content-Type: message/rfc822\r\n\r\n" + INNER)
    seen = [(v.source.path, v.opener) for v in walk(Source.memory(data, "m.eml")) if isinstance(v, Visit)]
    assert seen == [
        ("m.eml", "mail.message"),
        ("m.eml!/1/message.eml", "mail.message"),
        ("m.eml!/1/message.eml!/1/list.csv", None),
    ]


def test_encodings_are_undone_and_what_does_not_fit_is_counted() -> None:
    def file(encoding: bytes, body: bytes) -> bytes:
        return b"Content-Type: text/x; name=f\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n" + body

    found, faults = opened(
        multipart(
            file(b"quoted-printable", b"a=3D=E3=81=82=\r\nb"),
            file(b"BASE64 ;x", b"aGVs\r\n bG8h"),
            file(b"base64", b"aGVs!!bG8h"),
            file(b"base64", b"aGVsbG8"),
            file(b"x-uuencode", b"begin 644 f\r\n%:&5L;&\\\r\n`\r\nend"),
            file(b"binary", b"\x00\xff"),
        )
    )
    assert list(found.values()) == [b"a=\xe3\x81\x82b", b"hello!", b"hello!", b"hello", b"hello", b"\x00\xff"]
    assert [(f.reason, f.skipped) for f in faults] == [("bytes that are not base64", 2)]


@pytest.mark.parametrize("block", [1, 7, 64])
def test_blocks_cut_base64_nowhere(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from kyumei.model import mime

    monkeypatch.setattr(mime, "_BLOCK", block)
    body = base64.encodebytes(bytes(range(256)))
    data = HEAD + b"Content-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body
    found, faults = opened(data)
    assert found == {"1/unnamed.x": bytes(range(256))}
    assert faults == []


@pytest.mark.parametrize(
    ("data", "reasons"),
    [
        (
            HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 10_001 + b"--b--\n",
            ["multipart not closed"],
        ),
        (HEAD + b"X-A: b\n" * 10_001 + b"\n", ["more than 10000 headers"]),
        (HEAD + b"X-A: " + b"x" * (1 << 20) + b"\n\n", ["header too long"]),
        (
            HEAD + b"Content-Type: multipart/mixed\n\n--q1234567\nContent-Type: a/b\n\n--q1234567--",
            ["multipart without its boundary"],
        ),
        (HEAD + b"stray\nX-A: b\n\n", ["not a header line"]),
        (HEAD + b"body at once\n\n", []),
    ],
)
def test_what_is_wrong_in_a_message_is_counted(data: bytes, reasons: list[str]) -> None:
    assert [f.reason for f in parse(data).all_faults()] == reasons


def test_nesting_without_end_is_a_fault() -> None:
    data = HEAD
    for depth in range(60):
        data += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (depth, depth)
    assert "multipart nested too deep" in [f.reason for f in parse(data).all_faults()]


def test_a_box_gives_its_messages_where_they_lie() -> None:
    one = HEAD + b"Subject: 1\r\n\r\nFrom here on 1:23 text\r\n"
    two = b">From x\nFrom: b@x.example\nTo: a@x.example\n\nFrom the text\n"
    box = b"From a@x.example Thu May 16 18:30:10 2024\r\n" + one + b"\r\nFrom b@x.example Thu May 16 18:31:00 2024\n" + two
    source = Source.memory(box, "Inbox")
    messages = list(OPENERS.get("mail.mbox").open(source, Opening()))
    assert [m.path for m in messages] == ["Inbox!/000001.eml", "Inbox!/000002.eml"]
    assert [m.read() for m in messages] == [one + b"\r\n", two]
    assert [box[int(m.meta["offset"]) :][:5] for m in messages] == [b"From:", b">From"]


@pytest.mark.parametrize("block", [2000, 2500, 4099])
def test_a_box_is_read_the_same_in_any_blocks(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    message = b"From a@x.example Thu May 16 18:30:10 2024\n" + HEAD + b"\n" + b"text of the mail\n" * 20 + b"\n"
    monkeypatch.setattr(mail, "_BLOCK", block)
    found, faults = opened(message * 50, "mail.mbox")
    assert len(found) == 50
    assert set(found.values()) == {message.split(b"\n", 1)[1]}
    assert faults == []


def test_attachments_of_real_mails_are_those_that_the_standard_library_finds(shared_data: Path) -> None:
    compared = 0
    for name, data in members(shared_data / "mail.tar.xz"):
        if "LICENSE" in name:
            continue
        found = [
            m.meta["filename"] for m in OPENERS.get("mail.message").open(Source.memory(data), Opening()) if "filename" in m.meta
        ]
        told = email.message_from_bytes(data, policy=email.policy.default)
        if any(part.defects for part in told.walk()) or "error_emails" in name:
            continue  # not well-formed: the library gives up sooner
        parts = [part for part in told.walk() if not _is_inside_a_message(told, part)]
        expected = [part.get_filename() for part in parts if part.get_filename()]
        compared += 1
        assert found == BETTER.get(name.rpartition("/")[2], expected), name
    assert compared >= 40


def _is_inside_a_message(root: email.message.EmailMessage, part: email.message.EmailMessage) -> bool:
    enclosed = [p for p in root.walk() if p.get_content_type() == "message/rfc822"]
    return any(part is inner for outer in enclosed for inner in outer.walk() if inner is not outer)


@settings(max_examples=80, derandomize=True, deadline=None)
@given(draw=st.data())
def test_damaged_mails_never_raise(draw: st.DataObject) -> None:
    data = bytearray(multipart(b"Content-Type: text/csv; name=x\r\n\r\nid", b"Content-Type: message/rfc822\r\n\r\n" + INNER))
    for _ in range(draw.draw(st.integers(1, 12))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    opened(bytes(data[: draw.draw(st.integers(0, len(data)))]))
