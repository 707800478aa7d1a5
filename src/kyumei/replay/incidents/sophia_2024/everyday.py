"""Weeks of ordinary mail around the mistake: letters with and without files, and the traffic of the whole house."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import date, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from kyumei.replay.calendar import at, days, is_workday, workdays
from kyumei.replay.incidents.sophia_2024.paper import paper
from kyumei.replay.writers.eml import Letter, Mailbox, identify

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from kyumei.replay.dice import Dice
    from kyumei.replay.incidents.sophia_2024.cast import Cast, Partner, Staff
    from kyumei.replay.incidents.sophia_2024.students import Student
    from kyumei.replay.writers.eml import Attachment, Style
    from kyumei.replay.writers.postfix import Line

FIRST: Final = date(2024, 4, 8)
LAST: Final = date(2024, 6, 14)
"""The ordinary mail that was handed over."""
_SUMMER: Final = timezone(timedelta(hours=2))


@dataclass(frozen=True, slots=True)
class World:
    """What ordinary letters are made from."""

    cast: Cast
    students: Sequence[Student]


def letters(dice: Dice, world: World) -> Iterator[Letter]:
    """Yield what the sender of the mistake sent and received on ordinary days, in order of the day."""
    me = world.cast.office[0]
    for day in workdays(FIRST, LAST):
        for _ in range(dice.between(1, 4)):
            yield _written(dice, world, me, day)
        for _ in range(dice.between(2, 5)):
            yield _got(dice, world, me, day)


def house_traffic(dice: Dice, cast: Cast) -> Iterator[tuple[Letter, int]]:
    """Yield the letters of everyone else, of which only the log tells, each with its size in bytes."""
    for day in days(date(2024, 4, 14), LAST):
        number = dice.between(35, 70) if is_workday(day) else dice.between(3, 9)
        for _ in range(number):
            yield _other(dice, cast, day), dice.between(1_800, 60_000) * (dice.between(1, 40) if dice.chance(0.1) else 1)
        yield _nightly(dice, cast, day), dice.between(3_000, 9_000)


def server_noise(dice: Dice, cast: Cast) -> Iterator[Line]:
    """Yield what else a mail server logs: people fetching mail, typing errors, strangers knocking."""
    for day in days(date(2024, 4, 14), LAST):
        for person in cast.staff if is_workday(day) else dice.sample(cast.staff, 3):
            yield from _fetching(dice, person, day)
        for _ in range(dice.between(4, 14)):
            stranger = f"192.0.2.{dice.between(2, 254)}"
            instant, pid = at(day, dice.below(86_400)), dice.between(2100, 32000)
            yield instant, f"postfix/smtpd[{pid}]: connect from unknown[{stranger}]"
            if dice.chance(0.5):
                text = f"warning: unknown[{stranger}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6"
            else:
                text = (
                    f"NOQUEUE: reject: RCPT from unknown[{stranger}]: 554 5.7.1 <info@{cast.domain}>: Relay access denied; "
                    f"from=<{dice.letters(6, 'abcdefgh')}@mail.example> to=<info@relay.example> proto=ESMTP helo=<{stranger}>"
                )
            yield instant, f"postfix/smtpd[{pid}]: {text}"
            yield (
                instant + timedelta(seconds=1),
                f"postfix/smtpd[{pid}]: disconnect from unknown[{stranger}] ehlo=1 commands=0/1",
            )


def compose(
    dice: Dice, sender: Mailbox, style: Style, *, sent: datetime, to: Sequence[Mailbox], text: tuple[str, str]
) -> Letter:
    """Return a letter with a fresh message id; `text` is subject and body."""
    message_id, boundary = identify(dice, sender, style)
    return Letter(sent, sender, tuple(to), text[0], text[1], style, message_id, boundary)


def moment(dice: Dice, person: Staff, day: date) -> datetime:
    """Return an instant in the person's usual working day."""
    return at(day, dice.between(person.early * 3600, person.late * 3600))


def _written(dice: Dice, world: World, me: Staff, day: date) -> Letter:
    form, box, place = _form_and_box(dice, world, me)
    sent = moment(dice, me, day)
    if date(2024, 5, 27) <= day <= date(2024, 5, 29):  # away at a fair in Europe
        sent = sent.astimezone(_SUMMER)
    text = _filled(dice, world.cast, form, (box.name, _signature(me, form)), day)
    plain = compose(dice, me.box, me.style, sent=sent, to=[box], text=text)
    copies = (world.cast.shared_box,) if dice.chance(0.2) else ()
    author = place.title if place else world.cast.university
    return _with(plain, copies, paper(dice, str(form["file"]), world.students, sent, author))


def _got(dice: Dice, world: World, me: Staff, day: date) -> Letter:
    if dice.chance(0.65):
        other = dice.pick([person for person in world.cast.staff if person != me])
        form = dice.pick([form for form in _forms() if form["scope"] == "inside"])
        text = _filled(dice, world.cast, form, (me.name.family, other.name.family), day)
        plain = compose(dice, other.box, other.style, sent=moment(dice, other, day), to=[me.box], text=text)
        return _with(plain, (), paper(dice, str(form["file"]), world.students, plain.sent, world.cast.university))
    place = dice.pick(world.cast.partners + world.cast.firms)
    subject, body = dice.pick(_FROM_OUTSIDE if place.country != "Japan" else _FROM_FIRMS)
    zone = timezone(timedelta(hours=place.hours_from_utc))
    sent = at(day, dice.between(9 * 3600, 17 * 3600)).replace(tzinfo=zone)
    body = body.format(to=me.name.latin_family, me=place.contact.name, place=place.title)
    return compose(dice, place.contact, "gateway", sent=sent, to=[me.box], text=(subject, body))


def _with(letter: Letter, copies: Sequence[Mailbox], attachments: tuple[Attachment, ...]) -> Letter:
    return replace(letter, cc=tuple(copies), attachments=attachments)


def _form_and_box(dice: Dice, world: World, me: Staff) -> tuple[dict[str, object], Mailbox, Partner | None]:
    form = dice.pick(_forms())
    if form["scope"] == "inside":
        other = dice.pick([person for person in world.cast.staff if person != me])
        return form, other.box, None
    place = dice.pick(world.cast.firms if form["scope"] == "firm" else world.cast.partners)
    return form, place.contact, place


def _signature(me: Staff, form: dict[str, object]) -> str:
    return f"{me.name.latin_given} {me.name.latin_family}" if form["scope"] == "partner" else me.name.family


def _filled(dice: Dice, cast: Cast, form: dict[str, object], names: tuple[str, str], day: date) -> tuple[str, str]:
    later = day + timedelta(days=dice.between(2, 12))
    abroad = form["scope"] == "partner"
    values = {
        "to": names[0],
        "me": names[1],
        "univ": cast.university_en if abroad else cast.university,
        "center": cast.center_en if abroad else cast.center,
        "n": str(dice.between(4, 80)),
        "day": f"{later:%Y-%m-%d}" if abroad else f"{later.month}月{later.day}日",
    }
    return str(form["subject"]).format(**values), str(form["body"]).format(**values)


@cache
def _forms() -> tuple[dict[str, object], ...]:
    return tuple(tomllib.loads((files("kyumei.replay") / "data" / "letters.toml").read_text("utf-8"))["letter"])


_FROM_OUTSIDE: Final = (
    ("Re: Nomination", "Dear {to},\n\nThank you, we have received your nominations.\n\nBest regards,\n{me}\n{place}\n"),
    ("Deadline for applications", "Dear {to},\n\nthe deadline is at the end of the month.\n\n{me}\n{place}\n"),
    ("Summer course", "Dear {to},\n\nplaces are still free in our summer course – “first come, first served”.\n\n{me}\n"),
    ("Transcript", "Dear {to},\n\ncould you please send the transcripts by post?\n\nMany thanks\n{me}\n{place}\n"),
)
_FROM_FIRMS: Final = (
    ("お見積りの件", "{to}様\n\nいつもお世話になっております。{place}の{me}です。\nお見積りは明日お送りいたします。\n"),
    ("Re: パンフレット校正の件", "{to}様\n\nお世話になっております。修正を承知いたしました。\n{place} {me}\n"),
    ("【ご案内】新サービスのお知らせ", "{to}様\n\n{place}より新しいサービスのご案内です。\n"),
)


def _other(dice: Dice, cast: Cast, day: date) -> Letter:
    person = dice.pick(cast.staff[1:])
    peers = [staff.box for staff in dice.sample(cast.staff[1:], dice.weighted((1, 2, 5), (8, 3, 1))) if staff != person]
    outside = dice.pick(cast.firms + cast.partners)
    text = ("", "")
    if dice.chance(0.45) and peers:
        return compose(dice, person.box, person.style, sent=moment(dice, person, day), to=peers, text=text)
    if dice.chance(0.5):
        return compose(dice, person.box, person.style, sent=moment(dice, person, day), to=[outside.contact], text=text)
    sent = at(day, dice.below(86_400))
    return compose(dice, outside.contact, "gateway", sent=sent, to=[person.box], text=text)


def _nightly(dice: Dice, cast: Cast, day: date) -> Letter:
    box = Mailbox("", f"root@{cast.domain}")
    keeper = next((staff for staff in cast.staff if staff.department == "情報システム室"), cast.staff[-1])
    return compose(dice, box, "gateway", sent=at(day, 2 * 3600 + dice.below(240)), to=[keeper.box], text=("", ""))


def _fetching(dice: Dice, person: Staff, day: date) -> Iterator[Line]:
    instant = at(day, person.early * 3600 + dice.below(3600))
    if dice.chance(0.04):
        yield (
            instant,
            (
                f"dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<{person.account}>, "
                f"method=PLAIN, rip={person.address}, lip=10.0.0.25, TLS, session=<{dice.letters(16)}>"
            ),
        )
    yield (
        instant + timedelta(seconds=9),
        (
            f"dovecot: imap-login: Login: user=<{person.account}>, method=PLAIN, rip={person.address}, lip=10.0.0.25, "
            f"mpid={dice.between(2100, 32000)}, TLS, session=<{dice.letters(16)}>"
        ),
    )
