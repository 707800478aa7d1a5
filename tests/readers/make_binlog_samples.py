"""Write the sample folders of `database.mysql_binlog`: `python -m tests.readers.make_binlog_samples`, the same bytes each time.

Hosts, people and addresses are invented (RFC 2606).
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pyarrow as pa

HERE = Path(__file__).parent / "database.mysql_binlog"
START = 1_718_586_000
TYPES, META = (3, 15, 246, 18, 254), b"\xc8\x00\x08\x02\x03\xf7\x01"
NAMES = ("id", "name", "price", "at", "kind")


def write(sample: str, data: bytes) -> None:
    """Write one sample folder."""
    folder = HERE / sample
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "binlog.000001").write_bytes(data)


class Writer:
    """Writes records one behind the other, with checksums."""

    def __init__(self, version: str = "8.0.36") -> None:
        self.out = bytearray(b"\xfebin")
        self.places: list[int] = []
        lengths = bytes([13] * 41)
        self.add(15, struct.pack("<H50sIB", 4, version.encode(), START, 19) + lengths + b"\x01")

    def add(self, kind: int, body: bytes) -> None:
        """Add a record a second after the last."""
        at = len(self.out)
        self.places.append(at)
        self.out += self.record(kind, body, at)

    def record(self, kind: int, body: bytes, at: int) -> bytes:
        """Return the bytes of a record."""
        size = 19 + len(body) + 4
        head = struct.pack("<IBIIIH", START + len(self.places), kind, 7, size, at + size, 0)
        return head + body + struct.pack("<I", zlib.crc32(head + body))


def query(text: str | bytes, database: str = "shop", session: int = 42) -> bytes:
    """Return the body of a statement."""
    said = text if isinstance(text, bytes) else text.encode()
    status = b"\x0d" + (123_456).to_bytes(3, "little") + b"\x05\x06SYSTEM"
    status += b"\x0b\x03app\x08web01.jp" if said.startswith(b"CREATE USER") else b""
    name = database.encode()
    return struct.pack("<IIBHH", session, 0, len(name), 0, len(status)) + status + name + b"\0" + said


def table_map(number: int, *, named: bool) -> bytes:
    """Return the body of a table map of `shop.customers`."""
    more = b""
    if named:
        names = b"".join(bytes([len(name)]) + name.encode() for name in NAMES)
        more = b"\x01\x01\x80" + b"\x04" + bytes([len(names)]) + names
        kinds = b"\x02\x06" + "個人".encode() + b"\x06" + "法人".encode()
        more += b"\x06" + bytes([len(kinds)]) + kinds
    body = number.to_bytes(6, "little") + b"\x01\0\x04shop\0\x09customers\0" + bytes([len(TYPES)]) + bytes(TYPES)
    return body + bytes([len(META)]) + META + b"\x1f" + more


def image(number: int, name: str | None, cents: int, kind: int) -> bytes:
    """Return one row image."""
    nulls = 0x02 if name is None else 0
    text = b"" if name is None else bytes([len(name.encode())]) + name.encode()
    price = bytes([0x80 | cents // 100 >> 16 & 0x7F, cents // 100 >> 8 & 0xFF, cents // 100 & 0xFF, cents % 100])
    months = 2024 * 13 + 6
    packed = 1 << 39 | months << 22 | 17 << 17 | 10 << 12 | 2 << 6 | 3
    return bytes([nulls]) + struct.pack("<I", number) + text + price + packed.to_bytes(5, "big") + b"\x30\x39" + bytes([kind])


def rows(number: int, images: list[bytes], *, bitmaps: int = 1, last: bool = True) -> bytes:
    """Return the body of a rows record of version 2."""
    head = number.to_bytes(6, "little") + struct.pack("<HH", int(last), 2)
    return head + bytes([len(TYPES)]) + b"\x1f" * bitmaps + b"".join(images)


def gtid(number: int) -> bytes:
    """Return the body of a GTID record."""
    return b"\x01" + bytes(range(16)) + struct.pack("<Q", number) + bytes(17)


def ordinary() -> Writer:
    """Return a log of a table made, rows changed with and without names, a user made, a packed transaction."""
    log = Writer()
    log.add(33, gtid(1))
    log.add(
        2,
        query("CREATE TABLE customers (id INT UNSIGNED, name VARCHAR(50), price DECIMAL(8,2), at DATETIME(3), kind ENUM('a'))"),
    )
    log.add(33, gtid(2))
    log.add(2, query("BEGIN"))
    log.add(19, table_map(5, named=True))
    log.add(30, rows(5, [image(1, "suzuki", 120_050, 1), image(4_000_000_000, None, 5, 2)]))
    log.add(16, struct.pack("<Q", 9))
    log.add(2, query("BEGIN"))
    log.add(19, table_map(5, named=False))
    log.add(31, rows(5, [image(1, "suzuki", 5, 1), image(1, "sato", 5, 1)], bitmaps=2))
    log.add(29, b"\x1fDELETE FROM customers WHERE id < 3")
    log.add(19, table_map(6, named=True))
    log.add(32, rows(6, [image(1, "sato", 5, 1)], last=False))
    log.add(32, rows(6, [image(2, "sato", 5, 1)]))
    log.add(2, query("CREATE USER 'x'@'%' IDENTIFIED WITH 'mysql_native_password' AS '*00'"))
    log.add(5, b"\x02" + struct.pack("<Q", 17))
    log.add(2, query("INSERT INTO orders (customer) VALUES (1)"))
    inside = b"".join(
        log.record(kind, body, 0)[:-4]
        for kind, body in ((19, table_map(8, named=True)), (30, rows(8, [image(9, "abe", 1, 1)])))
    )
    sized = b"".join(each[:9] + struct.pack("<I", len(each)) + each[13:] for each in _cut(inside))
    packed = pa.Codec("zstd").compress(sized, asbytes=True)
    log.add(
        40,
        b"\x02\x01\0\x03\x03\xfc"
        + struct.pack("<H", len(sized))
        + b"\x01\x03\xfc"
        + struct.pack("<H", len(packed))
        + b"\0"
        + packed,
    )
    log.add(4, struct.pack("<Q", 4) + b"binlog.000002")
    return log


def _cut(data: bytes) -> list[bytes]:
    """Return records whose headers count a checksum that was taken off."""
    found, at = [], 0
    while at < len(data):
        size = struct.unpack_from("<I", data, at + 9)[0] - 4
        found.append(data[at : at + size])
        at += size
    return found


def japanese() -> bytes:
    """Return statements and rows in Japanese, one statement in CP932."""
    log = Writer("10.11.6-MariaDB-log")
    log.add(2, query("INSERT INTO `顧客` (`氏名`) VALUES ('山田太郎')"))
    log.add(2, query("UPDATE 顧客 SET 氏名 = '鈴木花子' WHERE 番号 = 2".encode("cp932")))
    log.add(19, table_map(5, named=False))
    log.add(160, "DELETE FROM customers -- 退会".encode())
    log.add(25, rows(5, [image(7, "佐藤", 1, 1)])[:8] + rows(5, [image(7, "佐藤", 1, 1)])[10:])
    return bytes(log.out)


def main() -> None:
    """Write all samples."""
    log = ordinary()
    write("ordinary", bytes(log.out))
    broken = bytearray(log.out)
    broken[log.places[2] + 40] ^= 0xFF
    broken[log.places[5] + 5 : log.places[5] + 19] = b"\xee" * 14
    write("damaged", bytes(broken[: log.places[-1] + 20]))
    write("japanese", japanese())
    write("empty", bytes(Writer().out))
    write("encrypted", b"\xfdbin" + bytes(range(200)))


if __name__ == "__main__":
    main()
