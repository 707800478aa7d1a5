"""The case folder, the clock and the order of work."""

from __future__ import annotations
