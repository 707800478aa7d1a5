"""Readers of the family `cloud`."""

from __future__ import annotations
