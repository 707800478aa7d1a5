"""Write the sample folders of binary network readers: `python -m tests.readers.make_network_samples`, the same bytes each time.

Hosts, people and addresses are invented (RFC 2606, RFC 5737, RFC 3849).
"""

from __future__ import annotations

import struct
from ipaddress import ip_address
from pathlib import Path

HERE = Path(__file__).parent
START = 1_718_586_000
CLIENT, SERVER, RESOLVER = "192.0.2.10", "198.51.100.20", "192.0.2.53"
SYN, ACK, FIN, RST, PSH = 2, 16, 1, 4, 8


def write(reader: str, sample: str, name: str, data: bytes) -> None:
    """Write one sample folder."""
    folder = HERE / reader / sample
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def ethernet(packet: bytes, vlan: int = 0, *, pppoe: bool = False) -> bytes:
    """Return the frame of an IP packet."""
    kind = 0x0800 if packet[0] >> 4 == 4 else 0x86DD
    if pppoe:
        session = struct.pack(">BBHHH", 0x11, 0, 7, len(packet) + 2, 0x0021 if kind == 0x0800 else 0x0057)
        kind, packet = 0x8864, session + packet
    tag = struct.pack(">HH", 0x8100, vlan) if vlan else b""
    return b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01" + tag + struct.pack(">H", kind) + packet


def ip(source: str, target: str, protocol: int, body: bytes) -> bytes:
    """Return an IPv4 or IPv6 packet."""
    one, other = ip_address(source), ip_address(target)
    if one.version == 4:
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 1, 0, 64, protocol, 0)
        return head + one.packed + other.packed + body
    return struct.pack(">IHBB", 6 << 28, len(body), protocol, 64) + one.packed + other.packed + body


def tcp(ends: tuple[str, int, str, int], flags: int, seq: int, data: bytes = b"") -> bytes:
    """Return a TCP segment in its IP packet."""
    source, sport, target, dport = ends
    return ip(source, target, 6, struct.pack(">HHIIBBHHH", sport, dport, seq, 0, 0x50, flags, 8192, 0, 0) + data)


def udp(ends: tuple[str, int, str, int], data: bytes) -> bytes:
    """Return a UDP datagram in its IP packet."""
    source, sport, target, dport = ends
    return ip(source, target, 17, struct.pack(">HHHH", sport, dport, 8 + len(data), 0) + data)


def back(ends: tuple[str, int, str, int]) -> tuple[str, int, str, int]:
    """Return the ends of the other direction."""
    return ends[2], ends[3], ends[0], ends[1]


def dns_name(name: str) -> bytes:
    """Return a name as DNS writes it."""
    return b"".join(bytes([len(part.encode())]) + part.encode() for part in name.split(".")) + b"\0"


def dns(number: int, name: str, kind: int, answers: tuple[bytes, ...] = (), code: int = -1) -> bytes:
    """Return a query, or with `code` an answer."""
    flags = 0x0100 if code < 0 else 0x8180 | code
    question = dns_name(name) + struct.pack(">HH", kind, 1)
    given = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(each)) + each for each in answers)
    return struct.pack(">6H", number, flags, 1, len(answers), 0, 0) + question + given


def hello(server: str, padding: int = 0) -> bytes:
    """Return a TLS ClientHello."""
    named = server.encode()
    sni = struct.pack(">HBH", len(named) + 3, 0, len(named)) + named
    extensions = struct.pack(">HH", 21, padding) + bytes(padding) if padding else b""
    extensions += struct.pack(">HH", 0, len(sni)) + sni
    extensions += struct.pack(">HHHB", 16, 5, 3, 2) + b"h2" + struct.pack(">HHBHH", 43, 5, 4, 0x0304, 0x0303)
    body = b"\x03\x03" + bytes(32) + b"\0" + struct.pack(">HH", 2, 0x1301) + b"\x01\0" + struct.pack(">H", len(extensions))
    body += extensions
    return b"\x16\x03\x01" + struct.pack(">H", len(body) + 4) + b"\x01" + len(body).to_bytes(3, "big") + body


def connection(ends: tuple[str, int, str, int], sent: list[bytes], received: list[bytes]) -> list[bytes]:
    """Return the packets of a TCP connection from first to last."""
    packets = [tcp(ends, SYN, 999), tcp(back(ends), SYN | ACK, 4999), tcp(ends, ACK, 1000)]
    seq, other = 1000, 5000
    for data in sent:
        packets.append(tcp(ends, ACK | PSH, seq, data))
        seq += len(data)
    for data in received:
        packets.append(tcp(back(ends), ACK | PSH, other, data))
        other += len(data)
    return [*packets, tcp(ends, FIN | ACK, seq), tcp(back(ends), FIN | ACK, other)]


def pcap(frames: list[bytes], link: int = 1, order: str = "<", *, nano: bool = False) -> bytes:
    """Return a capture file with a packet every tenth of a second."""
    head = struct.pack(order + "IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, 262144, link)
    out = [head]
    for n, frame in enumerate(frames):
        part = n % 10 * 100_000 * (1000 if nano else 1)
        out.append(struct.pack(order + "IIII", START + n // 10, part, len(frame), len(frame)) + frame)
    return b"".join(out)


def block(kind: int, body: bytes) -> bytes:
    """Return a PCAPNG block."""
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def pcapng(sections: list[tuple[int, int, list[bytes]]]) -> bytes:
    """Return a capture with one interface for each of link type, power of ten of its resolution, and frames."""
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    for link, power, _ in sections:
        out += block(1, struct.pack("<HHI", link, 0, 0) + struct.pack("<HHB3xHH", 9, 1, power, 0, 0))
    for which, (_, power, frames) in enumerate(sections):
        for n, frame in enumerate(frames):
            ticks = (START + n) * 10**power
            head = struct.pack("<IIIII", which, ticks >> 32, ticks & 0xFFFFFFFF, len(frame), len(frame))
            out += block(6, head + frame)
    return out + block(5, struct.pack("<III", 0, 0, 0))


def ordinary_packets() -> list[bytes]:
    """Return frames of a lookup, a TLS connection cut over segments, two requests, a refused and an unanswered connection."""
    query = (CLIENT, 40001, RESOLVER, 53)
    frames = [
        udp(query, dns(7, "files.example.com", 1)),
        udp(back(query), dns(7, "files.example.com", 1, (b"\xc6\x33\x64\x14",), 0)),
    ]
    frames += [udp(query, dns(8, "gone.example.com", 1)), udp(back(query), dns(8, "gone.example.com", 1, (), 3))]
    frames += [udp((CLIENT, 40002, RESOLVER, 53), dns(9, "late.example.com", 28))]
    first = hello("files.example.com", 1500)
    sent = [first[:1400], first[1400:], b"\x17\x03\x03\x04\0" + bytes(1024)]
    frames += connection((CLIENT, 50001, SERVER, 443), sent, [b"\x17\x03\x03\x01\0" + bytes(256)])
    post = b"POST /upload?id=12 HTTP/1.1\r\nHost: in.example.jp\r\nAuthorization: Basic aGFuYWtvOnNlY3JldA==\r\n"
    post += b"User-Agent: curl/8.0\r\nContent-Type: text/csv\r\nContent-Length: 11\r\n\r\nid,name\r\n1,a"
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok"
    frames += connection((CLIENT, 50002, SERVER, 80), [post], [answer])
    refused = (CLIENT, 50003, SERVER, 3389)
    frames += [tcp(refused, SYN, 1), tcp(back(refused), RST | ACK, 0), tcp((CLIENT, 50004, SERVER, 22), SYN, 1)]
    six = ("2001:db8::10", 50005, "2001:db8::80", 8080)
    frames += connection(six, [b"GET /list HTTP/1.1\r\nHost: six.example.jp\r\n\r\n"], [b"HTTP/1.1 404 Not Found\r\n\r\n"])
    tagged = ethernet(udp((CLIENT, 123, SERVER, 123), bytes(48)), vlan=20)
    arp = b"\xff\xff\xff\xff\xff\xff\x02\0\0\0\0\x01\x08\x06" + bytes(28)
    line = ethernet(ip(CLIENT, SERVER, 1, b"\x08\0\0\0" + bytes(32)), pppoe=True)
    return [*map(ethernet, frames), tagged, arp, line]


def captures() -> None:
    """Write the samples of `network.pcap`."""
    frames = ordinary_packets()
    write("network.pcap", "ordinary", "capture.pcap", pcap(frames))
    write("network.pcap", "nanoseconds_big_endian", "capture.pcap", pcap(frames[:5], order=">", nano=True))
    inner = [frame[14:] for frame in frames[5:12]]
    cooked = [b"\0\0\0\x01\0\x06\x02\0\0\0\0\x01\0\0\x08\0" + each for each in inner]
    second = [struct.pack(">HHIHBB8s", 0x0800, 0, 2, 1, 0, 6, bytes(8)) + each for each in inner]
    loop = [b"\x02\0\0\0" + each for each in inner[:2]]
    write(
        "network.pcap",
        "pcapng_interfaces",
        "capture.pcapng",
        pcapng([(113, 6, cooked), (276, 9, second), (101, 3, inner[:3]), (0, 6, loop), (105, 6, [bytes(30)])]),
    )
    whole = bytearray(pcap(frames))
    places = [24]
    while places[-1] < len(whole):
        places.append(places[-1] + 16 + struct.unpack_from("<I", whole, places[-1] + 8)[0])
    whole[places[3] + 8 : places[3] + 12] = b"\xff\xff\xff\x7f"
    write("network.pcap", "damaged", "capture.pcap", bytes(whole[: places[20] - 40]))
    blocks = bytearray(pcapng([(1, 6, frames[:8])]))
    blocks[510:530] = bytes(range(20))
    write("network.pcap", "damaged_pcapng", "capture.pcapng", bytes(blocks[:-30]))
    said = "GET /名簿/顧客一覧.csv HTTP/1.1\r\nHost: 社内.example.jp\r\nReferer: http://社内.example.jp/\r\n\r\n".encode()
    reply = b'HTTP/1.1 200 OK\r\nContent-Length: 4096\r\nContent-Disposition: attachment; filename="'
    reply += "顧客一覧.csv".encode("cp932") + b'"\r\n\r\n'
    query = udp((CLIENT, 40009, RESOLVER, 53), dns(3, "共有.example.jp", 1))
    japanese = [query, *connection((CLIENT, 50009, SERVER, 8080), [said], [reply])]
    write("network.pcap", "japanese", "capture.pcap", pcap([ethernet(each) for each in japanese]))
    write("network.pcap", "empty", "capture.pcap", pcap([]))


if __name__ == "__main__":
    captures()
