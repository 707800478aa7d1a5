r"""Follow copies, renames and archives: what was touched under another name is the file it was made from.

An edge leads from a path that an act wrote (`dst` of a copy, a rename, an archive) to the path it was made of, at that
instant. An act on a path that an edge made, later than it, touched the edge's source as it was then; the newest edge counts. A
path is compared whole; where only the name is told (a key in a bucket, an upload), by the name, if one edge alone has it. An
upload of an unknown name is followed by its size: the file of just that size, which was written to a path that an edge made
in the 24 hours before.

`prepare` rewrites `lineage_acts` (`object`, `as_of`, `whole`; further rows for archives of several paths; `hops`; `told_by`:
path, name, hash or size; `sure`: the one file that hash or size tell) and makes `lineage_targets`: `object` × `kind` (file,
folder) × `series`, with `pinned` (one copy only was meant).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.scope.lineage.files.series import COPY
from kyumei.store import links
from kyumei.store.connect import text

if TYPE_CHECKING:
    from kyumei.store.query import Store

HOPS: Final = 6
SIZED: Final = 4096
"""Bytes from which an equal size is taken for the same content."""
DAY_US: Final = 86_400_000_000


def plain(column: str) -> str:
    r"""Return SQL for a path in one spelling: lower case, `/`, without quotes, drive prefixes and a last separator."""
    spelt = rf"replace(nfc_normalize(lower(trim({column}, ' ' || chr(34) || chr(39)))), '\', '/')"
    return rf"regexp_replace(regexp_replace({spelt}, '^//[?.]/', ''), '/+$', '')"


def _name(column: str) -> str:
    return f"regexp_extract({plain(column)}, '[^/]*$')"


_EDGES: Final = f"""
    create temp table lineage_edges as
    with made as (
        select id, as_of as us, object as made_of, whole, {plain("object")} as source, {plain("dst")} as target,
            regexp_matches(dst, '[/\\\\]$') or not regexp_matches({_name("dst")}, '[.][a-z0-9]{{1,5}}$') as into_folder,
            regexp_matches({_name("object")}, '[.][a-z0-9]{{1,5}}$') as of_file
        from lineage_acts where dst is not null and as_of is not null
            and (way in ('archive', 'copy', 'drive') or action in ('file.copied', 'file.renamed'))
    )
    select id, us, made_of, whole, source,
        case when into_folder and of_file then target || '/' || {_name("made_of")} else target end as target
    from made where target <> '' and target <> source;

    create temp table lineage_steps as
    select target, {_name("target")} as name, us, list(distinct made_of order by made_of) as made_of, bool_or(whole) as whole
    from lineage_edges group by target, us
"""
_FOLLOW: Final = f"""
    create temp table lineage_next as
    with held as (select object from lineage_targets where not weak),
    free as (select *, {plain("object")} as path, {_name("object")} as name from lineage_acts),
    by_path as (
        select a.*, s.made_of, s.us as step_us, s.whole as step_whole, 'path' as found from free a
        asof join lineage_steps s on a.path = s.target and a.as_of >= s.us
    ),
    by_name as (
        select a.*, s.made_of, s.us as step_us, s.whole as step_whole, 'name' as found from free a
        join (select name, any_value(target) as target from lineage_steps group by name having count(distinct target) = 1) o
            using (name)
        asof join lineage_steps s on o.target = s.target and a.as_of >= s.us
        where a.reach = 'taken' and a.id not in (select id from by_path) and a.object not in (select object from held)
            and regexp_matches(a.name, '[.][a-z0-9]{{1,5}}$')
    ),
    later as (
        select a.*, [e.target] as made_of, a.as_of as step_us, a.whole as step_whole, 'path' as found from free a
        join (select source, arg_min(target, us) as target, min(us) as us from lineage_edges e
              where e.id in (select id from lineage_acts where action = 'file.renamed') group by source) e
            on e.source = a.path and e.us >= a.as_of
        where a.object not in (select object from lineage_targets) and a.action <> 'file.renamed'
    )
    select * from by_path union all by name select * from by_name union all by name select * from later
"""
_MOVE: Final = """
    insert into lineage_acts by name
    select * exclude (path, name, made_of, step_us, step_whole, found, object, as_of, whole, hops, told_by),
        unnest(made_of) as object, step_us as as_of, step_whole as whole, hops + 1 as hops, found as told_by
    from lineage_next
"""
_SIZED: Final = f"""
    create temp table lineage_sized as
    with sizes as (
        select distinct s.target, s.us, e.bytes from lineage_steps s join (
            select {plain("object")} as path, epoch_us(ts) as us, bytes from events
            where bytes >= {SIZED} and action in ('file.created', 'file.written', 'file.copied') and object is not null
        ) e on e.path = s.target and e.us between s.us - {DAY_US} and s.us + {DAY_US}
        union select distinct s.target, s.us, f.bytes from lineage_steps s join sources f on lower(f.name) = s.name
        where f.bytes >= {SIZED}
    ),
    fitting as (
        select a.id, arg_max(z.target, z.us) as target, count(distinct z.target) as n from lineage_acts a
        join sizes z on a.bytes = z.bytes and a.as_of between z.us and z.us + {DAY_US}
        where a.reach = 'taken' and a.hops = 0 and a.object not in (select object from lineage_targets where not weak)
        group by a.id
    )
    select id, target from fitting where n = 1
"""
_BY_HASH: Final = """
    create temp table lineage_sure as
    select a.id, min(c.file_id) as file_id, 'hash' as told_by from lineage_acts a
    join lineage_copies c on contains(a.hash, c.content) where len(c.content) = 64 and a.hash <> '' group by a.id
"""
_BY_SIZE: Final = f"""
    create temp table lineage_sure as
    with whole as (
        select id, object, bytes from lineage_acts
        where bytes >= {SIZED} and sure is null and (reach = 'taken' or action = 'file.copied') and hops = 0
    ), sized as (
        select size, content, min(file_id) as file_id, list(series) as series from lineage_copies
        where file_id in (select file_id from lineage_content) group by all
    ), same as (
        select w.id, any_value(s.file_id) as file_id, count(*) as n from whole w join sized s on s.size = w.bytes
        where exists (select 1 from lineage_targets t where t.object = w.object and list_contains(s.series, t.series))
            or w.object not in (select object from lineage_targets)
        group by w.id
    )
    select id, file_id, 'size' as told_by from same where n = 1
"""
_SURE: Final = """
    update lineage_acts set sure = s.file_id, object = c.path, told_by = case when lineage_acts.object in
        (select object from lineage_targets) and s.told_by = 'size' then 'path' else s.told_by end
    from lineage_sure s join lineage_copies c using (file_id) where s.id = lineage_acts.id
"""
_TARGETS: Final = f"""
    create or replace temp table lineage_targets as
    with linked as (
        select * from lineage_links where object in (select object from lineage_acts)
    )
    select l.object, l.kind, c.series,
        case when not c.live and regexp_matches({plain("l.object")}, {text(COPY)}) then c.file_id end as pinned,
        bool_and(l.ambiguous and l.components < 2) as weak, max(l.components) as components
    from linked l join lineage_copies c using (file_id) where l.kind in ('file', 'folder') group by all
"""


def prepare(store: Store) -> None:
    """Follow the acts to files in evidence."""
    store.rows("alter table lineage_acts add column hops integer")
    store.rows("alter table lineage_acts add column told_by varchar")
    store.rows("update lineage_acts set hops = 0, told_by = 'path'")
    store.rows("alter table lineage_acts add column sure varchar")
    store.rows(_EDGES)
    _targets(store)
    _follow(store)
    store.rows(_SIZED)
    store.rows("update lineage_acts set object = s.target, told_by = 'size' from lineage_sized s where s.id = lineage_acts.id")
    _follow(store)
    for sure in (_BY_HASH, _BY_SIZE):
        store.rows(sure)
        store.rows(_SURE)
        store.rows("drop table lineage_sure")
    _targets(store)


def _follow(store: Store) -> None:
    for _ in range(HOPS):
        store.rows(_FOLLOW)
        ended = not store.rows("select 1 from lineage_next limit 1")
        if not ended:
            store.rows("delete from lineage_acts where id in (select id from lineage_next)")
            store.rows(_MOVE)
            _targets(store)
        store.rows("drop table lineage_next")
        if ended:
            return


def _targets(store: Store) -> None:
    """Link the objects of acts that are not linked yet."""
    if not store.rows("select 1 from duckdb_tables() where table_name = 'lineage_links'"):
        store.rows("create temp table lineage_links as select * from object_links")
        store.rows("create temp table lineage_asked as select distinct object from events where object is not null")
    paths = "select distinct object as path from lineage_acts where object not in (select object from lineage_asked)"
    if store.rows(f"select 1 from ({paths}) limit 1"):
        links.find(store.rows, "lineage_more", paths)
        store.rows("insert into lineage_links select * from lineage_more")
        store.rows(f"insert into lineage_asked select path from ({paths})")
        store.rows("drop table lineage_more")
    store.rows(_TARGETS)
