from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kyumei.model.source import Source
from kyumei.readers.registry import READERS
from tests.conftest import members
from tests.readers.samples import strict_run

if TYPE_CHECKING:
    from pathlib import Path


def event(data: bytes, path: str = "mail.eml") -> dict[str, Any]:
    _, tables = strict_run(READERS.get("mail.message"), Source.memory(data, path))
    (row,) = tables[0].to_pylist()
    return dict(row)


@pytest.mark.parametrize(
    ("path", "headers", "action"),
    [
        ("a.eml", b"", "mail.sent"),
        ("Sent/1.eml", b"Received: from x; y\n", "mail.sent"),
        ("mail/.Sent Items/cur/1", b"Received: from x; y\n", "mail.sent"),
        ("送信済みアイテム/1.eml", b"Received: from x; y\n", "mail.sent"),
        ("Sent.mbox!/000001.eml", b"Received: from x; y\n", "mail.sent"),
        ("Presentation/1.eml", b"Received: from x; y\n", "mail.received"),
        ("a.eml", b"Delivered-To: b@x.example\n", "mail.received"),
    ],
)
def test_the_senders_copy_is_told_from_the_received_one(path: str, headers: bytes, action: str) -> None:
    assert event(headers + b"From: a@x.example\nTo: b@x.example\n\nx", path)["action"] == action


@pytest.mark.parametrize(
    ("hops", "address"),
    [
        ([b"from a (b [192.0.2.1]) by c; x", b"from d (e [198.51.100.2]) by f [203.0.113.3]; x"], "198.51.100.2"),
        ([b"from a (b [192.0.2.1]) by c; x", b"by localhost with local; x"], "192.0.2.1"),
        ([b"from [IPv6:2001:DB8::0:7] by c; x"], "2001:db8::7"),
        ([b"from [::ffff:192.0.2.9] by c; x"], "192.0.2.9"),
        ([b"from 192.0.2.8 (EHLO x) by c; x"], "192.0.2.8"),
        ([b"from x [999.1.1.1] by c; x"], None),
    ],
)
def test_the_address_is_that_of_the_earliest_hop(hops: list[bytes], address: str | None) -> None:
    data = b"".join(b"Received: %s\n" % hop for hop in hops) + b"From: a@x.example\n\nx"
    assert event(data)["src_ip"] == address


def test_a_mapped_long_message_reads_like_a_short_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kyumei.model import mime

    data = b"From: a@x.example\nTo: b@x.example\nDate: 16 May 2024 18:30:10 +0900\n\n" + b"long line of text\n" * 1000
    path = tmp_path / "long.eml"
    path.write_bytes(data)
    short = event(data)
    monkeypatch.setattr(mime, "MEMORY_BYTES", 100)
    rows, tables = strict_run(
        READERS.get("mail.message"),
        Source(Source.memory(b"").evidence_id, "mail.eml", len(data), lambda: path.open("rb")),
    )
    assert rows.faults == []
    assert tables[0].to_pylist() == [short]


@pytest.mark.parametrize(
    "data",
    [
        b"Date: x\nServer: y\nContent-Type: text/html\n\n",
        b"HTTP/1.1 200 OK\nDate: x\nFrom: y\n\n",
        b"From: <Saved by Blink>\nSubject: x\nDate: y\nMIME-Version: 1.0\n\n",
        b"To be or not to be\nFrom: here\nTo: there\n",
        b"Subject: alone\n\ntext",
        b"",
    ],
)
def test_what_is_no_mail_is_not_taken(data: bytes) -> None:
    assert READERS.get("mail.message").accepts(Source.memory(data, "x.eml")) == 0


def test_real_mails_give_one_event_each(shared_data: Path) -> None:
    count = 0
    for name, data in members(shared_data / "mail.tar.xz"):
        if "LICENSE" in name:
            continue
        count += 1
        source = Source.memory(data, name)
        assert READERS.get("mail.message").accepts(source) > 0, name
        assert event(data, name)["account"], name
    assert count == 69


def test_signatures_and_the_verdicts_of_servers_and_every_hop_are_kept() -> None:
    route = b"Received: from b by c; Mon, 17 Jun 2024 10:00:01 +0900\nReceived: from a by b; Mon, 17 Jun 2024 10:00:00 +0900\n"
    marks = b"DKIM-Signature: v=1; d=x.example\nAuthentication-Results: c; dkim=pass\nReceived-SPF: pass\n"
    row = event(route + marks + b"From: a@x.example\nTo: b@x.example\nDate: Mon, 17 Jun 2024 10:00:00 +0900\n\n")
    assert (row["DKIM-Signature"], row["Authentication-Results"], row["Received-SPF"]) == (
        "v=1; d=x.example",
        "c; dkim=pass",
        "pass",
    )
    assert row["Received"].count("from") == 2
