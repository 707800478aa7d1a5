"""Compare everything that was sealed in a case with what is there now, and name every difference.

What must hold, in this order:
    1. the ledger's chain and its head;
    2. each item: its manifest is the one the ledger sealed, no file is missing, added or changed;
    3. the results: `results.json` is the one the ledger sealed last, and each file in it is as listed;
    4. the documents: their own ledger holds, and each version's manifest and files are those that it entered last.
Times and permissions of files do not matter. What is derived and can be rebuilt (`index.duckdb`, `work/`) and people's own
work (`work.sqlite`) is not looked at. Needs only the standard library, so that it can be read and run by itself.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.errors import EvidenceError
from kyumei.evidence import tree
from kyumei.evidence.acquire import EVIDENCE, PARTIAL
from kyumei.evidence.copy import open_original, reason, seal
from kyumei.evidence.custody import HEAD, LEDGER, Ledger
from kyumei.evidence.manifest import CHUNKS, FILES, MANIFEST, REFERENCE, chunk_counts, load
from kyumei.model.evidence import unescape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kyumei.evidence.custody import Entry
    from kyumei.model.evidence import FileEntry, Item

RESULTS: Final = "results.json"
DOCUMENTS: Final = "documents"
ACTS: Final = "ledger.jsonl"
VERSION: Final = "version.json"
OWN: Final = "entries.toml"
"""What people enter for the documents; it may change at any time."""
DERIVED: Final = ("index.duckdb", "work.sqlite", "work")
"""Names in the case folder that are not sealed; `index.duckdb.wal` and the like go with them."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One difference.

    Attributes:
        place: path in the case folder, or the item and the path inside it.
        what: `changed`, `missing`, `added`, `unreadable` or `broken`.
        detail: what differs, such as the chunks of 1 MiB by number from 0.
    """

    place: str
    what: str
    detail: str = ""


@dataclass(slots=True)
class Report:
    """What was compared, what differs, and what was left out."""

    items: int = 0
    files: int = 0
    bytes: int = 0
    entries: int = 0
    problems: list[Problem] = field(default_factory=list[Problem])
    notes: list[str] = field(default_factory=list[str])

    @property
    def is_whole(self) -> bool:
        """Return whether nothing differs."""
        return not self.problems

    def add(self, place: str, what: str, detail: str = "") -> None:
        """Record a difference."""
        self.problems.append(Problem(place, what, detail))


def verify(case: Path) -> Report:
    """Return every difference between the case folder and what was sealed in it; nothing is written."""
    report = Report()
    entries = _ledger(case, report)
    _items(case, entries, report)
    _results(case, entries, report)
    _documents(case, report)
    report.problems.sort()
    return report


def _ledger(case: Path, report: Report) -> tuple[Entry, ...]:
    """(1) The chain holds; otherwise the entries before the break are still used for the rest."""
    ledger = Ledger(case / LEDGER)
    if not ledger.path.exists():
        report.add(LEDGER, "missing")
        return ()
    entries: list[Entry] = []
    try:
        for entry in ledger.entries():
            entries.append(entry)  # noqa: PERF402  # what comes before a break is kept
        ledger.verify()
    except EvidenceError as wrong:
        report.add(LEDGER, "broken", str(wrong))
    report.entries = len(entries)
    return tuple(entries)


def _items(case: Path, entries: Iterable[Entry], report: Report) -> None:
    """(2) Every item the ledger names is there and whole, and there is no other."""
    folder = case / EVIDENCE
    sealed = {str(e.evidence): e for e in entries if e.act == "evidence.acquired"}
    there = sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []
    for name in sorted(sealed.keys() | set(there)):
        if name.startswith(PARTIAL):
            report.notes.append(f"{EVIDENCE}/{name} is an unfinished acquisition")
        elif name not in there:
            report.add(f"{EVIDENCE}/{name}", "missing", "the ledger says it was acquired")
        elif name not in sealed:
            report.add(f"{EVIDENCE}/{name}", "added", "the ledger knows no such item")
        else:
            _item(folder / name, sealed[name].facts, report)


def _item(folder: Path, facts: Any, report: Report) -> None:
    place = f"{EVIDENCE}/{folder.name}"
    try:
        item = load(folder)
    except EvidenceError as wrong:
        report.add(f"{place}/{MANIFEST}", "changed", str(wrong))
        return
    report.items += 1
    if item.manifest_sha256 != facts.get("manifest_sha256"):
        report.add(f"{place}/{MANIFEST}", "changed", "not the manifest that the ledger sealed")
    if item.mode != facts.get("mode"):
        report.add(f"{place}/{REFERENCE}", "missing" if item.mode == "copy" else "added")
    elif item.mode == "reference" and item.origin != facts.get("reference", item.origin):
        report.add(f"{place}/{REFERENCE}", "changed", "not the place that the ledger sealed")
    expected = {MANIFEST, CHUNKS, REFERENCE if item.mode == "reference" else FILES}
    for name in sorted({p.name for p in folder.iterdir()} - expected):
        report.add(f"{place}/{name}", "added")
    leaves = _Leaves(folder / CHUNKS, item)
    if not leaves.is_whole():
        report.add(f"{place}/{CHUNKS}", "changed", "not the hash tree that the manifest sealed")
    _files(item, folder, leaves, report)


def _files(item: Item, folder: Path, leaves: _Leaves, report: Report) -> None:
    place = f"{EVIDENCE}/{item.id}/{FILES}" if item.mode == "copy" else f"{item.id} at {item.origin}"
    top = folder / FILES
    if item.mode == "reference":
        top = Path(os.fsdecode(unescape(item.origin)))
        if item.kind == "file":
            top = top.parent
    elif top.is_dir():
        known = {os.fsdecode(unescape(f.path)) for f in item.files if f.kind == "file"}
        for path in sorted(_all_files(top) - known):
            report.add(f"{place}/{path}", "added")
    for entry in item.files:
        if entry.kind == "file":
            _file(entry, top / os.fsdecode(unescape(entry.path)), leaves, report, f"{place}/{entry.path}")


def _all_files(top: Path) -> set[str]:
    found: set[str] = set()
    for folder, folders, names in os.walk(top):
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        found.update(str((Path(folder) / name).relative_to(top)) for name in (*names, *links))
    return found


def _file(entry: FileEntry, path: Path, leaves: _Leaves, report: Report, place: str) -> None:
    report.files += 1
    report.bytes += entry.size
    try:
        handle = open_original(path)
    except FileNotFoundError:
        report.add(place, "missing")
        return
    except OSError as wrong:
        report.add(place, "unreadable", reason(wrong))
        return
    try:
        now = seal(handle, None)
    finally:
        os.close(handle)
    if (now.size, now.sha256) == (entry.size, entry.sha256):
        return
    told = [f"{now.size:,} bytes instead of {entry.size:,}"] if now.size != entry.size else []
    told += [f"chunks {differing}"] if (differing := _ranges(_differing(now.leaves, leaves.of(entry)))) else []
    told += [now.fault.reason] if now.fault else []
    report.add(place, "changed", "; ".join(told))


def _differing(now: Sequence[bytes], known: Sequence[bytes]) -> list[int]:
    """Return the numbers of the chunks that differ, of which one side may have more."""
    return [n for n in range(max(len(now), len(known))) if now[n : n + 1] != tuple(known[n : n + 1])]


def _ranges(numbers: list[int]) -> str:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in runs)


class _Leaves:
    """The stored leaves of an item's files."""

    def __init__(self, path: Path, item: Item) -> None:
        self.path = path
        self.item = item
        self.places = chunk_counts(item.files)

    def is_whole(self) -> bool:
        """Return whether the stored leaves give the roots that the manifest holds, and nothing is added to them."""
        wanted = sum(count for _, count in self.places.values()) * 32
        if not self.path.is_file() or self.path.stat().st_size != wanted:
            return False
        return all(tree.root(self.of(f)).hex() == f.tree for f in self.item.files if f.path in self.places)

    def of(self, entry: FileEntry) -> list[bytes]:
        """Return the leaves of one file; those that cannot be read are missing."""
        if entry.path not in self.places:
            return [bytes.fromhex(entry.tree)] if entry.size else []
        first, count = self.places[entry.path]
        try:
            with self.path.open("rb") as stream:
                stream.seek(first * 32)
                data = stream.read(count * 32)
        except OSError:
            return []
        return [data[at : at + 32] for at in range(0, len(data), 32)]


def _results(case: Path, entries: tuple[Entry, ...], report: Report) -> None:
    """(3) The results are those that were sealed last."""
    sealed = [e.facts.get("results_sha256") for e in entries if e.act == "results.sealed"]
    path = case / RESULTS
    if not path.exists():
        if sealed:
            report.add(RESULTS, "missing")
        else:
            report.notes.append("no results have been sealed yet")
        return
    data = path.read_bytes()
    if not sealed:
        report.add(RESULTS, "added", "the ledger knows no sealed results")
    elif hashlib.sha256(data).hexdigest() != sealed[-1]:
        report.add(RESULTS, "changed", "not the results that the ledger sealed")
    try:
        listed = {str(f["path"]): (int(f["bytes"]), str(f["sha256"])) for f in json.loads(data)["files"]}
    except (ValueError, KeyError, TypeError) as wrong:
        report.add(RESULTS, "unreadable", type(wrong).__name__)
        return
    _listed(case, listed, report)
    kept = {LEDGER, HEAD, RESULTS, *(str(e.facts.get("file")) for e in entries if e.act == "ledger.repaired")}
    for name in sorted(_case_files(case) - listed.keys() - kept):
        report.add(name, "added")


def _listed(case: Path, listed: dict[str, tuple[int, str]], report: Report) -> None:
    for name, (size, sha256) in sorted(listed.items()):
        try:
            with (case / name).open("rb") as stream:
                now = hashlib.file_digest(stream, "sha256").hexdigest()
                length = stream.tell()
        except FileNotFoundError:
            report.add(name, "missing")
            continue
        except OSError as wrong:
            report.add(name, "unreadable", reason(wrong))
            continue
        report.files += 1
        report.bytes += length
        if (length, now) != (size, sha256):
            report.add(name, "changed", f"{length:,} bytes instead of {size:,}" if length != size else "")


def _documents(case: Path, report: Report) -> None:
    """(4) Each version of the documents is as it was entered last; where nothing was made there is nothing to compare."""
    top = case / DOCUMENTS
    if not top.is_dir():
        return
    ledger, made = Ledger(top / ACTS), dict[str, str]()
    try:
        for entry in ledger.verify():
            if entry.act == "documents.made":
                made[f"v{entry.facts['version']:04d}"] = str(entry.facts["sha256"])
    except EvidenceError as wrong:
        report.add(f"{DOCUMENTS}/{ACTS}", "broken", str(wrong))
        return
    known = {ACTS, HEAD, OWN}
    for version, sha256 in sorted(made.items()):
        known |= _version(case, f"{DOCUMENTS}/{version}", sha256, report)
    for name in sorted(set(_all_files(top)) - known):
        report.add(f"{DOCUMENTS}/{name}", "added")


def _version(case: Path, place: str, sha256: str, report: Report) -> set[str]:
    """Compare one version and return the files it knows, as paths under `documents`."""
    path = case / place / VERSION
    try:
        data = path.read_bytes()
        listed = {f"{place}/{f['path']}": (int(f["bytes"]), str(f["sha256"])) for f in json.loads(data)["files"]}
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        report.add(f"{place}/{VERSION}", "missing" if isinstance(wrong, FileNotFoundError) else "unreadable", reason_of(wrong))
        return {f"{place}/{VERSION}".removeprefix(f"{DOCUMENTS}/")}
    if hashlib.sha256(data).hexdigest() != sha256:
        report.add(f"{place}/{VERSION}", "changed", "not the manifest that the ledger of the documents entered")
    _listed(case, listed, report)
    return {name.removeprefix(f"{DOCUMENTS}/") for name in (*listed, f"{place}/{VERSION}")}


def reason_of(wrong: Exception) -> str:
    """Return why something could not be read."""
    return reason(wrong) if isinstance(wrong, OSError) else type(wrong).__name__


def _case_files(case: Path) -> set[str]:
    def looked_at(name: str) -> bool:
        return name not in (EVIDENCE, DOCUMENTS) and not any(name == d or name.startswith(f"{d}.") for d in DERIVED)

    found: set[str] = set()
    for top in case.iterdir():
        if looked_at(top.name):
            found |= {f"{top.name}/{path}" for path in _all_files(top)} if top.is_dir() and not top.is_symlink() else {top.name}
    return found
