"""Write the sample folders of the journal readers: `python -m tests.readers.make_journal_samples`, the same bytes each time.

Hosts, people and addresses are invented (RFC 2606, RFC 5737).
"""

from __future__ import annotations

import json
import lzma
import struct
from pathlib import Path

import pyarrow as pa

HERE = Path(__file__).parent
START = 1_718_586_000_000_000
BOOT = bytes(range(16))
HEADER = 264
XZ, LZ4, ZSTD, KEYED, COMPACT = 1, 2, 8, 4, 16
Fields = dict[str, bytes]


def write(reader: str, sample: str, name: str, data: bytes) -> None:
    """Write one sample folder."""
    folder = HERE / reader / sample
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def entry(message: str | bytes, program: str = "sshd", **more: str) -> Fields:
    """Return an entry's fields."""
    said = message if isinstance(message, bytes) else message.encode()
    fields = {"MESSAGE": said, "SYSLOG_IDENTIFIER": program.encode(), "_HOSTNAME": b"web01", "_PID": b"811"}
    return fields | {name: text.encode() for name, text in more.items()}


ORDINARY = [
    entry("Server listening on 0.0.0.0 port 22."),
    entry("Accepted publickey for hanako from 192.0.2.10 port 50122 ssh2: ED25519 SHA256:abcdefghijklmnop"),
    entry("Failed password for invalid user admin from 203.0.113.5 port 4022 ssh2"),
    entry("  hanako : TTY=pts/0 ; PWD=/home/hanako ; USER=root ; COMMAND=/usr/bin/mysqldump shop", "sudo", _UID="1000"),
    entry("a line\nand another " + "x" * 900, "app", _SYSTEMD_UNIT="app.service"),
    {"MESSAGE": b"usb 1-1: new high-speed USB device number 2 using xhci_hcd", "_TRANSPORT": b"kernel", "_HOSTNAME": b"web01"},
]
JAPANESE = [
    entry("Accepted password for 山田 from 192.0.2.11 port 50123 ssh2"),
    entry("顧客名簿.csv を出力しました(12 件)", "app"),
    entry("名簿を出力".encode("cp932"), "old"),
]


def packed(data: bytes, how: int) -> tuple[int, bytes]:
    """Return the flag and the payload of a data object; short ones stay as they are."""
    if not how or len(data) < 512:
        return 0, data
    if how == XZ:
        return 1, lzma.compress(data, lzma.FORMAT_XZ, lzma.CHECK_NONE)
    if how == LZ4:
        return 2, struct.pack("<Q", len(data)) + pa.Codec("lz4_raw").compress(data, asbytes=True)
    return 4, pa.Codec("zstd").compress(data, asbytes=True)


class Writer:
    """Writes objects one behind the other, as journald does; hash tables are left out, which no reader of entries needs."""

    def __init__(self, how: int, *, compact: bool = False) -> None:
        self.how, self.compact = how, compact
        self.out = bytearray(HEADER)
        self.places: dict[bytes, int] = {}
        self.entries: list[int] = []

    def object(self, kind: int, flags: int, body: bytes) -> int:
        """Add an object and return its place."""
        place = len(self.out)
        self.out += struct.pack("<BBHIQ", kind, flags, 0, 0, 16 + len(body)) + body
        self.out += bytes(-len(self.out) % 8)
        return place

    def data(self, name: str, value: bytes) -> int:
        """Add a data object, once for each value."""
        whole = name.encode() + b"=" + value
        if whole not in self.places:
            flags, payload = packed(whole, self.how)
            head = bytes(56 if self.compact else 48)
            self.places[whole] = self.object(1, flags, head + payload)
        return self.places[whole]

    def entry(self, fields: Fields) -> None:
        """Add an entry a second after the last."""
        places = [self.data(name, value) for name, value in fields.items()]
        number = len(self.entries) + 1
        head = struct.pack("<QQQ16sQ", number, START + number * 1_000_000, number * 1_000_000, BOOT, 0)
        items = b"".join(struct.pack("<I", p) if self.compact else struct.pack("<QQ", p, 0) for p in places)
        self.entries.append(self.object(3, 0, head + items))

    def file(self) -> bytes:
        """Return the file, with unused space at its end."""
        form = "I" if self.compact else "Q"
        array = self.object(6, 0, struct.pack(f"<Q{len(self.entries)}{form}", 0, *self.entries))
        flags = self.how | KEYED | (COMPACT if self.compact else 0)
        arena = len(self.out) - HEADER + 512
        head = struct.pack("<8sIIB7x16s16s16s16s", b"LPKSHHRH", 0, flags, 0, BOOT, BOOT, BOOT, BOOT)
        head += struct.pack("<QQ4QQQQ", HEADER, arena, 0, 0, 0, 0, array, 0, len(self.entries))
        head += struct.pack("<QQQQQQ", len(self.entries), 1, array, START, START, 1)
        self.out[: len(head)] = head
        return bytes(self.out) + bytes(512)


def journal(entries: list[Fields], how: int = 0, *, compact: bool = False) -> tuple[bytes, Writer]:
    """Return a journal file and its writer."""
    writer = Writer(how, compact=compact)
    for fields in entries:
        writer.entry(fields)
    return writer.file(), writer


def exported(entries: list[Fields]) -> bytes:
    """Return the entries in the export form."""
    out = b""
    for number, fields in enumerate(entries, 1):
        out += b"__CURSOR=s=%d\n__REALTIME_TIMESTAMP=%d\n" % (number, START + number * 1_000_000)
        for name, value in fields.items():
            if b"\n" in value or not value.isascii():
                out += name.encode() + b"\n" + struct.pack("<Q", len(value)) + value + b"\n"
            else:
                out += name.encode() + b"=" + value + b"\n"
        out += b"\n"
    return out


def as_json(entries: list[Fields]) -> bytes:
    """Return the entries as JSON lines."""
    out = []
    for number, fields in enumerate(entries, 1):
        row: dict[str, object] = {"__REALTIME_TIMESTAMP": str(START + number * 1_000_000), "__CURSOR": f"s={number}"}
        for name, value in fields.items():
            try:
                row[name] = value.decode()
            except UnicodeDecodeError:
                row[name] = list(value)
        out.append(json.dumps(row, ensure_ascii=False))
    return ("\n".join(out) + "\n").encode()


def main() -> None:
    """Write all samples."""
    write("linux.journal", "ordinary_xz", "system.journal", journal(ORDINARY, XZ)[0])
    write("linux.journal", "compact_zstd", "system.journal", journal(ORDINARY, ZSTD, compact=True)[0])
    write("linux.journal", "lz4", "user-1000.journal", journal(ORDINARY, LZ4)[0])
    write("linux.journal", "japanese", "system.journal", journal(JAPANESE)[0])
    write("linux.journal", "empty", "system.journal", journal([])[0])
    whole, writer = journal(ORDINARY, ZSTD)
    broken = bytearray(whole)
    third = writer.entries[2]
    broken[third : third + 32] = b"\xff" * 32
    broken[writer.entries[1] + 64 : writer.entries[1] + 72] = struct.pack("<Q", 12345)
    write("linux.journal", "damaged_tail", "system.journal~", bytes(broken[: writer.entries[-1] + 24]))
    write("linux.journal_export", "ordinary", "journal.export", exported(ORDINARY))
    write("linux.journal_export", "japanese_json", "journal.json", as_json(JAPANESE))
    cut = as_json(ORDINARY).replace(b'{"__REALTIME_TIMESTAMP": "1718586003000000"', b'{"__REALTIME', 1)
    write("linux.journal_export", "damaged_json", "journal.json", cut[:-40])
    write(
        "linux.journal_export", "damaged", "journal.export", exported(ORDINARY).replace(b"_PID=811\n", b"\xff\xfe\n", 1)[:-30]
    )


if __name__ == "__main__":
    main()
