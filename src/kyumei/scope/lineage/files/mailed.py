"""Mail: what was attached went to its recipients, and addresses shown to many are data themselves.

`add` puts one act for each attachment of a message from inside into `lineage_acts`; what is attached is the content itself, so
no version is chosen. A message to addresses outside takes; one that stays inside was read there.

`disclosed` tells which messages showed addresses outside to each other (To and Cc of the message itself; server logs cannot
tell Cc from Bcc). An address stands for one person; where a record in evidence has it, it is that person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kyumei.store.connect import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.store.query import Store

MANY: Final = 20
"""Addresses outside from which a message counts as a disclosure."""
READER: Final = "mail.message"
_ADDRESS: Final = r"[^\s<>\",;:()]+@[^\s<>\",;:()]+"
_ATTACHED: Final = """
    insert into lineage_acts by name
    select nextval('lineage_number') as id, epoch_us(e.ts) as us, epoch_us(e.ts) as as_of,
        case when len(list_filter(string_split(lower(e.dst), '; '), lambda a: not {inside_a})) > 0 then 'taken'
            else 'accessed' end as reach,
        'mail' as way, e.account, e.host, e.src_ip, e.source, e.action, s.path as object, s.name as said, e.dst, s.bytes,
        true as whole, e.evidence_id, e.file_id, e.rec, 0 as hops, 'content' as told_by, a.file_id as sure
    from events e join mail_attachments a on a.message_file_id = e.file_id and a.depth = 1
    join sources s on s.file_id = a.file_id
    where e.source = 'mail.message' and e.dst is not null and {inside_sender}
        and a.file_id in (select file_id from lineage_content)
"""
_SHOWN: Final = f"""
    with m as (
        select coalesce(nullif(lower(trim("Message-ID", ' <>')), ''), file_id) as key, epoch_us(ts) as us, account, message,
            evidence_id, file_id, rec, list_distinct(regexp_extract_all(lower(concat_ws('; ', "To", "Cc")), {text(_ADDRESS)}))
                as shown, dst
        from {{view}} where {{inside_sender}}
    ), outside as (
        select *, list_sort(list_filter(shown, lambda a: not {{inside_a}})) as others from m
    )
    select key, arg_min(others, (file_id, rec)) as addresses, min(us) as us, any_value(account order by file_id) as account,
        any_value(message order by file_id) as subject, max(len(string_split(coalesce(dst, ''), '; '))) as recipients,
        min({{{{'us': coalesce(us, 0), 'e': evidence_id, 'f': file_id, 'r': rec}}}}) as place
    from outside where len(others) >= {MANY} group by key order by us, key
"""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One message that showed addresses to all who got it.

    Attributes:
        key: its Message-ID, lower case, or its file's id. recipients: how many addresses it went to; each saw all others.
        rows: table → records that have one of the addresses. others: addresses that no record has.
    """

    key: str
    addresses: tuple[str, ...]
    us: int | None
    account: str
    subject: str
    recipients: int
    place: dict[str, Any]
    rows: dict[str, list[int]]
    others: frozenset[str]


def add(store: Store, domains: Sequence[str]) -> None:
    """Add the attachments of messages from inside.

    Args:
        store: with the tables of `acts`, `series` and `chains`.
        domains: the organisation's mail domains; none: no message is from inside.
    """
    if domains and READER in store.readers():
        inside = _inside("a", domains)
        store.rows(_ATTACHED.format(inside_a=inside, inside_sender=_inside("lower(coalesce(e.account, ''))", domains)))


def disclosed(store: Store, domains: Sequence[str]) -> list[Disclosed]:
    """Return the messages from inside that showed many addresses outside to each other, the earliest first."""
    if not domains or READER not in store.readers():
        return []
    fields = set(store.fields(READER))
    view = "(select * {} from {})".format(
        "".join(f', null as "{f}"' for f in ("To", "Cc", "Message-ID") if f not in fields), f'"{READER}"'
    )
    sql = _SHOWN.format(
        view=view, inside_sender=_inside("lower(coalesce(account, ''))", domains), inside_a=_inside("a", domains)
    )
    listed = store.rows(sql)
    known = records_of_addresses(store, sorted({a for row in listed for a in row[1]}))
    return [_disclosed(row, known) for row in listed]


def _disclosed(row: tuple[Any, ...], known: dict[str, tuple[str, int]]) -> Disclosed:
    key, addresses, us, account, subject, recipients, place = row
    rows: dict[str, list[int]] = {}
    for address in addresses:
        if address in known:
            table, rec = known[address]
            rows.setdefault(table, []).append(rec)
    others = frozenset(a for a in addresses if a not in known)
    return Disclosed(key, tuple(addresses), us, account or "", subject or "", int(recipients), place, rows, others)


def records_of_addresses(store: Store, addresses: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Return address → table and record that has it, the first of several."""
    import numpy as np
    import pyarrow as pa

    from kyumei.scope import fold
    from kyumei.scope.digest import digests

    if not addresses:
        return {}
    folded = fold.emails(pa.array(addresses, pa.string()))
    numbers = np.asarray(digests(folded, "email")).view(np.int64).tolist()
    sql = "select email, min((table_id, rec)) from people where list_contains(?::bigint[], email) group by email order by 1"
    found = {email: (place[0], int(place[1])) for email, place in store.rows(sql, numbers)}
    return {a: found[n] for a, n in zip(addresses, numbers, strict=True) if n in found}


def _inside(column: str, domains: Sequence[str]) -> str:
    """Return SQL for whether an address belongs to one of the domains or to a part of one."""
    said = [f"ends_with({column}, {text(mark + d.lower())})" for d in domains for mark in ("@", ".")]
    return f"({' or '.join(said)})"
