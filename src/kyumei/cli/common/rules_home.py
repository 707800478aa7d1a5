"""Where rule packs are kept: `$KYUMEI_RULES`, else `kyumei/rules` in the user's data folder (XDG); and compiled ones."""

from __future__ import annotations

import os
from pathlib import Path


def rules_home() -> Path:
    """Return the folder of the rule packs; it need not exist."""
    if said := os.environ.get("KYUMEI_RULES"):
        return Path(said)
    data = os.environ.get("XDG_DATA_HOME")
    base = Path(data) if data and Path(data).is_absolute() else Path.home() / ".local" / "share"
    return base / "kyumei" / "rules"


def rules_cache() -> Path:
    """Return where compiled rules are kept between runs."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kyumei"
