from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kyumei.store import links
from tests.store.cases import opened, write_events, write_sources

if TYPE_CHECKING:
    from pathlib import Path

FILES = (
    "fs01/share/clients/alpha/顧客名簿.xlsx",
    "fs01/share/clients/beta/list.csv",
    "fs01/share/clients/gamma/list.csv",
    "backup/share.zip",
    "backup/share.zip!/notes/readme.txt",
    "www/var/www/html/export.csv",
)
LINKS = "select s.path, kind, components, of_components, ambiguous from object_links l left join sources s using (file_id)"


def linked(case: Path, name: str, action: str = "file.opened") -> list[tuple[object, ...]]:
    write_events(case, "test.reader", "log", [{"object": name, "action": action}])
    write_sources(case, *FILES)
    return opened(case).rows(f"{LINKS} where object = ? order by all", name)


@pytest.mark.parametrize(
    ("name", "components", "of"),
    [
        (r"\\*\share\clients\alpha\顧客名簿.xlsx", 4, 4),
        (r"D:\SHARE\Clients\Alpha\顧客名簿.XLSX", 4, 5),
        (r"clients\alpha\顧客名簿.xlsx", 3, 3),
        ("/srv/share/clients/alpha/顧客名簿.xlsx", 4, 5),
        ("顧客名簿.xlsx", 1, 1),
        (r"C:\Users\x\Desktop\顧客名簿.xlsx:Zone.Identifier", 1, 5),
        ("https://fs01/share/clients/alpha/%E9%A1%A7%E5%AE%A2%E5%90%8D%E7%B0%BF.xlsx?dl=1#a", 5, 5),
    ],
)
def test_an_object_is_the_file_that_shares_the_longest_end_of_its_path(
    tmp_path: Path, name: str, components: int, of: int
) -> None:
    assert linked(tmp_path, name) == [(FILES[0], "file", components, of, False)]


def test_files_that_match_equally_well_are_all_given_as_ambiguous(tmp_path: Path) -> None:
    assert linked(tmp_path, r"E:\list.csv") == [(FILES[1], "file", 1, 2, True), (FILES[2], "file", 1, 2, True)]


def test_more_matching_components_win_over_the_bare_name(tmp_path: Path) -> None:
    assert linked(tmp_path, r"\\fs\x\beta\list.csv") == [(FILES[1], "file", 2, 4, False)]


def test_what_lies_in_a_named_container_is_its_member(tmp_path: Path) -> None:
    assert linked(tmp_path, r"C:\temp\share.zip") == [
        (FILES[3], "file", 1, 3, False),
        (FILES[4], "member", 1, 3, False),
    ]


def test_a_folder_stands_for_every_file_below_it(tmp_path: Path) -> None:
    found = linked(tmp_path, r"\\*\share\clients", "share.accessed")
    assert found == [(FILES[i], "folder", 2, 2, False) for i in range(3)]


def test_a_word_that_happens_to_be_a_folders_name_is_no_folder(tmp_path: Path) -> None:
    assert linked(tmp_path, "clients", "data.read") == []


def test_a_web_path_is_decoded_and_loses_its_query(tmp_path: Path) -> None:
    found = linked(tmp_path, "/html/%65xport.csv?id=1%ff", "web.request")
    assert found == [(FILES[5], "file", 2, 2, False)]


@pytest.mark.parametrize("name", ["", " ", "/", "\\\\*\\", "%", "https://", "%ff%zz", "'; drop table events; --", "a\0b"])
def test_odd_objects_link_to_nothing_and_break_nothing(tmp_path: Path, name: str) -> None:
    assert linked(tmp_path, name, "web.request") == []


def test_joined_attachment_names_link_each(tmp_path: Path) -> None:
    write_events(tmp_path, "mail.message", "a.eml", [{"object": "顧客名簿.xlsx; export.csv", "rec": 9}])
    write_sources(tmp_path, *FILES)
    found = opened(tmp_path).rows(
        "select rec, object, path from event_links join sources using (file_id) where kind = 'file' order by path"
    )
    assert found == [(9, "顧客名簿.xlsx", FILES[0]), (9, "export.csv", FILES[5])]


def test_too_many_equal_matches_become_one_row_without_a_file(tmp_path: Path) -> None:
    write_events(tmp_path, "web.access", "log", [{"object": "/index.html", "action": "web.request"}])
    write_sources(tmp_path, *(f"site/{n}/index.html" for n in range(links.TIES + 1)))
    assert opened(tmp_path).rows(LINKS) == [(None, "file", 1, 1, True)]


def test_attachments_are_found_by_their_message_at_any_depth(tmp_path: Path) -> None:
    write_events(tmp_path, "mail.message", "mail/a.eml", [{"action": "mail.sent"}])
    write_sources(tmp_path, "mail/a.eml", "mail/a.eml!/2/x.zip", "mail/a.eml!/2/x.zip!/list.xlsx", "mail/b.eml!/1/other.txt")
    assert opened(tmp_path).rows("select name, depth from mail_attachments order by depth") == [("x.zip", 1), ("list.xlsx", 2)]
