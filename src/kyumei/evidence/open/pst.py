"""Outlook's stores (`mail.pst`): PST and OST files, each message as a mail of RFC 5322.

Found as `*.pst` (archives, exports of Purview and of Exchange) and `*.ost` (the cached box of a profile). The store is read by
libpff. A message keeps its folder in its path, so that sent mail is told from received; headers are those it arrived with,
where there are none they are made of its properties. Bcc recipients stand in its properties only and are added. Items that no
folder holds any more (deleted, recovered by libpff) lie in `(orphans)`.

Specification: MS-PST, https://learn.microsoft.com/openspecs/office_file_formats/ms-pst
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.evidence.open.hold import held
from kyumei.evidence.open.limits import Budget
from kyumei.evidence.open.names import safe
from kyumei.evidence.open.outlook import instant, is_mail, rendered
from kyumei.evidence.open.registry import opener
from kyumei.model.source import CERTAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.evidence.open.registry import Opening
    from kyumei.model.source import Source

_SIGNATURE: Final = b"!BDN"
_DEEPEST: Final = 60
_BROKEN: Final = (OSError, MemoryError, ValueError, OverflowError, TypeError, RuntimeError)
"""What libpff raises on damaged stores."""


def _accepts(source: Source) -> int:
    return CERTAIN if source.head.startswith(_SIGNATURE) and source.head[8:10] == b"SM" else 0


@opener("mail.pst", accepts=_accepts, title="Outlook store (PST, OST)", spec="MS-PST")
def pst(source: Source, opening: Opening) -> Iterator[Source]:
    """Yield the messages as `<folder>/…/<identifier>.eml`, folders and messages in the order of the store.

    Their time is that of sending, else of delivery. `meta` holds the `identifier`, and `message_class` where it is no note.
    Offsets of faults are the identifiers of the items; a store that cannot be opened is one fault.
    """
    import pypff

    budget = Budget(opening, source.size)
    with source.open() as stream:
        store = pypff.file()
        try:
            store.open_file_object(stream)
            root = store.get_root_folder()
            orphans = store.number_of_orphan_items
        except _BROKEN:
            opening.fault(0, "Outlook store cannot be opened", source.size)
            return
        for path, message in _messages(root, "", opening, 0):
            yield from _member(source, path, message, (budget, opening))
        for number in range(orphans):
            try:
                item = store.get_orphan_item(number)
            except _BROKEN:
                opening.fault(number, "orphan item cannot be read")
                continue
            if is_mail(item):
                yield from _member(source, "(orphans)", item, (budget, opening))


def _messages(folder: Any, path: str, opening: Opening, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield the messages of a folder and of those in it, each with the folder's path."""
    if folder is None or depth > _DEEPEST:
        return
    for number in range(_count(folder, "number_of_sub_messages")):
        try:
            message = folder.get_sub_message(number)
        except _BROKEN:
            opening.fault(_identifier(folder), f"message {number} of the folder cannot be read")
            continue
        yield path, message
    for number in range(_count(folder, "number_of_sub_folders")):
        try:
            inner = folder.get_sub_folder(number)
            name = safe(str(inner.name or "unnamed")).replace("/", "_")
        except _BROKEN:
            opening.fault(_identifier(folder), f"folder {number} of the folder cannot be read")
            continue
        yield from _messages(inner, f"{path}/{name}" if path else name, opening, depth + 1)


def _count(folder: Any, name: str) -> int:
    try:
        return int(getattr(folder, name))
    except _BROKEN:
        return 0


def _identifier(item: Any) -> int:
    try:
        return int(item.identifier)
    except _BROKEN:
        return 0


def _member(source: Source, path: str, message: Any, limits: tuple[Budget, Opening]) -> Iterator[Source]:
    budget, opening = limits
    identifier = _identifier(message)
    if not budget.admits(identifier):
        return
    chunks = budget.metered(rendered(message, lambda reason: opening.fault(identifier, reason)), identifier)
    facts = {"mtime": instant(message), "meta": {"identifier": str(identifier)}}
    member = source.member("/".join(part for part in (path, f"{identifier}.eml") if part))
    with held(source, member, chunks, opening, facts) as mail:
        yield mail
