"""JSON records straight into sparse columns with dictionaries: no object is built for a record."""

from __future__ import annotations
