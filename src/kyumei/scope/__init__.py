"""Which personal data, how many records, how many people."""

from __future__ import annotations
