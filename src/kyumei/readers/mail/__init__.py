"""Readers of the family `mail`."""

from __future__ import annotations
