"""Writers of evidence formats."""

from __future__ import annotations
