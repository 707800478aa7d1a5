"""Persons whom nothing but running text tells: a letter, a mail, a PDF; each with the place of their values.

Values that stand near each other are taken for one person's, until one of a kind comes that was there already. Who has a value
that a record of the tables has too, or that an earlier text has, is on the list already. That is a guess about a text, so these
rows are marked as unsure; no value is kept, they are read from evidence again when the list is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kyumei.scope.found import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kyumei.model.source import Source
    from kyumei.store.query import Store

NEAR: Final = 160
"""Bytes between two values of one person at most."""
BESIDE: Final = 3
"""Bytes between a value and a name behind it that is still the same person's: "090-1234-5678 (山田 太郎)"."""
Spot = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Group:
    """Values of one person.

    Attributes:
        spots: part of the document and offset of each value. categories: of the values.
    """

    table_id: str
    spots: tuple[Spot, ...]
    categories: tuple[str, ...]


@dataclass(slots=True)
class _Open:
    """Values that may be one person's, on their way."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def takes(self, row: tuple[Any, ...]) -> bool:
        """Return whether a value stands near the last one and is of a kind that is not there yet."""
        if not self.rows:
            return True
        table, place, offset, _, key, *_ = row
        last = self.rows[-1]
        gap = offset - last[3] if (last[0], last[1]) == (table, place) else -1
        begins = key in {"name", "reading"} and gap > BESIDE  # whoever is written about is named first
        return 0 <= gap <= NEAR and not begins and all(key != r[4] for r in self.rows)


def groups(store: Store, table_ids: Sequence[str]) -> list[Group]:
    """Return the persons whom only the texts among these tables tell, in the order of files and places."""
    known = " union ".join(
        f"select '{key}' as key, {key} as value from people where list_contains(?::varchar[], table_id) and {key} is not null"
        for key in KEYS
    )
    sql = (
        'select f.table_id, f.place, f."offset", f."end", f.key, f.value, f.category, k.value is not null as known'
        f" from found f join tables t using (table_id) join sources s using (file_id) left join ({known}) k"
        " on k.key = f.key and k.value = f.value where list_contains(?::varchar[], f.table_id) and not aside"
        ' and f.key is not null and f.value is not null order by s.path, f.table_id, f.place, f."offset", f."end", f.key'
    )
    listed = list(table_ids)
    found: list[Group] = []
    seen: set[tuple[str, int]] = set()
    now = _Open()
    for row in store.rows(sql, *([listed] * (len(KEYS) + 1))):
        if not now.takes(row):
            found += _closed(now, seen)
            now = _Open()
        now.rows.append(row)
    return [*found, *_closed(now, seen)]


def _closed(now: _Open, seen: set[tuple[str, int]]) -> Iterator[Group]:
    values = {(row[4], row[5]) for row in now.rows}
    fresh = bool(values) and not values & seen and not any(row[7] for row in now.rows)
    seen |= values
    if fresh:
        spots = tuple((row[1], row[2]) for row in now.rows)
        yield Group(now.rows[0][0], spots, tuple(sorted({row[6] for row in now.rows})))


def values(source: Source, wanted: Mapping[Spot, int]) -> dict[int, dict[str, list[tuple[str, str]]]]:
    """Return group → category → values with their kinds, read from the file again.

    Args:
        source: the file.
        wanted: spot → number of the group.
    """
    from kyumei.scope.content import Content, hits

    found: dict[int, dict[str, list[tuple[str, str]]]] = {}
    for hit in hits(source, Content("text")):
        number = wanted.get((hit.place, hit.start))
        if number is not None:
            found.setdefault(number, {}).setdefault(hit.category, []).append((hit.value, hit.kind))
    return found
