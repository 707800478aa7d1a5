"""The custody ledger: who had an item and did what, as a chain of entries in which nothing can be changed unseen.

`custody.jsonl` has one entry a line, in canonical JSON (sorted keys, no blanks, UTF-8): seq from 1, at (ISO 8601 with
offset), act (`noun.verb-past`), who, why, evidence (id or null), facts (what the act needs: method, tool, digests, place),
prev (hash of the entry before, 64 zeros for the first) and hash = SHA-256 of the line's JSON without `hash`. Each entry is
on disk before `append` returns. `head.json` beside it holds the number of entries and the last hash, so that a cut tail is
found. The fields follow ISO/IEC 27037 and the IDF guideline 7-4 (record of work). Needs only the standard library.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kyumei.errors import CustodyBroken
from kyumei.evidence.manifest import canonical
from kyumei.evidence.write import write_all, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from kyumei.model.evidence import Item

LEDGER: Final = "custody.jsonl"
HEAD: Final = "head.json"
START: Final = "0" * 64
_KEYS: Final = {"seq", "at", "act", "who", "why", "evidence", "facts", "prev", "hash"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger; see the module for the fields."""

    seq: int
    at: str
    act: str
    who: str
    why: str
    evidence: str | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    prev: str = START
    hash: str = ""

    def digest(self) -> str:
        """Return what `hash` has to be."""
        told = _plain(self)
        del told["hash"]
        return hashlib.sha256(canonical(told).encode()).hexdigest()

    def line(self) -> bytes:
        """Return the entry as it stands in the ledger, line end included."""
        return canonical(_plain(self)).encode() + b"\n"


class Ledger:
    """The ledger at a path; it need not exist yet.

    Args:
        path: `custody.jsonl` of the case.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(
        self,
        act: str,
        *,
        at: datetime,
        who: str,
        why: str = "",
        evidence: str | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> Entry:
        """Write one entry and make it durable.

        A last line that a crash left unfinished is first moved to `custody.torn-<seq>.bin` and noted by an entry
        `ledger.repaired`.

        Args:
            act: what was done, `noun.verb-past`.
            at: when, with a zone.
            who: the operator.
            why: purpose.
            evidence: the item concerned.
            facts: JSON values.

        Raises:
            ValueError: `at` has no zone.
            CustodyBroken: the last whole line is no entry.
        """
        if at.tzinfo is None:
            raise ValueError("a custody entry needs an instant with a zone")
        told = (at.isoformat(), who)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if not self._head_path.exists() and os.fstat(handle).st_size == 0:
                self._write_head(0, START)
            self._repair(handle, told)
            return self._add(handle, Entry(0, told[0], act, who, why, evidence, dict(facts or {})))
        finally:
            os.close(handle)

    def entries(self) -> Iterator[Entry]:
        """Yield the entries in order.

        Raises:
            CustodyBroken: at the first line that does not hold.
        """
        seq, prev = 0, START
        for number, line in enumerate(self._lines(), 1):
            entry = _parse(line, f"{self.path.name} line {number}")
            if entry.seq != seq + 1 or entry.prev != prev:
                raise CustodyBroken(f"{self.path.name} line {number} does not follow the line before it")
            seq, prev = entry.seq, entry.hash
            yield entry

    def verify(self) -> tuple[Entry, ...]:
        """Return all entries after checking the chain and the head.

        An entry beyond the head is what a kill between two writes leaves, so one is allowed; an empty ledger without a head
        is what a kill before the first write leaves. (An emptied ledger shows all the same: its items have no entry.)

        Raises:
            CustodyBroken: names the line, or the head.
        """
        entries = tuple(self.entries())
        if not entries and not self._head_path.exists():
            return ()
        try:
            data = self._head_path.read_bytes()
            head = json.loads(data)
            count, last = int(head["entries"]), str(head["hash"])
        except (OSError, ValueError, KeyError, TypeError) as wrong:
            raise CustodyBroken(f"{HEAD} beside {self.path.name} cannot be read: {wrong}") from wrong
        if data != _head_bytes(count, last):
            raise CustodyBroken(f"{HEAD} is not what was written")
        if count > len(entries):
            raise CustodyBroken(f"{self.path.name} ends at line {len(entries)}, but {HEAD} says there were {count}")
        if len(entries) > count + 1 or last != (entries[count - 1].hash if count else START):
            raise CustodyBroken(f"{self.path.name} line {count} is not the one that {HEAD} says was last")
        return entries

    @property
    def _head_path(self) -> Path:
        return self.path.with_name(HEAD)

    def _lines(self) -> Iterator[bytes]:
        if not self.path.exists():
            return
        with self.path.open("rb") as stream:
            yield from stream

    def _repair(self, handle: int, told: tuple[str, str]) -> None:
        size = os.fstat(handle).st_size
        whole = _end_of_last_line(handle, size)
        if whole == size:
            return
        torn = os.pread(handle, size - whole, whole)
        seq = _last(handle, whole).seq + 1
        aside = self.path.with_name(f"custody.torn-{seq}.bin")
        write_whole(aside, torn)
        os.ftruncate(handle, whole)
        facts = {"bytes": len(torn), "sha256": hashlib.sha256(torn).hexdigest(), "file": aside.name}
        why = "the last line was unfinished after an interruption; it was moved aside"
        self._add(handle, Entry(0, told[0], "ledger.repaired", told[1], why, None, facts))

    def _add(self, handle: int, entry: Entry) -> Entry:
        before = _last(handle, os.fstat(handle).st_size)
        told = _plain(entry) | {"seq": before.seq + 1, "prev": before.hash or START}
        whole = Entry(**told)
        whole = Entry(**told | {"hash": whole.digest()})
        write_all(handle, whole.line())
        os.fsync(handle)
        self._write_head(whole.seq, whole.hash)
        return whole

    def _write_head(self, count: int, last: str) -> None:
        write_whole(self._head_path, _head_bytes(count, last))


def record_acquisition(ledger: Ledger, item: Item, *, at: datetime, who: str, why: str, tool: str) -> Entry | None:
    """Append `evidence.acquired` for the item unless the ledger has it; return the new entry, or None.

    `verify` compares the manifest with this entry, so every item needs one. `tool` is name and version of the program.
    """
    if any(e.act == "evidence.acquired" and e.evidence == item.id for e in ledger.entries()):
        return None
    facts = {
        "origin": item.origin,
        "kind": item.kind,
        "mode": item.mode,
        "files": sum(f.kind == "file" for f in item.files),
        "bytes": item.bytes,
        "faults": len(item.faults),
        "root": item.root,
        "manifest_sha256": item.manifest_sha256,
        "method": "logical acquisition, one pass, SHA-256 and hash tree of 1 MiB chunks (RFC 6962)",
        "tool": tool,
        "write_protection": "originals opened read-only; access times kept where the system allows it",
        "storage": f"evidence/{item.id}",
    }
    if item.mode == "reference":
        facts["reference"] = item.origin
    return ledger.append("evidence.acquired", at=at, who=who, why=why, evidence=item.id, facts=facts)


def _plain(entry: Entry) -> dict[str, Any]:
    return {key: getattr(entry, key) for key in sorted(_KEYS)}


def _parse(line: bytes, place: str) -> Entry:
    try:
        told = json.loads(line)
        entry = Entry(**told)
        whole = entry.line() == line and entry.hash == entry.digest()
    except (ValueError, TypeError) as wrong:
        raise CustodyBroken(f"{place} is no entry") from wrong
    if not whole:
        raise CustodyBroken(f"{place} is not what was written")
    return entry


def _head_bytes(count: int, last: str) -> bytes:
    return canonical({"entries": count, "hash": last}).encode() + b"\n"


def _end_of_last_line(handle: int, size: int) -> int:
    """Return the offset after the last line end."""
    at = size
    while at:
        start = max(0, at - 65_536)
        found = os.pread(handle, at - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        at = start
    return 0


def _last(handle: int, end: int) -> Entry:
    """Return the entry whose line ends at `end`; one with seq 0 when there is none."""
    if end == 0:
        return Entry(0, "", "", "", "", None)
    start = _end_of_last_line(handle, end - 1)
    return _parse(os.pread(handle, end - start, start), "the ledger's last line")
