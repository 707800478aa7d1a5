"""Values found in text, each distinct value of a file once with its first place, and what they say about how many people.

No plain value is kept: a digest stands for it, the same as that of a column's cell (`kyumei.scope.keys`), so that a person
who is in a table and in a letter is not counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.count import Count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from kyumei.scope.text import Hit
    from kyumei.store.query import Store

TELLS: Final = {
    "name": "name", "kana": "reading", "email": "email", "phone": "phone", "address": "address",
    "student number": "number", "employee number": "number", "customer number": "number",
    "my number": "official", "licence": "official", "passport": "official", "residence card": "official",
    "social insurance": "official", "national id": "official", "card number": "card", "bank account": "bank",
}  # fmt: skip
"""Kind of value → what it tells a person by; the keys of `kyumei.store.schema.PEOPLE`, and `card`, `bank`."""
STRONG: Final = ("official", "card", "bank")
"""Keys of which a single value makes a text one about persons; so do the categories `auth.` and `sens.`."""
FEWEST: Final = 3
"""Distinct values that make a document one about persons. A letterhead or a signature has two."""
FEWEST_PLAIN: Final = 5
"""The same for mail, HTML and unread text, where signatures and authors are everywhere."""
ASIDE: Final = ("head", "properties")
"""Parts that say who sent or wrote it, not whose data it holds."""
UNSURE: Final = ("dictionary", "vocabulary", "morphology", "model")
"""What lets suspect a category only; forms, check digits, area codes and the like confirm it."""
HELD: Final = 50_000
"""Distinct values after which the rows are given away; the same value may then have several rows."""
METHOD: Final = "free text: each value of the commonest kind one person; at most each value of each kind"
PLACES: Final = 3
"""Places that are cited for each category."""
KEYS: Final = ("name", "reading", "email", "phone", "address", "number", "official")


@dataclass(slots=True)
class _Seen:
    """One distinct value."""

    hit: Hit
    number: int = 0


@dataclass(slots=True)
class Values:
    """The distinct values of one text on their way to the store.

    Attributes:
        table_id: of the text. out: called with rows of `kyumei.store.schema.FOUND`.
        telling: how many distinct values tell a person. strong: whether one of them is enough by itself.
    """

    table_id: str
    out: Callable[[list[Mapping[str, Any]]], None]
    telling: int = 0
    strong: bool = False
    _seen: dict[tuple[str, str, str], _Seen] = field(default_factory=dict[tuple[str, str, str], _Seen])

    def add(self, hit: Hit) -> None:
        """Take one value."""
        seen = self._seen.get((hit.category, hit.kind, hit.value))
        if seen is None:
            seen = self._seen[hit.category, hit.kind, hit.value] = _Seen(hit)
            if not aside(hit.place):
                self.telling += hit.kind in TELLS
                self.strong |= TELLS.get(hit.kind) in STRONG or hit.category.startswith(("auth.", "sens."))
        seen.number += 1
        if len(self._seen) >= HELD:
            self.finish()

    def finish(self) -> None:
        """Give away the rows that are left."""
        listed = list(self._seen.values())
        self._seen = {}
        if listed:
            told = _digests([seen.hit for seen in listed])
            self.out([self._row(seen, key, digest) for seen, (key, digest) in zip(listed, told, strict=True)])

    def _row(self, seen: _Seen, key: str, digest: int | None) -> dict[str, Any]:
        hit = seen.hit
        return {
            "table_id": self.table_id, "category": hit.category, "kind": hit.kind, "key": key or None, "value": digest,
            "number": seen.number, "aside": aside(hit.place), "place": hit.place, "offset": hit.start, "end": hit.end,
            "rule": hit.rule, "validator": hit.validator, "context": hit.context, "sample_masked": hit.sample_masked,
            "detail": hit.detail or None,
        }  # fmt: skip


def aside(place: str) -> bool:
    """Return whether a part of a document says who made it."""
    return place.rsplit("› ", 1)[-1] in ASIDE


def _digests(hits: Sequence[Hit]) -> list[tuple[str, int | None]]:
    """Return the key and the digest of each value, as `kyumei.scope.keys` gives them; no key for what tells no person."""
    from kyumei.scope.keys import value_digests

    result: list[tuple[str, int | None]] = [("", None)] * len(hits)
    by_key: dict[str, list[int]] = {}
    for n, hit in enumerate(hits):
        by_key.setdefault(TELLS.get(hit.kind, ""), []).append(n)
    for key, listed in by_key.items():
        found = value_digests(key or "value", [hits[n].value for n in listed])
        rest = value_digests("reading", [hits[n].value for n in listed]) if key == "name" else found
        for n, one, other in zip(listed, found, rest, strict=True):
            result[n] = (key, one) if one is not None or key != "name" else ("reading" if other is not None else "", other)
    return result


@dataclass(frozen=True, slots=True)
class Told:
    """What the texts among some tables say.

    Attributes:
        hits: values found. official: distinct numbers of which a person has only one.
        unseen: for each key, how many distinct values are not those of a record of the tables.
    """

    hits: int
    official: int
    unseen: Mapping[str, int]

    def records(self, rows: Count) -> Count:
        """Return the records of tables and texts together: each value found is one."""
        method = f"{rows.method} and values in text" if rows.high else "values in text"
        return Count(rows.low + self.hits, rows.best + self.hits, rows.high + self.hits, method)

    def people(self, linked: Count) -> Count:
        """Return the people of tables and texts together."""
        best = max(self.unseen.values(), default=0)
        low = max(linked.low, self.official, 1)
        method = f"{linked.method}; {METHOD}" if linked.high else METHOD
        best = max(low, linked.best + best)
        return Count(low, best, max(best, linked.high + sum(self.unseen.values())), method)


def told(store: Store, table_ids: Sequence[str]) -> Told | None:
    """Return what the texts among these tables say; None where there are none."""
    ids = list(table_ids)
    ((hits, official),) = store.rows(
        "select coalesce(sum(number), 0)::bigint, count(distinct value) filter (where key = 'official') from found"
        " where list_contains(?::varchar[], table_id) and not aside",
        ids,
    )
    if not hits:
        return None
    known = " union all ".join(
        f"select '{key}' as key, {key} as value from people where list_contains(?::varchar[], table_id) and {key} is not null"
        for key in KEYS
    )
    sql = (
        "select key, count(*) from (select distinct key, value from found where list_contains(?::varchar[], table_id)"
        f" and not aside and value is not null and key is not null) anti join ({known}) using (key, value) group by key"
        " order by key"
    )
    return Told(int(hits), int(official), dict(store.rows(sql, *([ids] * (1 + len(KEYS))))))


def in_text(store: Store, table_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield for each category that texts among these tables hold: hits, distinct values and the first places, masked."""
    sql = (
        "select f.category, sum(f.number)::bigint, count(distinct f.value),"
        ' arg_min({evidence: t.evidence_id, path: s.path, part: f.place, "offset": f."offset", sha256: s.sha256,'
        " kind: f.kind, validator: f.validator, context: f.context, sample: f.sample_masked},"
        ' (s.path, f.place, f."offset", f."end"), ?)'
        " from found f join tables t using (table_id) join sources s using (file_id)"
        " where list_contains(?::varchar[], table_id) and not aside group by f.category order by f.category"
    )
    for category, hits, values, places in store.rows(sql, PLACES, list(table_ids)):
        cited = [{name: value for name, value in place.items() if value not in {None, ""}} for place in places]
        yield {"category": category, "hits": hits, "values": values, "citations": cited}
