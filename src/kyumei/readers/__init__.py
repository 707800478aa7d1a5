"""Readers: one module a format; each turns a source into events and faults."""

from __future__ import annotations
