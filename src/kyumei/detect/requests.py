"""Requests to web servers: which of them carry strings of attacks.

`prepare` makes the temporary view `web_rows` (one row per request: `us`, `ts`, `mark`, `src_ip`, `host`, `method`, `status`,
`bytes`, `object`, `agent`) and the table `web_attacks` (one row per attacking request: the same and `families[]`).
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.detect import names
from kyumei.detect.build import MARK
from kyumei.store.connect import name, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kyumei.store.query import Store

THRESHOLD: Final = 2
_SPECIAL: Final = r"""[<>'"`;|$(){}\\*@# \x00-\x1f]|--|\|\||&&|/\*|://"""
"""What a decoded target of any use to an injection has, and most ordinary ones have not."""
_ONCE: Final = r"coalesce(try(url_decode(regexp_replace(lower({0}), '%[89a-f][0-9a-f]', '~', 'g'))), lower({0}))"
_ENTITIES: Final = r"""replace(replace(replace({0}, '&lt;', '<'), '&gt;', '>'), '&quot;', '"')"""
_ATTACKS: Final = """
    create temp table web_attacks as
    with targets as (
        select object, list_filter({by_target}, lambda f : f is not null) as families
        from (select *, regexp_matches(decoded, {special}) as special from (
            select object, {decoded} as decoded from (
                select object, {once} as once from (select distinct object from web_rows where object is not null))))
    ), agents as (
        select agent, list_filter({by_agent}, lambda f : f is not null) as families
        from (select agent, lower(agent) as decoded from (select distinct agent from web_rows where agent is not null))
    )
    select w.*, list_sort(list_distinct(list_concat(coalesce(t.families, []), coalesce(a.families, [])))) as families
    from web_rows w left join (select * from targets where len(families) > 0) t on t.object = w.object
    left join (select * from agents where len(families) > 0) a on a.agent = w.agent
    where t.object is not null or a.agent is not null
"""


def prepare(store: Store) -> bool:
    """Make the tables once a session; return whether there is any request."""
    if not names.has(store, "web_rows"):
        readers = names.readers_of(store, ("web.request",))
        if not readers:
            return False
        store.rows("create temp view web_rows as " + " union all ".join(_select(store, reader) for reader in readers))
        store.rows(attacks_sql())
    return bool(store.rows("select 1 from web_rows limit 1"))


def attacks_sql() -> str:
    """Return the SQL that makes `web_attacks` from `web_rows`."""
    listed = tomllib.loads(Path(__file__).with_name("web_patterns.toml").read_text("utf-8"))
    patterns, plain = listed["pattern"], listed["plain"]
    once = _ONCE.format("object")
    return _ATTACKS.format(
        once=once,
        decoded=_ENTITIES.format(_ONCE.format("once")),
        special=text(_SPECIAL),
        by_target=_families(patterns, plain),
        by_agent=_families([p for p in patterns if p.get("agent")], [p["family"] for p in patterns]),
    )


def _families(patterns: Sequence[Mapping[str, Any]], plain: Sequence[str]) -> str:
    """Return SQL for the list of families whose weights suffice; null for those that do not."""
    cases = []
    for family in sorted({p["family"] for p in patterns}):
        weighed = " + ".join(
            f"case when regexp_matches(decoded, {text(p['regex'])}) then {int(p['weight'])} else 0 end"
            for p in patterns
            if p["family"] == family
        )
        guard = "true" if family in plain else "special"
        cases.append(f"case when {guard} and {weighed} >= {THRESHOLD} then {text(family)} end")
    return "[" + ", ".join(cases) + "]"


def _select(store: Store, reader: str) -> str:
    def field(*wanted: str) -> str:
        return names.native(store, reader, *wanted)

    status = field("status", "sc-status", "status_code", "response_code", "http_status")
    method = field("method", "cs-method", "request_method", "http_method")
    agent = field("user-agent", "agent", "user_agent", "cs(User-Agent)", "http_user_agent")
    query = field("cs-uri-query", "query", "query_string")
    target = f"case when {query} is null or contains(object, '?') then object else concat(object, '?', {query}) end"
    return f"""
        select epoch_us(ts) as us, ts, src_ip, host, upper({method}) as method,
            coalesce(try_cast({status} as integer), case outcome when 'success' then 200 end) as status, bytes,
            {target} as object, {agent} as agent, {MARK} as mark
        from {name(reader)} where action = 'web.request'
    """
