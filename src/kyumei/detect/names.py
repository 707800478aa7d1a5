r"""Names of accounts and addresses in SQL: what is the same, what is inside, what is no person.

`prepare` makes these macros for the session; they are temporary and change nothing in the case.

| macro | gives |
|---|---|
| `folded(account)` | login name without domain, lower case: `DOMAIN\Suzuki`, `suzuki@domain`, `Suzuki` → `suzuki` |
| `is_machine(account)` | computer account (`PC01$`) or one of the system's own (SYSTEM, ANONYMOUS LOGON, DWM-1, …) |
| `node_of(host)` | name of a machine without domain, lower case; addresses as they are |
| `is_inside(address)` | address of a private, loopback, link-local, shared (RFC 6598) or unique local network |
| `net_of(address)` | /24 of an IPv4 address, /48 of an IPv6 address |
| `wide_net_of(address)` | /16 of an IPv4 address, /32 of an IPv6 address |
| `native_address(text)` | the address in a native field, port and brackets cut off, or null |

RFC 5737 and RFC 3849 documentation addresses count as outside, because examples use them for outside.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.store.connect import name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kyumei.store.query import Store

_MACROS: Final = r"""
    create or replace temp macro folded(account) as lower(trim(split_part(split_part(account, '\', -1), '@', 1)));
    create or replace temp macro is_machine(account) as coalesce(regexp_full_match(
        lower(split_part(account, '\', -1)),
        '.*\$|-|system|local service|network service|anonymous logon|iusr|(dwm|umfd)-\d+|nt authority'
    ), false);
    create or replace temp macro is_inside(address) as coalesce(
        regexp_matches(address, '^(10|127|0)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\.')
        or regexp_matches(address, '^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.')
        or regexp_matches(lower(address), '^(f[cd][0-9a-f]{2}:|fe80:|::1?$)')
        or not regexp_full_match(address, '[0-9a-fA-F.:]+'), true);
    create or replace temp macro net_of(address) as case when contains(address, ':')
        then array_to_string(string_split(address, ':')[1:3], ':') else regexp_extract(address, '^\d+\.\d+\.\d+') end;
    create or replace temp macro wide_net_of(address) as case when contains(address, ':')
        then array_to_string(string_split(address, ':')[1:2], ':') else regexp_extract(address, '^\d+\.\d+') end;
    create or replace temp macro node_of(host) as case when regexp_full_match(host, '[0-9.]+|.*:.*') then host
        else lower(split_part(host, '.', 1)) end;
    create or replace temp macro native_address(given) as
        nullif(regexp_extract(given, '(\d{1,3}(?:\.\d{1,3}){3})', 1), '');
"""


def prepare(store: Store) -> None:
    """Make the macros in the store's session."""
    store.rows(_MACROS)


def reset(store: Store) -> None:
    """Drop every temporary table, view and type of the session."""
    for (view,) in store.rows("select view_name from duckdb_views() where temporary and not internal order by 1"):
        store.rows(f"drop view {name(str(view))}")
    for (table,) in store.rows("select table_name from duckdb_tables() where temporary order by 1"):
        store.rows(f"drop table {name(str(table))}")
    store.rows("drop type if exists login_word")


def has(store: Store, table: str) -> bool:
    """Return whether the index or the session holds a table or view of this name."""
    return bool(store.rows("select 1 from information_schema.tables where table_name = ? limit 1", table))


def readers_of(store: Store, actions: Iterable[str]) -> tuple[str, ...]:
    """Return the readers that gave events of these actions, sorted."""
    sql = "select distinct source from events where list_contains(?::varchar[], action) order by 1"
    return tuple(str(r[0]) for r in store.rows(sql, sorted(actions)))


def native(store: Store, reader: str, *names: str) -> str:
    """Return SQL for the first of these native fields that the reader has, compared by letters and digits only.

    Null where it has none: a column that no record fills does not exist.
    """
    columns = {_plain(c): c for c in reversed(store.fields(reader))}
    known = [columns[_plain(n)] for n in names if _plain(n) in columns]
    if not known:
        return "null::varchar"
    return "coalesce(" + ", ".join(f"nullif({name(c)}::varchar, '')" for c in known) + ")"


def _plain(column: str) -> str:
    return re.sub(r"[^0-9a-z]", "", column.lower())
