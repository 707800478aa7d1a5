"""Data that the law protects more: health, creed, race, crime, social status, biometrics, orientation.

Act on the Protection of Personal Information, art. 2(3), and cabinet order, art. 2. They are told by the header: free text
under 病名 is health data whatever it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.scope.recognise.registry import recogniser
from kyumei.scope.recognise.shapes import full

if TYPE_CHECKING:
    import pyarrow as pa

_KINDS: Final = {
    "health": "sens.health",
    "creed": "sens.creed",
    "race": "sens.race",
    "criminal record": "sens.criminal",
    "social status": "sens.social_status",
    "biometric": "sens.biometric",
    "orientation": "sens.orientation",
}


def said(values: pa.StringArray) -> pa.BooleanArray:
    """Tell whatever is written, but not that there is nothing to write."""
    return full(values, r"[^\s\-ー－0].*|0.+|[-ー－].+")


for _name, _category in _KINDS.items():
    recogniser(_name, _category, needs="header only", order=50)(said)
