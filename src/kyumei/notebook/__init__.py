"""The interface for notebooks."""

from __future__ import annotations
