"""Columns on disk and the queries over them."""

from __future__ import annotations
