"""Readers of the family `web`."""

from __future__ import annotations
