from __future__ import annotations

import io
import json
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from kyumei.cli.rules import command
from kyumei.detect.sigma import packs, unpack
from kyumei.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

RULE = """
title: Something happened
id: 0d2a6d3c-6a62-4a39-8b3c-0b6f2f6d4c11
author: Hanako Sato, Taro Suzuki
logsource: {product: windows, service: security}
detection: {selection: {EventID: 4711}, condition: selection}
level: low
"""
LICENCE = "# Detection Rule License (DRL) 1.1\n\nPermission is hereby granted …\n"
FILES = {"rules/a.yml": RULE, "LICENSE.md": LICENCE, "rules/readme.txt": "not taken"}


def _folder(root: Path) -> Path:
    for name, text in FILES.items():
        path = root / "Some Rules" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root / "Some Rules"


def _zip(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def _tar(path: Path, *members: tarfile.TarInfo, data: bytes = RULE.encode()) -> Path:
    with tarfile.open(path, "w:xz") as archive:
        for member in members:
            if member.isreg() and not member.size:
                member.size = len(data)
            archive.addfile(member, io.BytesIO(data[: member.size] if member.isreg() else b""))
    return path


def test_a_pack_has_the_same_digest_out_of_a_folder_a_zip_and_a_tar(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", _folder(tmp_path)
    with tarfile.open(tmp_path / "c.tar.gz", "w:gz") as archive:
        archive.add(folder, arcname=".")
    added = [
        packs.add(home, folder, name="a"),
        packs.add(home, _zip(tmp_path / "b.zip", FILES), name="b"),
        packs.add(home, tmp_path / "c.tar.gz", name="c"),
    ]
    assert len({pack.digest for pack in added}) == 1
    assert [pack.name for pack in packs.listed(home)] == ["a", "b", "c"]


def test_a_pack_keeps_licence_authors_and_numbers(tmp_path: Path) -> None:
    pack = packs.add(tmp_path / "home", _folder(tmp_path))
    assert (pack.name, pack.rules, pack.correlations, pack.problems) == ("some-rules", 1, 0, 0)
    assert pack.authors == ("Hanako Sato", "Taro Suzuki")
    assert pack.licence == "Detection Rule License (DRL) 1.1"
    assert pack.licence_files == ("LICENSE.md",)
    assert (packs.folder(tmp_path / "home", "some-rules") / "LICENSE.md").read_text("utf-8") == LICENCE


def test_a_rule_without_a_licence_of_its_own_carries_that_of_its_pack(tmp_path: Path) -> None:
    packs.add(tmp_path / "home", _folder(tmp_path), name="mine")
    rules, problems = packs.load(tmp_path / "home", ["mine"])
    about = rules[0].about
    assert not problems
    assert (about.pack, about.license, about.author) == (
        "mine", "Detection Rule License (DRL) 1.1", "Hanako Sato, Taro Suzuki",
    )  # fmt: skip
    assert len(about.digest) == 64


def test_adding_again_replaces_and_removing_leaves_nothing(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", _folder(tmp_path)
    first = packs.add(home, folder, name="mine")
    (folder / "rules" / "a.yml").write_text(RULE.replace("4711", "4712"), "utf-8")
    second = packs.add(home, folder, name="mine")
    assert first.digest != second.digest
    packs.remove(home, "mine")
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("name", ["../a.yml", "/etc/a.yml", "rules/../../a.yml", "..\\a.yml", "C:\\a.yml", "a\n/b.yml"])
def test_a_zip_with_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = _zip(tmp_path / "evil.zip", {name: RULE, "b.yml": RULE})
    with pytest.raises(UserError, match="leads outside"):
        packs.add(tmp_path / "home", path)
    assert list((tmp_path / "home").glob("*")) == []
    assert sorted(p.name for p in tmp_path.iterdir()) == ["evil.zip", "home"] or not (tmp_path / "home").exists()


@pytest.mark.parametrize("name", ["../a.yml", "/etc/a.yml"])
def test_a_tar_with_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="leads outside"):
        packs.add(tmp_path / "home", _tar(tmp_path / "evil.tar.xz", tarfile.TarInfo(name)))


def test_links_in_an_archive_or_folder_are_left_out(tmp_path: Path) -> None:
    link = tarfile.TarInfo("rules/secret.yml")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    pack = packs.add(tmp_path / "home", _tar(tmp_path / "a.tar.xz", tarfile.TarInfo("rules/a.yml"), link))
    assert [p.name for p in packs.folder(tmp_path / "home", pack.name).rglob("*.yml")] == ["a.yml"]
    folder = _folder(tmp_path)
    (tmp_path / "outside.yml").write_text(RULE, "utf-8")
    (folder / "rules" / "link.yml").symlink_to(tmp_path / "outside.yml")
    assert packs.add(tmp_path / "home", folder, name="b").rules == 1


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = _zip(tmp_path / "bomb.zip", {"a.yml": RULE, "zeros.bin": "0" * 3_000_000})
    assert bomb.stat().st_size < 10_000
    monkeypatch.setattr(unpack, "MOST_TOTAL", 1 << 20)
    with pytest.raises(UserError, match="unpacks to more"):
        packs.add(tmp_path / "home", bomb)
    monkeypatch.setattr(unpack, "MOST_MEMBERS", 2)
    with pytest.raises(UserError, match="unpacks to more"):
        packs.add(tmp_path / "home", _zip(tmp_path / "many.zip", {f"{n}.yml": RULE for n in range(3)}))


def test_a_rule_longer_than_any_rule_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "long.zip", {"a.yml": "#" * (unpack.MOST_BYTES + 1)})
    with pytest.raises(UserError, match="longer than 4 MB"):
        packs.add(tmp_path / "home", path)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut off", b"\xfd7zXZ\x00 broken", b"no archive"])
def test_damaged_archives_are_told_in_one_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "broken.zip"
    path.write_bytes(data)
    with pytest.raises(UserError, match=r"no rule pack can be read|holds no rule"):
        packs.add(tmp_path / "home", path)


def test_the_same_name_twice_with_unlike_contents_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "twice.zip", {"rules/a.yml": RULE, "Rules/A.yml": RULE.replace("4711", "4712")})
    with pytest.raises(UserError, match="twice"):
        packs.add(tmp_path / "home", path)


def test_the_name_of_the_programs_own_rules_cannot_be_taken_or_removed(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="belongs to the rules"):
        packs.add(tmp_path / "home", _folder(tmp_path), name="kyumei")
    with pytest.raises(UserError, match="stay"):
        packs.remove(tmp_path / "home", "kyumei")
    with pytest.raises(UserError, match="no rule pack"):
        packs.remove(tmp_path / "home", "../home")


def test_placeholders_are_a_map_of_lists_in_the_rules_home(tmp_path: Path) -> None:
    (tmp_path / "placeholders.yaml").write_text("administrators: [admin, 1]\n", "utf-8")
    assert packs.placeholders(tmp_path) == {"administrators": ["admin", "1"]}
    (tmp_path / "placeholders.yaml").write_text("administrators: admin\n", "utf-8")
    with pytest.raises(UserError, match="no map of lists"):
        packs.placeholders(tmp_path)


def test_the_commands_add_list_check_show_and_remove(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / "rules" / "wrong.yml").write_text("title: No detection\nlogsource: {product: windows}\n", "utf-8")
    env = {"KYUMEI_RULES": str(tmp_path / "home")}

    def said(*arguments: str) -> str:
        result = CliRunner().invoke(command, list(arguments), env=env, catch_exceptions=False)
        return result.stdout

    added = json.loads(said("add", str(folder), "--name", "mine", "--format", "json"))[0]
    assert (added["schema"], added["rules"], added["problems"]) == ("kyumei.rule-pack/1", 1, 1)
    assert [json.loads(line)["name"] for line in said("list", "--format", "jsonl").splitlines()] == ["kyumei", "mine"]
    problem = json.loads(said("check", "mine", "--format", "jsonl").splitlines()[0])
    assert problem["path"] == "rules/wrong.yml"
    shown = json.loads(said("show", "0d2a6d3c-6a62-4a39-8b3c-0b6f2f6d4c11", "--format", "json"))[0]
    assert (shown["pack"], shown["license"], shown["author"]) == (
        "mine", "Detection Rule License (DRL) 1.1", "Hanako Sato, Taro Suzuki",
    )  # fmt: skip
    said("remove", "mine")
    assert len(said("list", "--format", "jsonl").splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("archive", "documents"), [("rules_sigma.tar.xz", 3754), ("rules_hayabusa.tar.xz", 4967)])
def test_both_public_packs_are_taken_whole(tmp_path: Path, shared_data: Path, archive: str, documents: int) -> None:
    pack = packs.add(tmp_path / "home", shared_data / archive)
    assert pack.rules + pack.correlations >= documents - 5
    assert pack.licence == "Detection Rule License (DRL) 1.1"


@pytest.mark.parametrize(
    ("logsource", "why"),
    [
        ("{product: windows, service: security}", ""),
        ("{category: webserver}", ""),
        ("{product: bitbucket, service: audit}", "to be read by cloud.bitbucket, not written yet"),
        ("{product: opencanary, category: application}", "no reader for this honeypot's JSON"),
        ("{product: windows, service: no-such}", "no events are known"),
    ],
)
def test_check_names_the_rules_that_no_log_can_be_read_for(tmp_path: Path, logsource: str, why: str) -> None:
    path = tmp_path / "a.yml"
    path.write_text(RULE.replace("{product: windows, service: security}", logsource), "utf-8")
    result = CliRunner().invoke(command, ["check", str(path), "--format", "json"], env={"KYUMEI_RULES": str(tmp_path / "home")})
    rows = json.loads(result.stdout)
    assert [row["kind"] for row in rows] == (["no reader"] if why else [])
    assert all(why in row["reason"] for row in rows)
