"""Hold the bytes of a member where they can be read at random: in memory, in a temporary file, or where they lie."""

from __future__ import annotations

import io
import os
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from kyumei.errors import UserError
from kyumei.evidence.open.registry import MEMORY_BYTES
from kyumei.evidence.write import write_all
from kyumei.model.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from io import RawIOBase
    from typing import Any

    from kyumei.evidence.open.registry import Opening


@contextmanager
def held(
    parent: Source, path: str, chunks: Iterable[bytes], opening: Opening, facts: Mapping[str, Any] | None = None
) -> Iterator[Source]:
    """Give a source over the chunks that can be read until the block is left.

    Up to `MEMORY_BYTES` stay in memory; more goes to a temporary file, which is removed when the block is left.

    Args:
        parent: the container; its evidence id and zone pass on.
        path: the member's path.
        chunks: its bytes, taken once.
        opening: says where temporary files go.
        facts: `mtime` and `meta` of the source.
    """
    memory = io.BytesIO()
    chunks = iter(chunks)
    facts = {"zone": parent.zone, **(facts or {})}
    for chunk in chunks:
        memory.write(chunk)
        if memory.tell() > MEMORY_BYTES:
            break
    else:
        data = memory.getvalue()
        yield Source(parent.evidence_id, path, len(data), partial(io.BytesIO, data), **facts)
        return
    spooled = _spooled(memory, chunks, opening.temp)
    try:
        size = spooled.stat().st_size
        yield Source(parent.evidence_id, path, size, partial(_open, spooled), local=spooled, **facts)
    finally:
        spooled.unlink(missing_ok=True)


def _spooled(memory: io.BytesIO, chunks: Iterable[bytes], folder: Path | None) -> Path:
    handle, name = tempfile.mkstemp(prefix="kyumei-", dir=folder)
    try:
        with os.fdopen(handle, "wb", buffering=0) as out:
            _write(out, memory.getvalue())
            for chunk in chunks:
                _write(out, chunk)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _write(out: RawIOBase, data: bytes) -> None:
    """Write all of it; no room is no damage of the evidence and must not be taken for one."""
    try:
        write_all(out.fileno(), data)
    except OSError as wrong:
        raise UserError("no room for a temporary file", hint="free some room, or set TMPDIR to a larger disk") from wrong


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def window(source: Source, start: int, size: int) -> Callable[[], BinaryIO]:
    """Return an opener of a stretch of a source, without copying it."""
    return partial(_windowed, source, start, size)


def _windowed(source: Source, start: int, size: int) -> BinaryIO:
    return io.BufferedReader(_Window(source.open(), start, size), 65_536)


class _Window(io.RawIOBase):
    """A stretch of a seekable stream as a stream of its own."""

    def __init__(self, stream: BinaryIO, start: int, size: int) -> None:
        self._stream = stream
        self._start = start
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = max(0, offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        length = max(0, min(len(buffer), self._size - self._at))
        self._stream.seek(self._start + self._at)
        data = self._stream.read(length)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()
