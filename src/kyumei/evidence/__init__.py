"""Preserve evidence: acquire, seal, ledger, verify, open."""

from __future__ import annotations
