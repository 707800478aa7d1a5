"""Where the leaked data turned up."""

from __future__ import annotations
