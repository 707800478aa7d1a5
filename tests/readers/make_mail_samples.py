"""Write the mail samples again: invented people, the same bytes each time. `python tests/readers/make_mail_samples.py`."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent / "mail.message"
CSV: Final = "学籍番号,氏名\r\nA0001,見本花子\r\n".encode("cp932")


def word(text: str, charset: str) -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset.replace('-', '_'))).decode()}?="


def lines(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def message(headers: list[str], body: bytes) -> bytes:
    return "\r\n".join([*headers, "", ""]).encode() + body


ORDINARY = message(
    [
        "Return-Path: <suzuki@partner.example>",
        "Delivered-To: sato@univ.example",
        "Received: from mx.univ.example (mx.univ.example [192.0.2.25])",
        "\tby mbox.univ.example (Postfix) with ESMTPS id 4A1B2C3D; Thu, 16 May 2024 18:30:14 +0900 (JST)",
        "Received: from client.partner.example (unknown [IPv6:2001:db8::7])",
        "\tby smtp.partner.example with ESMTPSA id 77; Thu, 16 May 2024 18:30:11 +0900 (JST)",
        'From: "Suzuki, Ichiro" <suzuki@partner.example>',
        "To: sato@univ.example, Tanaka <tanaka@univ.example>",
        "Cc: office@univ.example",
        "Subject: Meeting minutes",
        "Date: Thu, 16 May 2024 18:30:10 +0900",
        "Message-ID: <20240516183010.1@partner.example>",
        "User-Agent: Example Mail 1.0",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: quoted-printable",
    ],
    quopri.encodestring("議事録を送ります。\r\nThe room is B=12.\r\n".encode()),
)

SENT_JIS = message(
    [
        f"From: {word('佐藤 次郎', 'iso-2022-jp')} <sato@univ.example>",
        f"To: {word('交流', 'iso-2022-jp')} {word('担当', 'iso-2022-jp')} <exchange@abroad.example>,",
        " list@abroad.example",
        "Bcc: archive@univ.example",
        f"Subject: {word('【再送】名簿の', 'iso-2022-jp')}",
        f" {word('件', 'iso-2022-jp')}",
        "Date: Thu, 16 May 2024 09:05:00 +0900",
        "Message-ID: <1@univ.example>",
        "X-Mailer: Example 2.0",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="=_b1"',
    ],
    b"--=_b1\r\nContent-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
    + "名簿を添付します。".encode("iso-2022-jp")
    + b'\r\n--=_b1\r\nContent-Type: application/octet-stream;\r\n name="'
    + word("名簿.csv", "iso-2022-jp").encode()
    + b'"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n filename="'
    + word("名簿.csv", "iso-2022-jp").encode()
    + b'"\r\n\r\n'
    + lines(CSV)
    + b"--=_b1--\r\n",
)

RFC2231 = message(
    [
        "From: office@univ.example",
        "To: undisclosed-recipients:;",
        "Subject: =?UTF-8?Q?=E5=90=8D=E7=B0?= =?UTF-8?Q?=BF_list?=",
        "Date: Fri, 17 May 2024 00:00:00 GMT",
        "MIME-Version: 1.0",
        "Content-Type: multipart/mixed; boundary=outer",
    ],
    b"--outer\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b"<html><head><style>p {}</style></head><p>See &lt;list&gt;</p></html>"
    b"\r\n--outer\r\nContent-Type: text/csv\r\nContent-Disposition: attachment;\r\n"
    b" filename*0*=UTF-8''%E5%AD%A6%E7%94%9F;\r\n filename*1*=%E5%90%8D%E7%B0%BF;\r\n"
    b' filename*2=" (1).csv"\r\n\r\nid,name\r\n'
    b"--outer\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@univ.example\r\nTo: b@univ.example\r\nSubject: inner\r\n\r\nx\r\n"
    b"--outer--\r\n",
)

DAMAGED = message(
    [
        "Received: from [203.0.113.9] by relay.example; Fri, 17 May 2024 10:00:00 +0900",
        "From: sender@example.org",
        "this line is no header",
        "To: rcpt@example.org",
        "Date: yesterday at noon",
        "Content-Type: multipart/mixed; boundary=cut",
    ],
    b"Subject: \x93\xfa\x96{\x8c\xea\r\n\r\n--cut\r\nContent-Type: text/plain\r\n\r\n\x93\xfa\x96{\x8c\xea\r\n"
    b'--cut\r\nContent-Type: application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLj',
).replace(b"boundary=cut\r\n\r\n", b"boundary=cut\r\n")

NO_ZONE = message(
    ["From: a@univ.example", "To: b@univ.example", "Subject: no zone", "Date: 16 May 2024 18:30"], b"no zone is stated\r\n"
)

SAMPLES: Final = {
    "ordinary": ORDINARY,
    "sent_iso2022jp_attachment": SENT_JIS,
    "rfc2231_names_and_message": RFC2231,
    "damaged": DAMAGED,
    "no_zone": NO_ZONE,
}

if __name__ == "__main__":
    for name, data in SAMPLES.items():
        (HERE / name).mkdir(parents=True, exist_ok=True)
        (HERE / name / "mail.eml").write_bytes(data)
