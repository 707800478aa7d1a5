"""Write the sample folders of the line-log readers: `python -m tests.readers.make_log_samples`, the same bytes each time.

Hosts, people and addresses are invented (RFC 2606, RFC 5737, RFC 3849).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

HERE = Path(__file__).parent
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"


def write(reader: str, sample: str, name: str, data: str | bytes, changed: datetime | None = None) -> None:
    """Write one sample folder; `changed` becomes the file's change time."""
    folder = HERE / reader / sample
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    if changed:
        (folder / "mtime.txt").write_text(str(int(changed.timestamp()) * 1_000_000))


# ruff: noqa: E501  # log lines are as long as they are


def web_access() -> None:
    ordinary = [
        '192.0.2.10 - - [16/May/2024:09:05:03 +0900] "GET /index.html HTTP/1.1" 200 5120',
        f'192.0.2.11 - hanako [16/May/2024:09:05:04 +0900] "GET /list.csv?from=1 HTTP/1.1" 200 40960 "https://www.example.jp/" "{AGENT}"',
        f'2001:DB8::0:1 - - [16/May/2024:00:05:05 +0000] "POST /login HTTP/2.0" 401 - "-" "{AGENT}"',
        '::ffff:192.0.2.12 - - [16/May/2024:09:05:06 +0900] "HEAD / HTTP/1.0" 404 0 "-" "say \\"hi\\""',
        f'www.example.jp:443 192.0.2.13 - - [16/May/2024:09:05:07 +0900] "GET /a HTTP/1.1" 304 - "-" "{AGENT}"',
        f'192.0.2.14 - - [16/May/2024:09:05:08 +0900] "GET /b HTTP/1.1" 200 12 "-" "{AGENT}" 0.123 "198.51.100.7, 192.0.2.99"',
        '192.0.2.15 - - [16/May/2024:09:05:09 +0900] "\\x16\\x03\\x01\\x02\\x00" 400 226 "-" "-"',
        '192.0.2.16 - - [16/May/2024:09:05:10 +0900] "-" 408 - "-" "-"',
        '192.0.2.17 - Yamada Taro [16/May/2024:09:05:11] "GET /c d.txt HTTP/1.1" 200 7 "-" "curl/8.0"',
        'client.example.net - - [16/May/2024:09:05:12 -0500] "GET /say"x" HTTP/1.1" 200 7',
    ]
    write("web.access", "ordinary", "access.log", "\n".join(ordinary) + "\n")
    damaged = "\n".join(
        [
            "half a line that lost its beginn",
            "and another",
            ordinary[0],
            "",
            '192.0.2.20 - - [31/Feb/2024:09:05:03 +0900] "GET /no-such-day HTTP/1.1" 200 1',
            ordinary[1],
        ]
    )
    write(
        "web.access", "damaged", "access.log", damaged.encode() + b"\n" + bytes(64) + ordinary[4].encode() + b"\n192.0.2.2 - -"
    )
    japanese = (
        ordinary[0].encode()
        + '\n192.0.2.30 - - [16/May/2024:09:06:00 +0900] "GET /学生名簿.xlsx HTTP/1.1" 200 9 "-" "-"\r\n'.encode("cp932")
        + '192.0.2.31 - - [16/May/2024:09:06:01 +0900] "GET /成績一覧.xlsx HTTP/1.1" 200 9 "-" "-"\r\n'.encode("cp932")
        + b'192.0.2.32 - - [16/May/2024:09:06:02 +0900] "GET /\xff\xfe\x81 HTTP/1.1" 404 9 "-" "-"\r\n'
    )
    write("web.access", "cp932_names", "access.log", japanese)


if __name__ == "__main__":
    web_access()
