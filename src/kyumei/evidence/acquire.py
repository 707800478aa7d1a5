"""Acquire evidence: read every file once, digest it, and seal a copy of it, or a reference to it, in the case.

What is left behind after a kill is a folder `evidence/.partial-…`; the next acquisition of the same path starts it anew and
gives the folder its name only when everything in it is durable. Originals are opened for reading and nothing else.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kyumei.errors import EvidenceChanged, UserError
from kyumei.evidence import tree
from kyumei.evidence.copy import SEALED, open_original, reason, seal
from kyumei.evidence.manifest import (
    CHUNKS,
    FILES,
    MANIFEST,
    REFERENCE,
    content_root,
    encode,
    encode_reference,
    evidence_id,
    load,
)
from kyumei.evidence.write import sync_folder, write_whole
from kyumei.model.evidence import CHUNK_BYTES, FileEntry, escape, unescape
from kyumei.model.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from kyumei.model.evidence import EntryKind, Item, ItemKind

EVIDENCE: Final = "evidence"
PARTIAL: Final = ".partial-"
COPY_BYTES: Final = 16 << 30
"""Items up to this size are copied unless a reference is asked for."""
_FSYNC_FILES: Final = 64  # beyond this number one sync of the system is cheaper than one fsync a file


@dataclass(frozen=True, slots=True)
class _Found:
    """A name in the evidence as given: its path inside the item, where it is, and what it looked like."""

    path: str
    at: str
    kind: EntryKind
    size: int = 0
    mtime: int | None = None
    fault: Fault | None = None


def acquire(path: Path, case: Path, *, reference: bool = False, copy_bytes: int = COPY_BYTES) -> Item:
    """Seal a file or folder in the case and return the item.

    The same content acquired again, from wherever, is the item that is there already, and nothing is written.

    Args:
        path: a file or folder; a link given here is followed, links inside are recorded and not followed.
        case: the case folder.
        reference: leave the bytes where they are and seal their digests only.
        copy_bytes: larger items become references, and the item says so in `notice`.

    Raises:
        UserError: the path does not exist, is neither file nor folder, holds the case folder, or the copy cannot be written.
        EvidenceChanged: the case holds this item already and its manifest was changed.
    """
    origin = _checked(path, case)
    found = sorted(_names(origin), key=lambda f: f.path)
    size = sum(f.size for f in found)
    by_reference = reference or size > copy_bytes
    notice = f"{size:,} bytes are more than are copied by default; the item is kept as a reference" if size > copy_bytes else ""
    kind: ItemKind = "folder" if origin.is_dir() else "file"
    try:
        item = None if by_reference else _known(found, origin, case / EVIDENCE)
        item = item or _new(found, origin, case / EVIDENCE, kind, by_reference=by_reference)
    except OSError as wrong:
        raise UserError(f"the case cannot be written: {reason(wrong)}", hint="free some room, or use --reference") from wrong
    told = item.origin if item.mode == "reference" else _escaped(path)
    return replace(item, origin=told, notice="" if reference else notice)


def _checked(path: Path, case: Path) -> Path:
    try:
        origin = path.resolve(strict=True)
    except OSError as wrong:
        raise UserError(f"there is no evidence at {path}", hint="give the path of a file or folder") from wrong
    if not (origin.is_file() or origin.is_dir()):
        raise UserError(f"{path} is neither a file nor a folder", hint="copy a device to an image file first")
    where = case.resolve()
    if origin == where or origin in where.parents:
        raise UserError(f"the case folder {case} lies inside the evidence {path}", hint="put the case folder elsewhere")
    return origin


def _names(origin: Path) -> Iterator[_Found]:
    """Yield every file, link and empty folder, in no particular order."""
    top = str(origin)
    if not origin.is_dir():
        yield _looked(top, escape(os.fsencode(origin.name)))
        return
    waiting = [(top, "")]
    while waiting:
        folder, prefix = waiting.pop()
        try:
            with os.scandir(folder) as listing:
                names = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in listing]
        except OSError as wrong:
            yield _Found(prefix.rstrip("/") or ".", folder, "unreadable", fault=Fault(0, f"folder not listed: {reason(wrong)}"))
            continue
        if not names and prefix:
            yield _Found(prefix.rstrip("/"), folder, "folder")
        for name, is_folder in names:
            at, path = f"{folder.rstrip('/')}/{name}", prefix + escape(os.fsencode(name))
            if is_folder:
                waiting.append((at, f"{path}/"))
            else:
                yield _looked(at, path)


def _looked(at: str, path: str) -> _Found:
    try:
        seen = os.lstat(at)
    except OSError as wrong:
        return _Found(path, at, "unreadable", fault=Fault(0, reason(wrong)))
    mtime = seen.st_mtime_ns // 1000
    if stat.S_ISLNK(seen.st_mode):
        return _Found(path, at, "symlink", 0, mtime)
    if stat.S_ISREG(seen.st_mode):
        return _Found(path, at, "file", seen.st_size, mtime)
    return _Found(path, at, "special", 0, mtime, Fault(0, "neither file, folder nor link"))


def _fresh(evidence: Path, origin: Path) -> Path:
    """Return an empty working folder for this origin, removing what a killed run left."""
    partial = evidence / f"{PARTIAL}{hashlib.sha256(os.fsencode(origin)).hexdigest()[:12]}"
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
    except OSError as wrong:
        raise UserError(f"the case cannot be written: {reason(wrong)}", hint="give another --case") from wrong
    return partial


def _known(found: list[_Found], origin: Path, evidence: Path) -> Item | None:
    """Return the item that has this content already; bytes are only digested, and only when a listing is the same."""
    listing = [(f.path, f.size) for f in found]
    if not any(listing == _listing(folder) for folder in sorted(evidence.glob("E-*"))):
        return None
    partial = _fresh(evidence, origin)
    root = content_root(_sealed(found, partial, copy=False))
    shutil.rmtree(partial)
    folder = evidence / evidence_id(root)
    return load(folder) if folder.exists() else None


def _listing(folder: Path) -> list[tuple[str, int]]:
    try:
        return [(f.path, f.size) for f in load(folder).files]
    except EvidenceChanged:
        return []


def _new(found: list[_Found], origin: Path, evidence: Path, kind: ItemKind, *, by_reference: bool) -> Item:
    """Seal the item under a name that a kill leaves recognisable, then give it its own."""
    partial = _fresh(evidence, origin)
    files = tuple(_sealed(found, partial, copy=not by_reference))
    write_whole(partial / MANIFEST, encode(kind, files), SEALED)
    if by_reference:
        write_whole(partial / REFERENCE, encode_reference(_escaped(origin)), SEALED)
    final = evidence / evidence_id(content_root(files))
    if final.exists():
        shutil.rmtree(partial)
        return load(final)
    _make_durable(partial)
    partial.rename(final)
    sync_folder(evidence)
    return load(final)


def _sealed(found: Iterable[_Found], partial: Path, *, copy: bool) -> Iterator[FileEntry]:
    with (partial / CHUNKS).open("wb") as leaves:
        for each in found:
            match each.kind:
                case "file":
                    yield _file(each, partial / FILES if copy else None, leaves)
                case "symlink":
                    yield _link(each)
                case _:
                    yield FileEntry(each.path, each.kind, mtime=each.mtime, fault=each.fault)
        os.fchmod(leaves.fileno(), SEALED)


def _file(each: _Found, copies: Path | None, leaves: BinaryIO) -> FileEntry:
    target = None
    if copies is not None:
        target = copies / os.fsdecode(unescape(each.path))
    try:
        handle = open_original(each.at)
    except OSError as wrong:
        return FileEntry(each.path, "unreadable", mtime=each.mtime, fault=Fault(0, reason(wrong), each.size))
    try:
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
        done = seal(handle, target)
    finally:
        os.close(handle)
    if done.size > CHUNK_BYTES:
        leaves.writelines(done.leaves)
    return FileEntry(each.path, "file", done.size, done.sha256, tree.root(done.leaves).hex(), each.mtime, fault=done.fault)


def _link(each: _Found) -> FileEntry:
    try:
        target = _escaped(Path(each.at).readlink())
    except OSError as wrong:
        return FileEntry(each.path, "unreadable", mtime=each.mtime, fault=Fault(0, reason(wrong)))
    return FileEntry(each.path, "symlink", mtime=each.mtime, target=target)


def _escaped(path: Path) -> str:
    return "/".join(escape(part) for part in os.fsencode(path).split(b"/"))


def _make_durable(folder: Path) -> None:
    files = [Path(top) / name for top, _, names in os.walk(folder) for name in names[: _FSYNC_FILES + 1]]
    if len(files) > _FSYNC_FILES:
        os.sync()
        return
    folders = [Path(top) for top, _, _ in os.walk(folder)]
    for each in (*files, *folders):
        sync_folder(each)
