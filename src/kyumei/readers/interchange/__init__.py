"""Readers of the family `interchange`."""

from __future__ import annotations
