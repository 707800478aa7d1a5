"""Identifiers of rows in what a client asked of a web server: the target, and the body where a log has it.

`/customers/123`, `/customer.php?id=123`, `?customer_id=123`, forms and JSON in bodies, GraphQL: variables, arguments in a query
(`customer(id: 5)`, `orders(customerIds: [1, 2])`, `c1: customer(id: "5")`) and Relay's global identifiers, which are the type
and the number in base64 (`Q3VzdG9tZXI6NQ==` is `Customer:5`).
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BARE: Final = frozenset({"id", "ids", "no", "key", "uid", "pk"})
"""Words that do not say of what."""
_ESCAPED: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_ESCAPED_BODY: Final = re.compile(r"\\x([0-9A-Fa-f]{2})|\\u00([0-9A-Fa-f]{2})|\\([\"\\/])")
_VALUE: Final = r"[A-Za-z]{0,4}-?\d{1,18}"
_STEP: Final = re.compile(rf"/([A-Za-z][\w-]*)/({_VALUE})(?=[/.?#;]|$)")
_PARAMETER: Final = re.compile(rf"(?:[?&;]|^)([A-Za-z_][\w.\[\]-]*)=({_VALUE})(?=[&;#\s\"']|$)")
_VARIABLE: Final = re.compile(rf'"([A-Za-z_]\w*)"\s*:\s*"?({_VALUE})"?(?=\s*[,}}\]])')
_LISTED: Final = re.compile(r'("?)([A-Za-z_]\w*)"?\s*:\s*\[\s*((?:"?[A-Za-z]{0,4}-?\d{1,18}"?\s*,?\s*){1,1000})\]')
_CALL: Final = re.compile(r"\b([A-Za-z_]\w*)\s*\(([^()]{1,2000})\)")
_ARGUMENT: Final = re.compile(rf'\b([A-Za-z_]\w*)\s*:\s*"?({_VALUE})"?(?=\s*[,)\s}}]|$)')
_GLOBAL: Final = re.compile(r'[:=]\s*"?([A-Za-z0-9+/_-]{8,64}={0,2})"?(?=[\s,)}}&#]|$)')
_GLOBAL_MEANS: Final = re.compile(rf"([A-Za-z]\w*)(?:Node|Type)?:({_VALUE})")
_PAGE: Final = re.compile(r"/([A-Za-z][\w-]*?)(?:\.\w+)?/?(?:[?#]|$)")
_GRAPHQL: Final = re.compile(r"\b(?:query|mutation|subscription)\b|^\s*\{|[?&]query=|\"query\"\s*:")
LONGEST: Final = 100_000
"""Characters of a body that are looked at."""


def named_in(target: str, body: str = "") -> list[tuple[str, str]]:
    """Return (word, value) for each identifier; the word of a bare `id` is that of the page or of the field asked for.

    Args:
        target: as logged, escapes and all.
        body: of the request, as the log has it; empty where it has none.
    """
    text = _unescaped(target)
    path = text.split("?", 1)[0]
    found = [(m[1], m[2]) for m in _STEP.finditer(path) if not re.fullmatch(r"v\d+", m[2])]
    page = _PAGE.search(path[path.rfind("/") :]) if "/" in path else None
    page_word = page[1] if page and page[1].lower() != "graphql" else ""
    for part in (text.partition("?")[2], _body(body)):
        found += _within(f"&{part}", page_word) if part else []
    return list(dict.fromkeys(found))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text.replace("+", " ") if "?" in text else text)


def _body(body: str) -> str:
    r"""Return the body as it was sent: nginx logs bytes as `\\x22`, JSON strings as `\\"`."""
    bare = body[:LONGEST].strip().strip('"')
    bare = _ESCAPED_BODY.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else m[3], bare)
    return _unescaped(f"?{bare}")[1:] if re.match(r"[\w.\[\]%-]+=", bare) else bare


def _within(text: str, page: str) -> Iterator[tuple[str, str]]:
    graph = bool(_GRAPHQL.search(text))
    calls = [(m[1], m[2]) for m in _CALL.finditer(text)] if graph else []
    asked_for = _fields(calls)
    for word, value in [*_PARAMETER.findall(text), *_VARIABLE.findall(text)]:
        yield from _worded(word, [value], [page] if page else asked_for)
    for quote, word, values in _LISTED.findall(text):
        if quote:  # JSON; what stands in a query is an argument, see below
            yield from _worded(word, re.findall(_VALUE, values), [page] if page else asked_for)
    for field, arguments in calls:
        for word, value in _ARGUMENT.findall(arguments):
            yield from _worded(word, [value], [field])
        for _, word, values in _LISTED.findall(arguments):
            yield from _worded(word, re.findall(_VALUE, values), [field])
    for written in _GLOBAL.findall(text):
        if meant := _GLOBAL_MEANS.fullmatch(_decoded(written)):
            yield meant[1], meant[2]


def _fields(calls: Sequence[tuple[str, str]]) -> list[str]:
    """Return the fields whose arguments are variables: what a variable called `id` is of."""
    return list(dict.fromkeys(field for field, arguments in calls if "$" in arguments and not re.match(r"\s*\$", arguments)))


def _worded(word: str, values: Sequence[str], of: Sequence[str]) -> Iterator[tuple[str, str]]:
    words = (of or [word]) if word.lower() in BARE else [word]
    yield from ((each, value) for each in words for value in values)


def _decoded(written: str) -> str:
    try:
        raw = base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_" if re.search("[-_]", written) else None)
        return raw.decode("ascii")
    except ValueError:
        return ""
