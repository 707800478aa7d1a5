"""The manifest of an item: what was sealed, as bytes that are the same for the same content.

`evidence/<id>/manifest.json` is a JSON object (`schema` "kyumei.evidence/1") with one line a file, keys sorted, UTF-8.
`evidence/<id>/chunks.bin` holds the leaves of the hash trees, 32 bytes each, of the files longer than one chunk, in the
manifest's order; each run of leaves is proved by its file's `tree`. In reference mode `reference.json` says where the
bytes are. Needs only the standard library.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from kyumei.errors import EvidenceChanged
from kyumei.model.citation import EvidenceId
from kyumei.model.evidence import CHUNK_BYTES, FileEntry, Item
from kyumei.model.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kyumei.model.evidence import ItemKind, Mode

SCHEMA: Final = "kyumei.evidence/1"
MANIFEST: Final = "manifest.json"
CHUNKS: Final = "chunks.bin"
REFERENCE: Final = "reference.json"
FILES: Final = "files"


def canonical(value: object) -> str:
    """Return the one JSON text of a value: sorted keys, no blanks, no escapes that are not needed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_root(files: Iterable[FileEntry]) -> str:
    """Return the digest that identifies content: kinds, paths, sizes and digests, in the order of paths."""
    digest = hashlib.sha256()
    for entry in sorted(files, key=lambda f: f.path):
        reason = entry.fault.reason if entry.fault else ""
        told = [entry.kind, entry.path, entry.size, entry.sha256 or entry.target, reason]
        digest.update(canonical(told).encode() + b"\n")
    return digest.hexdigest()


def evidence_id(root: str) -> EvidenceId:
    """Return the item's identifier."""
    return EvidenceId(f"E-{root[:12]}")


def encode(kind: ItemKind, files: tuple[FileEntry, ...]) -> bytes:
    """Return the bytes of `manifest.json`."""
    root = content_root(files)
    head = {
        "bytes": sum(f.size for f in files),
        "chunk_bytes": CHUNK_BYTES,
        "id": evidence_id(root),
        "kind": kind,
        "root": root,
        "schema": SCHEMA,
    }
    lines = ",\n".join(canonical(_plain(entry)) for entry in files)
    return f'{canonical(head)[:-1]},"files":[\n{lines}\n]}}\n'.encode()


def load(folder: Path) -> Item:
    """Return the sealed item in `evidence/<id>`.

    Raises:
        EvidenceChanged: the manifest is missing, unreadable, or not that of the folder's name.
    """
    try:
        data = (folder / MANIFEST).read_bytes()
        item = decode(data)
        reference = folder / REFERENCE
        origin = _origin(reference.read_bytes()) if reference.exists() else ""
    except (OSError, ValueError, KeyError, TypeError, EvidenceChanged) as wrong:
        raise EvidenceChanged(f"the manifest of {folder.name} cannot be read: {wrong}") from wrong
    if item.id != folder.name:
        raise EvidenceChanged(f"the manifest in {folder.name} is that of {item.id}")
    mode: Mode = "reference" if reference.exists() else "copy"
    return Item(item.id, origin, item.kind, mode, item.files, item.bytes, item.root, item.manifest_sha256)


def encode_reference(origin: str) -> bytes:
    """Return the bytes of `reference.json`; the origin is the escaped absolute path."""
    return canonical({"origin": origin, "schema": "kyumei.reference/1"}).encode() + b"\n"


def _origin(data: bytes) -> str:
    origin = str(json.loads(data)["origin"])
    if encode_reference(origin) != data:
        raise EvidenceChanged("the reference is not as written")
    return origin


def decode(data: bytes) -> Item:
    """Return the item that a manifest describes; its origin is empty and its mode `copy`.

    Raises:
        ValueError, KeyError, TypeError: not a manifest.
        EvidenceChanged: not the bytes that `encode` gives for what it says.
    """
    told = json.loads(data)
    files = tuple(_entry(each) for each in told["files"])
    if encode(told["kind"], files) != data:
        raise EvidenceChanged("it does not agree with its own digest")
    digest = hashlib.sha256(data).hexdigest()
    return Item(told["id"], "", told["kind"], "copy", files, told["bytes"], told["root"], digest)


def chunk_counts(files: Iterable[FileEntry]) -> dict[str, tuple[int, int]]:
    """Return path → (first leaf, number of leaves) in `chunks.bin` for the files longer than one chunk."""
    places: dict[str, tuple[int, int]] = {}
    first = 0
    for entry in files:
        if entry.size > CHUNK_BYTES:
            leaves = -(-entry.size // CHUNK_BYTES)
            places[entry.path] = (first, leaves)
            first += leaves
    return places


def _plain(entry: FileEntry) -> dict[str, Any]:
    told: dict[str, Any] = {"path": entry.path, "kind": entry.kind, "mtime": entry.mtime}
    if entry.kind == "file":
        told |= {"size": entry.size, "sha256": entry.sha256, "tree": entry.tree}
    if entry.kind == "symlink":
        told["target"] = entry.target
    if entry.fault:
        told["fault"] = {"offset": entry.fault.offset, "reason": entry.fault.reason, "skipped": entry.fault.skipped}
    return told


def _entry(told: dict[str, Any]) -> FileEntry:
    known = dict(told)
    fault = known.pop("fault", None)
    entry = FileEntry(**known, fault=Fault(**fault) if fault else None)
    bytes.fromhex(entry.tree)
    return entry
