"""The first consultation: the hearing, what must not be done, what to preserve, and how long it will take here."""

from __future__ import annotations
