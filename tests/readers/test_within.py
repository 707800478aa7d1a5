"""Logs inside logs: what programs write within the frame of a container's runtime, and requests behind a server's errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kyumei.model.source import Source
from kyumei.readers.mapped.mapping import parse
from kyumei.readers.mapped.register import as_reader
from kyumei.readers.run import recognise
from tests.readers.samples import strict_run

ACCESS = '203.0.113.5 - hanako [17/Jun/2024:10:00:00 +0900] "GET /list?id=7 HTTP/1.1" 200 5120 "-" "curl/8"'
ENVOY = json.dumps(
    {
        ":authority": "app.example.com",
        "bytes_sent": 5120,
        "downstream_local_address": "10.42.0.77:10443",
        "downstream_remote_address": "203.0.113.5:59292",
        "method": "GET",
        "response_code": 200,
        "start_time": "2024-06-17T01:00:00.479Z",
        "x-envoy-origin-path": "/list?id=7",
    }
)
NGINX = json.dumps(
    {
        "time": "2024-06-17T10:00:00+09:00",
        "remote_addr": "203.0.113.5",
        "request": "GET /list?id=7 HTTP/1.1",
        "body_bytes_sent": 5120,
    }
)
APP = json.dumps({"level": "warn", "msg": "Login failed for user hanako from 203.0.113.5", "ts": 1718586000})
SAID = {
    ACCESS: ("web.request", "203.0.113.5", "/list?id=7", 5120),
    ENVOY: ("web.request", "203.0.113.5", "/list?id=7", 5120),
    NGINX: ("web.request", "203.0.113.5", "GET /list?id=7 HTTP/1.1", 5120),
    APP: ("login.failed", "203.0.113.5", None, None),
    "level=info Login failed for user hanako from 203.0.113.5": ("login.failed", "203.0.113.5", None, None),
}


def rows_of(data: bytes) -> list[dict[str, Any]]:
    source = Source.memory(data, "evidence/0001")
    reader, _ = recognise(source)
    assert reader is not None
    _, tables = strict_run(reader, source)
    return [row for table in tables for row in table.to_pylist()]


def cri(line: str, tag: str = "F", stream: str = "stdout") -> bytes:
    return f"2024-06-17T01:00:00.5Z {stream} {tag} {line}\n".encode()


def docker(line: str) -> bytes:
    return json.dumps({"log": line + "\n", "stream": "stdout", "time": "2024-06-17T01:00:00.5Z"}).encode() + b"\n"


@pytest.mark.parametrize("line", SAID)
@pytest.mark.parametrize("frame", [cri, docker])
def test_a_line_within_a_frame_says_what_it_says_alone(frame: Any, line: str) -> None:
    (row,) = rows_of(frame(line))
    assert (row["action"], row["src_ip"], row["object"], row["bytes"]) == SAID[line]
    assert row["ts"].isoformat() == "2024-06-17T01:00:00.500000+00:00"
    assert row["message"] == line


def test_a_json_line_cut_by_the_runtime_is_put_together_again_in_its_own_stream() -> None:
    half = len(ENVOY) // 2
    data = cri(ENVOY[:half], "P") + cri("stack trace", "F", "stderr") + cri(ENVOY[half:], "F")
    found = {row["channel"]: row for row in rows_of(data)}
    assert (found["stdout"]["src_ip"], found["stdout"]["rec"]) == ("203.0.113.5", 0)
    assert found["stderr"]["message"] == "stack trace"


def test_a_line_whose_end_never_came_is_kept() -> None:
    assert [row["message"] for row in rows_of(cri("whole") + cri("half", "P"))] == ["whole", "half"]


def test_requests_behind_the_errors_of_a_server_are_requests() -> None:
    error = "[Fri Oct 08 17:08:41.203277 2021] [core:error] [pid 7] [client 198.51.100.7:14532] AH00126: Invalid URI\n"
    first, second = rows_of((error + ACCESS + "\n").encode())
    assert (first["action"], first["src_ip"]) == ("record.written", "198.51.100.7")
    assert (second["action"], second["src_ip"], second["object"]) == ("web.request", "203.0.113.5", "/list?id=7")
    assert second["ts"].isoformat() == "2024-06-17T01:00:00+00:00"


def test_json_in_the_text_of_a_field_gives_fields_of_its_own() -> None:
    details = json.dumps({"ip_address": "203.0.113.5", "device": "phone"})
    event = {"action": "admin_login", "description": details, "isotimestamp": "2024-06-17 01:00:00", "username": "hanako"}
    (row,) = rows_of(json.dumps(event).encode() + b"\n")
    assert (row["src_ip"], row["description.device"], row["description"]) == ("203.0.113.5", "phone", details)


def test_json_in_cells_of_a_table_is_there_for_a_mapping() -> None:
    mapping = parse(
        "name: user.details\nformat: csv\naccepts: [時刻, 詳細]\ntime: {fields: [時刻]}\ncolumns: {src_ip: [詳細.ip]}", "test"
    )
    cells = ('"{""ip"": ""203.0.113.5""}"', "なし", '"{""ip"": ""203.0.113.6""}"')
    table = "時刻,詳細\n" + "".join(f"2024-06-17 10:00:0{n},{cell}\n" for n, cell in enumerate(cells))
    _, tables = strict_run(as_reader(mapping), Source.memory(table.encode()))
    assert [row["src_ip"] for each in tables for row in each.to_pylist()] == ["203.0.113.5", None, "203.0.113.6"]


def test_a_document_in_a_field_is_not_taken_apart() -> None:
    body = json.dumps({f"k{n}": n for n in range(100)})
    (row,) = rows_of(
        json.dumps({"action": "login", "body": body, "time": "2024-06-17T01:00:00Z", "user": "a"}).encode() + b"\n"
    )
    assert not [name for name in row if name.startswith("body.")]


def test_a_time_that_is_none_gives_way_to_the_next_field() -> None:
    record = {
        "category": "AuditLogs",
        "operationName": "Patch MobileApp",
        "time": "2025-04-11:21:02.33Z",
        "properties": {"ActivityDate": "4/11/2025 6:21:02 PM"},
    }
    (row,) = rows_of(json.dumps(record).encode() + b"\n")
    assert row["ts"].isoformat() == "2025-04-11T18:21:02+00:00"
