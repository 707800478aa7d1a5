"""Sophia 2024: a workbook sent to three partner universities with the register of all students left in it.

Published facts: law/INCIDENTS.md, case 6. Sent 2024-05-16, found 2024-06-07, 13,949 people, three recipients.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from kyumei.replay.calendar import at, clock
from kyumei.replay.catalogue import Replay
from kyumei.replay.dice import Dice
from kyumei.replay.incidents.sophia_2024.aftermath import aftermath
from kyumei.replay.incidents.sophia_2024.cast import cast
from kyumei.replay.incidents.sophia_2024.everyday import World, house_traffic, letters, server_noise
from kyumei.replay.incidents.sophia_2024.mailroom import Mailroom, keep_log
from kyumei.replay.incidents.sophia_2024.mistake import mistake
from kyumei.replay.incidents.sophia_2024.post import Post
from kyumei.replay.incidents.sophia_2024.share import lay_out
from kyumei.replay.incidents.sophia_2024.students import PUBLISHED, enrol
from kyumei.replay.incidents.sophia_2024.truth import truth
from kyumei.replay.writers.tables import table

if TYPE_CHECKING:
    from kyumei.replay.incidents.sophia_2024.aftermath import Aftermath
    from kyumei.replay.incidents.sophia_2024.mistake import Mistake
    from kyumei.replay.scene import Scene, Wish

_COLLECTED: Final = at(date(2024, 6, 17), clock(10, 30))


def stage(scene: Scene, wish: Wish) -> None:
    """Write mail, mail log, share, roster and truth."""
    dice = Dice(wish.name, wish.seed, wish.variant)
    world = World(cast(dice.child("cast")), enrol(dice.child("students"), max(60, round(PUBLISHED * wish.scale))))
    wrong = mistake(dice.child("mistake"), world)
    after = aftermath(dice.child("aftermath"), world.cast, wrong)
    post = Post(dice.child("post"), world.cast)
    room = Mailroom(scene, dice.child("mailroom"), post)
    _fill(room, world, wrong, after, dice)
    for letter, size in house_traffic(dice.child("house"), world.cast):
        post.carry(letter, size)
    post.log.extend(server_noise(dice.child("noise"), world.cast))
    keep_log(scene, dice.child("log"), post)
    share_path = lay_out(scene, dice.child("share"), world, wrong)
    _lists(scene, dice, world)
    scene.close(
        [after.found_at], truth(wish, world, wrong, after, room.written(wrong.letter, share_path, wrong.earlier)), _COLLECTED
    )


def _fill(room: Mailroom, world: World, wrong: Mistake, after: Aftermath, dice: Dice) -> None:
    """Put every letter whose bytes were handed over into the sent or the received folder, or both."""
    extra = [after.corrected] if after.corrected else []
    replies = [reply.letter for reply in after.replies if reply.letter]
    ordinary = list(letters(dice.child("letters"), world))
    told = [wrong.letter, *wrong.earlier, after.report, after.onward, *after.requests, *replies, *extra]
    for letter in sorted([*ordinary, *told], key=lambda letter: (letter.sent, letter.message_id)):
        room.put(letter)


def _lists(scene: Scene, dice: Dice, world: World) -> None:
    house = world.cast.university
    heads = ("account", "name", "role", "employer", "department", "joined", "left", "mail")
    rows = [
        (p.account, f"{p.name.family} {p.name.given}", p.role, house, p.department, p.joined.isoformat(), "", p.box.address)
        for p in world.cast.staff
    ]
    scene.write("roster.csv", table([heads, *rows], "utf-8-sig"), _COLLECTED)
    if dice.child("parties").chance(0.5):
        contact = world.cast.shared_box.address
        rows_ = [("party", "role", "path", "contact"), (world.cast.university, "own", world.cast.center, contact)]
        scene.write("parties.csv", table(rows_, "utf-8-sig"), _COLLECTED)


REPLAY: Final = Replay(
    name="sophia-2024",
    title="A mis-sent workbook: the register of all students went to three partner universities",
    scale=1.0,
    variants=("missent",),
    stage=stage,
)
