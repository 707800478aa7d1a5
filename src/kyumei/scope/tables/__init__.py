"""Extractors: one module a format; each yields the tables of a data object."""

from __future__ import annotations
