"""Outgoing messages and the tables in what is attached to them, at any depth."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kyumei.detect import messages, names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kyumei.detect.run import Settings
    from kyumei.store.query import Store

_PARTS: Final = """
    create temp table message_parts as
    with recursive above(part, node) as (
        select distinct file_id, file_id from tables
        union
        select above.part, s.parent_file_id from above join sources s on s.file_id = above.node
        where s.parent_file_id is not null
    )
    select distinct m.key, f.file as message_file, s.file_id as part, s.path, coalesce(s.sha256, s.file_id) as content
    from messages m, (select key, unnest(files) as file from messages) f, above, sources s
    where f.key = m.key and above.node = f.file and above.part <> f.file and s.file_id = above.part
"""
_TABLES: Final = """
    select p.key, p.message_file, p.path, p.content, t.table_id, t.file_id, coalesce(t.name, ''), coalesce(t.hidden, ''),
        coalesce(r.about_persons, t.records, 0), coalesce(t.personal, false),
        coalesce((select list_sort(list(distinct c.category)) from columns c
                  where c.table_id = t.table_id and c.category is not null), []::varchar[])
    from message_parts p join tables t on t.file_id = p.part
    left join (select table_id, count(*) as about_persons from people
               where table_id in (select table_id from tables where file_id in (select part from message_parts))
               group by table_id) r on r.table_id = t.table_id
    order by p.key, p.path, t.name, t.table_id
"""
_OUTGOING: Final = """
    select key, sender, recipients, coalesce(subject, ''), sent, files, coalesce(logged, false)
    from messages where sender is not null and (split_part(sender, '@', 2) in (select unnest(?::varchar[]))
        or exists (select 1 from (select unnest(?::varchar[]) as d) where ends_with(sender, '.' || d)))
    and key in (select key from message_parts)
    order by coalesce(sent, 0), key
"""
_VARYING: Final = re.compile(r"^((re|fwd?|fw|転送|返信)[:：]\s*)+|[\d０-９]+|[【】\[\]()（）\s]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table in an attachment; `content` tells the same file in another copy of the message.

    `records` are those about persons where the table has any: a line of totals is none (the same number as in the scope).
    """

    path: str
    content: str
    table_id: str
    file_id: str
    name: str
    hidden: str
    records: int
    personal: bool
    categories: Sequence[str]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message from inside to at least one address outside, with tables attached."""

    key: str
    sender: str
    outside: tuple[str, ...]
    subject: str
    sent: int | None
    files: tuple[str, ...]
    logged: bool
    sheets: tuple[Sheet, ...] = ()
    copies: tuple[Sheet, ...] = field(default=())

    @property
    def personal(self) -> tuple[Sheet, ...]:
        """Return the tables with personal data."""
        return tuple(s for s in self.sheets if s.personal)

    @property
    def records(self) -> int:
        """Return the number of records (件) in them."""
        return sum(s.records for s in self.personal)

    @property
    def domains(self) -> tuple[str, ...]:
        """Return the recipients' domains outside, sorted."""
        return tuple(sorted({a.rsplit("@", 1)[-1] for a in self.outside}))

    @property
    def pattern(self) -> str:
        """Return the subject without reply marks, numbers, brackets and blanks: what a series of mails has in common."""
        return _VARYING.sub("", self.subject.strip()).lower()


def outgoing(store: Store, settings: Settings) -> list[Outgoing]:
    """Return the outgoing messages with tables attached, earliest first."""
    if not messages.prepare(store):
        return []
    if not names.has(store, "message_parts"):
        store.rows(_PARTS)
    domains = messages.internal_domains(store, settings)
    sheets = _sheets(store)
    listed = [_message(row, domains, sheets) for row in store.rows(_OUTGOING, list(domains), list(domains))]
    return [m for m in listed if m.outside]


def _sheets(store: Store) -> dict[str, list[tuple[str, Sheet]]]:
    found: dict[str, list[tuple[str, Sheet]]] = defaultdict(list)
    for key, message_file, *sheet in store.rows(_TABLES):
        found[key].append((message_file, Sheet(*sheet)))
    return found


def _message(row: tuple[Any, ...], domains: tuple[str, ...], sheets: dict[str, list[tuple[str, Sheet]]]) -> Outgoing:
    key, sender, recipients, subject, sent, files, logged = row
    outside = tuple(a for a in recipients if not messages.is_internal(a, domains))
    files = tuple(files or ())
    place = {file: n for n, file in enumerate(files)}
    ordered = sorted(sheets.get(key, []), key=lambda s: (place.get(s[0], len(files)), s[1].path, s[1].name, s[1].table_id))
    first, copies = _once(s for _, s in ordered)
    return Outgoing(key, sender, outside, subject, sent, files, logged, first, copies)


def _once(sheets: Iterable[Sheet]) -> tuple[tuple[Sheet, ...], tuple[Sheet, ...]]:
    """Return each table once, from the first copy of the message that has it, and those of the further copies."""
    seen: dict[tuple[str, str], Sheet] = {}
    copies = [sheet for sheet in sheets if seen.setdefault((sheet.content, sheet.name), sheet) is not sheet]
    return tuple(seen.values()), tuple(copies)
