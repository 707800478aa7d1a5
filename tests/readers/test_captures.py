"""Packet captures: what flows count, and that damage costs only its own packets."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any

from kyumei.model.source import Source
from kyumei.readers.network.capture import names
from kyumei.readers.registry import READERS
from tests.readers.make_network_samples import CLIENT, SERVER, connection, ethernet, hello, ordinary_packets, pcap, tcp
from tests.readers.samples import strict_run

if TYPE_CHECKING:
    from pathlib import Path

ENDS = (CLIENT, 50001, SERVER, 443)


def rows_of(data: bytes) -> tuple[list[dict[str, Any]], Any]:
    rows, tables = strict_run(READERS.get("network.pcap"), Source.memory(data))
    return [row for table in tables for row in table.to_pylist()], rows


def counted(data: bytes) -> int:
    return sum(int(row["orig_pkts"]) + int(row["resp_pkts"]) for row in rows_of(data)[0] if row.get("orig_pkts"))


def test_payload_is_counted_each_way_for_the_side_that_opened_the_connection() -> None:
    packets = connection(ENDS, [b"a" * 1000, b"b" * 500], [b"c" * 70])
    (flow,) = rows_of(pcap([ethernet(each) for each in packets]))[0]
    assert (flow["bytes"], flow["resp_bytes"], flow["src_ip"]) == (1500, "70", CLIENT)


def test_a_packet_cut_by_the_snap_length_counts_with_its_length_on_the_wire() -> None:
    frame = ethernet(tcp(ENDS, 24, 1, bytes(1000)))
    data = pcap([])[:24] + struct.pack("<IIII", 1_718_586_000, 0, 60, len(frame)) + frame[:60]
    assert [row["bytes"] for row in rows_of(data)[0]] == [1000]


def test_a_connection_that_begins_anew_on_the_same_ports_is_a_flow_of_its_own() -> None:
    packets = [ethernet(each) for each in connection(ENDS, [b"a"], []) * 2]
    assert len(rows_of(pcap(packets))[0]) == 2


def test_a_server_name_behind_the_first_segment_is_found() -> None:
    data = hello("long.example.com", 2000)
    packets = [ethernet(each) for each in connection(ENDS, [data[:1400], data[1400:]], [])]
    assert "long.example.com" in {row["object"] for row in rows_of(pcap(packets))[0]}


def test_any_cut_of_a_hello_is_read_as_far_as_it_goes() -> None:
    data = hello("cut.example.com")
    assert all(names.hello(data[:n]) is None or names.hello(data[:n]) for n in range(len(data)))


def test_damage_costs_only_the_packets_it_touches() -> None:
    frames = ordinary_packets()
    whole = pcap(frames)
    assert counted(whole) == len(frames)
    second = 24 + 16 + len(frames[0])
    damaged = whole[:second] + b"\xff" * 16 + whole[second + 16 :]
    assert counted(damaged) == len(frames) - 1
    (fault,) = rows_of(damaged)[1].faults
    assert (fault.offset, fault.skipped) == (second, 16 + len(frames[1]))


def test_every_packet_of_public_captures_is_counted(shared_data: Path) -> None:
    seen = 0
    with tarfile.open(shared_data / "otrf.tar.xz") as tar:
        for member in tar:
            if not (member.isfile() and member.name.endswith(".zip") and (file := tar.extractfile(member))):
                continue
            with zipfile.ZipFile(io.BytesIO(file.read())) as packed:
                for name in packed.namelist():
                    data = packed.read(name) if name.endswith(".cap") else b""
                    if data[:4] == b"\xd4\xc3\xb2\xa1":
                        assert counted(data) == _chained(data)
                        seen += 1
    assert seen > 10


def _chained(data: bytes) -> int:
    at, count = 24, 0
    while at + 16 <= len(data):
        at += 16 + struct.unpack_from("<I", data, at + 8)[0]
        count += at <= len(data)
    return count
