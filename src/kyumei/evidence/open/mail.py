"""Mail messages and boxes (`mail.message`, `mail.mbox`): attachments, messages in messages, messages in a box.

Found as `.eml`, in Maildir folders, Thunderbird and Unix boxes, exports of Becky!, Shuriken and cloud mail. Names are read
by RFC 2231 and RFC 2047, also where they are broken. `winmail.dat` is a member that is opened in turn (`mail.tnef`).
Specifications: RFC 5322, 2045, 2046, 4155.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.evidence.open.hold import held, window
from kyumei.evidence.open.limits import Budget
from kyumei.evidence.open.names import safe
from kyumei.evidence.open.registry import opener
from kyumei.model import mime
from kyumei.model.mailtext import instant
from kyumei.model.mime import is_box, is_message
from kyumei.model.source import CERTAIN, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.evidence.open.registry import Opening

_SEPARATOR: Final = re.compile(
    rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]{1,400}\d:\d\d[^\r\n]{0,200}\r?\n(?=[!-9;-~]+:|>?From )"
)
_BLOCK: Final = 1 << 20
_LONGEST: Final = 1024  # bytes of a separator line with what must stand around it


@opener("mail.message", accepts=is_message, title="Mail message", spec="https://www.rfc-editor.org/rfc/rfc5322")
def message(source: Source, opening: Opening) -> Iterator[Source]:
    """Yield attachments and enclosed messages, decoded, as `<number>/<name>`.

    Their time is `modification-date` where the mail says it, else the mail's own date. `meta` holds content_type,
    disposition, filename (as written) and content_id where they are given.
    """
    budget = Budget(opening, source.size)
    with mime.message_bytes(source) as data:
        root = mime.parse(data)
        sent = next((instant(raw, source.zone)[0] for raw in root.all("date")), None)
        for each in mime.attachments(root):
            if not budget.admits(each.part.start):
                return
            changed = each.part.disposition[1].get("modification-date", "").encode()
            facts: dict[str, Any] = {"mtime": instant(changed, source.zone)[0] or sent, "meta": each.meta}
            chunks = budget.metered(mime.content(data, each.part, opening.faults), each.part.start)
            name = safe(each.name).replace("/", "_")
            with held(source, source.member(f"{each.number}/{name}"), chunks, opening, facts) as member:
                yield member


def _accepts_box(source: Source) -> int:
    return CERTAIN if is_box(source) else 0


@opener("mail.mbox", accepts=_accepts_box, title="Mail box (mbox)", spec="https://www.rfc-editor.org/rfc/rfc4155")
def mbox(source: Source, opening: Opening) -> Iterator[Source]:
    """Yield the messages as `000001.eml` and so on, read where they lie; `meta` holds the byte `offset`.

    A message begins behind a `From ` line with a time, at the start or after a blank line. `>From ` stays as it is.
    """
    budget = Budget(opening, source.size)
    starts = _starts(source)
    found = next(starts, None)
    number = 0
    while found is not None and budget.admits(found[0]):
        number += 1
        following = next(starts, None)
        start, end = found[1], following[0] if following else source.size
        path = source.member(f"{number:06}.eml")
        facts: dict[str, Any] = {"zone": source.zone, "mtime": source.mtime, "meta": {"offset": str(start)}}
        yield Source(source.evidence_id, path, end - start, window(source, start, end - start), **facts)
        found = following


def _starts(source: Source) -> Iterator[tuple[int, int]]:
    """Yield the offset of each separator line and the offset behind it."""
    with source.open() as stream:
        base, data, least = 0, b"", 0
        while block := stream.read(_BLOCK):
            data += block
            for found in _SEPARATOR.finditer(data):
                whole = found.end() + 256 < len(data) or base + len(data) >= source.size
                if base + found.start() >= least and whole and (found.start() > 0 or base == 0):
                    yield base + found.start(), base + found.end()
                    least = base + found.end()
            cut = max(0, len(data) - _LONGEST)
            base, data = base + cut, data[cut:]
