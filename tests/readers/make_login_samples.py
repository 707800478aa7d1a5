"""Write the samples of lastlog and faillog: `python -m tests.readers.make_login_samples`."""

from __future__ import annotations

import struct
from pathlib import Path

HERE = Path(__file__).parent
START = 1_718_586_000


def write(reader: str, sample: str, name: str, data: bytes, *, told: bool = True) -> None:
    """Write one sample folder; `told` is whether the sample can be recognised by its content."""
    folder = HERE / reader / sample
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    if not told:
        (folder / "not_recognised_alone").touch()


def last(seconds: int, line: str, host: bytes) -> bytes:
    """Return a record of lastlog."""
    return struct.pack("<I32s256s", seconds, line.encode(), host)


def failed(count: int, line: str, seconds: int, locked: int = 0) -> bytes:
    """Return a record of faillog."""
    return struct.pack("<hh12sqq", count, 0, line.encode(), seconds, locked)


def main() -> None:
    """Write all samples."""
    used = [last(START, "tty1", b""), last(START + 60, "pts/0", b"192.0.2.10"), last(START + 90, "pts/1", b"client.example.jp")]
    file = used[0] + bytes(292 * 999) + used[1] + used[2]
    write("linux.lastlog", "ordinary", "lastlog", used[0] + bytes(292 * 9) + used[1] + used[2])
    write("linux.lastlog", "holes", "lastlog", file, told=True)
    write("linux.lastlog", "damaged", "lastlog", used[0] + used[1] + used[2] + used[1] + b"\xff" * 292 + used[2][:100])
    write("linux.lastlog", "japanese", "lastlog", used[0] + last(START, "pts/2", "営業部端末".encode()))
    write("linux.lastlog", "empty", "lastlog", bytes(292 * 4), told=False)
    rows = [failed(3, "tty1", START), failed(1, "pts/0", START + 5, 600)]
    write("linux.faillog", "ordinary", "faillog", rows[0] + bytes(32 * 999) + rows[1])
    write("linux.faillog", "damaged", "faillog", rows[0] + rows[1] + rows[0] + b"\xff" * 32 + rows[1][:20])
    write("linux.faillog", "empty", "faillog", bytes(32 * 4), told=False)


if __name__ == "__main__":
    main()
