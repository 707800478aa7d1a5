"""Writes evidence of public incidents with invented people. Nothing of the analysis is used here."""

from __future__ import annotations
