"""Packet captures: packets out of PCAP and PCAPNG files, their headers as columns, flows, and what DNS, TLS and HTTP say."""

from __future__ import annotations
