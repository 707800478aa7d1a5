"""Openers: one module a container; each yields the sources inside."""

from __future__ import annotations
