r"""Join events to the files in evidence that they name: the first join of the three planes.

An event names objects by path as its own system spells it: `\\*\share\dir\f.xlsx`, `D:\share\dir\f.xlsx`,
`share\dir\f.xlsx`, `/srv/share/dir/f`, a URL, the bare name of an attachment. The file in evidence lies under another root. So
paths are compared component by component from the end, without regard to case and separators (`\`, `/`, `!/`), in Unicode
form C; drive letters lose their colon, administrative shares their `$`, alternate streams, queries and fragments are cut.

`object_links` has one row per distinct object (parts joined with "; " are taken apart, and taken as a whole too) and file:

* `object`: as the event spells it. `file_id`: a row of `sources`; null where more than `TIES` files share the suffix.
* `kind`: `file`, the object may be this file: its path shares the longest run of components from the end, the name at least.
  `member`, this file is inside a container that the object may be. `folder`, no file matches, but the object's last
  components are a folder around this file (only for events on shares and files, or a name that ends with a separator).
* `components`: how many components matched. `of_components`: how many the object has. Fewer mean less certainty.
* `ambiguous`: several files (or folders) match equally well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

TIES: Final = 1000

_PARTS: Final = """
create temp table part as
select object as path, bool_or(on_disk) as on_disk, bool_or(web) as web
from (
  select unnest(list_distinct(list_append(string_split(object, '; '), object))) as object, on_disk, web
  from (
    select object, bool_or(action = 'share.accessed' or action like 'file.%') as on_disk, bool_or(action = 'web.request') as web
    from events where object is not null group by object
  )
)
where trim(object) <> '' group by object
"""

COMPONENTS: Final = r"""
select * exclude (url, windows, bare, p),
  list_filter(
    list_transform(string_split(p, '/'), lambda c: regexp_replace(
      case when windows then regexp_replace(c, '^([^:]+):.*$', '\1') else c end, '^([a-z])(:|%3a|[$])$', '\1')),
    lambda c: c not in ('', '.', '*', '?', '??')) as c
from (
  select *, contains(path, '\') or regexp_matches(path, '^[A-Za-z]:') as windows,
    replace(replace(nfc_normalize(lower(trim(
      case when url then coalesce(try(url_decode(bare)), bare) else path end, ' ' || chr(34) || chr(39)))),
      '\', '/'), '!/', '/') as p
  from (
    select *, web or regexp_matches(path, '^[A-Za-z][A-Za-z0-9+.-]+://') as url,
      regexp_replace(regexp_replace(path, '[?#].*$', ''), '^[A-Za-z][A-Za-z0-9+.-]+://', '') as bare
    from {table}
  )
)
"""

_NAMED: Final = f"""
create temp table spelt as
select path as object, c, array_to_string(c, '/') as path, on_disk or regexp_matches(path, '[/\\\\]$') as folder
from ({COMPONENTS.format(table="part")}) where len(c) > 0;

create temp table named as
select path, any_value(c) as c, len(any_value(c)) as n, any_value(c)[-1] as last, bool_or(folder) as folder
from spelt group by path;

create temp table held as
select file_id, c, len(c) as n, c[-1] as last
from ({COMPONENTS.format(table="(select file_id, path, false as web from sources)")}) where len(c) > 0
"""

_FILES: Final = f"""
create temp table tail as
select file_id, k, array_to_string(c[-k:], '/') as tail
from (select file_id, c, unnest(range(1, n + 1)) as k from held where last in (select last from named));

create temp table best as
select path, any_value(n) as n, max(k) as k, arg_max(tail, k) as tail, arg_max(files, k) as files
from (
  select path, n, k, array_to_string(c[-k:], '/') as tail
  from (select path, c, n, unnest(range(1, n + 1)) as k from named where last in (select last from held))
)
join (select k, tail, count(*) as files from tail group by k, tail) using (k, tail)
group by path;

create temp table match as
select b.path, t.file_id, 'file' as kind, b.k, b.n, b.files > 1 as ambiguous
from best b join tail t using (k, tail) where b.files <= {TIES}
union all
select path, null, 'file', k, n, true from best where files > {TIES}
"""

_MEMBERS: Final = """
insert into match
with recursive inside(path, file_id, k, n, ambiguous) as (
  select m.path, s.file_id, m.k, m.n, m.ambiguous from match m join sources s on s.parent_file_id = m.file_id
  union
  select i.path, s.file_id, i.k, i.n, i.ambiguous from inside i join sources s on s.parent_file_id = i.file_id
)
select path, file_id, 'member', k, n, ambiguous from inside
"""

_FOLDERS: Final = """
create temp table around as
select file_id, j, array_to_string(c[1:j], '/') as folder
from (select file_id, c, unnest(range(1, n)) as j from held);

create temp table folder_tail as
select folder, k, array_to_string(c[-k:], '/') as tail
from (select folder, c, unnest(range(1, len(c) + 1)) as k
      from (select distinct folder, string_split(folder, '/') as c from around));

insert into match
with best_folder as (
  select path, any_value(n) as n, max(k) as k, arg_max(tail, k) as tail
  from (
    select path, n, k, array_to_string(c[-k:], '/') as tail
    from (select path, c, n, unnest(range(1, n + 1)) as k from named
          where folder and path not in (select path from match))
  )
  semi join folder_tail using (k, tail)
  group by path
),
found as (
  select path, n, k, f.folder, count(*) over (partition by path) > 1 as ambiguous
  from best_folder join folder_tail f using (k, tail)
)
select path, file_id, 'folder', k, n, bool_and(ambiguous)
from found join around using (folder) group by path, file_id, k, n
"""

_FOUND: Final = """
select object, file_id, kind, k::integer as components, n::integer as of_components, ambiguous
from spelt join match using (path)
order by object, kind, file_id
"""

_LINKS: Final = f"""
create table object_links as {_FOUND};

create view event_links as
select e.ts, e.file_id as event_file_id, e.rec, e.source, e.action, e.host, e.account, l.*
from (select *, unnest(list_distinct(list_append(string_split(object, '; '), object))) as part
      from events where object is not null) e
join object_links l on l.object = e.part;

create view mail_attachments as
with recursive inside(message_file_id, file_id, name, depth) as (
  select m.file_id, s.file_id, s.name, 1
  from (select distinct file_id from events where source = 'mail.message') m join sources s on s.parent_file_id = m.file_id
  union
  select i.message_file_id, s.file_id, s.name, i.depth + 1 from inside i join sources s on s.parent_file_id = i.file_id
)
select * from inside
"""

_TEMPORARY: Final = ("part", "spelt", "named", "held", "tail", "best", "match", "around", "folder_tail")


def build(con: duckdb.DuckDBPyConnection) -> None:
    """Make `object_links`, `event_links` and `mail_attachments` from `events` and `sources`."""
    for statements in (_PARTS, _NAMED, _FILES, _MEMBERS, _FOLDERS, _LINKS):
        con.execute(statements)
    for table in _TEMPORARY:
        con.execute(f"drop table {table}")


def find(run: Callable[[str], object], target: str, paths: str) -> None:
    """Make the temporary table `target`, with the columns of `object_links`, for other paths than the events' objects.

    Args:
        run: executes SQL on a built index.
        target: the name of the table.
        paths: a query of the column `path`; a path that ends with a separator, or that no file has, may be a folder.
    """
    run(f"create temp table part as select distinct path, true as on_disk, false as web from ({paths})")
    for statements in (_NAMED, _FILES, _MEMBERS, _FOLDERS):
        run(statements)
    run(f"create temp table {target} as {_FOUND}")
    for table in _TEMPORARY:
        run(f"drop table {table}")
