"""The journal of systemd: its file format, and what its entries say."""

from __future__ import annotations
