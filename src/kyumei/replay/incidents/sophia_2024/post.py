"""The university's mail server: how a letter passes through it, what it logs, and what a recipient's copy shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from kyumei.replay.calendar import JST
from kyumei.replay.writers.eml import delivered_copy, rfc2822, sent_copy
from kyumei.replay.writers.postfix import Delivery, Line, Transit, Try, lines, queue_id

if TYPE_CHECKING:
    from kyumei.replay.dice import Dice
    from kyumei.replay.incidents.sophia_2024.cast import Cast, Partner, Staff
    from kyumei.replay.writers.eml import Letter, Mailbox

FIRST_LINE: Final = datetime(2024, 4, 14, 3, 40, tzinfo=JST)
"""What came before had been rotated away when the log was collected."""
_STORE: Final = "127.0.0.1[127.0.0.1]:24"


@dataclass(slots=True)
class Post:
    """One mail server and the lines it has written so far."""

    dice: Dice
    cast: Cast
    log: list[Line] = field(default_factory=list[Line])
    _staff: dict[str, Staff] = field(default_factory=dict[str, "Staff"])
    _outside: dict[str, Partner] = field(default_factory=dict[str, "Partner"])
    _long_ids: bool = False

    def __post_init__(self) -> None:
        self._staff = {person.box.address: person for person in self.cast.staff}
        self._outside = {place.contact.domain: place for place in (*self.cast.partners, *self.cast.firms)}
        self._long_ids = self.dice.chance(0.4)

    def carry(self, letter: Letter, size: int | None = None) -> Transit:
        """Take the letter through the queue and log it (unless before the log begins); return how it went.

        Args:
            letter: who sends it is told from its sender's address: inside with a proven login, or a partner's server.
            size: of the message, where nobody needs its bytes.
        """
        dice = self.dice.child(letter.message_id)
        arrived = letter.sent.astimezone(JST) + timedelta(seconds=dice.between(1, 3), microseconds=dice.below(1_000_000))
        length = size if size is not None else len(sent_copy(letter))
        begun = length / 4_000_000 + 0.3
        ways = tuple(self._way(dice.child(box.address), box.address, begun) for box in letter.recipients)
        client, address, login = self._client(letter.sender)
        queue = queue_id(dice, arrived, long=self._long_ids)
        message = Transit(arrived, queue, client, address, login, letter.message_id, letter.sender.address, length, ways)
        if arrived > FIRST_LINE:
            self.log.extend(lines(message, dice))
        return message

    def delivered(self, letter: Letter, transit: Transit, box: Mailbox) -> bytes:
        """Return the copy that lies in the box of one recipient at the university."""
        host = f"{self.cast.mail_host}.{self.cast.domain}"
        protocol = "ESMTPSA" if transit.login else "ESMTPS"
        received = (
            f"Received: from {transit.client} ({transit.client} [{transit.address}])\n"
            f"\tby {host} (Postfix) with {protocol} id {transit.queue_id}\n"
            f"\tfor <{box.address}>; {rfc2822(transit.arrived)}"
        )
        return delivered_copy(letter, [f"Return-Path: <{letter.sender.address}>", f"Delivered-To: {box.address}", received])

    def _client(self, sender: Mailbox) -> tuple[str, str, str]:
        person = self._staff.get(sender.address)
        if person:
            return "unknown", person.address, person.account
        place = self._outside.get(sender.domain)
        return (place.server, place.address, "") if place else ("localhost", "127.0.0.1", "")

    def _way(self, dice: Dice, address: str, begun: float) -> Delivery:
        domain = address.rpartition("@")[2]
        if domain == self.cast.domain:
            reply = f"250 2.0.0 <{address}> {dice.letters(22)} Saved"
            return Delivery(address, "lmtp", _STORE, (Try(begun + 0.1, "2.0.0", "sent", reply),))
        place = self._outside[domain]
        relay = f"{place.server}[{place.address}]:25"
        done = begun + 0.5 + dice.fraction() * 4
        tries = [Try(done, "2.0.0", "sent", f"250 2.0.0 Ok: queued as {dice.letters(10, '0123456789ABCDEF')}")]
        if dice.chance(0.08):  # greylisted at first
            late = Try(done + dice.between(300, 900), "2.0.0", "sent", tries[0].reply)
            soft = f"host {place.server}[{place.address}] said: 450 4.2.0 <{address}>: Recipient address rejected: Greylisted"
            tries = [Try(done, "4.2.0", "deferred", f"{soft} (in reply to RCPT TO command)"), late]
        return Delivery(address, "smtp", relay, tuple(tries))
