"""One module a cause."""

from __future__ import annotations
