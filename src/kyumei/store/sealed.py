"""Files sealed with the key of the case: AES-256-GCM in blocks of 1 MiB, read in parts, never in plain on the disk.

Layout: the word `KYSEAL1` and a line feed, 8 bytes key id, 16 bytes salt, 8 bytes length of the content (little endian); then
the blocks, each followed by its tag of 16 bytes. A file has a key of its own, derived from the case's key and the salt; nonces
count the blocks from 0; the header is authenticated with each block, so that nothing can be cut off, exchanged or appended. The
salt is derived from the content, therefore the same content gives the same bytes and no nonce serves two contents.
"""

from __future__ import annotations

import hashlib
import io
import struct
from typing import TYPE_CHECKING, Any, Final

from kyumei.errors import EvidenceError
from kyumei.store import key as keys

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa

SUFFIX: Final = ".sealed"
BLOCK: Final = 1 << 20
TAG: Final = 16
_HEADER: Final = struct.Struct("<8s8s16sQ")
_MAGIC: Final = b"KYSEAL1\n"


def sealed(content: memoryview, key: bytes) -> list[bytes]:
    """Return the parts of the sealed file of some content."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt = keys.derived(key, "salt", hashlib.sha256(content).digest())[:16]
    header = _HEADER.pack(_MAGIC, bytes.fromhex(keys.id_of(key)), salt, len(content))
    cipher = AESGCM(keys.derived(key, "file", salt))
    return [header] + [
        cipher.encrypt(_nonce(n), bytes(content[at : at + BLOCK]), header) for n, at in enumerate(range(0, len(content), BLOCK))
    ]


def _nonce(block: int) -> bytes:
    return block.to_bytes(12, "little")


class Opened(io.RawIOBase):
    """A sealed file open for reading at any place; one block is held at a time.

    Raises:
        UserError: it was sealed with another key than the one set, or none is set.
        EvidenceError: it is no sealed file, or was changed.
    """

    def __init__(self, path: Path) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._path = path
        self._stream = path.open("rb")
        self._header = self._stream.read(_HEADER.size)
        magic, id_, salt, self._size = _HEADER.unpack(self._header) if len(self._header) == _HEADER.size else (b"", b"", b"", 0)
        if magic != _MAGIC:
            self._stream.close()
            raise EvidenceError(f"{path} is no sealed file")
        try:
            keys.check(id_.hex(), str(path))
        except Exception:
            self._stream.close()
            raise
        self._cipher = AESGCM(keys.derived(keys.current() or b"", "file", salt))
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the place in the content."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in the content."""
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Read up to the end of a block."""
        if self._at >= self._size:
            return 0
        number, inside = divmod(self._at, BLOCK)
        part = self._block(number)[inside : inside + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _block(self, number: int) -> bytes:
        from cryptography.exceptions import InvalidTag

        if self._held[0] != number:
            self._stream.seek(_HEADER.size + number * (BLOCK + TAG))
            data = self._stream.read(min(BLOCK, self._size - number * BLOCK) + TAG)
            try:
                self._held = (number, self._cipher.decrypt(_nonce(number), data, self._header))
            except InvalidTag as wrong:
                raise EvidenceError(f"{self._path} was changed after it was sealed") from wrong
        return self._held[1]

    def close(self) -> None:
        """Close the file and forget what was read."""
        self._held = (-1, b"")
        if hasattr(self, "_stream"):
            self._stream.close()
        super().close()


def opened(path: Path) -> io.BufferedReader:
    """Return the content of a sealed file as a stream."""
    return io.BufferedReader(Opened(path), BLOCK)


def tables(paths: Sequence[Path]) -> Any:
    """Return sealed Parquet files as one data set that can be asked again and again (`pyarrow.dataset.FileSystemDataset`)."""
    import pyarrow as pa
    from pyarrow import dataset

    form = dataset.ParquetFileFormat()
    parts = [form.make_fragment(pa.PythonFile(opened(path), mode="r")) for path in paths]
    return dataset.FileSystemDataset(parts, parts[0].physical_schema, form)


def parquet(table: pa.Table, key: bytes, **options: Any) -> list[bytes]:
    """Return the parts of the sealed Parquet file of a table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **options)
    return sealed(memoryview(sink.getvalue()), key)
