"""Where a statement can be opened: item + path + offset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

EvidenceId = NewType("EvidenceId", str)
"""`E-` and twelve hex digits of the item's content digest."""

MEMBER = "!/"
"""Stands between a container's path and the path of a member in it: `mail/a.eml!/2/list.xlsx`."""


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """One place in preserved evidence.

    Attributes:
        evidence: the item.
        path: file inside the item, with `/` between folders; members of containers follow `!/`.
        offset: byte offset, or record number where the reader counts records (its docstring says which).
    """

    evidence: EvidenceId
    path: str
    offset: int

    def as_json(self) -> dict[str, str | int]:
        """Return the object that `diagnosis.json` holds."""
        return {"evidence": self.evidence, "path": self.path, "offset": self.offset}
