"""Findings from events and objects."""

from __future__ import annotations
