r"""Pick events by typed conditions and stream them in one total order.

Values of one kind are alternatives, kinds are joined by *and*. Hosts, accounts, sources and actions are compared without
regard to case; `*` stands for any text and `?` for one character. A host without dots also finds its full domain name, an
account without domain also `DOMAIN\account` and `account@domain`. An address is IPv4, IPv6, a network in CIDR notation,
or a destination (host, mail recipient). A text is found anywhere in any text column, the reader's own fields included.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.model.event import COLUMNS
from kyumei.store.connect import name, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from kyumei.store.query import Store

BATCH_ROWS: Final = 20_000
_ORDER: Final = "e.ts nulls last, e.file_id, e.rec, e.source, e.origin, e.action, e.object, e.dst, e.message"
_TAKEN: Final = {"path", "fields", "datetime", "timestamp", "timestamp_desc", "data_type"}
_NOT_SEARCHED: Final = {"evidence_id", "file_id", "origin", "ts_kind", "source"}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events; an empty condition lets all pass.

    Attributes:
        start: first instant, microseconds since 1970 UTC, included.
        end: last instant, excluded. With `start` or `end` set, events without a time do not pass.
    """

    start: int | None = None
    end: int | None = None
    hosts: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """How much of the matching events is wanted.

    Attributes:
        limit: at most that many events, the earliest; None for all.
        native: whether the column `fields` holds the reader's own fields as one JSON object.
    """

    limit: int | None = None
    native: bool = False


def batches(store: Store, wanted: Filter, shape: Shape = Shape()) -> Iterator[pa.RecordBatch]:  # frozen
    """Yield the matching events: the common columns, then `path` and, when wanted, `fields`.

    The order is by time (events without one last), then file, record, source, origin, action, object, destination, message.
    """
    sql, parameters = _query(store, wanted, shape)
    yield from store.batches(sql, *parameters, rows=BATCH_ROWS)


def _query(store: Store, wanted: Filter, shape: Shape) -> tuple[str, list[object]]:
    inner, parameters = _union(store, wanted, native=shape.native)
    picked = ", ".join(f"e.{name(c)}" for c in COLUMNS)
    fields = ", e.fields" if shape.native else ""
    sql = f"select {picked}, s.path{fields} from ({inner}) e left join sources s on s.file_id = e.file_id order by {_ORDER}"
    if shape.limit is not None:
        return f"{sql} limit ?", [*parameters, shape.limit]
    return sql, parameters


def _union(store: Store, wanted: Filter, *, native: bool) -> tuple[str, list[object]]:
    """Return the matching events of all readers; the readers' own tables are read only where a condition needs them."""
    common, values = _common(store, wanted)
    picked = ", ".join(name(c) for c in COLUMNS)
    if not wanted.texts and not native:
        return f"select {picked} from events where {common}", values
    parts: list[str] = []
    parameters: list[object] = []
    for reader in store.readers():
        fields = store.fields(reader)
        extra = f", {_object(fields)} as fields" if native else ""
        text, words = _text(fields, wanted.texts)
        parts.append(f"select {picked}{extra} from {name(reader)} where {common} and {text}")
        parameters += [*values, *words]
    if not parts:
        none = ", '{}' as fields" if native else ""
        return f"select {picked}{none} from events where false", []
    return " union all ".join(parts), parameters


def _common(store: Store, wanted: Filter) -> tuple[str, list[object]]:
    conditions: list[str] = ["true"]
    parameters: list[object] = []
    for instant, sign in ((wanted.start, ">="), (wanted.end, "<")):
        if instant is not None:
            conditions.append(f"ts {sign} make_timestamptz(?::bigint)")
            parameters.append(instant)
    for column, patterns in (
        ("host", [p for h in wanted.hosts for p in _host(h)]),
        ("account", [p for a in wanted.accounts for p in _account(a)]),
        ("source", [_like(s) for s in wanted.sources]),
        ("action", [_like(a) for a in wanted.actions]),
    ):
        if patterns:
            conditions.append(_any(column, len(patterns)))
            parameters += patterns
    if wanted.addresses:
        condition, values = _address(store, wanted.addresses)
        conditions.append(condition)
        parameters += values
    return " and ".join(conditions), parameters


def _any(column: str, patterns: int) -> str:
    return "(" + " or ".join([f"{name(column)} ilike ? escape '^'"] * patterns) + ")"


def _like(pattern: str) -> str:
    """Return the LIKE pattern, with ^ as escape, for one with * and ?."""
    kept = {"*": "%", "?": "_", "%": "^%", "_": "^_", "^": "^^"}
    return "".join(kept.get(ch, ch) for ch in pattern)


def _host(value: str) -> list[str]:
    return [_like(value)] if "." in value or "*" in value else [_like(value), _like(value) + ".%"]


def _account(value: str) -> list[str]:
    if any(ch in value for ch in "\\@*"):
        return [_like(value)]
    return [_like(value), "%\\" + _like(value), _like(value) + "@%"]


def _address(store: Store, values: Sequence[str]) -> tuple[str, list[object]]:
    """Return the condition that source or destination is one of the values, or an address inside one of the networks."""
    plain = [_unmapped(v) for v in values]
    listed = sorted({v.lower() for v in plain} | _inside(store, plain))
    condition = "(list_contains(?, lower(src_ip)) or list_has_any(string_split(lower(dst), '; '), ?))"
    return condition, [listed, listed]


def _unmapped(value: str) -> str:
    """Return an IPv4 address written as `::ffff:a.b.c.d` as the store spells it, anything else as it is."""
    ip = _ip(value)
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return value if mapped is None else str(mapped)


def _inside(store: Store, values: Sequence[str]) -> set[str]:
    networks = [n for n in map(_network, values) if n is not None]
    if not networks:
        return set()
    seen = store.rows(
        "select distinct lower(a) from (select src_ip a from events union select unnest(string_split(dst, '; ')) from events)"
        " where a is not null order by 1"
    )
    return {text for (text,) in seen if (ip := _ip(text)) is not None and any(ip in network for network in networks)}


def _network(value: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None


def _ip(value: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(value)
    except ValueError:
        return None


def _text(fields: Sequence[str], texts: Sequence[str]) -> tuple[str, list[object]]:
    """Return the condition that one of the texts occurs in one of the text columns, whatever the case of letters."""
    if not texts:
        return "true", []
    searched = ", ".join(name(f) for f in fields if COLUMNS.get(f, "text") == "text" and f not in _NOT_SEARCHED)
    whole = f"lower(concat_ws(chr(31), {searched}))"
    return "(" + " or ".join([f"contains({whole}, lower(?))"] * len(texts)) + ")", list(texts)


def _object(fields: Sequence[str]) -> str:
    """Return the expression of a JSON object of the reader's own fields that are not null."""
    own = [f for f in fields if f not in COLUMNS]
    if not own:
        return "'{}'"
    pairs = ", ".join(f"{{'key': {text(_key(f))}, 'value': {name(f)}::varchar}}" for f in own)
    return f"to_json(map_from_entries(list_filter([{pairs}], lambda pair: pair.value is not null)))::varchar"


def _key(field: str) -> str:
    """Return the name under which a reader's own field is written; names that exports use themselves are marked."""
    return f"{field}#native" if field.lower() in _TAKEN else field
