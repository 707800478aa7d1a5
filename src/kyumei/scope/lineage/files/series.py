r"""Copies of one file at different times: live, in dated folders, in backups, in shadow copies.

A path has parts that only say when a copy was made (`2025-03-01`, `backup_0301.zip`, `HarddiskVolumeShadowCopy3`,
`@GMT-…`). What follows the last of them is the file's own path; copies whose own paths end alike are one series. Each copy
was there as it is from its last change (`m`) until it was made (`s`; a live file: until now).

`prepare` makes the temporary tables

* `lineage_content`: `file_id` × `table_id`, the tables about persons in a file or in what it contains; of a locked archive,
  those of the files in evidence that have the name and size of a member that it lists;
* `lineage_copies`: `file_id`, `series`, `live`, `m` and `s` (µs UTC, null where unknown), `content` (digest), `size`, `path`.

Where nine in ten times of an item's files lie within one hour, they are those of copying and say nothing: `m` is null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.store.connect import text
from kyumei.store.links import COMPONENTS

if TYPE_CHECKING:
    from kyumei.store.query import Store

HOUR_US: Final = 3_600_000_000
DATED: Final = r"(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])"
WORDS: Final = r"back-?up|bkup|snapshot|shadow|^@gmt-|^vss|バックアップ|退避|世代|^(?:bak|bk|old|旧)\d*$"
COPY: Final = rf"{DATED}|{WORDS}"
"""Parts of a path that say that what follows is a copy made at some time (lower case)."""

_CONTENT: Final = """
    create temp table lineage_content as
    with recursive listed as (
        select file_id, regexp_extract(reason,
            '^encrypted member: (?:.*[/\\\\])?([^/\\\\]+), (\\d+) bytes$', ['name', 'size']) as member
        from faults where starts_with(reason, 'encrypted member: ')
    ), locked as (
        select l.file_id, min(s.file_id) as inside from listed l
        join sources s on lower(s.name) = lower(l.member['name']) and s.bytes = try_cast(l.member['size'] as bigint)
        group by l.file_id, l.member having count(distinct s.sha256) = 1
    ), up(file_id, table_id) as (
        select file_id, table_id from tables where personal
        union all
        select l.file_id, t.table_id from locked l join tables t on t.file_id = l.inside where t.personal
        union
        select s.parent_file_id, up.table_id from up join sources s on s.file_id = up.file_id where s.parent_file_id is not null
    )
    select file_id, table_id from up
"""
_NAMED: Final = f"""
    create temp table lineage_paths as
    select file_id, c, c[-1] as last, coalesce(list_max(list_filter(range(1, len(c)),
        lambda i: regexp_matches(c[i::integer], {text(COPY)}))), 0) as cut
    from ({COMPONENTS.format(table="(select file_id, path, false as web from sources)")}) where len(c) > 0;

    create temp table lineage_own as
    select file_id, cut > 0 as copied, array_to_string(c[cut + 1:], '/') as own, c[cut + 1:] as parts,
        array_to_string(c[1:cut], '/') as around, c[cut] as said
    from lineage_paths
    where last in (select last from lineage_paths where file_id in (select file_id from lineage_content));

    create temp table lineage_series as
    with tails as (
        select distinct own as whole, copied, array_to_string(parts[-k:], '/') as tail, len(parts) as length
        from (select own, copied, parts, unnest(range(1, len(parts) + 1)) as k from lineage_own)
    ), around as (
        select o.own, o.copied, t.whole, t.length, t.copied as whole_copied
        from (select distinct own, copied from lineage_own) o join tails t on t.tail = o.own
        where o.copied or t.copied
    )
    select own, copied, arg_max(whole, (length, whole)) as series from around group by own, copied
    having count(distinct whole) filter (not whole_copied and whole <> own) <= 1
"""
_COPIES: Final = f"""
    create temp table lineage_copies as
    with gathered as (
        select evidence_id, max(epoch_us(mtime)) as newest, count(*) as files from sources
        where parent_file_id is null and mtime is not null group by evidence_id
    ), copied as (
        select g.evidence_id, g.newest from gathered g join sources s using (evidence_id)
        where s.parent_file_id is null and s.mtime is not null group by all
        having any_value(g.files) > 1 and 10 * count(*) filter (epoch_us(s.mtime) > g.newest - {HOUR_US}) >= 9 * count(*)
    ), timed as (
        select o.*, s.path, s.parent_file_id, s.bytes as size, coalesce(s.sha256, s.file_id) as content,
            case when s.parent_file_id is null and epoch_us(s.mtime) > c.newest - {HOUR_US} then null
                else epoch_us(s.mtime) end as m
        from lineage_own o join sources s using (file_id) left join copied c using (evidence_id)
    ), dated as (
        select *, max(m) over (partition by around) as around_m,
            regexp_extract(said, '((?:19|20)\\d\\d)[-_.]?(\\d\\d)[-_.]?(\\d\\d)(?:[-_.t ]+(\\d\\d)[-_.h]?(\\d\\d))?',
                ['y', 'mo', 'd', 'h', 'mi']) as date
        from timed
    ), told as (
        select *, case when date['y'] = '' then null else epoch_us(timezone(getvariable('lineage_zone'), try_strptime(
            concat(date['y'], date['mo'], date['d'],
                if(date['h'] = '', '00', date['h']), if(date['mi'] = '', '00', date['mi'])),
            '%Y%m%d%H%M'))) end as at
        from dated
    )
    select t.file_id, coalesce(x.series, t.own) as series, not t.copied as live, t.m, t.content, t.size, t.path,
        case when t.copied then greatest(coalesce(t.at, t.around_m), t.m) end as s
    from told t left join lineage_series x using (own, copied)
"""


def prepare(store: Store, zone: str) -> None:
    """Make both tables once a session.

    Args:
        store: of a triaged case.
        zone: IANA name of the zone of the dates in paths.
    """
    if store.rows("select 1 from duckdb_tables() where table_name = 'lineage_copies'"):
        return
    store.rows(f"set variable lineage_zone = {text(zone)}")
    for statements in (_CONTENT, _NAMED, _COPIES):
        store.rows(statements)
    for table in ("lineage_paths", "lineage_own", "lineage_series"):
        store.rows(f"drop table {table}")
