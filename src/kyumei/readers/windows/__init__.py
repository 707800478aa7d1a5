"""Readers of the family `windows`."""

from __future__ import annotations
