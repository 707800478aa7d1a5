"""Sigma rules: read, compiled once, evaluated on the distinct values of columns, correlated."""

from __future__ import annotations
