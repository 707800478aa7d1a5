"""Where rule packs, compiled rules and the learned model of names are kept: in the user's folders (XDG), or where said.

`$KYUMEI_RULES` and `$KYUMEI_NAMES` say other places.
"""

from __future__ import annotations

import os
from pathlib import Path


def rules_home() -> Path:
    """Return the folder of the rule packs; it need not exist."""
    if said := os.environ.get("KYUMEI_RULES"):
        return Path(said)
    return _data() / "rules"


def names_home() -> Path:
    """Return the folder of the learned model of names; it need not exist."""
    return Path(os.environ.get("KYUMEI_NAMES") or _data() / "names")


def _data() -> Path:
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data and Path(data).is_absolute() else Path.home() / ".local" / "share") / "kyumei"


def rules_cache() -> Path:
    """Return where compiled rules are kept between runs."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kyumei"
