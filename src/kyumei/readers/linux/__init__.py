"""Readers of the family `linux`."""

from __future__ import annotations
