"""What the law asks, judged from data."""

from __future__ import annotations
