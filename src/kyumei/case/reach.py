"""How far the people's data was reached: exposed (could be), accessed (was read), taken (left), per holding and overall.

Exposures of the leading hypothesis say it for whole tables; the lineage of files for those that its actors touched in its
window, or its message carried; the lineage of database logs and of web requests for single rows. Statements count where an
account of theirs is an actor of the leading hypothesis; what other accounts read is listed beside it and never added.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kyumei.case.lineage import requests as requests_of
from kyumei.case.lineage import traced
from kyumei.case.scope import STRENGTH
from kyumei.detect import messages
from kyumei.detect.run import Settings
from kyumei.diagnose.view import folded
from kyumei.model.hypothesis import Cause
from kyumei.scope.count import count
from kyumei.scope.lineage.document import by_reach
from kyumei.scope.lineage.events import FAMILY, Wanted
from kyumei.scope.lineage.files.counted import DEGREES
from kyumei.scope.lineage.files.document import by_files, shown_json
from kyumei.scope.lineage.files.mailed import disclosed
from kyumei.scope.lineage.files.trace import traced as files
from kyumei.scope.lineage.people import records_of
from kyumei.scope.lineage.trace import bounded
from kyumei.scope.records import load
from kyumei.store.connect import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from kyumei.diagnose.view import View
    from kyumei.model.count import Count
    from kyumei.model.hypothesis import Access, Hypothesis
    from kyumei.scope.lineage.files.mailed import Disclosed
    from kyumei.scope.lineage.files.trace import Files
    from kyumei.scope.lineage.trace import Trace
    from kyumei.scope.lineage.web import Asked
    from kyumei.store.query import Store

MEDIUM: Final = 2
REACHES: Final[tuple[Access, ...]] = ("exposed", "accessed", "taken")
METHOD: Final = "tables, files and rows of statements and requests together"
_ADDRESSES: Final = "mail.addresses_disclosed"
_BY_ACCOUNT: Final = frozenset({Cause.INTRUSION, Cause.RANSOMWARE, Cause.WEB_ATTACK, Cause.TAKEOUT})


@dataclass(slots=True)
class _Parts:
    """What is counted together: whole tables, records of others, people without a record, all at least, at best, at most."""

    tables: dict[str, set[str]] = field(default_factory=lambda: {d: set() for d in DEGREES})
    rows: dict[str, dict[str, list[int]]] = field(default_factory=lambda: {d: {} for d in DEGREES})
    others: set[str] = field(default_factory=set)
    beyond: int = 0

    def __bool__(self) -> bool:
        """Return whether there is anything to count."""
        return bool(self.others or self.beyond or any(self.tables.values()) or any(map(bool, self.rows.values())))

    def add_rows(self, rows: Mapping[str, Mapping[str, Iterable[int]]]) -> None:
        """Add records by degree and table."""
        for degree, by_table in rows.items():
            for table, recs in by_table.items():
                self.rows[degree].setdefault(table, []).extend(recs)

    def people(self, store: Store) -> Count:
        """Return the persons, each once."""
        rows = {d: {t: sorted(set(r)) for t, r in self.rows[d].items() if t not in self.tables[d]} for d in DEGREES}
        same = self.tables["low"] == self.tables["best"] == self.tables["high"]
        if same and not any(rows.values()) and not self.others and not self.beyond:
            return count(store, sorted(self.tables["best"]))[1]
        every = sorted({t for d in DEGREES for t in (*self.tables[d], *rows[d])})
        records = load(store, every)
        low, best, high = (records_of(records, sorted(self.tables[d]), rows[d]) for d in DEGREES)
        least, most, more = low.low, high.high + self.beyond, len(self.others)
        return bounded(least + more, best.best + more, most + more, best.method if least == most else METHOD)


def reached(view: View, case: Path, leading: Hypothesis | None) -> dict[str, Any]:
    """Return `people_by_reach` of diagnosis.json."""
    store, zone = view.store, view.zone
    trace, chosen = _database(store, case, leading, zone)
    tables = _tables(leading)
    found = _files(view, leading)
    requests = _requests(store, case, leading, zone)
    shown = _shown(view, leading)
    proved = set(trace.records.get("accessed", {}).get("best", {})) if chosen and trace else set()
    said: dict[str, Any] = {}
    for reach in REACHES:
        whole = {t for key in tables for t in tables[key][reach]}
        parts = _Parts({d: set(whole) if reach == "exposed" else whole - proved for d in DEGREES})
        if found:
            for degree in DEGREES:
                parts.tables[degree] |= found.sums[reach].tables[degree]
            parts.add_rows({"low": found.sums[reach].rows})
            parts.beyond += found.unseen[reach]
        for asked in requests:
            parts.add_rows(dict.fromkeys(DEGREES, asked.records))
        for one in shown:
            parts.add_rows(dict.fromkeys(DEGREES, one.rows))
            parts.others |= one.others
        by_rows = "accessed" if reach == "taken" and whole & proved else reach
        said[reach] = (_with_rows(store, parts, trace, by_rows) if chosen and trace else parts.people(store)).as_json()
    said["holdings"] = [
        {"party": party, "role": role, "dataset": dataset}
        | {reach: count(store, sorted(of[reach]))[1].as_json() for reach in REACHES}
        for (party, role, dataset), of in sorted(tables.items())
    ]
    return said | _detail(store, zone, (trace, chosen), found, requests, shown)


def _with_rows(store: Store, parts: _Parts, trace: Trace, reach: Access) -> Count:
    """Return the persons of these parts and of the rows that statements reached, as the replay counted them where alone."""
    alone: Count | None = {"accessed": trace.accessed, "taken": trace.taken}.get(reach)
    if alone is not None and trace.records.get(reach) and not parts:
        return alone
    parts.add_rows(trace.records.get(reach, {}))
    parts.beyond += _beyond(trace, reach) if trace.records.get(reach) else 0
    return parts.people(store)


def unknown(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a sentence for what left without a copy in evidence, as `unknowns` of diagnosis.json."""
    listed = said.get("files", {}).get("unknown_content") or []
    if not listed:
        return []
    size = sum(u["bytes"] or 0 for u in listed)
    names = ", ".join(u["object"] for u in listed[:3])
    number = said["files"]["unknown_content_in_all"]
    words = {
        "ja": f"持ち出されたが証拠に写しがなく内容の分からないもの {number:,} 件({size:,} バイト): {names}",
        "en": f"{number:,} things left of which no copy is in evidence ({size:,} bytes): {names}",
    }
    return [{"text": words, "findings": [], "assumed": False}]


def _detail(
    store: Store,
    zone: str,
    database: tuple[Trace | None, bool],
    found: Files | None,
    requests: Sequence[Asked],
    shown: Sequence[Disclosed],
) -> dict[str, Any]:
    """Return what the numbers rest on, each part where there is any."""
    trace, chosen = database
    paths = dict(store.rows("select file_id, path from sources order by path")) if found or shown else {}
    said: dict[str, Any] = {}
    if trace is not None:
        said["database"] = _said(trace, chosen=chosen)
    if found and (found.groups or found.unknown):
        listed = by_files(found, paths, zone)
        said["files"] = {k: listed[k] for k in ("files", "files_in_all", "unknown_content", "unknown_content_in_all")}
    if requests:
        said["web"] = [each.as_json() for each in requests]
    if shown:
        said["addresses_shown"] = [shown_json(d, paths, zone) for d in shown]
    return said


def _files(view: View, leading: Hypothesis | None) -> Files | None:
    """Return the files that the leading hypothesis speaks of: its message's, or its actors' in its window."""
    if leading is None:
        return None
    domains = messages.internal_domains(view.store, Settings(zone=view.zone))
    if leading.cause == Cause.MISSENT:
        key = text(str(leading.facts.get("message_id") or ""))
        placed = f"select unnest(files) from messages where key = {key}"
        return files(view.store, f"way = 'mail' and file_id in ({placed})", view.zone, domains, people=False)
    if leading.cause == Cause.WEB_ATTACK and (clients := _clients(leading)):
        return files(view.store, Wanted(clients=clients), view.zone, domains, people=False)
    accounts = frozenset(a.account.lower() for a in leading.actors) | {folded(a.account) for a in leading.actors}
    if leading.cause not in _BY_ACCOUNT or not accounts:
        return None
    wanted = Wanted(accounts=accounts, first=leading.first, last=leading.last)
    return files(view.store, wanted, view.zone, domains, people=False)


def _requests(store: Store, case: Path, leading: Hypothesis | None, zone: str) -> list[Asked]:
    """Return the rows that the attacker's requests named."""
    if leading is None or leading.cause != Cause.WEB_ATTACK:
        return []
    clients = _clients(leading)
    return requests_of(store, case, Wanted(clients=clients), zone)[0] if clients else []


def _clients(leading: Hypothesis) -> frozenset[str]:
    """Return the addresses that attacked a web server."""
    addresses = leading.facts.get("addresses")
    return frozenset(str(a) for a in addresses) if isinstance(addresses, list | tuple) else frozenset()


def _shown(view: View, leading: Hypothesis | None) -> list[Disclosed]:
    """Return the messages that a finding says showed many addresses, where no other cause than mail leads."""
    said = {str(f.facts.get("message_id")) for f in view.findings if f.rule == _ADDRESSES and f.level.rank >= MEDIUM}
    if not said or (leading is not None and leading.cause != Cause.MISSENT):
        return []
    domains = messages.internal_domains(view.store, Settings(zone=view.zone))
    return [d for d in disclosed(view.store, domains) if d.key in said]


def _database(store: Store, case: Path, leading: Hypothesis | None, zone: str) -> tuple[Trace | None, bool]:
    """Return the lineage of the actors' statements, or of all accounts' where no actor has any; and which it is.

    An attacker of a web application reads by the application's own account: what counts then is the account, its client and
    the time that the hypothesis names.
    """
    if not any(reader.startswith(FAMILY) for reader in store.readers()):
        return None, False
    through = leading.facts.get("database") if leading else None
    if leading and isinstance(through, dict):
        accounts = frozenset(str(a).lower() for a in through["accounts"])
        clients = frozenset(str(c) for c in through["clients"])
        sessions = frozenset(str(s) for s in through["sessions"])
        wanted = Wanted(accounts, clients, sessions, first=through["first"], last=through["last"])
        return traced(store, case, wanted, zone), True
    actors = {folded(a.account) for a in leading.actors} if leading else set()
    accounts = frozenset(
        a for (a,) in store.rows("select distinct account from events where source like 'database.%' and account is not null")
    )
    acting = frozenset(a.lower() for a in accounts if folded(a) in actors)
    return traced(store, case, Wanted(accounts=acting), zone), bool(acting)


def _tables(leading: Hypothesis | None) -> dict[tuple[str, str, str], dict[Access, set[str]]]:
    """Return holding → reach → tables; what was read could be reached, and what left was read."""
    found: dict[tuple[str, str, str], dict[Access, set[str]]] = defaultdict(lambda: {reach: set() for reach in REACHES})
    for exposure in leading.exposures if leading else ():
        for reach in REACHES:
            if STRENGTH[exposure.access] >= STRENGTH[reach]:
                found[exposure.party, exposure.role, exposure.dataset][reach].update(exposure.tables)
    return found


def _beyond(trace: Trace | None, reach: str) -> int:
    """Return how many people a replay allows for beyond the rows that evidence has."""
    if trace is None:
        return 0
    known = sum(len(recs) for recs in trace.records.get(reach, {}).get("high", {}).values())
    stated = {"accessed": trace.accessed, "taken": trace.taken}.get(reach)
    return max(0, stated.high - known) if stated else 0


def _said(trace: Trace, *, chosen: bool) -> dict[str, Any]:
    uncertain = sum(s.reading.status in {"interval", "not replayed"} for s in trace.shown)
    return by_reach(trace) | {
        "of_actors": chosen,
        "statements": len(trace.shown),
        "not_certain": uncertain,
        "accounts": [{"account": a, "people": c.as_json()} for a, c in trace.accounts.items()],
        "assumptions": trace.assumptions,
    }
