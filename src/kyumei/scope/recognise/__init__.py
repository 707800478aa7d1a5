"""Recognisers: one module a category of personal data or a tight family of them."""

from __future__ import annotations
