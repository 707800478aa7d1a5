"""Writes mail as `.eml`: MIME by hand, in the manner of the programs that people send with.

The differences between mail programs are the point: subject and file names as RFC 2047 words in ISO-2022-JP (old
Outlook), as RFC 2231 parameters in UTF-8, whole or in pieces; bodies in 7bit, base64 or quoted-printable.
Boundaries and message ids come from the dice, so the same letter gives the same bytes.
"""

from __future__ import annotations

import base64
import quopri
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kyumei.replay.dice import Dice

Style = Literal["outlook", "thunderbird", "webmail", "gateway"]
STYLES: Final[tuple[Style, ...]] = ("outlook", "thunderbird", "webmail")
"""What people at a Japanese office send with; `gateway` is what comes from abroad."""
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_PROGRAM: Final = {
    "outlook": "X-Mailer: Microsoft Outlook 16.0",
    "thunderbird": "User-Agent: Mozilla Thunderbird",
    "webmail": "User-Agent: Roundcube Webmail/1.6.6",
    "gateway": "X-Originating-Client: web",
}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name and an address."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """Return what stands behind the @."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter; `kind` is its MIME type."""

    name: str
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as its sender wrote it. `sent` bears the zone in which the sender sat."""

    sent: datetime
    sender: Mailbox
    to: tuple[Mailbox, ...]
    subject: str
    body: str
    style: Style
    message_id: str
    boundary: str
    cc: tuple[Mailbox, ...] = ()
    bcc: tuple[Mailbox, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    in_reply_to: str = ""
    automatic: bool = False

    @property
    def recipients(self) -> tuple[Mailbox, ...]:
        """Return everyone it goes to, copies and blind copies included."""
        return self.to + self.cc + self.bcc


def identify(dice: Dice, sender: Mailbox, style: Style) -> tuple[str, str]:
    """Return a message id and a boundary in the manner of the program."""
    digits = dice.hexadecimal(32)
    domain = sender.domain
    if style == "outlook":
        return (
            f"<{digits[:8]}01da{digits[8:12]}${digits[12:20]}${digits[20:28]}$@{domain}>",
            f"----=_NextPart_000_{digits[:4].upper()}_01DA{digits[4:8].upper()}.{digits[8:16].upper()}",
        )
    if style == "thunderbird":
        dashed = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        return (
            f"<{dashed}@{domain}>",
            f"------------{dice.letters(24, 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789')}",
        )
    if style == "webmail":
        return f"<{digits}@{domain}>", f"=_{dice.hexadecimal(32)}"
    return f"<{digits[:6].upper()}.{digits[6:20]}@{domain}>", f"_000_{digits[20:].upper()}{domain.replace('.', '')}_"


def sent_copy(letter: Letter) -> bytes:
    """Return the message as the sender's own folder keeps it: with blind copies named, without any trace of transport."""
    return _message(letter, [])


def delivered_copy(letter: Letter, transport: Sequence[str]) -> bytes:
    """Return the message as a recipient's box keeps it: below the headers of transport, without blind copies."""
    return _message(replace(letter, bcc=()), list(transport))


def rfc2822(instant: datetime) -> str:
    """Return `Thu, 16 May 2024 14:02:11 +0900`, whatever the locale."""
    name, month = _DAYS[instant.weekday()], _MONTHS[instant.month - 1]
    return f"{name}, {instant.day:02d} {month} {instant.year} {instant:%H:%M:%S %z}"


def _message(letter: Letter, transport: list[str]) -> bytes:
    head = transport + _head(letter)
    if not letter.attachments:
        kind, text = _text(letter)
        return _joined([*head, *kind, "", text])
    head += [f'Content-Type: multipart/mixed;\n\tboundary="{letter.boundary}"', *_program(letter)]
    kind, text = _text(letter)
    pieces = [*head, "", "This is a multi-part message in MIME format.", f"--{letter.boundary}", *kind, "", text]
    for attachment in letter.attachments:
        pieces += [f"--{letter.boundary}", *_attached(letter, attachment)]
    return _joined([*pieces, f"--{letter.boundary}--", ""])


def _head(letter: Letter) -> list[str]:
    charset = _charset(letter)
    lines = [f"Message-ID: {letter.message_id}", f"Date: {rfc2822(letter.sent)}", f"From: {_boxes([letter.sender], charset)}"]
    for field, boxes in (("To", letter.to), ("Cc", letter.cc), ("Bcc", letter.bcc)):
        if boxes:
            lines.append(f"{field}: {_boxes(boxes, charset)}")
    lines.append(f"Subject: {_words(letter.subject, charset)}")
    if letter.in_reply_to:
        lines += [f"In-Reply-To: {letter.in_reply_to}", f"References: {letter.in_reply_to}"]
    if letter.automatic:
        lines.append("Auto-Submitted: auto-replied")
    return [*lines, "MIME-Version: 1.0"]


def _program(letter: Letter) -> list[str]:
    return [_PROGRAM[letter.style], "Content-Language: ja"] if letter.style == "outlook" else [_PROGRAM[letter.style]]


def _charset(letter: Letter) -> str:
    if letter.style != "outlook":
        return "utf-8"
    names = [box.name for box in (letter.sender, *letter.recipients)] + [a.name for a in letter.attachments]
    try:
        "".join([letter.subject, letter.body, *names]).encode("iso2022_jp")
    except UnicodeEncodeError:
        return "utf-8"
    return "iso-2022-jp"


def _text(letter: Letter) -> tuple[list[str], str]:
    charset = _charset(letter)
    program = [] if letter.attachments else _program(letter)
    if charset == "iso-2022-jp":
        text = letter.body.encode("iso2022_jp").decode("ascii")
        return ['Content-Type: text/plain;\n\tcharset="iso-2022-jp"', "Content-Transfer-Encoding: 7bit", *program], text
    kind = "Content-Type: text/plain; charset=UTF-8"
    if letter.style == "gateway":
        text = quopri.encodestring(letter.body.encode()).decode("ascii")
        return [kind, "Content-Transfer-Encoding: quoted-printable", *program], text
    if letter.style == "webmail" or letter.body.isascii():
        return [kind, f"Content-Transfer-Encoding: {'7bit' if letter.body.isascii() else '8bit'}", *program], letter.body
    return [kind, "Content-Transfer-Encoding: base64", *program], _base64(letter.body.encode())


def _attached(letter: Letter, attachment: Attachment) -> list[str]:
    name, filename = _file_name(letter, attachment.name)
    return [
        f"Content-Type: {attachment.kind};\n\t{name}",
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: attachment;\n\t{filename}",
        "",
        _base64(attachment.data),
    ]


def _file_name(letter: Letter, name: str) -> tuple[str, str]:
    """Return the parameters of Content-Type and Content-Disposition that carry the file's name."""
    if name.isascii():
        return f'name="{name}"', f'filename="{name}"'
    if letter.style == "outlook":
        word = _words(name, _charset(letter))
        return f'name="{word}"', f'filename="{word}"'
    if letter.style == "thunderbird":
        pieces = [_quoted(name[at : at + 7]) for at in range(0, len(name), 7)]  # RFC 2231 section 3
        marks = [f"filename*{n}*={'UTF-8' + chr(39) * 2 if n == 0 else ''}{piece}" for n, piece in enumerate(pieces)]
        return f'name="{_words(name, "utf-8")}"', ";\n\t".join(marks)
    quoted = _quoted(name)
    return f"name*=UTF-8''{quoted}", f"filename*=UTF-8''{quoted}"


def _quoted(text: str) -> str:
    return "".join(chr(byte) if _plain(byte) else f"%{byte:02X}" for byte in text.encode())


def _plain(byte: int) -> bool:
    return chr(byte).isascii() and (chr(byte).isalnum() or byte in b"-._")


def _boxes(boxes: Sequence[Mailbox], charset: str) -> str:
    return ",\n\t".join(f"{_phrase(box.name, charset)} <{box.address}>" if box.name else box.address for box in boxes)


def _phrase(name: str, charset: str) -> str:
    return f'"{name}"' if name.isascii() else _words(name, charset)


def _words(text: str, charset: str) -> str:
    """Return the text as RFC 2047 words of at most 75 characters, folded; ASCII stays as it is."""
    if text.isascii():
        return text
    codec, step = ("iso2022_jp", 12) if charset == "iso-2022-jp" else ("utf-8", 12)
    pieces = [text[at : at + step] for at in range(0, len(text), step)]
    return "\n ".join(f"=?{charset}?B?{base64.b64encode(piece.encode(codec)).decode('ascii')}?=" for piece in pieces)


def _base64(data: bytes) -> str:
    return base64.encodebytes(data).decode("ascii").rstrip("\n")


def _joined(pieces: Sequence[str]) -> bytes:
    return "\n".join(pieces).replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8", "strict")
