"""Readers written as data: a mapping says which fields of CSV rows or JSON records are which columns of an event."""

from __future__ import annotations
