"""Writers of the formats that evidence comes in; each keeps to its vendor's real shape and gives the same bytes."""

from __future__ import annotations
