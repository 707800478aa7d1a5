"""Lineage: from an event to exactly the people whose data it touched."""

from __future__ import annotations
