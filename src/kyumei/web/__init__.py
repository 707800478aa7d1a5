"""The web interface."""

from __future__ import annotations
