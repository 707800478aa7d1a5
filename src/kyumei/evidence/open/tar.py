"""Tar archives (`archive.tar`): POSIX ustar and pax, GNU long names and sparse files, old V7.

Members lie in one piece inside the archive and are read there, without a copy. Links, folders and devices have no bytes of
their own and are passed over. After a damaged header reading goes on at the next block that is a header.
Specification: POSIX.1-2017 pax; https://www.gnu.org/software/tar/manual/html_node/Standard.html.
"""

from __future__ import annotations

import tarfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from kyumei.evidence.open.hold import held, window
from kyumei.evidence.open.limits import Budget
from kyumei.evidence.open.names import Names, decoded
from kyumei.evidence.open.registry import opener
from kyumei.model.source import CERTAIN, LIKELY, Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from kyumei.evidence.open.registry import Opening

_BLOCK: Final = tarfile.BLOCKSIZE
_WRONG: Final = (tarfile.TarError, OSError, EOFError, ValueError, OverflowError, IndexError)


def _accepts(source: Source) -> int:
    block = source.head[:_BLOCK]
    if len(block) < _BLOCK or not _is_header(block):
        return 0
    return CERTAIN if block[257:262] == b"ustar" else LIKELY


def _is_header(block: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except _WRONG:
        return False
    return True


@opener(
    "archive.tar",
    accepts=_accepts,
    title="tar archive",
    spec="https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html",
)
def tar(source: Source, opening: Opening) -> Iterator[Source]:
    """Yield the regular files, in the archive's order; times are those of the headers."""
    names = Names()
    budget = Budget(opening, source.size)
    with source.open() as stream:
        for archive, info in _infos(source, stream, opening):
            if not info.isreg():
                continue
            if not budget.admits(info.offset):
                return
            path = source.member(names.unique(decoded(info.name.encode("utf-8", "surrogateescape"))))
            with _member(source, archive, info, path, opening) as member:
                yield member


def _infos(source: Source, stream: BinaryIO, opening: Opening) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """Yield the headers; a damaged one becomes a fault and reading goes on behind it."""
    start: int | None = 0
    while start is not None:
        stream.seek(start)
        end = start
        try:
            with tarfile.open(fileobj=stream, mode="r:", encoding="utf-8", errors="surrogateescape") as archive:
                while (info := archive.next()) is not None:
                    archive.members = []  # type: ignore[attr-defined]  # it would hold every header of a long archive
                    yield archive, info
                    end = info.offset_data + -(-info.size // _BLOCK) * _BLOCK
                    if end > source.size:
                        return
        except _WRONG:
            end = max(end, start + _BLOCK) if end == start else end
        start = _resumed(stream, end, source.size, opening)


def _resumed(stream: BinaryIO, end: int, size: int, opening: Opening) -> int | None:
    """Return where the next header after the end of an archive is; what is neither header nor zeros is a fault."""
    first = _not_zero(stream, end)
    if first is None:
        return None
    found = _next_header(stream, first, size)
    if found != first:
        opening.fault(first, "no tar header where one should be", (size if found is None else found) - first)
    return found


def _not_zero(stream: BinaryIO, offset: int) -> int | None:
    """Return the offset of the first block that is not all zeros."""
    stream.seek(offset)
    while data := stream.read(2048 * _BLOCK):
        if rest := data.lstrip(b"\0"):
            return offset + (len(data) - len(rest)) // _BLOCK * _BLOCK
        offset += len(data)
    return None


def _next_header(stream: BinaryIO, offset: int, size: int) -> int | None:
    """Return the offset of the next block that is a header."""
    while offset < size:
        stream.seek(offset)
        data = stream.read(2048 * _BLOCK)
        for at in range(0, len(data) - _BLOCK + 1, _BLOCK):
            block = data[at : at + _BLOCK]
            if block[257:262] == b"ustar" and _is_header(block):
                return offset + at
        offset += max(_BLOCK, len(data) // _BLOCK * _BLOCK)
    return None


@contextmanager
def _member(source: Source, archive: tarfile.TarFile, info: tarfile.TarInfo, path: str, opening: Opening) -> Iterator[Source]:
    facts: dict[str, Any] = {"mtime": int(info.mtime * 1_000_000)}
    if info.sparse is not None:
        with held(source, path, _sparse(archive, info, opening), opening, facts) as member:
            yield member
        return
    size = min(info.size, max(0, source.size - info.offset_data))
    if size < info.size:
        opening.fault(source.size, "truncated member", info.size - size)
    yield Source(source.evidence_id, path, size, window(source, info.offset_data, size), zone=source.zone, **facts)


def _sparse(archive: tarfile.TarFile, info: tarfile.TarInfo, opening: Opening) -> Iterator[bytes]:
    file = archive.extractfile(info)
    try:
        while file and (chunk := file.read(1 << 20)):
            yield chunk
    except _WRONG as wrong:
        opening.fault(info.offset_data, f"damaged member: {type(wrong).__name__}")
