from __future__ import annotations

import bz2
import dataclasses
import gzip
import io
import lzma
import os
import struct
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.errors import UserError
from kyumei.evidence.open import hold, limits
from kyumei.evidence.open.names import Names, safe
from kyumei.evidence.open.registry import OPENERS, Opening
from kyumei.evidence.open.walk import Closed, Visit, recognise, walk
from kyumei.model.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kyumei.evidence.open.registry import Opener
    from kyumei.model.fault import Fault

TEXT = b"".join(b"%06d 192.0.2.7 GET /index.html\n" % n for n in range(4000))
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
}
packed = pytest.mark.parametrize("suffix", PACKERS)


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 5, 16, 18, 30, 10)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def tarred(files: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_715_852_400
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def opened(data: bytes, path: str = "given", opening: Opening | None = None) -> tuple[dict[str, bytes], list[Fault]]:
    """Return the members by path and the faults, one level deep."""
    source = Source.memory(data, path)
    opener = recognise(source)
    assert opener is not None
    opening = opening or Opening()
    return {member.path: member.read() for member in opener.open(source, opening)}, opening.faults


@packed
def test_a_packed_stream_gives_its_file_under_the_name_without_suffix(suffix: str) -> None:
    members, faults = opened(PACKERS[suffix](TEXT), f"logs/access.log.2.{suffix}")
    assert members == {f"logs/access.log.2.{suffix}!/access.log.2": TEXT}
    assert faults == []


@packed
def test_concatenated_members_are_read_as_one(suffix: str) -> None:
    pack = PACKERS[suffix]
    members, faults = opened(pack(TEXT) + pack(b"tail\n") + bytes(512))
    assert list(members.values()) == [TEXT + b"tail\n"]
    assert faults == []


@packed
def test_a_truncated_stream_gives_what_is_there_and_one_fault(suffix: str) -> None:
    whole = PACKERS[suffix](TEXT + bytes(range(256)) * 4000)
    for length in (len(whole) // 2, len(whole) - 3):
        members, faults = opened(whole[:length])
        (data,) = members.values()
        assert (TEXT + bytes(range(256)) * 4000).startswith(data)
        assert [f.reason for f in faults] == ["truncated stream"]


def test_a_wrong_checksum_costs_no_byte() -> None:
    damaged = bytearray(gzip.compress(TEXT))
    damaged[-8] ^= 1
    members, faults = opened(bytes(damaged))
    assert list(members.values()) == [TEXT]
    assert [f.reason for f in faults] == ["damaged stream: error"]


@packed
def test_bytes_after_the_stream_are_a_fault(suffix: str) -> None:
    members, faults = opened(PACKERS[suffix](TEXT) + b"something else")
    assert list(members.values()) == [TEXT]
    assert [f.skipped > 0 for f in faults] == [True]


def test_names_in_cp932_utf8_and_neither_are_read() -> None:
    names = {"顧客名簿.csv": "cp932", "名簿.csv": "utf-8"}
    data = zipped({f"{'x' * len(name.encode(codec))}": b"x" for name, codec in names.items()})
    for name, codec in names.items():
        raw = name.encode(codec)
        data = data.replace(b"x" * len(raw), raw)
    members, _ = opened(data)
    assert list(members) == ["given!/顧客名簿.csv", "given!/名簿.csv"]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_are_made_safe_and_unique(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    out = pack({"/etc/passwd": b"1", "etc/passwd": b"2", "../../up": b"3", "C:\\dir\\x": b"4", "bang!/x": b"5", "a/./b": b"6"})
    members, faults = opened(out)
    assert {path.removeprefix("given!/"): data for path, data in members.items()} == {
        "etc/passwd": b"1",
        "etc/passwd~2": b"2",
        "\\x2e\\x2e/\\x2e\\x2e/up": b"3",
        "C:/dir/x": b"4",
        "bang\\x21/x": b"5",
        "a/b": b"6",
    }
    assert faults == []


@given(st.lists(st.text(max_size=8), max_size=12))
@settings(derandomize=True)
def test_any_names_become_distinct_relative_paths(given_names: list[str]) -> None:
    names = Names()
    made = [names.unique(name) for name in given_names]
    assert len(set(made)) == len(made)
    for name in made:
        assert name
        assert ".." not in name.split("/")
        assert not name.startswith("/")
        assert "!/" not in name
        assert safe(name) or name.isprintable()


def test_times_of_members_are_kept() -> None:
    (visit,) = [v for v in walk(Source.memory(zipped({"a": b"x"}))) if isinstance(v, Visit) and v.parent]
    assert visit.source.mtime == 1_715_851_810_000_000  # 2024-05-16 18:30:10 in Asia/Tokyo
    (visit,) = [v for v in walk(Source.memory(tarred({"a": b"x"}))) if isinstance(v, Visit) and v.parent]
    assert visit.source.mtime == 1_715_852_400_000_000


def extra(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def test_extra_fields_of_a_zip_give_utc_times_and_unicode_names() -> None:
    raw = "名簿.csv".encode("cp932")
    info = zipfile.ZipInfo("x" * len(raw), (2024, 5, 16, 18, 30, 10))
    info.extra = extra(0x1234, b"??") + extra(0x5455, struct.pack("<Bi", 1, 1_715_000_000))
    info.extra += extra(0x7075, struct.pack("<BI", 1, zlib.crc32(raw)) + "名簿①.csv".encode())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(info, b"id")
    data = out.getvalue().replace(b"x" * len(raw), raw)
    (member,) = OPENERS.get("archive.zip").open(Source.memory(data), Opening())
    assert (member.name, member.mtime) == ("名簿①.csv", 1_715_000_000_000_000)


def test_folders_and_links_in_archives_are_passed_over() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("folder/", b"")
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, b"/etc/passwd")
        archive.writestr("file", b"x")
    assert opened(out.getvalue()) == ({"given!/file": b"x"}, [])
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, kind in (("folder", tarfile.DIRTYPE), ("link", tarfile.SYMTYPE), ("pipe", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd" if kind == tarfile.SYMTYPE else ""
            tar.addfile(info)
        tar.addfile(tarfile.TarInfo("file"))
    assert opened(out.getvalue()) == ({"given!/file": b""}, [])


def test_a_sparse_file_in_a_tar_is_read_with_its_holes() -> None:
    info = tarfile.TarInfo("disk.img")
    info.size = 512
    info.pax_headers = {"GNU.sparse.map": "0,256,100000,256", "GNU.sparse.size": "100256", "GNU.sparse.name": "disk.img"}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(info, io.BytesIO(b"a" * 256 + b"b" * 256))
    members, faults = opened(out.getvalue())
    assert members == {"given!/disk.img": b"a" * 256 + bytes(100_000 - 256) + b"b" * 256}
    assert faults == []


def test_a_month_of_zero_is_no_time() -> None:
    data = zipped({"a": b"x"}).replace(struct.pack("<HH", 0x93C5, 0x58B0), bytes(4))
    (member,) = OPENERS.get("archive.zip").open(Source.memory(data), Opening())
    assert member.mtime is None


def test_a_method_we_do_not_know_is_a_fault() -> None:
    data = zipped({"a": TEXT, "b": b"y" * 99})
    at = data.index(b"PK\x01\x02")
    data = data[: at + 10] + b"\x63" + data[at + 11 :]
    data = data[:8] + b"\x63" + data[9:]
    members, faults = opened(data)
    assert members == {"given!/a": b"", "given!/b": b"y" * 99}
    assert [f.reason for f in faults] == ["damaged member: NotImplementedError"]


def test_a_directory_that_claims_too_many_members_is_not_loaded() -> None:
    data = bytearray(zipped({"a": b"1", "b": b"2"}))
    at = data.index(b"PK\x05\x06")
    struct.pack_into("<I", data, at + 12, 0xF0000000)
    members, faults = opened(bytes(data))
    assert members == {"given!/a": b"1", "given!/b": b"2"}
    assert [f.reason for f in faults] == ["no central directory: BadZipFile"]


def test_an_opener_that_raises_costs_its_container_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(source: Source, opening: Opening) -> Iterator[Source]:
        yield Source.memory(b"first", source.member("1"))
        opening.fault(3, "seen")
        raise IndexError

    opener = dataclasses.replace(OPENERS.get("archive.gzip"), open=broken)
    monkeypatch.setitem(OPENERS._plugins, "archive.gzip", opener)
    steps = list(walk(Source.memory(zipped({"a.gz": gzip.compress(b"x", mtime=0), "b": b"2"}))))
    assert [s.source.path for s in steps if isinstance(s, Visit)] == ["sample", "sample!/a.gz", "sample!/a.gz!/1", "sample!/b"]
    assert [[f.reason for f in s.faults] for s in steps if isinstance(s, Closed)] == [["seen", "opener failed: IndexError"], []]


def test_no_room_for_a_large_member_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "no space")

    monkeypatch.setattr(hold, "MEMORY_BYTES", 1000)
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(UserError, match="no room for a temporary file"):
        list(walk(Source.memory(gzip.compress(TEXT, mtime=0)), temp=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_an_encrypted_member_is_a_fault_and_the_others_are_read() -> None:
    data = bytearray(zipped({"secret.csv": b"s", "open.csv": b"o"}))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    members, faults = opened(bytes(data))
    assert members == {"given!/open.csv": b"o"}
    assert [f.reason for f in faults] == ["encrypted member: secret.csv, 1 bytes"]


@pytest.mark.parametrize("name", ["[Content_Types].xml", "META-INF/MANIFEST.MF"])
def test_documents_that_are_zip_files_are_no_archives(name: str) -> None:
    assert recognise(Source.memory(zipped({"xl/workbook.xml": b"<a/>", name: b"<a/>"}))) is None
    assert recognise(Source.memory(zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "a": b""}))) is None
    assert recognise(Source.memory(zipped({f"folder/{name}": b"<a/>"}))) is not None


def test_a_zip_without_its_directory_is_read_from_local_headers() -> None:
    files = {"a.log": TEXT, "b.log": TEXT[::-1], "c.log": b"short"}
    whole = zipped(files)
    members, faults = opened(whole[: whole.index(b"PK\x01\x02")])
    assert members == {f"given!/{name}": data for name, data in files.items()}
    assert [f.reason for f in faults] == ["no central directory: BadZipFile"]
    members, faults = opened(whole[: whole.index(b"b.log") + 300])
    assert members["given!/a.log"] == TEXT
    assert TEXT[::-1].startswith(members["given!/b.log"])
    assert [f.reason for f in faults] == ["no central directory: BadZipFile", "truncated member"]


def test_a_damaged_member_gives_its_bytes_and_a_fault() -> None:
    data = bytearray(zipped({"a": TEXT}))
    at = data.index(b"PK\x01\x02")
    data[at + 16] ^= 1  # the checksum in the directory
    members, faults = opened(bytes(data))
    assert [f.reason for f in faults] == ["damaged member: BadZipFile"]
    assert TEXT.startswith(members["given!/a"])


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_tar_form_is_read(form: int) -> None:
    long = f"{'folder/' * 20}{'x' * 60}" if form == tarfile.USTAR_FORMAT else f"{'folder/' * 60}x"
    files = {"a.log": TEXT, long: b"deep", "顧客.csv": b"1"}
    members, faults = opened(tarred(files, form))
    assert members == {f"given!/{name}": data for name, data in files.items()}
    assert faults == []


def test_two_tars_one_after_the_other_are_both_read() -> None:
    members, faults = opened(tarred({"a": b"1"}) + tarred({"b": b"2"}))
    assert members == {"given!/a": b"1", "given!/b": b"2"}
    assert faults == []


def test_behind_a_damaged_tar_header_reading_goes_on() -> None:
    data = bytearray(tarred({"a": b"1", "b": b"2", "c": b"3"}))
    data[1024:1034] = b"\xff" * 10
    members, faults = opened(bytes(data))
    assert members == {"given!/a": b"1", "given!/c": b"3"}
    assert [(f.offset, f.reason, f.skipped) for f in faults] == [(1024, "no tar header where one should be", 1024)]


def test_a_truncated_tar_member_gives_what_is_there() -> None:
    members, faults = opened(tarred({"a": TEXT})[:2000])
    assert members == {"given!/a": TEXT[: 2000 - 512]}
    assert [f.reason for f in faults] == ["truncated member"]


def test_containers_nest_and_every_container_is_closed() -> None:
    inner = gzip.compress(tarred({"var/log/access.log": TEXT}))
    data = zipped({"host.tar.gz": inner, "note.txt": b"x"})
    seen = [(type(step).__name__, step.source.path, step.opener) for step in walk(Source.memory(data, "all.zip"))]
    assert seen == [
        ("Visit", "all.zip", "archive.zip"),
        ("Visit", "all.zip!/host.tar.gz", "archive.gzip"),
        ("Visit", "all.zip!/host.tar.gz!/host.tar", "archive.tar"),
        ("Visit", "all.zip!/host.tar.gz!/host.tar!/var/log/access.log", None),
        ("Closed", "all.zip!/host.tar.gz!/host.tar", "archive.tar"),
        ("Closed", "all.zip!/host.tar.gz", "archive.gzip"),
        ("Visit", "all.zip!/note.txt", None),
        ("Closed", "all.zip", "archive.zip"),
    ]


def test_nesting_beyond_the_limit_is_a_fault() -> None:
    data = b"x"
    for _ in range(12):
        data = gzip.compress(data)
    closed = [step for step in walk(Source.memory(data)) if isinstance(step, Closed)]
    assert len(closed) == 9
    assert [f.reason for step in closed for f in step.faults] == ["nested more than 8 deep"]


def test_more_members_or_bytes_than_the_limit_are_one_fault() -> None:
    data = zipped({str(n): b"x" * 10 for n in range(20)})
    members, faults = opened(data, opening=Opening(max_members=5))
    assert (len(members), [f.reason for f in faults]) == (5, ["more than 5 members"])
    members, faults = opened(data, opening=Opening(max_bytes=95))
    assert [f.reason for f in faults] == ["more uncompressed bytes than the limit"]
    assert sum(map(len, members.values())) == 90


@packed
def test_a_bomb_ends_at_the_ratio(suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FREE_BYTES", 1 << 20)
    monkeypatch.setattr(limits, "RATIO", 10)
    members, faults = opened(PACKERS[suffix](bytes(64 << 20)))
    assert [f.reason for f in faults] == ["more uncompressed bytes than the limit"]
    assert sum(map(len, members.values())) <= 1 << 20


def test_large_members_are_spooled_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hold, "MEMORY_BYTES", 1000)
    data = gzip.compress(tarred({"access.log": TEXT}))
    for step in walk(Source.memory(data, "a.tgz"), temp=tmp_path):
        if isinstance(step, Visit) and step.source.name == "access.log":
            assert step.source.read() == TEXT
            assert len(list(tmp_path.iterdir())) == 1
            with step.source.open() as one, step.source.open() as other:
                one.seek(TEXT.index(b"000001"))
                assert (one.read(6), other.read(6)) == (b"000001", b"000000")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("opener", OPENERS.all(), ids=lambda o: o.name)
@settings(max_examples=60, derandomize=True, deadline=None)
@given(data=st.binary(max_size=3000))
def test_openers_take_any_bytes(opener: Opener, data: bytes) -> None:
    source = Source.memory(data)
    opener.accepts(source)
    for member in opener.open(source, Opening()):
        member.read()


@pytest.mark.parametrize("kind", ["zip", "tar", "gz", "bz2", "xz"])
@settings(max_examples=60, derandomize=True, deadline=None)
@given(draw=st.data())
def test_damaged_containers_never_raise(kind: str, draw: st.DataObject) -> None:
    files = {"a.log": TEXT[:3000], "b/c": b"x" * 50, "d": struct.pack("<I", 7) * 300}
    whole = zipped(files) if kind == "zip" else tarred(files) if kind == "tar" else PACKERS[kind](TEXT)
    data = bytearray(whole)
    for _ in range(draw.draw(st.integers(1, 6))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    source = Source.memory(bytes(data[: draw.draw(st.integers(0, len(data)))]))
    opener = OPENERS.get(f"archive.{ {'gz': 'gzip', 'bz2': 'bzip2'}.get(kind, kind) }")
    for member in opener.open(source, Opening()):
        member.read()
