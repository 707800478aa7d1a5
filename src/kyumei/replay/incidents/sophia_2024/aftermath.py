"""What followed: the discovery while another list was made, requests to delete, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta, timezone
from typing import TYPE_CHECKING, Final, Literal

from kyumei.replay.calendar import at, clock
from kyumei.replay.incidents.sophia_2024.everyday import compose
from kyumei.replay.incidents.sophia_2024.mistake import texts
from kyumei.replay.writers.eml import Attachment
from kyumei.replay.writers.tables import XLSX_KIND

if TYPE_CHECKING:
    from datetime import datetime

    from kyumei.replay.dice import Dice
    from kyumei.replay.incidents.sophia_2024.cast import Cast, Partner
    from kyumei.replay.incidents.sophia_2024.mistake import Mistake
    from kyumei.replay.writers.eml import Letter

FOUND_ON: Final = date(2024, 6, 7)
Answer = Literal["none", "out_of_office", "deleted", "deleted_unopened", "deleted_opened"]
_ANSWERS: Final[tuple[Answer, ...]] = ("none", "out_of_office", "deleted", "deleted_unopened", "deleted_opened")


@dataclass(frozen=True, slots=True)
class Reply:
    """What one recipient answered to the request; `letter` is None where nothing came."""

    partner: Partner
    answer: Answer
    letter: Letter | None


@dataclass(frozen=True, slots=True)
class Aftermath:
    """The letters from the discovery on."""

    found_at: datetime
    report: Letter
    onward: Letter
    requests: tuple[Letter, ...]
    replies: tuple[Reply, ...]
    corrected: Letter | None


def aftermath(dice: Dice, cast: Cast, wrong: Mistake) -> Aftermath:
    """Return what followed in this seed; the day of discovery is always the same."""
    found = at(FOUND_ON, dice.between(clock(9, 40), clock(15, 30)))
    report = _report(dice.child("report"), cast, wrong, found)
    onward = _onward(dice.child("onward"), cast, report)
    requests = _requests(dice.child("requests"), cast, wrong, onward.sent)
    replies = _replies(dice.child("replies"), cast, requests)
    corrected = _corrected(dice.child("corrected"), cast, wrong) if dice.chance(0.5) else None
    return Aftermath(found, report, onward, requests, replies, corrected)


def _report(dice: Dice, cast: Cast, wrong: Mistake, found: datetime) -> Letter:
    finder, chief = cast.office[1], cast.office[2]
    subject = dice.pick(
        ("【至急】5/16送付の名簿について", "【要確認】協定校へ送付したファイルの件", "誤送信の可能性について(至急)")
    )
    body = dice.pick(texts()["reports"]).format(me=finder.name.family, file=wrong.file_name, sheet=wrong.how.master_name)
    to = [cast.office[0].box, cast.shared_box]
    return replace(compose(dice, finder.box, finder.style, sent=found, to=to, text=(subject, body)), cc=(chief.box,))


def _onward(dice: Dice, cast: Cast, report: Letter) -> Letter:
    chief = cast.office[2]
    text = (f"Re: {report.subject}", dice.pick(texts()["orders"]).format(me=chief.name.family))
    sent = report.sent + timedelta(minutes=dice.between(15, 70))
    letter = compose(dice, chief.box, chief.style, sent=sent, to=[cast.office[0].box, report.sender], text=text)
    return replace(letter, in_reply_to=report.message_id)


def _requests(dice: Dice, cast: Cast, wrong: Mistake, after: datetime) -> tuple[Letter, ...]:
    me = cast.office[0]
    sent = after + timedelta(minutes=dice.between(10, 45))
    subject = dice.pick(("URGENT: Request to delete our e-mail of 16 May", "Request for deletion of a file sent by mistake"))
    letters = []
    for number, place in enumerate(cast.recipients):
        body = texts()["request"].format(
            to=place.contact.name, file=wrong.file_name, me=me.name.latin, center=cast.center_en, univ=cast.university_en
        )
        instant = sent + timedelta(minutes=4 * number)
        letter = compose(dice, me.box, me.style, sent=instant, to=[place.contact], text=(subject, body))
        letters.append(replace(letter, cc=(cast.shared_box,)))
    return tuple(letters)


def _replies(dice: Dice, cast: Cast, requests: tuple[Letter, ...]) -> tuple[Reply, ...]:
    """Return an answer for each request; never do all three say that nobody had opened the file."""
    answers = [dice.weighted(_ANSWERS, (3, 1, 6, 2, 2)) for _ in requests]
    if set(answers) == {"deleted_unopened"}:
        answers[dice.below(len(answers))] = "deleted"
    return tuple(
        Reply(place, answer, _reply(dice, cast, (request, place), answer))
        for place, request, answer in zip(cast.recipients, requests, answers, strict=True)
    )


def _reply(dice: Dice, cast: Cast, to: tuple[Letter, Partner], answer: Answer) -> Letter | None:
    request, place = to
    if answer == "none":
        return None
    me = cast.office[0]
    automatic = answer == "out_of_office"
    later = timedelta(seconds=20) if automatic else timedelta(hours=dice.between(1, 90))
    body = texts()["answers"][answer].format(
        to=me.name.latin_family, me=place.contact.name, office=place.office, place=place.title
    )
    subject = f"{'Automatic reply' if automatic else 'Re'}: {request.subject}"
    sent = (request.sent + later).astimezone(timezone(timedelta(hours=place.hours_from_utc)))
    letter = compose(dice, place.contact, "gateway", sent=sent, to=[me.box], text=(subject, body))
    return replace(letter, in_reply_to=request.message_id, automatic=automatic)


def _corrected(dice: Dice, cast: Cast, wrong: Mistake) -> Letter:
    me = cast.office[0]
    sent = at(date(2024, 6, 10), dice.between(clock(10), clock(16)))
    body = f"Dear colleagues,\n\nPlease find attached the corrected list.\n\n{me.name.latin}\n{cast.university_en}\n"
    to = [place.contact for place in cast.recipients]
    letter = compose(dice, me.box, me.style, sent=sent, to=to, text=(f"Corrected: {wrong.letter.subject}", body))
    return replace(letter, attachments=(Attachment(f"corrected_{wrong.file_name}", XLSX_KIND, wrong.right.data),))
