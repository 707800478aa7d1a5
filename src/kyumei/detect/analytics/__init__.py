"""Analytics: one question a module."""

from __future__ import annotations
