"""Pure types of the three planes: events, objects, people. Standard library only."""

from __future__ import annotations
