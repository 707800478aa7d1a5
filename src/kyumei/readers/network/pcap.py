"""Packet captures (PCAP, PCAPNG): flows with what went each way, DNS queries with answers, TLS server names, HTTP requests.

What tcpdump, Wireshark, firewalls and switches write; what lies in each packet beyond that is not kept. Link layers: see
`kyumei.readers.network.capture.layers`. HTTP/2, QUIC and what is encrypted show as flows only.

Formats: https://datatracker.ietf.org/doc/html/draft-ietf-opsawg-pcap and
https://datatracker.ietf.org/doc/html/draft-ietf-opsawg-pcapng
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.source import CERTAIN
from kyumei.readers.network.capture import names
from kyumei.readers.network.capture.dialogue import Dialogue
from kyumei.readers.network.capture.flows import Flows, keys
from kyumei.readers.network.capture.layers import ACK, FIN, LINKS, RST, SYN, layers
from kyumei.readers.network.capture.packets import NO_TIME, is_capture, packets
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    from kyumei.model.source import Source
    from kyumei.readers.network.capture.dialogue import Said
    from kyumei.readers.network.capture.flows import Flow
    from kyumei.store.rows import Rows

_PROTOCOLS: Final = {
    1: "icmp",
    2: "igmp",
    6: "tcp",
    17: "udp",
    41: "ipv6",
    47: "gre",
    50: "esp",
    51: "ah",
    58: "icmp6",
    132: "sctp",
}
_ETHERTYPES: Final = {
    0x0806: "arp",
    0x88CC: "lldp",
    0x8863: "pppoe-discovery",
    0x8864: "ppp",
    0x888E: "eapol",
    0x88E5: "macsec",
}
_MAPPED: Final = bytes(10) + b"\xff\xff"


def accepts(source: Source) -> int:
    """Return whether the file begins like a capture."""
    return CERTAIN if is_capture(source.head[:24]) else 0


@reader(
    "network.pcap",
    accepts=accepts,
    title="Packet capture (PCAP, PCAPNG)",
    spec="https://datatracker.ietf.org/doc/html/draft-ietf-opsawg-pcapng",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each flow, DNS query, TLS client hello and HTTP request; `rec` is the offset of its first packet.

    Times are UTC in microseconds; packets of simple blocks have none. A flow's `bytes` is the payload that the side which
    opened it sent; `resp_bytes` is what came back; `orig_size` and `resp_size` count whole packets. A `web.request` has the
    response's length as `bytes`. A TCP flow that was reset or got no answer is `network.denied`.

    Packets that are no IP are counted as flows of their EtherType; so are those of link types that are not read.
    """
    flows, dialogue = Flows(), Dialogue()
    for found in packets(source, rows):
        heads = layers(found)
        for said in dialogue.take(heads, found.rec, found.ts, keys(heads)):
            _add_said(said, rows)
        for flow in flows.take(heads, found.rec, found.ts):
            _add_flow(flow, dialogue.named, rows)
    for said in dialogue.rest():
        _add_said(said, rows)
    for flow in flows.rest():
        _add_flow(flow, dialogue.named, rows)


class _Ends:
    """Both ends of a flow as its key has them, the one who opened it first."""

    def __init__(self, key: bytes, opener: int) -> None:
        self.kind = int.from_bytes(key[:4], "big")
        self.vlan = int.from_bytes(key[4:6], "big")
        ports = int.from_bytes(key[6:8], "big"), int.from_bytes(key[8:10], "big")
        addresses = _address(key[10:26]), _address(key[26:42])
        self.source, self.sport = addresses[opener], ports[opener]
        self.target, self.dport = addresses[1 - opener], ports[1 - opener]

    @property
    def dst(self) -> str | None:
        """Return address and port that were called."""
        if not self.target or not self.dport:
            return self.target or None
        return f"[{self.target}]:{self.dport}" if ":" in self.target else f"{self.target}:{self.dport}"

    @property
    def proto(self) -> str:
        """Return the protocol's name or number."""
        if self.kind >= 0x20000:
            link = self.kind - 0x20000
            return LINKS.get(link) or f"link type {link}"
        if self.kind >= 0x10000:
            return _ETHERTYPES.get(self.kind - 0x10000) or f"ethertype 0x{self.kind - 0x10000:04x}"
        return _PROTOCOLS.get(self.kind) or f"ip {self.kind}"

    def fields(self) -> dict[str, str | None]:
        """Return what every event of the flow states."""
        ports = (str(self.sport), str(self.dport)) if self.sport or self.dport else (None, None)
        return {
            "proto": self.proto,
            "dst_ip": self.target,
            "src_port": ports[0],
            "dst_port": ports[1],
            "vlan": str(self.vlan) if self.vlan else None,
        }


def _address(data: bytes) -> str:
    if not any(data):
        return ""
    return str(IPv4Address(data[12:])) if data.startswith(_MAPPED) else str(IPv6Address(data))


def _common(rec: int, ts: int | None, ends: _Ends) -> dict[str, Any]:
    known = ts if ts != NO_TIME else None
    return {
        "rec": rec,
        "ts": known,
        "ts_kind": "first packet" if known is not None else None,
        "zone_assumed": False,
        "src_ip": ends.source or None,
        "dst": ends.dst,
        "channel": ends.proto,
    }


def _add_flow(flow: Flow, named: dict[bytes, tuple[str, str]], rows: Rows) -> None:
    one = _opener(flow)
    ends, other = _Ends(flow.key, one), 1 - one
    state = _state(flow, ends.kind, one)
    service, server = named.get(flow.key, ("", ""))
    sizes = {
        "orig_bytes": flow.payload[one],
        "resp_bytes": flow.payload[other],
        "orig_pkts": flow.packets[one],
        "resp_pkts": flow.packets[other],
        "orig_size": flow.size[one],
        "resp_size": flow.size[other],
    }
    span = None if flow.first is None or flow.last is None else f"{(flow.last - flow.first) / 1_000_000:.6f}"
    refused = state in {"no answer", "refused"}
    rows.add(
        **_common(flow.rec, flow.first, ends),
        action="network.denied" if refused else "network.allowed",
        outcome="failure" if refused else None,
        object=server or None,
        bytes=flow.payload[one],
        provider=service or None,
        message=" ".join(
            part for part in (ends.proto, ends.source, "->" if ends.dst else "", ends.dst, service or state) if part
        ),
        fields={
            **ends.fields(),
            **{name: str(value) for name, value in sizes.items()},
            "duration": span,
            "conn_state": state,
            "service": service or None,
        },
    )


def _opener(flow: Flow) -> int:
    """Return the direction of the side that opened the flow; where its beginning is missing, the one with the higher port."""
    if flow.opened & SYN:
        return 1 - flow.opener if flow.opened & ACK else flow.opener
    low, high = int.from_bytes(flow.key[6:8], "big"), int.from_bytes(flow.key[8:10], "big")
    if low != high and min(low, high) and min(low, high) < 1024 <= max(low, high):
        return 0 if low > high else 1
    return flow.opener


def _state(flow: Flow, kind: int, one: int) -> str | None:
    """Return what became of a TCP connection."""
    if kind != 6:
        return None
    mine, theirs = flow.flags[one], flow.flags[1 - one]
    if mine & SYN and not flow.packets[1 - one] and not flow.payload[one]:
        return "no answer"
    if mine & SYN and theirs & RST and not theirs & SYN:
        return "refused"
    if (mine | theirs) & RST:
        return "reset"
    if mine & theirs & FIN:
        return "closed"
    return "open"


def _add_said(said: Said, rows: Rows) -> None:
    what = said.what
    if isinstance(what, names.Dns):
        _add_dns(said, what, rows)
    elif isinstance(what, names.Hello):
        _add_hello(said, what, rows)
    else:
        _add_request(said, what, rows)


def _add_dns(said: Said, query: names.Dns, rows: Rows) -> None:
    reply = said.reply if isinstance(said.reply, names.Dns) else None
    ends = _Ends(said.place.key, said.place.way if not query.is_answer else 1 - said.place.way)
    answers = "; ".join(reply.answers) if reply else ""
    rows.add(
        **_common(said.place.rec, said.place.ts, ends),
        action="record.written",
        outcome=None if reply is None else "success" if reply.code == "NOERROR" else "failure",
        object=query.query,
        provider="dns",
        message=f"dns {query.kind} {query.query} {answers or (reply.code if reply else 'no answer')}",
        fields={
            **ends.fields(),
            "query": query.query,
            "qtype_name": query.kind,
            "rcode_name": reply.code if reply else None,
            "answers": answers,
        },
    )


def _add_hello(said: Said, hello: names.Hello, rows: Rows) -> None:
    ends = _Ends(said.place.key, said.place.way)
    rows.add(
        **_common(said.place.rec, said.place.ts, ends),
        action="record.written",
        object=hello.server or None,
        provider="tls",
        message=f"tls {hello.version} {hello.server or ends.dst or ''}",
        fields={**ends.fields(), "server_name": hello.server, "version": hello.version, "next_protocol": hello.protocols},
    )


def _add_request(said: Said, head: names.Head, rows: Rows) -> None:
    ends = _Ends(said.place.key, said.place.way)
    reply = said.reply if isinstance(said.reply, names.Head) else None
    method, target, _ = head.first
    host = head.headers.get("host", "")
    status = reply.first[1] if reply else ""
    length = reply.headers.get("content-length", "") if reply else ""
    rows.add(
        **_common(said.place.rec, said.place.ts, ends),
        action="web.request",
        outcome=None if not status.isdecimal() else "failure" if status >= "4" else "success",
        account=names.basic_account(head.headers) or None,
        object=target,
        bytes=int(length) if length.isdecimal() and len(length) < 19 else None,
        event_id=int(status) if status.isdecimal() and len(status) == 3 else None,
        provider="http",
        message=f"{method} {host}{target} {status}".rstrip(),
        fields={
            **ends.fields(),
            "method": method,
            "http_host": host,
            "uri": target,
            "status_code": status,
            "user_agent": head.headers.get("user-agent"),
            "referrer": head.headers.get("referer"),
            "forwarded_for": head.headers.get("x-forwarded-for"),
            "request_body_len": head.headers.get("content-length"),
            "request_type": head.headers.get("content-type"),
            "response_body_len": length,
            "resp_mime_type": reply.headers.get("content-type") if reply else None,
            "resp_filename": reply.headers.get("content-disposition") if reply else None,
        },
    )
