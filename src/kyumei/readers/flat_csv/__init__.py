"""Rows of separated values as sparse columns, each with its byte offset."""

from __future__ import annotations
