"""What the `key=value` lines of firewalls and VPN appliances say, whatever their maker calls the keys.

The makers' words for account, address, tunnel and volume are in `synonyms.toml`; what happened is told by the words in the
fields that say it (action, status, result, msg, …).
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.addresses import IP, normalised
from kyumei.readers.match import extract, filled, whole
from kyumei.readers.pairs import pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

LEAST: Final = 5
"""Pairs that make a line one of key=value pairs and not a sentence with an equals sign."""


@cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """Return what we look for → the makers' keys for it in lower case, most specific first."""
    data = tomllib.loads(files("kyumei.readers.network").joinpath("synonyms.toml").read_text("utf-8"))
    return {wanted: tuple(keys) for wanted, keys in data["keys"].items()}


@cache
def verdicts() -> tuple[tuple[str, str, str | None], ...]:
    """Return pattern, action and outcome, in the order in which they are tried on what a line says."""
    data = tomllib.loads(files("kyumei.readers.network").joinpath("synonyms.toml").read_text("utf-8"))
    return tuple((each["match"], each["action"], each.get("outcome")) for each in data["verdict"])


def taken_apart(texts: pa.Array) -> tuple[dict[str, pa.Array], pa.Array]:
    """Return the lines' values by key and which lines have at least `LEAST` pairs."""
    from kyumei.readers.match import bools

    fields, counts = pairs(texts)
    return {name: _stated(values) for name, values in fields.items()}, bools(counts >= LEAST)


def picked(fields: Mapping[str, pa.Array], wanted: str, rows: int) -> pa.Array:
    """Return the first filled of the keys that mean `wanted`, null where there is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lower = {name.lower(): values for name, values in reversed(list(fields.items()))}
    found = [lower[key] for key in synonyms()[wanted] if key in lower]
    return pc.coalesce(*found) if found else pa.nulls(rows, pa.string())


def interpret(fields: Mapping[str, pa.Array], rows: int) -> dict[str, pa.Array]:
    """Return the common columns that the fields give, times left out; `action` is never null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    account, tunnel = picked(fields, "account", rows), picked(fields, "tunnel", rows)
    said = pc.binary_join_element_wise(
        *(pc.fill_null(picked(fields, each, rows), "") for each in ("kind", "what", "result", "sentence")),
        pc.if_else(pc.is_valid(account), "account", ""),
        " ",
    )
    action, outcome = judged(pc.utf8_lower(said))
    device, _ = extract(pc.fill_null(picked(fields, "object", rows), ""), "^(?P<object>.*)$")
    return {
        "action": action,
        "outcome": outcome,
        "account": account,
        "src_ip": address(picked(fields, "source", rows)),
        "dst": pc.coalesce(tunnel, address(picked(fields, "destination", rows))),
        "object": filled(device["object"]),
        "bytes": volume(fields, rows),
        "host": picked(fields, "host", rows),
        "device": pa.nulls(rows, pa.string()),
    }


def judged(said: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return action and outcome for what each line says, in lower case."""
    import numpy as np
    import pyarrow as pa

    tables = verdicts()
    chosen = np.full(len(said), len(tables), np.int64)
    for place in reversed(range(len(tables))):
        import pyarrow.compute as pc

        hit = pc.match_substring_regex(said, tables[place][0]).to_numpy(zero_copy_only=False)
        chosen[hit.astype(bool)] = place
    actions = pa.array([action for _, action, _ in tables] + ["record.written"])
    outcomes = pa.array([outcome for *_, outcome in tables] + [None], pa.string())
    return actions.take(pa.array(chosen)), outcomes.take(pa.array(chosen))


def address(texts: pa.Array) -> pa.Array:
    """Return the addresses in the store's spelling, without the port or interface that some makers append."""
    import pyarrow.compute as pc

    bare, found = extract(pc.fill_null(texts, ""), rf"^\[?(?P<ip>{IP})\]?(?::.*|/.*)?$")
    return normalised(pc.if_else(found, bare["ip"], texts))


def volume(fields: Mapping[str, pa.Array], rows: int) -> pa.Array:
    """Return bytes in both directions, null where neither is stated."""
    import pyarrow.compute as pc

    sent, received = whole(picked(fields, "sent", rows)), whole(picked(fields, "received", rows))
    both = pc.add(pc.fill_null(sent, 0), pc.fill_null(received, 0))
    return pc.if_else(pc.or_(pc.is_valid(sent), pc.is_valid(received)), both, None)


def _stated(values: pa.Array) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.if_else(pc.is_in(values, _nothing()), pa.scalar(None, pa.string()), values)


@cache
def _nothing() -> pa.Array:
    import pyarrow as pa

    return pa.array(["", "-", "N/A", "n/a", "(null)", "null"])
