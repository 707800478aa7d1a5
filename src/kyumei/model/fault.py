"""Bytes a reader could not read: data, stored and counted, never only logged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One unreadable place in a source.

    Attributes:
        offset: byte offset (or record number, as the reader counts) where reading failed.
        reason: one short phrase, stable between runs, without personal data.
        skipped: how many bytes (or records) were passed over; 0 where that is not known.
    """

    offset: int
    reason: str
    skipped: int = 0
