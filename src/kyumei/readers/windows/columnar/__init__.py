"""EVTX records to dictionary-encoded columns, by native code compiled with Numba."""

from __future__ import annotations
