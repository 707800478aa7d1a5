"""One pass over the bytes of one file: read, digest, and write the sealed copy at the same time.

Measured with `bench/acquire.py`; the leaf digest of a chunk is computed in a second thread while the first computes the
file's own digest, so that the two cost the time of one on two cores.
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
    from collections.abc import Iterator
    from pathlib import Path

SEALED: Final = 0o444
_READ: Final = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_QUIET: Final = getattr(os, "O_NOATIME", 0)
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
    chunks = _Chunks(handle, before.st_size or _UNSIZED_BYTES)
    if target is None:
        size, sha256, leaves = _digest(chunks, None)
    else:
        size, sha256, leaves = _copied(chunks, target)
    return Sealed(size, sha256, leaves, chunks.fault or _changed(handle, before, size))


class _Chunks:
    """The chunks of a file up to a length; an error while reading ends them and is kept as a fault."""

    def __init__(self, handle: int, limit: int) -> None:
        self.handle = handle
        self.limit = limit
        self.fault: Fault | None = None

    def __iter__(self) -> Iterator[bytes]:
        at = 0
        while at < self.limit:
            try:
                chunk = _full(self.handle, min(CHUNK_BYTES, self.limit - at))
            except OSError as wrong:
                self.fault = Fault(at, reason(wrong), max(0, self.limit - at))
                return
            if not chunk:
                return
            at += len(chunk)
            yield chunk


def _full(handle: int, length: int) -> bytes:
    """Read that many bytes, fewer only at the end of the file."""
    data = os.read(handle, length)
    while 0 < len(data) < length and (more := os.read(handle, length - len(data))):
        data += more
    return data


def _copied(chunks: _Chunks, target: Path) -> tuple[int, str, tuple[bytes, ...]]:
    try:
        out = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SEALED)
        try:
            done = _digest(chunks, out)
            os.fchmod(out, SEALED)
        finally:
            os.close(out)
    except OSError as wrong:
        raise UserError(
            f"the sealed copy cannot be written: {reason(wrong)}", hint="free some room, or use --reference"
        ) from wrong
    return done


def _digest(chunks: _Chunks, out: int | None) -> tuple[int, str, tuple[bytes, ...]]:
    whole = hashlib.sha256()
    stream = iter(chunks)
    first = next(stream, b"")
    second = next(stream, b"")
    if not second:
        whole.update(first)
        if out is not None:
            write_all(out, first)
        return len(first), whole.hexdigest(), (tree.leaf(first),) if first else ()
    size = 0
    leaves: list[bytes] = []
    with ThreadPoolExecutor(1) as other:
        for chunk in _after((first, second), stream):
            leaf = other.submit(tree.leaf, chunk)
            whole.update(chunk)
            if out is not None:
                write_all(out, chunk)
            size += len(chunk)
            leaves.append(leaf.result())
    return size, whole.hexdigest(), tuple(leaves)


def _after(first: tuple[bytes, ...], rest: Iterator[bytes]) -> Iterator[bytes]:
    yield from first
    yield from rest


def _changed(handle: int, before: os.stat_result, size: int) -> Fault | None:
    after = os.fstat(handle)
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    if same and (size == after.st_size or before.st_size == 0):
        return None
    return Fault(size, "changed while it was read", max(0, after.st_size - size))


def reason(wrong: OSError) -> str:
    """Return the system's name for an error (`EACCES`), the same in every locale and without the path."""
    return errno.errorcode.get(wrong.errno, str(wrong.errno)) if wrong.errno else str(wrong)
