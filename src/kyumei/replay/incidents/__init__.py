"""The replays: a module or package here that holds `REPLAY` is one, and is found by itself."""

from __future__ import annotations
