"""`winmail.dat` of Outlook and Exchange (`mail.tnef`): its attachments, enclosed messages and bodies.

Found as a part of mails whose sender's Outlook wrote "rich text": the recipient sees one file, the attachments lie in it.
Specification: MS-OXTNEF (`kyumei.model.tnef`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.evidence.open.hold import held
from kyumei.evidence.open.limits import Budget
from kyumei.evidence.open.names import safe
from kyumei.evidence.open.registry import opener
from kyumei.model import tnef
from kyumei.model.source import CERTAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.evidence.open.registry import Opening
    from kyumei.model.source import Source

MOST: Final = 1 << 30
"""Bytes of one file: it is read whole, and mail servers take far less."""


def _accepts(source: Source) -> int:
    return CERTAIN if tnef.is_tnef(source.head) else 0


@opener(
    "mail.tnef",
    accepts=_accepts,
    title="Outlook's winmail.dat (TNEF)",
    spec="https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxtnef",
)
def package(source: Source, opening: Opening) -> Iterator[Source]:
    """Yield attachments as `<number>/<name>` and bodies as `body.txt`, `body.html`, `body.rtf`.

    An enclosed message is a member that is such a file again. The time of a member is that of its change where it is told.
    """
    if source.size > MOST:
        opening.fault(0, "larger than a gigabyte", source.size)
        return
    found = tnef.parse(source.read())
    opening.faults.extend(found.faults)
    budget = Budget(opening, source.size)
    numbered = [(f"{number}/{safe(part.name).replace('/', '_')}", part) for number, part in enumerate(found.attachments, 1)]
    for name, part in [*numbered, *((body.name, body) for body in found.bodies)]:
        if not budget.admits(part.start):
            return
        facts: dict[str, Any] = {"mtime": part.modified or source.mtime, "meta": {"content_type": part.kind}}
        with held(source, source.member(name), budget.metered([part.data], part.start), opening, facts) as member:
            yield member
