"""What tells a person or a device apart online: internet addresses, cookies, device identifiers, places on the map."""

from __future__ import annotations

import re
from typing import Final

from kyumei.scope.recognise.checks import luhn_text
from kyumei.scope.scan.rules import always, labelled

_IP4: Final = r"(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_INSIDE: Final = re.compile(r"(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2[0-9]|3[01])|22[4-9]|2[345][0-9])\.")


def _is_public(value: str) -> bool:
    """Accept addresses that are routed: private, local and reserved ones tell nobody apart."""
    return not _INSIDE.match(value)


def _is_device(value: str) -> bool:
    bare = re.sub(r"[^0-9A-Fa-f]", "", value)
    return len(set(bare)) > 3 and (len(bare) != 15 or luhn_text(bare))


def _is_place(value: str) -> bool:
    latitude, longitude = (float(part) for part in re.findall(r"-?[0-9]+\.[0-9]+", value)[:2])
    return abs(latitude) <= 90 and abs(longitude) <= 180 and abs(latitude) + abs(longitude) > 1


labelled("ip_address", "ip address", "id.online", "address_ip", rf"(?P<v>{_IP4})(?![0-9.])", order=600)(_is_public)
labelled("cookie", "cookie", "id.online", "cookie", r"(?P<v>[A-Za-z0-9_.-]{2,40}=[A-Za-z0-9%+/=_.~-]{12,120})", order=601)(
    always
)
labelled(
    "device", "device", "id.online", "device",
    r"(?P<v>[0-9]{15}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2})(?![0-9A-Za-z-])",
    order=602, validator="form",
)(_is_device)  # fmt: skip
labelled(
    "location", "location", "id.location", "latitude",
    r"(?P<v>-?[0-9]{1,2}\.[0-9]{4,12}[^0-9\n-]{1,24}-?[0-9]{1,3}\.[0-9]{4,12})(?![0-9.])", order=603, validator="range",
)(_is_place)  # fmt: skip
