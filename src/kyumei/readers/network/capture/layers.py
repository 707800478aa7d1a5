"""Link, network and transport headers of many packets at once.

Read are Ethernet with VLAN tags, PPPoE (usual on Japan's fixed lines) and MPLS, Linux cooked captures (both versions), raw IP,
BSD loopback, PPP and Cisco HDLC; IPv4, IPv6 with extension headers; TCP, UDP and SCTP ports. Fragments behind the first have no
ports. What is not IP keeps its EtherType.

Formats: https://www.tcpdump.org/linktypes.html, RFC 791, RFC 8200, RFC 9293, RFC 768, RFC 2516
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from kyumei.readers.network.capture.packets import Packets

    Numbers = Any

TCP: Final = 6
UDP: Final = 17
SYN: Final = 0x02
FIN: Final = 0x01
RST: Final = 0x04
ACK: Final = 0x10
LINKS: Final = {
    0: "loopback",
    1: "ethernet",
    9: "ppp",
    12: "raw",
    14: "raw",
    50: "ppp",
    51: "pppoe",
    101: "raw",
    104: "hdlc",
    108: "loopback",
    113: "cooked",
    228: "raw",
    229: "raw",
    276: "cooked2",
}
"""Link types that are read; packets of others are counted as one flow that says so."""
_HEAD: Final = {"ethernet": 14, "cooked": 16, "cooked2": 20, "hdlc": 4, "loopback": 4, "raw": 0}
_TYPE_AT: Final = {"ethernet": 12, "cooked": 14, "cooked2": 0, "hdlc": 2}
_VLAN: Final = (0x8100, 0x88A8, 0x9100)
_IPV4: Final = 0x0800
_IPV6: Final = 0x86DD
_PAD: Final = 128


@dataclass(frozen=True, slots=True)
class Layers:
    """Equally long arrays, one row a packet.

    Attributes:
        buf: the window's bytes as uint8.
        kind: IP protocol number; of what is no IP 65536 + EtherType; of an unknown link 131072 + link type.
        src, dst: uint8 matrices of 16 columns, IPv4 as ::ffff:a.b.c.d; zero where there is none.
        sport, dport: 0 where there is none.
        flags: of TCP. seq: of TCP.
        begin, end: where the payload is in `buf`, as far as it was kept.
        payload: payload bytes on the wire.
        size: bytes on the wire.
        vlan: 0 where there is none.
    """

    buf: Numbers
    kind: Numbers
    src: Numbers
    dst: Numbers
    sport: Numbers
    dport: Numbers
    flags: Numbers
    seq: Numbers
    begin: Numbers
    end: Numbers
    payload: Numbers
    size: Numbers
    vlan: Numbers


def layers(packets: Packets) -> Layers:
    """Return the headers of the packets."""
    import numpy as np

    buf = np.concatenate((np.frombuffer(packets.data, np.uint8), np.zeros(_PAD, np.uint8)))
    kind, at, vlan = _network(buf, packets)
    n = len(kind)
    src, dst = np.zeros((n, 16), np.uint8), np.zeros((n, 16), np.uint8)
    end, rest = packets.end.copy(), packets.size - (at - packets.begin)
    proto, first = 0x10000 + kind, np.zeros(n, bool)
    for wanted, read in ((_IPV4, _ipv4), (_IPV6, _ipv6)):
        rows = np.flatnonzero(
            (kind == wanted) & (at + 20 <= packets.end) & (_u8(buf, at) >> 4 == (4 if wanted == _IPV4 else 6))
        )
        if len(rows):
            read(buf, rows, (at, end, rest, proto, first), (src, dst))
    unknown = ~np.isin(packets.link, list(LINKS))
    proto = np.where(unknown, 0x20000 + packets.link, proto)
    at = np.minimum(at, end)
    return _transport(buf, (proto, at, end, rest, first), (src, dst), packets.size, vlan)


def _u8(buf: Numbers, at: Numbers) -> Numbers:
    import numpy as np

    return buf[np.minimum(at, len(buf) - 1)].astype(np.int64)


def _u16(buf: Numbers, at: Numbers) -> Numbers:
    return _u8(buf, at) << 8 | _u8(buf, at + 1)


def _network(buf: Numbers, packets: Packets) -> tuple[Numbers, Numbers, Numbers]:
    """Return EtherType, where the network header begins, and the VLAN."""
    import numpy as np

    kind, at = np.zeros(len(packets.rec), np.int64), packets.begin.copy()
    for link in np.unique(packets.link):
        name = LINKS.get(int(link), "")
        mine = packets.link == link
        if name in _TYPE_AT:
            kind[mine] = _u16(buf, at[mine] + _TYPE_AT[name])
        if name in {"ppp", "pppoe"}:
            _ppp(buf, mine, kind, at, name)
        at[mine] += _HEAD.get(name, 0)
        if name in {"raw", "loopback"}:
            kind[mine] = _by_version(buf, at[mine])
    vlan = np.zeros(len(kind), np.int64)
    for _ in range(4):
        tagged = np.isin(kind, _VLAN)
        vlan[tagged] = _u16(buf, at[tagged]) & 0xFFF
        kind[tagged], at[tagged] = _u16(buf, at[tagged] + 2), at[tagged] + 4
        session = kind == 0x8864
        kind[session], at[session] = _ppp_type(_u16(buf, at[session] + 6)), at[session] + 8
        labelled = (kind == 0x8847) | (kind == 0x8848)
        bottom = labelled & (_u8(buf, at + 2) & 1 == 1)
        at[labelled] += 4
        kind[bottom] = _by_version(buf, at[bottom])
    return kind, at, vlan


def _ppp(buf: Numbers, mine: Numbers, kind: Numbers, at: Numbers, name: str) -> None:
    import numpy as np

    places = np.flatnonzero(mine)
    if name == "pppoe":
        at[places] += 6
    framed = _u16(buf, at[places]) == 0xFF03
    at[places[framed]] += 2
    kind[places] = _ppp_type(_u16(buf, at[places]))
    at[places] += 2


def _ppp_type(protocol: Numbers) -> Numbers:
    import numpy as np

    return np.where(protocol == 0x0021, _IPV4, np.where(protocol == 0x0057, _IPV6, 0x8864))


def _by_version(buf: Numbers, at: Numbers) -> Numbers:
    import numpy as np

    version = _u8(buf, at) >> 4
    return np.where(version == 4, _IPV4, np.where(version == 6, _IPV6, 0))


def _ipv4(buf: Numbers, rows: Numbers, state: tuple[Numbers, ...], addresses: tuple[Numbers, Numbers]) -> None:
    import numpy as np

    at, end, rest, proto, first = state
    place = at[rows]
    long = (_u8(buf, place) & 15) * 4
    total = _u16(buf, place + 2)
    total = np.where(total == 0, rest[rows], total)  # segmentation offload writes no length
    proto[rows] = _u8(buf, place + 9)
    first[rows] = _u16(buf, place + 6) & 0x1FFF == 0
    for matrix, begin in zip(addresses, (12, 16), strict=True):
        matrix[rows, 10:12] = 0xFF
        matrix[rows, 12:] = buf[(place + begin)[:, None] + np.arange(4)]
    at[rows] = place + np.maximum(long, 20)
    end[rows] = np.minimum(end[rows], place + total)
    rest[rows] = np.maximum(total - long, 0)


def _ipv6(buf: Numbers, rows: Numbers, state: tuple[Numbers, ...], addresses: tuple[Numbers, Numbers]) -> None:
    import numpy as np

    at, end, rest, proto, first = state
    place = at[rows]
    for matrix, begin in zip(addresses, (8, 24), strict=True):
        matrix[rows] = buf[np.minimum((place + begin)[:, None] + np.arange(16), len(buf) - 1)]
    left = _u16(buf, place + 4)
    left = np.where(left == 0, rest[rows] - 40, left)
    end[rows] = np.minimum(end[rows], place + 40 + left)
    following, place, whole = _u8(buf, place + 6), place + 40, np.ones(len(rows), bool)
    for _ in range(8):
        options, fragment, sealed = np.isin(following, (0, 43, 60, 135)), following == 44, following == 51
        more = (options | fragment | sealed) & whole & (place + 8 <= end[rows])
        if not more.any():
            break
        whole &= ~(more & fragment & (_u16(buf, place + 2) >> 3 != 0))
        size = np.where(options, (_u8(buf, place + 1) + 1) * 8, np.where(sealed, (_u8(buf, place + 1) + 2) * 4, 8))
        following = np.where(more, _u8(buf, place), following)
        left = np.where(more, left - size, left)
        place = np.where(more, place + size, place)
    proto[rows], first[rows], at[rows], rest[rows] = following, whole, place, np.maximum(left, 0)


def _transport(
    buf: Numbers, state: tuple[Numbers, ...], addresses: tuple[Numbers, Numbers], size: Numbers, vlan: Numbers
) -> Layers:
    import numpy as np

    proto, at, end, rest, first = state
    tcp, udp = (proto == TCP) & first & (at + 14 <= end), (proto == UDP) & first & (at + 8 <= end)
    ports = tcp | udp | ((proto == 132) & first & (at + 4 <= end))
    sport, dport = np.where(ports, _u16(buf, at), 0), np.where(ports, _u16(buf, at + 2), 0)
    long = np.where(tcp, np.maximum((_u8(buf, at + 12) >> 4) * 4, 20), np.where(udp, 8, 0))
    seq = np.where(tcp, _u16(buf, at + 4) << 16 | _u16(buf, at + 6), 0)
    flags = np.where(tcp, _u8(buf, at + 13), 0)
    begin = np.minimum(at + long, end)
    return Layers(
        buf,
        proto,
        *addresses,
        sport,
        dport,
        flags,
        seq,
        begin,
        end,
        np.maximum(rest - long, 0),
        size,
        vlan,
    )
