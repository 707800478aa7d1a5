r"""A thing as received: its files, their digests, and how paths are spelt.

A path inside an item uses `/` between folders whatever the system. A file name is bytes; what is not printable UTF-8 is
written `\xNN`, a backslash is written `\\`, and a `!` that ends a folder's name is written `\x21`, so that `!/` in a
citation always means "member of a container". `unescape` gives the bytes back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from kyumei.model.citation import EvidenceId
    from kyumei.model.fault import Fault

ItemKind = Literal["file", "folder"]
Mode = Literal["copy", "reference"]
EntryKind = Literal["file", "symlink", "folder", "special", "unreadable"]

CHUNK_BYTES: Final = 1 << 20
"""Bytes under one leaf of a file's hash tree."""

_ESCAPED: Final = re.compile(rb"\\\\|\\x([0-9a-f]{2})")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f\u2028\u2029]|!$")


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One name inside an item of evidence.

    Attributes:
        path: relative to the item, see above; of an item that is one file, the file's name.
        kind: `symlink` is recorded and never followed; `folder` is listed only when it is empty; `special` is a device,
            pipe or socket; `unreadable` could not be opened at all.
        size: bytes read and sealed; 0 for anything but a file.
        sha256: hex digest of these bytes; empty for anything but a file.
        tree: hex root of the hash tree over `CHUNK_BYTES` chunks, see `kyumei.evidence.tree`.
        mtime: last change as the file system says, microseconds since 1970 UTC; no part of the item's identity.
        target: where a symlink points, escaped like a path.
        fault: why the file is not, or not wholly, what lay on the original medium; None when all is well.
    """

    path: str
    kind: EntryKind
    size: int = 0
    sha256: str = ""
    tree: str = ""
    mtime: int | None = None
    target: str = ""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One item of evidence, sealed.

    Attributes:
        id: `E-` and the first twelve hex digits of `root`.
        origin: the path as it was given, escaped like a path inside; of a reference the absolute path where the bytes are;
            empty when a sealed copy is loaded again (the custody ledger has it).
        kind: what was given.
        mode: `copy` when the bytes lie in the case, `reference` when they stay where they are.
        files: every name inside, in the order of paths.
        bytes: sum of the files' sizes.
        root: SHA-256 of the listing of kinds, paths, sizes and digests: the same content has the same root wherever and
            whenever it is acquired.
        manifest_sha256: digest of `manifest.json`, for the custody ledger.
        notice: one sentence to be told to the person who acquires; empty when there is nothing to say.
    """

    id: EvidenceId
    origin: str
    kind: ItemKind
    mode: Mode
    files: tuple[FileEntry, ...]
    bytes: int
    root: str
    manifest_sha256: str
    notice: str = ""

    @property
    def faults(self) -> tuple[tuple[str, Fault], ...]:
        """Return path and fault of everything that could not be preserved whole."""
        return tuple((entry.path, entry.fault) for entry in self.files if entry.fault is not None)


def escape(name: bytes) -> str:
    """Return one name (no `/` in it) as printable text that `unescape` turns back into the same bytes."""
    text = name.replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")
    return _CONTROL.sub(lambda m: "".join(f"\\x{b:02x}" for b in m[0].encode()), text)


def unescape(path: str) -> bytes:
    """Return the bytes of an escaped name or path."""
    return _ESCAPED.sub(lambda m: bytes([int(m[1], 16)]) if m[1] else b"\\", path.encode())
