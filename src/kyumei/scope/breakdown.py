"""People by what a law asks: party, data set, residence, categories, minors. Each person counts once in each group.

Whoever is in several groups (moved from one state to another, customer of two clients) is in each of them and in `several`;
`overall` counts everybody once. Groups are of the best estimate; the bounds are those of the whole count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from kyumei.model.categories import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from kyumei.scope.count import Linked
    from kyumei.store.query import Store

By = Literal["party", "dataset", "residence", "categories", "minors"]
DIMENSIONS: Final[tuple[By, ...]] = ("party", "dataset", "residence", "categories", "minors")
ADULT: Final = 18
"""Age of majority in Japan since 1 April 2022 (Civil Code, article 4)."""


def breakdown(
    store: Store, linked: Linked, tables: Mapping[str, Mapping[str, str]], asked: Sequence[By], *, on: date | None = None
) -> dict[str, Any]:
    """Return for each dimension its groups.

    Args:
        store: with `person_values` of the tables.
        linked: of all of these tables' records.
        tables: table's id → `party` and `dataset`, each in words.
        asked: the dimensions.
        on: the day on which minors were minors; without it, `minors` has one group `unknown`.

    Returns:
        Dimension → `overall` (people), `several` (people in more than one group) and `groups`: a list of `value`, `people`,
        `records`, by falling number of people, then by value. `value` is "" where nothing tells.
    """
    from kyumei.store.connect import connect

    con = connect()
    try:
        con.register("told", _told(store, linked, tables))
        con.execute("create table r as select * from told")
        con.unregister("told")
        con.execute("create table p as select person, max(born) as born, bit_or(has) as has from r group by person")
        return {by: _groups(con, by, on) for by in asked}
    finally:
        con.close()


def _told(store: Store, linked: Linked, tables: Mapping[str, Mapping[str, str]]) -> Any:
    """Return one row a record: its person (null where it could be several), and what tells the groups."""
    import pyarrow as pa

    found = store.arrow(
        "select table_id, v.residence, born, has from people join person_values v using (table_id, rec)"
        " where list_contains(?::varchar[], table_id) order by table_id, rec",
        sorted(tables),
    )
    person = pa.array(linked.label, mask=linked.vague)
    if len(found) != len(person):
        msg = f"{len(found)} records of {len(person)} have values"
        raise ValueError(msg)
    ids = found.column("table_id").combine_chunks().dictionary_encode()
    for name in ("party", "dataset"):
        words = pa.array([tables[t].get(name, "") for t in ids.dictionary.to_pylist()], pa.string())
        found = found.append_column(name, words.take(ids.indices))
    return found.append_column("person", person)


def _groups(con: Any, by: By, on: date | None) -> dict[str, Any]:
    source = {
        "party": "select party as value, person from r",
        "dataset": "select dataset as value, person from r",
        "residence": "select residence as value, person from r where residence is not null"
        " union all select '', r.person from r where residence is null and (person is null or person not in"
        " (select person from r where residence is not null and person is not null))",
        "categories": "select p.has::varchar as value, r.person from r left join p using (person)",
        "minors": f"select {_age(on)} as value, r.person from r left join p using (person)",
    }[by]
    rows = con.execute(
        f"select coalesce(value, ''), count(distinct person), count(*) from ({source}) group by 1 order by 2 desc, 1"
    ).fetchall()
    ((overall,),) = con.execute("select count(distinct person) from r").fetchall()
    ((several,),) = con.execute(
        f"select count(*) from (select person from ({source}) where person is not null group by person"
        " having count(distinct value) > 1)"
    ).fetchall()
    groups = [{"value": _named(by, value), "people": people, "records": records} for value, people, records in rows]
    return {"overall": overall, "several": several, "groups": groups}


def _age(on: date | None) -> str:
    if on is None:
        return "'unknown'"
    born = "try_cast(p.born as date)"
    years = f"date_diff('year', {born}, date '{on.isoformat()}')"
    before = f"(strftime({born}, '%m%d') > '{on:%m%d}')::int"
    return f"case when {born} is null then 'unknown' when {years} - {before} < {ADULT} then 'minor' else 'adult' end"


def _named(by: By, value: str) -> str:
    if by != "categories" or not value:
        return value
    bits = int(value)
    return " ".join(category for n, category in enumerate(CATEGORIES) if bits >> n & 1)
