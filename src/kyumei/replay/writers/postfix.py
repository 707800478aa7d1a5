"""Writes what Postfix leaves in `maillog`: traditional syslog lines, which bear no year and no zone.

A message's way through the queue is one `Transit`; `lines` gives its lines from `connect` to `removed` as Postfix 3.5
words them. Shapes follow https://www.postfix.org/DEBUG_README.html and the log of a running 3.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from kyumei.replay.calendar import JST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kyumei.replay.dice import Dice

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BASE: Final = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"  # the 52 letters of Postfix' long queue ids
Line = tuple[datetime, str]
"""An instant and what follows the host name: `postfix/qmgr[1022]: …`."""


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt to hand a message over: seconds after its arrival, and what the other side said."""

    after_s: float
    dsn: str
    status: str
    reply: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """The way to one recipient: by which program, to which relay, after which attempts."""

    to: str
    program: str
    relay: str
    tries: tuple[Try, ...]


@dataclass(frozen=True, slots=True)
class Transit:
    """One message in the queue. `login` is the name that the client proved, empty for mail from outside."""

    arrived: datetime
    queue_id: str
    client: str
    address: str
    login: str
    message_id: str
    sender: str
    size: int
    deliveries: tuple[Delivery, ...]


def queue_id(dice: Dice, arrived: datetime, *, long: bool) -> str:
    """Return a queue id, short (hexadecimal) or long (time and inode in base 52)."""
    if not long:
        return f"{int(arrived.timestamp() * 1_000_000) % 0x100000:05X}{dice.letters(6, '0123456789ABCDEF')}"
    micros = int(arrived.timestamp() * 1_000_000)
    text = ""
    while micros:
        micros, digit = divmod(micros, len(_BASE))
        text = _BASE[digit] + text
    return f"{text}z{dice.letters(4, _BASE)}"


def lines(transit: Transit, dice: Dice) -> Iterator[Line]:
    """Yield the message's lines; the order in time is right within one message."""
    smtpd, cleanup, qmgr = _pid(dice), _pid(dice), 1000 + transit.arrived.toordinal() % 7
    at, qid = transit.arrived, transit.queue_id
    where = f"{transit.client}[{transit.address}]"
    proof = f", sasl_method={dice.pick(('PLAIN', 'LOGIN'))}, sasl_username={transit.login}" if transit.login else ""
    yield at, f"postfix/{_entry(transit)}[{smtpd}]: connect from {where}"
    yield at, f"postfix/{_entry(transit)}[{smtpd}]: {qid}: client={where}{proof}"
    yield at, f"postfix/cleanup[{cleanup}]: {qid}: message-id={transit.message_id}"
    queued = at + timedelta(seconds=transit.size / 4_000_000 + 0.2)
    count = len(transit.deliveries)
    yield queued, f"postfix/qmgr[{qmgr}]: {qid}: from=<{transit.sender}>, size={transit.size}, nrcpt={count} (queue active)"
    yield queued, f"postfix/{_entry(transit)}[{smtpd}]: disconnect from {where} {_commands(transit)}"
    yield from _attempts(transit, dice, qmgr)


def _attempts(transit: Transit, dice: Dice, qmgr: int) -> Iterator[Line]:
    last = transit.arrived
    for delivery in transit.deliveries:
        pid = _pid(dice)
        for attempt in delivery.tries:
            instant = transit.arrived + timedelta(seconds=attempt.after_s)
            last = max(last, instant)
            yield (
                instant,
                (
                    f"postfix/{delivery.program}[{pid}]: {transit.queue_id}: to=<{delivery.to}>, relay={delivery.relay}, "
                    f"delay={_seconds(attempt.after_s)}, delays={_delays(attempt.after_s)}, dsn={attempt.dsn}, "
                    f"status={attempt.status} ({attempt.reply})"
                ),
            )
    yield last, f"postfix/qmgr[{qmgr}]: {transit.queue_id}: removed"


def rotated(found: Sequence[Line], host: str, first_sunday: datetime) -> Iterator[tuple[str, list[str], datetime]]:
    """Yield the log as logrotate leaves it with `weekly` and `dateext`.

    Args:
        found: the lines in any order.
        host: the name behind the time.
        first_sunday: the instant of the first rotation; the later ones follow every seven days.

    Yields:
        file name (`maillog-20240519`, the last one `maillog`), its lines in order of time, the instant of its last line.
    """
    ordered = sorted(enumerate(found), key=lambda item: (item[1][0].replace(microsecond=0), item[0]))
    rest = [line for _, line in ordered]
    turn = first_sunday
    while rest:
        upto = [line for line in rest if line[0] < turn]
        rest = rest[len(upto) :]
        if upto:
            name = f"maillog-{turn:%Y%m%d}" if rest else "maillog"
            yield name, [_line(instant, host, text) for instant, text in upto], upto[-1][0]
        turn += timedelta(days=7)


def _line(instant: datetime, host: str, text: str) -> str:
    local = instant.astimezone(JST)
    return f"{_MONTHS[local.month - 1]} {local.day:2d} {local:%H:%M:%S} {host} {text}"


def _entry(transit: Transit) -> str:
    return "submission/smtpd" if transit.login else "smtpd"


def _commands(transit: Transit) -> str:
    count = len(transit.deliveries)
    if transit.login:
        return f"ehlo=2 starttls=1 auth=1 mail=1 rcpt={count} data=1 quit=1 commands={count + 7}"
    return f"ehlo=1 mail=1 rcpt={count} data=1 quit=1 commands={count + 4}"


def _delays(total: float) -> str:
    return "/".join((_seconds(min(total, 0.2)), "0.01", _seconds(total / 4), _seconds(total / 2)))


def _seconds(number: float) -> str:
    return f"{number:.2g}" if number < 10 else f"{number:.0f}"


def _pid(dice: Dice) -> int:
    return dice.between(2100, 32000)
