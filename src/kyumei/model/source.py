"""One file inside an item of evidence, open for reading only."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, Final

from kyumei.model.citation import MEMBER, Citation, EvidenceId
from kyumei.model.text import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from kyumei.model.text import Decoded

HEAD_BYTES: Final = 65_536

CERTAIN: Final = 100
"""A signature and its structure were seen."""
LIKELY: Final = 70
"""The structure of the sampled lines is that of the format."""
POSSIBLE: Final = 30
"""Nothing speaks against it, little for it."""


def file_id(evidence: EvidenceId, path: str) -> str:
    """Return sixteen hex digits that stand for this path in this item."""
    return hashlib.sha256(f"{evidence}\0{path}".encode()).hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class Source:
    """A file, a member of an archive, an attachment, a file inside an image: bytes with a place.

    Attributes:
        evidence_id: the item.
        path: see `Citation.path`.
        size: length in bytes.
        opener: returns a new seekable binary stream each time.
        mtime: last change, microseconds since 1970 UTC, as the file system or container says; None where unknown.
        zone: IANA name of the zone assumed for times that carry none.
        local: the file on disk where there is one (for libraries that want a path); never write to it.
        meta: what the container says of the member (`content_type`, `encrypted`, …).
    """

    evidence_id: EvidenceId
    path: str
    size: int
    opener: Callable[[], BinaryIO]
    mtime: int | None = None
    zone: str = "Asia/Tokyo"
    local: Path | None = None
    meta: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def memory(cls, data: bytes, path: str = "sample", **facts: object) -> Source:
        """Return a source over bytes held in memory (members of containers, tests)."""
        evidence = EvidenceId(str(facts.pop("evidence_id", "E-000000000000")))
        return cls(evidence, path, len(data), lambda: io.BytesIO(data), **facts)  # type: ignore[arg-type]  # checked by the caller

    @cached_property
    def file_id(self) -> str:
        """Return the identifier that stands for this file in the store."""
        return file_id(self.evidence_id, self.path)

    @property
    def name(self) -> str:
        """Return the last part of the path, without the container's part."""
        return self.path.rsplit("/", 1)[-1]

    @cached_property
    def head(self) -> bytes:
        """Return the first 64 KiB."""
        with self.open() as stream:
            return stream.read(HEAD_BYTES)

    @cached_property
    def sample(self) -> Decoded:
        """Return the head as text, cut at the last line end where the file is longer."""
        data = self.head
        if self.size > len(data):
            data = data[: data.rfind(b"\n") + 1] or data
        return decode(data)

    def open(self) -> BinaryIO:
        """Return a new read-only stream at the first byte."""
        return self.opener()

    def read(self) -> bytes:
        """Return all bytes; for sources known to be small."""
        with self.open() as stream:
            return stream.read()

    def cite(self, offset: int) -> Citation:
        """Return the citation of one place in this source."""
        return Citation(self.evidence_id, self.path, offset)

    def member(self, name: str) -> str:
        """Return the path of a member of this container."""
        return f"{self.path}{MEMBER}{name}"
