"""From findings to ranked hypotheses, the leak path, unknowns and next actions."""

from __future__ import annotations
