"""One pass over the bytes of one file: read, digest, and write the sealed copy at the same time.

The two digests of a chunk are computed in two threads while this one writes it and reads the next, and the disk is kept busy
meanwhile; `bench/bench_acquire.py` measures it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.errors import UserError
from kyumei.evidence import tree
from kyumei.evidence.write import write_all
from kyumei.model.evidence import CHUNK_BYTES
from kyumei.model.fault import Fault

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

SEALED: Final = 0o444
_READ: Final = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_QUIET: Final = getattr(os, "O_NOATIME", 0)
_SYNC_CHUNKS: Final = 64
_UNSIZED_BYTES: Final = 64 * CHUNK_BYTES  # files such as those of /proc say they have no bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one pass found: bytes read, digests, the leaves of the hash tree, and why it is not the whole file."""

    size: int
    sha256: str
    leaves: tuple[bytes, ...]
    fault: Fault | None


def open_original(path: str | Path) -> int:
    """Return a descriptor for reading that follows no link, waits for no writer and, where allowed, keeps the access time.

    Raises:
        OSError: as `os.open`; also when the path is no regular file.
    """
    try:
        handle = os.open(path, _READ | _QUIET)
    except PermissionError:  # O_NOATIME is for the owner only
        handle = os.open(path, _READ)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError("not a regular file")
    return handle


def seal(handle: int, target: Path | None) -> Sealed:
    """Read an open original to its end, and write the copy to `target` when there is one.

    Raises:
        UserError: the copy cannot be written (no room, no permission).
    """
    before = os.fstat(handle)
    reading = _Reading(handle, before.st_size or _UNSIZED_BYTES)
    if target is None:
        size, sha256, leaves = _digest(reading, None)
    else:
        size, sha256, leaves = _copied(reading, target)
    return Sealed(size, sha256, leaves, reading.fault or _changed(handle, before, size))


class _Reading:
    """A file being read up to a length; an error while reading ends it and is kept as a fault."""

    def __init__(self, handle: int, limit: int) -> None:
        self.left = limit
        self.at = 0
        self.fault: Fault | None = None
        self._handle = handle

    def into(self, buffer: memoryview) -> memoryview:
        """Fill the buffer and return the part of it that was filled; less than all only at the end."""
        wanted = buffer[: min(len(buffer), self.left)]
        filled = 0
        try:
            while filled < len(wanted) and (more := os.readv(self._handle, [wanted[filled:]])):
                filled += more
        except OSError as wrong:
            self.fault = Fault(self.at + filled, reason(wrong), self.left - filled)
            self.left = filled
        self.at += filled
        self.left -= filled
        return wanted[:filled]


def _copied(reading: _Reading, target: Path) -> tuple[int, str, tuple[bytes, ...]]:
    try:
        out = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SEALED)
        try:
            done = _digest(reading, out)
            os.fchmod(out, SEALED)
        finally:
            os.close(out)
    except OSError as wrong:
        hint = "free some room, or use --reference"
        raise UserError(f"the sealed copy cannot be written: {reason(wrong)}", hint=hint) from wrong
    return done


def _digest(reading: _Reading, out: int | None) -> tuple[int, str, tuple[bytes, ...]]:
    first = reading.into(memoryview(bytearray(min(CHUNK_BYTES, reading.left))))
    if reading.left and len(first) == CHUNK_BYTES:
        return _digest_long(reading, first, out)
    if out is not None:
        write_all(out, first)
    return len(first), hashlib.sha256(first).hexdigest(), (tree.leaf(first),) if first else ()


def _digest_long(reading: _Reading, chunk: memoryview, out: int | None) -> tuple[int, str, tuple[bytes, ...]]:
    """Digest chunk by chunk: while two threads digest one, this one writes it and reads the next."""
    whole = hashlib.sha256()
    leaves: list[bytes] = []
    buffers = (memoryview(bytearray(CHUNK_BYTES)), chunk)
    syncing: Future[None] | None = None
    with ThreadPoolExecutor(3) as threads:
        while chunk:
            digesting = threads.submit(whole.update, chunk)
            leaf = threads.submit(tree.leaf, chunk)
            if out is not None:
                write_all(out, chunk)
                if len(leaves) % _SYNC_CHUNKS == 0 and (syncing is None or syncing.done()):
                    syncing = threads.submit(os.fdatasync, out)  # so that the disk works while we do
            following = reading.into(buffers[len(leaves) % 2])
            digesting.result()
            leaves.append(leaf.result())
            chunk = following
    return reading.at, whole.hexdigest(), tuple(leaves)


def _changed(handle: int, before: os.stat_result, size: int) -> Fault | None:
    after = os.fstat(handle)
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    if same and (size == after.st_size or before.st_size == 0):
        return None
    return Fault(size, "changed while it was read", max(0, after.st_size - size))


def reason(wrong: OSError) -> str:
    """Return the system's name for an error (`EACCES`), the same in every locale and without the path."""
    return errno.errorcode.get(wrong.errno, str(wrong.errno)) if wrong.errno else str(wrong)
