from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.errors import EvidenceChanged, UserError
from kyumei.evidence import tree
from kyumei.evidence.acquire import acquire
from kyumei.evidence.manifest import load
from kyumei.evidence.sources import sources
from kyumei.model.evidence import CHUNK_BYTES, escape, unescape
from kyumei.model.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """Return a folder with a small, an empty and a long file, a link and an empty folder."""
    top = tmp_path / "given"
    (top / "logs" / "old").mkdir(parents=True)
    (top / "empty folder").mkdir()
    (top / "logs" / "access.log").write_bytes(b"one\ntwo\n")
    (top / "logs" / "old" / "nothing").write_bytes(b"")
    (top / "long.bin").write_bytes(bytes(range(256)) * 10_000)
    (top / "link").symlink_to("logs/access.log")
    return top


def listing(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_every_file_is_copied_with_its_digest(evidence: Path, tmp_path: Path) -> None:
    item = acquire(evidence, tmp_path / "case")
    copies = tmp_path / "case" / "evidence" / item.id / "files"
    files = [f for f in item.files if f.kind == "file"]
    assert [f.path for f in files] == ["logs/access.log", "logs/old/nothing", "long.bin"]
    for entry in files:
        data = (evidence / entry.path).read_bytes()
        assert (copies / entry.path).read_bytes() == data
        assert (copies / entry.path).stat().st_mode & 0o777 == 0o444
        assert (entry.size, entry.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert item.bytes == 2_560_008
    assert item.faults == ()


def test_links_and_empty_folders_are_recorded_and_not_followed(evidence: Path, tmp_path: Path) -> None:
    item = acquire(evidence, tmp_path / "case")
    others = {f.path: (f.kind, f.target) for f in item.files if f.kind != "file"}
    assert others == {"link": ("symlink", "logs/access.log"), "empty folder": ("folder", "")}


def test_the_same_content_elsewhere_and_later_is_the_same_item(evidence: Path, tmp_path: Path) -> None:
    first = acquire(evidence, tmp_path / "case")
    before = listing(tmp_path / "case")
    shutil.copytree(evidence, tmp_path / "again", symlinks=True)
    os.utime(tmp_path / "again" / "long.bin", (1, 1))
    again = acquire(tmp_path / "again", tmp_path / "case")
    assert again.id == first.id == f"E-{first.root[:12]}"
    assert listing(tmp_path / "case") == before
    assert acquire(tmp_path / "again", tmp_path / "other case").id == first.id


def test_other_content_or_another_name_is_another_item(evidence: Path, tmp_path: Path) -> None:
    seen = {acquire(evidence, tmp_path / "case").id}
    (evidence / "logs" / "access.log").rename(evidence / "logs" / "error.log")
    seen.add(acquire(evidence, tmp_path / "case").id)
    (evidence / "long.bin").write_bytes(bytes(range(256)) * 9_999 + bytes(256))
    seen.add(acquire(evidence, tmp_path / "case").id)
    assert len(seen) == 3


def test_a_reference_keeps_digests_and_no_bytes(evidence: Path, tmp_path: Path) -> None:
    item = acquire(evidence, tmp_path / "case", reference=True)
    folder = tmp_path / "case" / "evidence" / item.id
    assert sorted(p.name for p in folder.iterdir()) == ["chunks.bin", "manifest.json", "reference.json"]
    assert item.origin == load(folder).origin == str(evidence)
    read = {s.path: s.read() for s in sources(load(folder), tmp_path / "case")}
    assert read == {"logs/access.log": b"one\ntwo\n", "logs/old/nothing": b"", "long.bin": bytes(range(256)) * 10_000}


def test_an_item_over_the_limit_becomes_a_reference_and_says_so(evidence: Path, tmp_path: Path) -> None:
    item = acquire(evidence, tmp_path / "case", copy_bytes=1000)
    assert item.mode == "reference"
    assert "kept as a reference" in item.notice


def test_a_single_file_is_an_item(evidence: Path, tmp_path: Path) -> None:
    item = acquire(evidence / "logs" / "access.log", tmp_path / "case")
    assert (item.kind, [f.path for f in item.files]) == ("file", ["access.log"])
    (source,) = sources(item, tmp_path / "case", zone="UTC")
    assert (source.read(), source.zone, source.evidence_id) == (b"one\ntwo\n", "UTC", item.id)
    assert source.mtime == (evidence / "logs" / "access.log").stat().st_mtime_ns // 1000


def test_a_referenced_single_file_is_read_from_its_place(evidence: Path, tmp_path: Path) -> None:
    item = acquire(evidence / "long.bin", tmp_path / "case", reference=True)
    (source,) = sources(item, tmp_path / "case")
    assert source.local == evidence / "long.bin"
    assert len(source.read()) == source.size == 2_560_000


def test_originals_keep_their_times(evidence: Path, tmp_path: Path) -> None:
    os.utime(evidence / "long.bin", ns=(5_000_000_000, 7_000_000_000))
    acquire(evidence, tmp_path / "case")
    seen = (evidence / "long.bin").stat()
    assert (seen.st_atime_ns, seen.st_mtime_ns) == (5_000_000_000, 7_000_000_000)


def test_the_case_folder_inside_the_evidence_is_refused(evidence: Path) -> None:
    with pytest.raises(UserError, match="lies inside the evidence"):
        acquire(evidence, evidence / "logs" / "case")
    with pytest.raises(UserError, match="lies inside the evidence"):
        acquire(evidence, evidence)


def test_a_path_that_is_not_there_is_a_user_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no evidence at"):
        acquire(tmp_path / "nowhere", tmp_path / "case")


def test_pipes_are_recorded_as_faults(evidence: Path, tmp_path: Path) -> None:
    os.mkfifo(evidence / "pipe")
    item = acquire(evidence, tmp_path / "case")
    assert [(path, fault.reason) for path, fault in item.faults] == [("pipe", "neither file, folder nor link")]


def failing(monkeypatch: pytest.MonkeyPatch, name: str, error: int, path: Path) -> None:
    """Make a call of the system fail for one file, as a broken medium or a foreign owner does (root may read everything)."""
    whole = getattr(os, name)

    def call(first: Any, *rest: Any) -> Any:
        place = Path(f"/proc/self/fd/{first}").readlink() if isinstance(first, int) else Path(first)
        if place == path and (name != "readv" or os.lseek(first, 0, os.SEEK_CUR) >= CHUNK_BYTES):
            raise OSError(error, "no")
        return whole(first, *rest)

    monkeypatch.setattr(os, name, call)


def test_a_file_without_permission_is_a_fault(evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, "open", errno.EACCES, evidence / "long.bin")
    item = acquire(evidence, tmp_path / "case")
    assert [(path, fault.reason, fault.skipped) for path, fault in item.faults] == [("long.bin", "EACCES", 2_560_000)]
    assert [f.kind for f in item.files if f.path == "long.bin"] == ["unreadable"]


def test_what_a_broken_medium_gives_is_sealed_and_the_rest_is_a_fault(
    evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "readv", errno.EIO, evidence / "long.bin")
    item = acquire(evidence, tmp_path / "case")
    (entry,) = [f for f in item.files if f.path == "long.bin"]
    assert entry.fault == Fault(CHUNK_BYTES, "EIO", 2_560_000 - CHUNK_BYTES)
    copy = tmp_path / "case" / "evidence" / item.id / "files" / "long.bin"
    assert copy.read_bytes() == (evidence / "long.bin").read_bytes()[:CHUNK_BYTES]
    assert entry.sha256 == hashlib.sha256(copy.read_bytes()).hexdigest()


@pytest.mark.parametrize("more", [b"grown", b""])
def test_a_file_that_changes_while_it_is_read_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: bytes) -> None:
    path = tmp_path / "live.log"
    path.write_bytes(b"one\n")
    read = os.readv

    def call(handle: int, buffers: Sequence[Any]) -> int:
        with path.open("ab") as stream:
            stream.write(more)
        os.utime(path, ns=(1, 1))
        return read(handle, buffers)

    monkeypatch.setattr(os, "readv", call)
    item = acquire(path, tmp_path / "case")
    assert [(fault.offset, fault.reason) for _, fault in item.faults] == [(4, "changed while it was read")]
    assert item.files[0].sha256 == hashlib.sha256(b"one\n").hexdigest()


def test_a_file_that_vanishes_is_a_fault(evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, "open", errno.ENOENT, evidence / "logs" / "access.log")
    item = acquire(evidence, tmp_path / "case")
    assert [(path, fault.reason) for path, fault in item.faults] == [("logs/access.log", "ENOENT")]


def test_a_folder_that_cannot_be_listed_is_a_fault(evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, "scandir", errno.EACCES, evidence / "logs")
    item = acquire(evidence, tmp_path / "case")
    assert [(path, fault.reason) for path, fault in item.faults] == [("logs", "folder not listed: EACCES")]


def test_a_full_disk_is_an_error_that_names_the_way_out(
    evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def call(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "no")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", call)
        with pytest.raises(UserError, match="cannot be written: ENOSPC") as wrong:
            acquire(evidence, tmp_path / "case")
    assert "--reference" in wrong.value.hint
    assert acquire(evidence, tmp_path / "case").faults == ()


def test_the_same_listing_with_other_bytes_is_a_new_item(evidence: Path, tmp_path: Path) -> None:
    first = acquire(evidence, tmp_path / "case")
    (evidence / "logs" / "access.log").write_bytes(b"two\none\n")
    second = acquire(evidence, tmp_path / "case")
    assert first.id != second.id
    assert (tmp_path / "case" / "evidence" / second.id / "files" / "logs" / "access.log").read_bytes() == b"two\none\n"
    assert not list((tmp_path / "case" / "evidence").glob(".partial-*"))


def test_names_that_are_not_text_are_escaped_and_kept(tmp_path: Path) -> None:
    top = tmp_path / "given"
    names = ["顧客.csv".encode("cp932"), "顧客.csv".encode(), b"a\\b", b"line\nend", b"bang!"]
    top.mkdir()
    for name in names:
        (top / os.fsdecode(name)).write_bytes(name)
    (top / "folder!").mkdir()
    (top / "folder!" / "x").write_bytes(b"x")
    item = acquire(top, tmp_path / "case")
    assert "\\x8cڋq.csv" in {f.path for f in item.files}
    assert "folder\\x21/x" in {f.path for f in item.files}
    assert {s.read() for s in sources(item, tmp_path / "case")} == {*names, b"x"}


@given(st.binary(min_size=1, max_size=40).filter(lambda b: b"/" not in b))
@settings(derandomize=True)
def test_escaping_a_name_loses_nothing(name: bytes) -> None:
    assert unescape(escape(name)) == name
    assert escape(name).isprintable() or not name.decode("utf-8", "backslashreplace").isprintable()


def test_a_changed_manifest_is_not_used_again(evidence: Path, tmp_path: Path) -> None:
    item = acquire(evidence, tmp_path / "case")
    manifest = tmp_path / "case" / "evidence" / item.id / "manifest.json"
    manifest.chmod(0o644)
    manifest.write_bytes(manifest.read_bytes().replace(b"access", b"excess"))
    with pytest.raises(EvidenceChanged, match="cannot be read"):
        acquire(evidence, tmp_path / "case")


def test_the_tree_has_the_published_roots() -> None:
    entries = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
    entries.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))
    roots = {n: tree.root(map(tree.leaf, entries[:n])).hex()[:8] for n in (1, 2, 8)}  # the vectors of Certificate Transparency
    assert roots == {1: "6e340b9c", 2: "fac54203", 8: "5dc9da79"}


def test_a_tree_over_nothing_is_the_digest_of_nothing() -> None:
    assert tree.root([]) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 5])
def test_sizes_about_the_chunk_are_digested_right(size: int, tmp_path: Path) -> None:
    data = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    (tmp_path / "file").write_bytes(data)
    item = acquire(tmp_path / "file", tmp_path / "case")
    leaves = [tree.leaf(data[at : at + CHUNK_BYTES]) for at in range(0, size, CHUNK_BYTES)]
    assert item.files[0].sha256 == hashlib.sha256(data).hexdigest()
    assert item.files[0].tree == tree.root(leaves).hex()
    stored = (tmp_path / "case" / "evidence" / item.id / "chunks.bin").read_bytes()
    assert stored == (b"".join(leaves) if size > CHUNK_BYTES else b"")


@pytest.mark.slow
def test_killed_at_any_instant_and_run_again_ends_with_the_same_bytes(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    for number in range(30):
        (given / f"{number}.bin").write_bytes(bytes([number]) * 400_000)
    line = "import sys, pathlib, kyumei.evidence.acquire as a; a.acquire(*map(pathlib.Path, sys.argv[1:]))"
    acquire(given, tmp_path / "undisturbed")
    for tenth in range(12):
        case = tmp_path / f"case{tenth}"
        run = subprocess.Popen([sys.executable, "-c", line, str(given), str(case)], env={"PYTHONPATH": ":".join(sys.path)})
        time.sleep(0.02 * tenth)
        run.kill()
        run.wait()
        acquire(given, case)
        assert listing(case) == listing(tmp_path / "undisturbed")
        assert not list((case / "evidence").glob(".partial-*"))
