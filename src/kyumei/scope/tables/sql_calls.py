"""Values that a script writes as calls: `to_date('17-06-87','DD-MM-RR')`, as Oracle's tools write dates."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Final

_DATED: Final = re.compile(r"\bto_(?:date|timestamp(?:_tz)?)\s*\(\s*N?'((?:[^']|'')*)'\s*,\s*N?'((?:[^']|'')*)'", re.IGNORECASE)
_PARTS: Final = {
    "YYYY": "%Y", "RRRR": "%Y", "SYYYY": "%Y", "YY": "%y", "RR": "%y", "MM": "%m", "MON": "%b", "MONTH": "%B", "DD": "%d",
    "HH24": "%H", "HH12": "%I", "HH": "%I", "MI": "%M", "SS": "%S", "AM": "%p", "PM": "%p", "FM": "", "FX": "", "X": ".",
    "TZH:TZM": "%z", "TZR": "%Z",
}  # fmt: skip
_PART: Final = re.compile(r"FF\d?|" + "|".join(sorted(_PARTS, key=len, reverse=True)), re.IGNORECASE)
_FRACTION: Final = re.compile(r"(\.\d{6})\d+")


@lru_cache(maxsize=65_536)
def value_of(call: str) -> str | None:
    """Return the date or instant that a call of Oracle's gives, as ISO 8601 writes it; None where it is no such call.

    A date that cannot be read by its format is given as written.
    """
    found = _DATED.search(call)
    if found is None:
        return None
    text, form = (part.replace("''", "'") for part in found.groups())
    mapped = _PART.sub(lambda m: _PARTS.get(m[0].upper(), "%f"), form.replace("%", "%%"))
    try:
        made = datetime.strptime(_FRACTION.sub(r"\1", text.strip()), mapped.replace('"', ""))  # noqa: DTZ007  # as written
    except ValueError:
        return text
    if re.search(r"(?<!R)RR(?!R)", form, re.IGNORECASE):  # RR: 50 to 99 are of the last century, whatever strptime thinks
        made = made.replace(year=(1900 if made.year % 100 >= 50 else 2000) + made.year % 100)
    is_day = (made.hour, made.minute, made.second, made.microsecond) == (0, 0, 0, 0) and made.tzinfo is None
    return made.date().isoformat() if is_day else made.isoformat(sep=" ")
