"""How a stage's job is run."""

from __future__ import annotations
