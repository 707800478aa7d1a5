"""kyumei (究明) gets to the bottom of a leak of personal data."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
