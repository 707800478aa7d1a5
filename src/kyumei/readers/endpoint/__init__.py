"""Readers of the family `endpoint`."""

from __future__ import annotations
