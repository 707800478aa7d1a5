"""Readers of the family `database`."""

from __future__ import annotations
