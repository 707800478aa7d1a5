"""Near matches: records that agree in so much, though in nothing exactly, that they are one person more likely than not.

The model of Fellegi and Sunter (1969). How often values agree by chance is measured on the records at hand; how often one
person's records agree begins with fixed experience (`likelihood.toml`) and is learned from them. Nothing is drawn at random,
so the same records give the same answer. Common names weigh less than rare ones. Candidates share one of some keys; what
contradicts a person's identity forbids the union whatever the rest says, and what a household shares unites in the lenient
degree only. Decision 0052 compares this with Splink.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from math import exp2, log2
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import duckdb
    import numpy as np
    import numpy.typing as npt

    from kyumei.store.query import Store

FEWEST: Final = 2
MOST: Final = 300_000
"""Records from which and up to which near matches are looked for."""
CROWD: Final = 200
"""Records of one candidate key beyond which it is not used; fewer where there are more than 20,000 records."""
LETTERED: Final = 100_000
"""Records up to which candidates are also those whose names differ in a letter."""
CHAIN: Final = 12
"""Different records of one person beyond which the lenient degree unites no strangers: one union may be wrong, not a chain."""
WEIGHED: Final = 24
"""Different records of a person that are compared with another's before the lenient degree unites them."""
STEADY: Final = 100
"""Pairs of records that the experience counts as."""
ROUNDS: Final = 10
LIKELY: Final = 0.5
"""Probability from which a near match is one person, by the standard degree; below, by the lenient one only."""
POSSIBLE: Final = 0.05
"""Probability from which a pair is returned."""


DOUBTFUL: Final = 0.4
"""Probability that pairs have at most that only the lenient degree should unite."""


@dataclass(frozen=True, slots=True)
class Near:
    """Two persons who are probably one: numbers of two of their records, the first smaller; what agrees, and how likely."""

    first: int
    second: int
    probability: float
    because: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Attributes:
        pairs: near matches, the most likely first.
        beyond: how many more are to be expected among pairs too unlikely to be named.
        apart: pairs of records that contradict each other and would be one person through pairs that are `LIKELY`.
        facts: given name, family name and birth date of records that have all three.
    """

    pairs: tuple[Near, ...] = ()
    beyond: float = 0.0
    apart: tuple[tuple[int, int], ...] = ()
    facts: tuple[tuple[int, str, str, str], ...] = ()


@cache
def _model() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("likelihood.toml").read_text("utf-8"))


def near(store: Store, table_ids: Sequence[str], label: npt.NDArray[np.int32]) -> Found:
    """Return pairs of records of different persons that may be one person.

    Args:
        store: with `person_values` of the tables.
        table_ids: the tables.
        label: each record's person, records in the order of table and place.
    """
    from kyumei.store.connect import connect

    if not FEWEST <= len(label) <= MOST:
        return Found()
    con = connect(memory="2GB")
    try:
        _load(con, store, table_ids, label)
        asked = [f for f in _model()["fields"] if con.execute(f"select count({f}) > 1 from r").fetchall()[0][0]]
        if len(asked) < 2:
            return Found()
        _pairs(con, min(CROWD, max(4, 4_000_000 // len(label))), lettered=len(label) <= LETTERED)
        return _scored(con, asked, len(label))
    finally:
        con.close()


def _load(con: duckdb.DuckDBPyConnection, store: Store, table_ids: Sequence[str], label: npt.NDArray[np.int32]) -> None:
    """Make table `r`: one row a record, `n` its number, `person`, and the fields in the form in which they are compared."""
    import pyarrow as pa

    ids = sorted(table_ids)
    found = store.arrow(
        "select v.*, p.scope from people p join person_values v using (table_id, rec)"
        " where list_contains(?::varchar[], table_id) order by table_id, rec",
        ids,
    )
    if len(found) != len(label):  # rows that say the same place twice; nothing is compared rather than the wrong ones
        found = found.slice(0, 0)
        label = label[:0]
    con.register("raw", found.append_column("n", pa.array(range(len(found)))).append_column("person", pa.array(label)))
    listed = ", ".join(f"nullif({sql}, '') as {field}" for field, sql in _model()["forms"].items())
    con.execute(f"create table r0 as select n, person, scope, {listed} from raw")
    con.unregister("raw")
    further = ", ".join(f"nullif({sql}, '') as {field}" for field, sql in _model()["derived"].items())
    con.execute(f"create table r as select *, {further} from r0")


_ONE_LESS: Final = "list_prepend({0}, list_transform(range(1, length({0}) + 1), lambda i: {0}[1:i - 1] || {0}[i + 1:]))"


def _pairs(con: duckdb.DuckDBPyConnection, crowd: int, *, lettered: bool) -> None:
    """Make table `c`: candidates `a` < `b` of different persons; `lettered`: also where words differ in a letter."""
    keys: list[str] = []
    for key in _model()["blocking"]["candidates"]:
        sql = " || '|' || ".join(key)
        keys.append(
            f"select n, person, '{len(keys)}|' || {sql} as k from r where {' and '.join(f'{p} is not null' for p in key)}"
        )
    if lettered:
        for companion in _model()["blocking"]["companions"]:
            for word in _model()["blocking"]["words"]:
                least = f"case when {word} ~ '^[ -ɏ]+$' then 3 else 2 end"
                near = f"'~{companion[0]}|' || {companion} || '|' || unnest({_ONE_LESS.format(word)})"
                keys += [f"select n, person, {near} as k from r where length({word}) >= {least} and {companion} is not null"]
    con.execute(f"create table k as {' union '.join(keys)}")
    con.execute(f"delete from k where k in (select k from k group by k having count(*) = 1 or count(*) > {crowd})")
    con.execute("create table c as select distinct x.n as a, y.n as b from k x join k y on x.k = y.k and x.n < y.n")
    con.execute("drop table k")


def _levels(fields: Sequence[str], left: str, right: str) -> str:
    """Return SQL for each field's level: 0 unknown, 1 the best, and so on."""
    parts = []
    for field in fields:
        sql = " ".join(f"when {test} then {n}" for n, test in enumerate(_model()["levels"][field], 1))
        sql = sql.replace("{l}", f"{left}.").replace("{r}", f"{right}.")
        last = len(_model()["levels"][field]) + 1
        if field == "whole":  # says nothing new beside its parts
            sql = sql.replace("when ", f"when {left}.family is not null and {right}.family is not null then 0 when ", 1)
        parts.append(f"case when {left}.{field} is null or {right}.{field} is null then 0 {sql} else {last} end as {field}")
    return ", ".join(parts)


def _chance(con: duckdb.DuckDBPyConnection, fields: Sequence[str], count: int) -> dict[str, list[float]]:
    """Return for each field how often two records of different persons are at each level, from 1."""
    steps = [1 + (count * k) // 97 for k in range(1, 97)] if count > 1500 else list(range(1, count))
    shifted = ", ".join(f"({step})" for step in sorted({s for s in steps if 0 < s < count}))
    limit = max(1, 300_000 // max(1, len(steps)))
    con.execute(
        f"create table u as select {_levels(fields, 'x', 'y')} from r x, (values {shifted}) s(d) "
        f"join r y on y.n = (x.n + s.d) % {count} where x.person <> y.person and x.n % {max(1, count // limit)} = 0"
    )
    result = {}
    for field in fields:
        found = dict(con.execute(f"select {field}, count(*) from u where {field} > 0 group by 1").fetchall())
        total, levels = sum(found.values()), len(_model()["levels"][field]) + 1
        result[field] = [(found.get(n, 0) + 0.5) / (total + 0.5 * levels) for n in range(1, levels + 1)]
    con.execute("drop table u")
    return result


def _scored(con: duckdb.DuckDBPyConnection, fields: Sequence[str], count: int) -> Found:
    model = _model()
    rare = [f for f in model["rare"] if f in fields]
    counted = "".join(
        f", f_{f} as (select {f} as v, count(*) / sum(count(*)) over () as share from r where {f} is not null group by 1)"
        for f in rare
    )
    joined = "".join(f" left join f_{f} on f_{f}.v = x.{f}" for f in rare)
    shares = "".join(f", f_{f}.share as share_{f}" for f in rare)
    absent = "".join(f", 0 as {f}" for f in model["fields"] if f not in fields)
    con.execute(
        f"create table l as with g as (select 1){counted} select c.a, c.b, x.person = y.person as same, "
        f"{_levels(fields, 'x', 'y')}{absent}{shares}, coalesce(x.number <> y.number and x.scope = y.scope, false) as numbers"
        f" from c join r x on x.n = c.a join r y on y.n = c.b{joined}"
    )
    chance = _chance(con, fields, count)
    weights, prior = _learned(con, fields, chance, count)
    weigh = []
    for field in fields:
        sql = " ".join(f"when {n} then {w:.6f}" for n, w in enumerate(weights[field], 1))
        rarity = f" + case when {field} = 1 then {_rarity(field, chance[field][0])} else 0 end" if field in rare else ""
        weigh.append(f"(case {field} {sql} else 0 end{rarity})")
    told = " || ".join(f"case when {f} between 1 and {len(model['levels'][f])} then ', {f}' else '' end" for f in fields)
    whole = f"{' + '.join(weigh)} + {prior:.6f}"
    whole = (
        f"least({whole}, case when {model['conditions']['doubtful']} then {log2(DOUBTFUL / (1 - DOUBTFUL)):.6f} else 60 end)"
    )
    allowed = f"not same and not ({model['conditions']['forbidden']})"
    con.execute(f"create table w as select a, b, {whole} as weight, {told} as told from l where {allowed}")
    return _named(con, log2(POSSIBLE / (1 - POSSIBLE)))


def _named(con: duckdb.DuckDBPyConnection, least: float) -> Found:
    """Return pairs of at least this weight; of the others the sum of their probabilities, each two persons counted once."""
    rows = con.execute("select * from w where weight >= ? order by weight desc, a, b", [least]).fetchall()
    (rest,) = con.execute(
        "select coalesce(sum(p), 0) from (select max((1e9 / (1 + pow(2, least(60, -weight))))::bigint) as p from w"
        " join r x on x.n = a join r y on y.n = b where weight < ? group by x.person, y.person)",
        [least],
    ).fetchall()[0]
    pairs = tuple(Near(a, b, _probability(w), because.strip(", ")) for a, b, w, because in rows)
    told = "given is not null and family is not null and dob is not null"
    facts = con.execute(f"select n, given, family, dob from r where {told} order by n").fetchall()
    return Found(pairs, int(rest) / 1e9, _apart(con, [p for p in pairs if p.probability >= LIKELY]), tuple(facts))


def _apart(con: duckdb.DuckDBPyConnection, pairs: Sequence[Near]) -> tuple[tuple[int, int], ...]:
    """Return records that contradict each other among those that the pairs would make one person."""
    import pyarrow as pa

    persons = dict(con.execute("select n, person from r").fetchall())
    group = united([(persons[p.first], persons[p.second]) for p in pairs])
    con.register("listed", pa.table({"person": pa.array(group, pa.int32()), "g": pa.array(group.values(), pa.int32())}))
    con.execute("create table m as select r.*, g from r join listed using (person)")
    con.unregister("listed")
    fields = _model()["fields"]
    con.execute("delete from m where g in (select g from m group by g having count(*) > 2000)")
    return tuple(
        con.execute(
            f"with l as (select x.n as a, y.n as b, {_levels(fields, 'x', 'y')},"
            " coalesce(x.number <> y.number and x.scope = y.scope, false) as numbers"
            " from m x join m y on x.g = y.g and x.n < y.n and x.person <> y.person)"
            f" select a, b from l where {_model()['conditions']['apart']} order by a, b"
        ).fetchall()
    )


Facts = list[tuple[str, str, str]]


def strangers(some: Facts, others: Facts) -> bool:
    """Return whether two persons have records with wholly different given names and birth dates that agree in no part."""
    return any(
        d[:4] != e[:4] and d[5:7] != e[5:7] and d[8:] != e[8:] and g not in (h, k) and h != f and not _alike(g, h)
        for g, f, d in some
        for h, k, e in others
    )


def _alike(one: str, other: str) -> bool:
    """Return whether names begin alike or have two letters in a row in common; where they are not Latin, any letter."""
    size = 2 if one.isascii() and other.isascii() else 1
    return one[0] == other[0] or any(one[n : n + size] in other for n in range(len(one) - size + 1))


def united(
    pairs: Iterable[tuple[int, int]], apart: Iterable[tuple[int, int]] = (), facts: dict[int, Facts] | None = None
) -> dict[int, int]:
    """Return number → smallest number of its group, for numbers that pairs unite, taken in turn.

    A pair is left out where its groups have numbers that are to stay `apart`, or more than `CHAIN` different records together
    and are `strangers` by these, their `facts`, which change: a group keeps the first `WEIGHED`.
    """
    facts = facts or {}
    parent: dict[int, int] = {}

    def find(x: int) -> int:
        while parent.get(x, x) != x:
            parent[x] = parent.get(parent[x], parent[x])
            x = parent[x]
        return x

    against: dict[int, set[int]] = {}
    for one, other in apart:
        against.setdefault(one, set()).add(other)
        against.setdefault(other, set()).add(one)
    for one, other in pairs:
        a, b = sorted((find(one), find(other)))
        mine, theirs = facts.get(a, []), facts.get(b, [])
        chained = len(mine) + len(theirs) > CHAIN and strangers(mine, theirs)
        if a != b and not chained and not any(find(x) == a for x in against.get(b, ())):
            parent[b] = a
            facts[a] = list(dict.fromkeys(facts.get(a, []) + facts.pop(b, [])))[:WEIGHED]
            if b in against:
                against.setdefault(a, set()).update(against.pop(b))
    return {x: find(x) for x in [*parent, *{find(x) for x in parent}]}


def _learned(
    con: duckdb.DuckDBPyConnection, fields: Sequence[str], chance: dict[str, list[float]], count: int
) -> tuple[dict[str, list[float]], float]:
    """Return each level's weight and the prior's, after a few rounds of expectation and maximisation.

    Experience counts like `STEADY` pairs, so that few or odd records cannot turn it over; pairs that the cascade united are
    pairs of one person.
    """
    listed = ", ".join(fields)
    patterns = con.execute(f"select {listed}, same, count(*) from l group by all order by all").fetchall()
    agree: dict[str, list[float]] = {f: list(_model()["agree"][f]) for f in fields}
    prior = -log2(count)
    for _ in range(ROUNDS):
        weights = {f: [log2(m / u) for m, u in zip(agree[f], chance[f], strict=True)] for f in fields}
        sums = {f: [STEADY * m for m in _model()["agree"][f]] for f in fields}
        found = 0.0
        for *levels, same, times in patterns:
            weight = prior + sum(weights[f][n - 1] for f, n in zip(fields, levels, strict=True) if n)
            share = times * (1.0 if same else _probability(weight))
            found += share
            for field, level in zip(fields, levels, strict=True):
                if level:
                    sums[field][level - 1] += share
        agree = {f: [value / sum(listed) for value in listed] for f, listed in sums.items()}
        prior = log2(max(found, 1.0) / (count * (count - 1) / 2)) if count > 2 else prior
    return {f: [log2(m / u) for m, u in zip(agree[f], chance[f], strict=True)] for f in fields}, prior


def _probability(weight: float) -> float:
    return 1 / (1 + exp2(-max(-60.0, min(weight, 60.0))))


def _rarity(field: str, mean: float) -> str:
    """Return SQL for how much more a rare value weighs than the mean one, or less a common one."""
    return f"coalesce(greatest(-6, least(6, log2({mean:.9f} / share_{field}))), 0)"
