"""From the hits of all jobs to what a person reads: findings, single events, logons, numbers, hosts, days, authors.

Findings: hits of one rule on one host belong together as long as no more than 24 hours lie between one and the next. Every
answer has a total order that ends in the place of the event, so that it does not depend on how many jobs ran at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.store.connect import connect, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import pyarrow as pa

    from kyumei.case.hunt.kept import RuleFacts

GAP: Final = 24 * 3600 * 1_000_000
CITED: Final = 50
NAMED: Final = 20
_HITS: Final = {
    "rule": "int", "ts": "timestamptz", "rec": "bigint", "host": "varchar", "channel": "varchar", "event_id": "varchar",
    "account": "varchar", "src_ip": "varchar", "record": "varchar", "details": "varchar", "extra": "varchar",
    "evidence": "varchar", "reader": "varchar", "path": "varchar",
}  # fmt: skip
_LOGONS: Final = {
    "kind": "varchar", "host": "varchar", "domain": "varchar", "account": "varchar", "src_ip": "varchar",
    "station": "varchar", "type": "varchar", "status": "varchar", "events": "bigint", "first": "timestamptz",
    "last": "timestamptz",
}  # fmt: skip
_METRICS: Final = {
    "host": "varchar", "channel": "varchar", "event_id": "varchar", "provider": "varchar", "events": "bigint",
    "first": "timestamptz", "last": "timestamptz",
}  # fmt: skip
_RULES: Final = (
    "number int, rank int, level varchar, id varchar, title varchar, author varchar, license varchar, tags varchar[]"
)
_FINDINGS: Final = f"""
    with parted as (
        select *, epoch_us(ts) as us from hits positional join placed
    ), grouped as (
        select rule, host, part, count(*) as n, min(us) as first, max(us) as last,
            list_sort(list(distinct channel) filter (channel is not null))[:{NAMED}] as channels,
            list_sort(list(distinct event_id) filter (event_id is not null))[:{NAMED}] as event_ids,
            list_sort(list(distinct account) filter (account is not null))[:{NAMED}] as accounts,
            list_sort(list(distinct src_ip) filter (src_ip is not null))[:{NAMED}] as addresses,
            list_sort(list(distinct reader)) as readers,
            min(struct_pack(place := place, e := evidence, p := path, o := rec), {CITED}) as marks,
            min(struct_pack(place := place, text := details), 1)[1].text as details
        from parted group by rule, host, part
    )
    select g.*, r.rank, r.id, r.level from (select * from grouped union all by name select *, 0 as part from more) g
    join rules r on r.number = g.rule
"""
_IN_ORDER: Final = "from findings order by rank desc, first nulls last, id, host nulls first, rule, part"
_EVENTS: Final = """
    with all_of_them as (
        select * exclude (ts), epoch_us(ts) as us, 1 as n from hits
        union all by name
        select rule, marks[1].o as rec, host, channels[1] as channel, accounts[1] as account, addresses[1] as src_ip, details,
            marks[1].e as evidence, marks[1].p as path, first as us, n
        from more
    )
    select h.* from all_of_them h join rules r on r.number = h.rule
    order by h.us nulls last, h.path, h.rec, r.rank desc, r.id, h.rule
"""
_TABLES: Final[Mapping[str, str]] = {
    "logons": """
        select kind, host, domain, account, src_ip, station, type, status, sum(events)::bigint as events,
            epoch_us(min(first)) as first, epoch_us(max(last)) as last
        from logons group by all order by events desc, kind, host, account, domain, src_ip, station, type, status
    """,
    "metrics": """
        select host, channel, provider, event_id, sum(events)::bigint as events,
            epoch_us(min(first)) as first, epoch_us(max(last)) as last
        from metrics group by all order by events desc, channel, event_id, host, provider
    """,
    "hosts": """
        select host, count(*) as hits, count(distinct rule) as rules,
            count(*) filter (level = 'critical') as critical, count(*) filter (level = 'high') as high,
            count(*) filter (level = 'medium') as medium, count(*) filter (level = 'low') as low,
            count(*) filter (level = 'informational') as informational, epoch_us(min(ts)) as first, epoch_us(max(ts)) as last
        from matched join rules on number = rule group by host
        order by critical desc, high desc, medium desc, low desc, hits desc, host nulls first
    """,
    "days": """
        select strftime(timezone(?, ts), '%Y-%m-%d') as day, count(*) as hits, count(distinct rule) as rules,
            count(distinct host) as hosts, count(*) filter (level = 'critical') as critical,
            count(*) filter (level = 'high') as high, count(*) filter (level = 'medium') as medium,
            count(*) filter (level = 'low') as low, count(*) filter (level = 'informational') as informational
        from matched join rules on number = rule group by day order by day nulls last
    """,
    "authors": """
        select author, license, count(distinct rule) as rules, count(*) as hits
        from matched join rules on number = rule group by author, license order by rules desc, hits desc, author, license
    """,
}
TABLES: Final = tuple(_TABLES)
_LEVELS: Final = """
    select level, any_value(rank) as rank, count(*) as findings, count(distinct id) as rules, sum(n)::bigint as hits
    from findings group by level order by rank desc
"""
_BY_HOST: Final = "from findings where rank >= 2 order by host nulls last, rank desc, first nulls last, id, rule, part"
_MORE: Final = """
    create table more (rule int, host varchar, n bigint, first bigint, last bigint, channels varchar[], event_ids varchar[],
        accounts varchar[], addresses varchar[], readers varchar[],
        marks struct(place bigint, e varchar, p varchar, o bigint)[], details varchar)
"""
_MATCHED: Final = """
    create view matched as select rule, host, ts from hits
    union all select rule, host, make_timestamptz(first) from more
"""


class Answers:
    """The hits of a hunt's folder, for asking.

    Args:
        folder: where the jobs wrote.
        rules: all rules, in the order of their numbers.
        more: findings that are no groups of hits: of correlations and analytics, with the columns of `findings`.
        least: rank of the lowest level that is answered.
        zone: in which days are counted.
    """

    def __init__(
        self,
        folder: Path,
        rules: Sequence[RuleFacts],
        *,
        more: Sequence[Mapping[str, Any]] = (),
        least: int = 0,
        zone: str = "Asia/Tokyo",
    ) -> None:
        self._con = connect(folders=[folder], memory="500MB")
        self._zone = zone
        self._con.execute(f"create table rules ({_RULES})")
        self._con.execute(_MORE)
        self._put("more", more)
        for table, columns in (("hits", _HITS), ("logons", _LOGONS), ("metrics", _METRICS)):
            self._load(folder, table, columns)
        self._con.execute(_MATCHED)
        numbers = [n for (n,) in self._con.execute("select distinct rule from matched order by all").fetchall()]
        self._put("rules", [{"number": n} | _facts(rules[n]) for n in numbers if rules[n].rank >= least])
        self._place()
        self._con.execute(f"create table findings as {_FINDINGS}")

    def findings(self) -> Iterator[dict[str, Any]]:
        """Yield one row for each finding: gravest first, then by time."""
        yield from self._rows(_IN_ORDER)

    def levels(self) -> list[dict[str, Any]]:
        """Return for each level how many findings, rules and events there are; the gravest first."""
        return list(self._rows(_LEVELS))

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield one row for each hit, in order of time."""
        yield from self._rows(_EVENTS)

    def table(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of one of `TABLES`; instants in microseconds."""
        yield from self._rows(_TABLES[name], *([self._zone] if "?" in _TABLES[name] else []))

    def columns(self, name: str) -> tuple[str, ...]:
        """Return the column names of one of `TABLES`."""
        names = tuple(self._con.sql(_TABLES[name], params=[self._zone] if "?" in _TABLES[name] else []).columns)
        return (*names, "title") if name == "metrics" else names

    def by_host(self) -> Iterator[dict[str, Any]]:
        """Yield the findings of level medium and above, one host after the other."""
        yield from self._rows(_BY_HOST)

    def close(self) -> None:
        """Close the connection."""
        self._con.close()

    def _put(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows by way of Arrow: one by one, thousands of rules would take a minute."""
        import pyarrow as pa

        if rows:
            columns = self._con.sql(f"select * from {table}").to_arrow_table().schema
            self._con.register("given", pa.Table.from_pylist(list(rows), schema=columns))
            self._con.execute(f"insert into {table} select * from given")
            self._con.unregister("given")

    def _load(self, folder: Path, table: str, columns: Mapping[str, str]) -> None:
        listed = ", ".join(f"{c} {kind}" for c, kind in columns.items())
        self._con.execute(f"create table {table} ({listed})")
        if sorted((folder / table).glob("*.parquet")):
            files = text(str((folder / table).resolve() / "*.parquet"))
            self._con.execute(f"insert into {table} by name select * from read_parquet({files}, union_by_name = true)")

    def _place(self) -> None:
        """Make the table `placed`: beside each hit its place in the order of time, and the number of its finding."""
        import pyarrow as pa

        hits = self._con.sql("select rule, host, epoch_us(ts) as us, path, rec from hits").to_arrow_table()
        place, part = placed(hits)
        self._con.register("given", pa.table({"place": pa.array(place), "part": pa.array(part)}))
        self._con.execute("create table placed as select * from given")
        self._con.unregister("given")

    def _rows(self, sql: str, *parameters: object) -> Iterator[dict[str, Any]]:
        for batch in self._con.sql(sql, params=list(parameters)).to_arrow_reader(10_000):
            yield from batch.to_pylist()


def placed(hits: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """Return of each hit its place and the number of its finding.

    Hits of a rule on a host are in the order of time, path and record, those without time last; where more than GAP lies
    between two, or the next has no time, another finding begins.

    Args:
        hits: `rule`, `host`, `us` (microseconds since 1970, null without a time), `path` and `rec`.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(hits)
    columns = {name: pc.fill_null(hits[name], -1).to_numpy() for name in ("rule", "us", "rec")}
    timed = hits["us"].is_valid().to_numpy()
    texts = {name: pa.concat_arrays(hits[name].chunks or [pa.array([], pa.string())]) for name in ("host", "path")}
    coded = {name: one.dictionary_encode() for name, one in texts.items()}
    codes = {name: pc.fill_null(one.indices, -1).to_numpy(zero_copy_only=False) for name, one in coded.items()}
    rank = np.append(pc.rank(coded["path"].dictionary, tiebreaker="dense").to_numpy(), 0)
    mine = columns["rule"].astype(np.int64) * (len(coded["host"].dictionary) + 1) + codes["host"] + 1
    order = np.lexsort((columns["rec"], rank[codes["path"]], columns["us"], ~timed, mine))
    mine, us, timed = mine[order], columns["us"][order], timed[order]
    new = np.ones(n, np.bool_)
    new[1:] = (mine[1:] != mine[:-1]) | (timed[1:] & (us[1:] - us[:-1] > GAP)) | (~timed[1:] & timed[:-1])
    place, part = np.empty(n, np.int64), np.empty(n, np.int64)
    place[order], part[order] = np.arange(n), np.cumsum(new)
    return place, part


def _facts(rule: RuleFacts) -> dict[str, Any]:
    names = ("rank", "level", "id", "title", "author", "license")
    return {name: getattr(rule, name) for name in names} | {"tags": list(rule.tags)}
