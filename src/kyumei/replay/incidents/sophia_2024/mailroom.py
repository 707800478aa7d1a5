"""Where letters come to lie: the exported folders of sent and received mail, and the rotated log of the mail server."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from kyumei.replay.calendar import JST
from kyumei.replay.incidents.sophia_2024.truth import Written
from kyumei.replay.writers.eml import sent_copy
from kyumei.replay.writers.postfix import Transit, rotated

if TYPE_CHECKING:
    from kyumei.replay.dice import Dice
    from kyumei.replay.incidents.sophia_2024.post import Post
    from kyumei.replay.scene import Scene
    from kyumei.replay.writers.eml import Letter

_FIRST_TURN: Final = datetime(2024, 4, 21, 3, 40, tzinfo=JST)
_LISTS: Final = ("Nominations_", "加入者リスト", "corrected_")


@dataclass(slots=True)
class Mailroom:
    """Writes each letter as the export of the sender's mailbox shows it, and remembers where."""

    scene: Scene
    dice: Dice
    post: Post
    _sent: dict[str, str] = field(default_factory=dict[str, str])
    _received: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    _transits: dict[str, Transit] = field(default_factory=dict[str, Transit])
    _harmless: list[str] = field(default_factory=list[str])

    def put(self, letter: Letter) -> None:
        """Carry the letter through the mail server and keep the copies that the export holds."""
        transit = self.post.carry(letter)
        self._transits[letter.message_id] = transit
        office = {person.box for person in self.post.cast.office[:1]} | {self.post.cast.shared_box}
        if letter.sender in office:
            self._sent[letter.message_id] = self._write("sent", letter, sent_copy(letter))
        for box in letter.recipients:
            if box in office:
                path = self._write("received", letter, self.post.delivered(letter, transit, box))
                self._received.setdefault(letter.message_id, []).append(path)
        if any(attachment.name.startswith(_LISTS) for attachment in letter.attachments):
            self._harmless.append(letter.message_id)

    def written(self, mistake: Letter, share_path: str, earlier: tuple[Letter, ...] = ()) -> Written:
        """Return where the mistaken letter lies and how many letters there are."""
        return Written(
            sent_path=self._sent[mistake.message_id],
            copies=tuple(self._received.get(mistake.message_id, ())),
            share_path=share_path,
            transit=self._transits[mistake.message_id],
            harmless=(*(letter.message_id for letter in earlier), *self._harmless),
            mails={"sent": len(self._sent), "received": sum(map(len, self._received.values()))},
        )

    def _write(self, folder: str, letter: Letter, data: bytes) -> str:
        number = len(self._sent) if folder == "sent" else sum(map(len, self._received.values()))
        name = f"{number + 1:05d}_{letter.sent.astimezone(JST):%Y%m%d_%H%M%S}.eml"
        path = f"mail/{folder}/{name}"
        self.scene.write(path, data, letter.sent)
        return path


def keep_log(scene: Scene, dice: Dice, post: Post) -> None:
    """Write the rotated log; in some seeds the older parts are compressed, as logrotate does with `delaycompress`."""
    compressed = dice.chance(0.3)
    parts = list(rotated(post.log, post.cast.mail_host, _FIRST_TURN))
    for number, (name, lines, last) in enumerate(parts):
        data = ("\n".join(lines) + "\n").encode()
        path = f"mailserver/var/log/{name}"
        if compressed and number < len(parts) - 2:
            scene.write(f"{path}.gz", gzip.compress(data, mtime=int(last.timestamp())), last)
        else:
            scene.write(path, data, last)
