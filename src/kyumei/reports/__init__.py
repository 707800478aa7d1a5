"""Documents people read and file."""

from __future__ import annotations
