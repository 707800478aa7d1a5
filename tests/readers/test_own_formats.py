"""Access logs in formats that servers were told to write: the same request is read alike in each."""

from __future__ import annotations

import pytest

from kyumei.model.source import Source
from kyumei.readers.run import recognise, run

FORMATS = {
    "site first": '{site}:443 {ip} - {user} [{time}] "{request}" {status} {size} "{page}" "{agent}" {micros}',
    "proxy's list first": '"{ip}, 10.0.0.2" 10.0.0.2 - {user} [{time}] "{request}" {status} {size} "{page}" "{agent}"',
    "proxy's address second": '{ip} 10.0.0.2 - {user} [{time}] "{request}" {status} {size} "{page}" "{agent}"',
    "proxy's address first": '10.0.0.2 {ip} - {user} [{time}] "{request}" {status} {size} "{page}" "{agent}"',
    "encryption before the request": '{ip} - {user} [{time}] TLSv1.3 TLS_AES_256_GCM_SHA384 "{request}" {status} {size}',
    "keys behind": '{ip} - {user} [{time}] "{request}" {status} {size} "{page}" "{agent}" rt={seconds} uct="0.001"',
    "server behind": '{ip} - {user} [{time}] "{request}" {status} {size} {seconds} [web-80] [] 10.1.0.5:8080 {size} 0.001 200',
    "ISO time first": '{iso} {ip} {user} "{request}" {status} {size} {seconds} 10.1.0.5:8080 0.001',
    "all in quotes": '[{time}] "{ip}" "{user}" "GET" "{path}" "HTTP/1.1" "{status}" "{size}" "{agent}" "SID=a1; lang=ja"',
    "tabs": "{iso}\t{ip}\t{user}\t{request}\t{status}\t{size}\t{page}\t{agent}",
    "bars": "{iso} | {ip} | {user} | {request} | {status} | {size} | {agent}",
    "a proxy's, address of the page first": "{path} {ip} {user} 17158179{n:02}.123 GET {status} {size} TCP_MISS/HIER_DIRECT",
    "semicolons": "{iso};{ip};{user};GET;{path};{status};{size};{seconds}",
    "site with a colon": '{site}: {ip} - {user} [{time}] "{request}" {status} {size}',
    "all in brackets": '[{ip}] [{time}] [{user}] "{request}" [{status}] [{size}] "{agent}"',
    "status before the request": '[{time}] {ip} {user} {status} {size} "{request}" "{agent}"',
}


def _log(form: str, lines: int = 12) -> bytes:
    written = (
        form.format(
            site="www.example.jp",
            ip=f"203.0.113.{n + 5}",
            user=("-", "sato", "tanaka.h")[n % 3],
            time=f"16/May/2024:09:05:{n:02} +0900",
            iso=f"2024-05-16T09:05:{n:02}+09:00",
            request=f"GET /a/{n}.pdf HTTP/1.1",
            path=f"/a/{n}.pdf",
            status=(200, 404, 200, 302)[n % 4],
            size=5120 + 1024 * n,
            page=("-", "https://www.example.jp/")[n % 2],
            agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
            micros=1000 + 37 * n,
            seconds=f"0.1{n:02}",
            n=n,
        )
        for n in range(lines)
    )
    return "".join(f"{line}\n" for line in written).encode()


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_a_format_of_ones_own_gives_address_account_path_size_and_status(form: str) -> None:
    source = Source.memory(_log(form))
    reader, _ = recognise(source)
    assert reader is not None
    assert reader.name == "web.access"
    events: list[dict[str, object]] = []
    rows = run(reader, source, lambda table: events.extend(table.to_pylist()))
    assert not rows.faults
    assert [(e["src_ip"], e["account"], e["object"], e["bytes"], e["status"]) for e in events] == [
        (
            f"203.0.113.{n + 5}",
            (None, "sato", "tanaka.h")[n % 3],
            f"/a/{n}.pdf",
            5120 + 1024 * n,
            str((200, 404, 200, 302)[n % 4]),
        )
        for n in range(12)
    ]
    assert str(events[3]["ts"]).startswith("2024-05-16 00:05:03")


def test_what_is_not_understood_keeps_its_place_as_a_name() -> None:
    source = Source.memory(_log(FORMATS["site first"]))
    reader, _ = recognise(source)
    events: list[dict[str, object]] = []
    run(reader, source, lambda table: events.extend(table.to_pylist()))  # type: ignore[arg-type]
    assert [e["f11"] for e in events] == [str(1000 + 37 * n) for n in range(12)]
