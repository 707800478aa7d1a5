from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from kyumei.cli.read import command
from kyumei.errors import UserError
from kyumei.readers.registry import READERS, Reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows


def _accepts(source: Source) -> int:
    return 100 if source.head.startswith(b"#invented\n") else 0


def _read(source: Source, rows: Rows) -> None:
    with source.open() as stream:
        for number, line in enumerate(stream):
            if line.startswith(b"!"):
                rows.fault(number, "line begins with !", len(line))
            else:
                text = line.decode("utf-8").strip()
                rows.add(rec=number, ts=number * 1_000_000, action="record.written", message=text, fields={"Own": text})


@pytest.fixture(autouse=True)
def _invented() -> Iterator[None]:
    READERS.all()
    READERS.add(Reader("test.invented", _accepts, _read, "", ""))
    yield
    del READERS._plugins["test.invented"]


def call(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    result = CliRunner().invoke(command, arguments, catch_exceptions=False, standalone_mode=False)
    return result.return_value, [json.loads(line) for line in result.stdout.splitlines()]


def test_events_then_faults_then_a_summary(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text("#invented\n日本語 '; drop\n!\n", "utf-8")
    code, lines = call(str(path))
    assert code == 4
    assert lines[1]["event"] == {
        "ts": "1970-01-01T00:00:01.000000+00:00",
        "rec": 1,
        "origin": "live",
        "source": "test.invented",
        "action": "record.written",
        "message": "日本語 '; drop",
        "Own": "日本語 '; drop",
    }
    assert lines[2]["fault"] == {"offset": 2, "reason": "line begins with !", "skipped": 2}
    assert lines[3]["summary"] == {"file": str(path), "reader": "test.invented", "read": 2, "carved": 0, "faulted": 1}


def test_an_unrecognised_file_says_so_and_an_empty_one_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(range(7)))
    (tmp_path / "b.log").write_bytes(b"")
    code, (first, second) = call(str(tmp_path))
    assert code == 4
    assert first["summary"]["reader"] is None
    assert first["summary"]["reason"] == "no reader recognises the content"
    assert call(str(tmp_path / "b.log"))[0] == 0
    assert second["summary"]["reason"] == "empty"


def test_containers_are_opened_and_their_summary_comes_last(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as container:
        container.writestr("logs/日本.log", "#invented\n!\n")
    code, lines = call(str(tmp_path / "a.zip"))
    place = f"{tmp_path}/a.zip"
    assert code == 4
    assert lines[0]["file"] == f"{place}!/logs/日本.log"
    assert [line["summary"]["file"] for line in lines if "summary" in line] == [f"{place}!/logs/日本.log", place]
    assert lines[-1]["summary"] | {"opener": ""} == {
        "file": place,
        "reader": None,
        "opener": "",
        "members": 1,
        "read": 0,
        "carved": 0,
        "faulted": 0,
    }


def test_a_reader_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"x\n")
    code, lines = call("--reader", "test.invented", str(tmp_path / "a.log"))
    assert (code, len(lines)) == (0, 2)


def test_unknown_names_are_the_users_error(tmp_path: Path) -> None:
    for arguments in (["--reader", "no.such", str(tmp_path)], ["--zone", "Mars/Base", str(tmp_path)], [str(tmp_path / "gone")]):
        with pytest.raises(UserError) as wrong:
            call(*arguments)
        assert wrong.value.hint
