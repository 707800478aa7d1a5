"""What the values at one place of access-log lines are, told by all the values seen there and by the places around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.readers.addresses import IP

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Shape = Sequence[tuple[str, str]]

_ADDRESS: Final = rf"(?:{IP}|\[{IP}\])"
_VERB: Final = r"[A-Z][A-Z_-]{2,16}"
_NATURES: Final = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("status", r"[1-5]\d\d"),
        ("epoch", r"1\d{9}(?:\.\d{1,6})?|1\d{12}|1\d{15}"),
        ("number", r"\d{1,18}"),
        ("decimal", r"\d+\.\d+(?:, \d+\.\d+)*"),
        ("address", rf"(?:{_ADDRESS}|unknown)(?:, ?(?:{_ADDRESS}|unknown))*"),
        ("upstream", rf"(?:{_ADDRESS}:\d+|unix:\S+)(?:, (?:{_ADDRESS}:\d+|unix:\S+))*"),
        ("protocol", r"HTTP/\d(?:\.\d)?"),
        ("tls_protocol", r"TLSv?1(?:\.\d)?|SSLv[23]"),
        ("tls_cipher", r"(?=.*(?:AES|CHACHA20|RC4|3DES|CBC3|CAMELLIA))[A-Z0-9][A-Z0-9_-]{6,}"),
        ("method", _VERB),
        ("url", r"https?://\S*|android-app://\S*"),
        ("target", r"/[^ ]*"),
        ("id", r"(?=.*\d)(?:[0-9A-Fa-f-]{16,}|[\w@+/=]{20,})"),
        ("cookie", r"[\w.-]+=[^;]*(?:; ?[\w.-]+=[^;]*)*;?"),
        ("host", r"(?=.*[A-Za-z])[\w-]+(?:\.[\w-]+)+(?::\d*)?"),
        ("target", r"https?://\S*|/\S*|[\w.-]+:\d+|\*|error:\S+"),
    )
)
_REQUEST: Final = re.compile(r"[A-Za-z][A-Za-z_-]* [^ ].* HTTP/\d(?:\.\d)?")
_AGENT: Final = re.compile(r"[A-Za-z][^/]{0,60}/v?\d.*")
_OWN: Final = re.compile(
    r"(?:10|127)\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd][0-9a-f]{2}:|fe80:|::1$",
    re.IGNORECASE,
)
"""Addresses of one's own net (RFC 1918, RFC 6598, RFC 4193): a proxy's rather than a visitor's."""
_SURE: Final = 0.9
_USERS: Final = frozenset({"user", "remote_user", "username", "account", "uid", "auth_user"})


def named(shape: Shape, columns: Sequence[Sequence[str]]) -> list[str]:
    """Return a name for each place; empty where the lines have no time, request or status.

    Args:
        shape: how the value at each place is written, and its key where it is `key=value`.
        columns: the values at each place; equally many everywhere.
    """
    natures = [_nature(sign, values) for (sign, _), values in zip(shape, columns, strict=True)]
    names: dict[int, str] = {}
    for what, choose in _CHOICES:
        place = choose(natures, names, columns)
        if place is not None:
            names[place] = what
    said = set(names.values())
    asked = {"request", "client"} <= said or ("status" in said and bool({"request", "target"} & said))
    if not {"time", "epoch"} & said or not asked:
        return []
    _rest(shape, names)
    return [names.get(place) or f"f{place + 1}" for place in range(len(shape))]


def _nature(sign: str, values: Sequence[str]) -> str:
    """Return what nearly all values look like; "blank" where they say nothing, "text" where they look like nothing known."""
    if sign[0] == "t":
        return "time"
    said = [value for value in values if value not in {"", "-"}]
    if not said:
        return "blank"
    if sum(_REQUEST.fullmatch(value) is not None for value in said) >= 0.5 * len(said):
        return "request"
    if (sign[-1] == '"' or any(" " in value for value in said)) and sum(
        _AGENT.fullmatch(value) is not None for value in said
    ) >= 0.5 * len(said):
        return "protocol" if all(value.startswith("HTTP/") for value in said) else "agent"
    for nature, pattern in _NATURES:
        if sum(pattern.fullmatch(value) is not None for value in said) >= _SURE * len(said):
            return nature
    return "text"


Natures = list[str]
Names = dict[int, str]


def _first(nature: str) -> Callable[[Natures, Names, Sequence[Sequence[str]]], int | None]:
    def choose(natures: Natures, names: Names, columns: Sequence[Sequence[str]]) -> int | None:
        del columns
        return next((i for i, each in enumerate(natures) if each == nature and i not in names), None)

    return choose


def _epoch(natures: Natures, names: Names, columns: Sequence[Sequence[str]]) -> int | None:
    return None if "time" in names.values() else _first("epoch")(natures, names, columns)


def _target(natures: Natures, names: Names, columns: Sequence[Sequence[str]]) -> int | None:
    """Return the path, or a proxy's address of a page, behind a method that stands alone, else before it."""
    del columns
    method = _place(names, "method")
    if method is None:
        return None
    places = (*range(method + 1, len(natures)), *range(method))
    return next((i for i in places if natures[i] in {"target", "url"}), None)


def _method(natures: Natures, names: Names, columns: Sequence[Sequence[str]]) -> int | None:
    return None if "request" in names.values() else _first("method")(natures, names, columns)


def _place(names: Names, *what: str) -> int | None:
    return next((i for each in what for i, name in names.items() if name == each), None)


def _status(natures: Natures, names: Names, columns: Sequence[Sequence[str]]) -> int | None:
    """Return the first status behind the request, else the last before it."""
    del columns
    request = _place(names, "request", "target")
    if request is None:
        return None
    places = [i for i, each in enumerate(natures) if each == "status"]
    return next((i for i in places if i > request), places[-1] if places else None)


def _size(natures: Natures, names: Names, columns: Sequence[Sequence[str]]) -> int | None:
    """Return the number next to the status (or to the request, without one), else the first behind it, else one before."""
    del columns
    status = _place(names, "status", "request")
    if status is None:
        return None
    behind = [i for i in range(status + 1, len(natures)) if natures[i] in {"number", "status", "blank"} and i not in names]
    near = [i for i in behind if i <= status + 2]
    for some, wanted in ((near, "number"), (near, "status"), (behind, "number"), (near[:1], "blank")):
        found = next((i for i in some if natures[i] == wanted), None)
        if found is not None:
            return found
    return next((i for i in range(status - 1, -1, -1) if natures[i] == "number"), None)


def _client(natures: Natures, names: Names, columns: Sequence[Sequence[str]]) -> int | None:
    """Return the visitor's address: before the request where there is one, not always the same, not of one's own net."""
    request = _place(names, "request", "method")
    places = [i for i, each in enumerate(natures) if each == "address" and i not in names]
    places = [i for i in places if request is None or i < request] or places
    places = places or [i for i, each in enumerate(natures) if each == "upstream" and i < (request or 0)]

    def order(place: int) -> tuple[bool, bool, int]:
        said = [value for value in columns[place] if value not in {"", "-"}]
        own = sum(_OWN.match(value) is not None for value in said) > len(said) / 2
        return len(set(said)) == 1 < len(said), own, place

    if places:
        return min(places, key=order)
    return next((i for i, each in enumerate(natures) if each == "host" and i < (request or 0)), None)


def _peer(natures: Natures, names: Names, columns: Sequence[Sequence[str]]) -> int | None:
    """Return a second address before the request: the proxy that passed the first on, or what is known without one."""
    del columns
    request = _place(names, "request", "method")
    return next((i for i, each in enumerate(natures[: request or 0]) if each == "address" and i not in names), None)


def _host(natures: Natures, names: Names, columns: Sequence[Sequence[str]]) -> int | None:
    """Return the name of the site: before the client, else before an account, else behind the request."""
    del columns
    client, request = _place(names, "client") or 0, _place(names, "request", "method") or 0
    places = [i for i, each in enumerate(natures) if each == "host" and i not in names]
    words = [i for i in range(client + 1, request) if natures[i] in {"host", "text", "blank"} and i not in names]
    return next((i for i in places if i < client or i > request or i in words[:-1]), None)


def _user(natures: Natures, names: Names, columns: Sequence[Sequence[str]]) -> int | None:
    """Return the account: the last word before the request that says nothing else, as in `%l %u`."""
    del columns
    request = _place(names, "request", "method") or 0
    places = [i for i in range(request) if natures[i] in {"text", "host", "blank"} and i not in names]
    words = [i for i in places if natures[i] != "blank"]
    return next(reversed(words or places), None)


def _ident(natures: Natures, names: Names, columns: Sequence[Sequence[str]]) -> int | None:
    del columns
    client, user = _place(names, "client"), _place(names, "user")
    if client is None or user != client + 2 or natures[client + 1] not in {"blank", "text"}:
        return None
    return client + 1


def _referer(natures: Natures, names: Names, columns: Sequence[Sequence[str]]) -> int | None:
    """Return an address of a page behind the request, else what says nothing right before the agent."""
    del columns
    request, agent = _place(names, "request", "target") or 0, _place(names, "agent")
    found = next((i for i in range(request + 1, len(natures)) if natures[i] == "url" and i not in names), None)
    if found is None and agent and natures[agent - 1] in {"blank", "text"} and agent - 1 > request and agent - 1 not in names:
        return agent - 1
    return found


def _longest(natures: Natures, names: Names, columns: Sequence[Sequence[str]]) -> int | None:
    """Return the whole time a request took: of two counts of seconds the greater, a server's own is part of it."""
    places = [i for i, each in enumerate(natures) if each == "decimal" and i not in names]
    sums = {i: sum(float(value.split(",")[0]) for value in columns[i] if value[:1].isdigit()) for i in places}
    return max(places, key=lambda i: (sums[i], -i)) if places else None


_CHOICES: Final = (
    ("time", _first("time")),
    ("epoch", _epoch),
    ("request", _first("request")),
    ("method", _method),
    ("target", _target),
    ("status", _status),
    ("bytes", _size),
    ("client", _client),
    ("peer", _peer),
    ("forwarded_for", _first("address")),
    ("upstream", _first("upstream")),
    ("host", _host),
    ("user", _user),
    ("ident", _ident),
    ("agent", _first("agent")),
    ("referer", _referer),
    ("protocol", _first("protocol")),
    ("tls_protocol", _first("tls_protocol")),
    ("tls_cipher", _first("tls_cipher")),
    ("request_time", _longest),
    ("upstream_time", _first("decimal")),
    ("request_id", _first("id")),
    ("cookie", _first("cookie")),
)
"""Names in the order in which they are given; what an earlier one took, a later one does not see."""


def _rest(shape: Shape, names: Names) -> None:
    """Name what is left by its key, and prefer a key that says that it is an account."""
    for place, (_, key) in enumerate(shape):
        name = re.sub(r"\W", "_", key)
        if key.lower() in _USERS and names.get(place) != "user":
            names.update({i: f"f{i + 1}" for i, each in names.items() if each == "user"})
            names[place] = "user"
        elif name and place not in names and name not in names.values() and not re.fullmatch(r"f\d+", name):
            names[place] = name
