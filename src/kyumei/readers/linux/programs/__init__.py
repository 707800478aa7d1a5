"""Forms of Unix programs, one TOML file a family; the format is described in `kyumei.readers.forms`."""

from __future__ import annotations
