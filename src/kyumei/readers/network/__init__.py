"""Readers of the family `network`."""

from __future__ import annotations
