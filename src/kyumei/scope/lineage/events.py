"""From events of database logs to the statements that a replay takes, each once.

A statement that PostgreSQL logs and pgaudit reports too is one statement; so are pgaudit's lines for each table of it. An
error that names its statement marks the one before it as failed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from kyumei.scope.lineage.backups import dumps_in
from kyumei.scope.lineage.replay import Logged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kyumei.store.query import Store

FAMILY: Final = "database."
COMMON: Final = ("file_id", "rec", "source", "action", "outcome", "account", "src_ip", "rows")
FIELDS: Final = ("statement", "parameters", "failed_statement", "session", "database", "audit_statement", "audit")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which statements are asked about; empty parts ask for all.

    Attributes:
        accounts, clients, sessions: names, addresses and connection numbers as the log spells them.
        first, last: microseconds since 1970 UTC, both included.
    """

    accounts: frozenset[str] = frozenset()
    clients: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()
    first: int | None = None
    last: int | None = None

    def __call__(self, event: Logged) -> bool:
        """Return whether the statement is asked about."""
        return (
            (not self.accounts or event.account.lower() in self.accounts)
            and (not self.clients or event.src_ip in self.clients)
            and (not self.sessions or event.session.rsplit("\0", 1)[-1] in self.sessions)
            and (self.first is None or (event.ts is not None and event.ts >= self.first))
            and (self.last is None or (event.ts is not None and event.ts <= self.last))
        )


def from_store(store: Store, wanted: Callable[[Logged], bool]) -> list[Logged]:
    """Return the statements of all database logs in a store, in the order of time and place."""
    gathered = Gathered(wanted)
    for reader in store.readers():
        fields = set(store.fields(reader))
        if not reader.startswith(FAMILY) or "statement" not in fields:
            continue
        listed = [f'"{name}"' if name in fields else f'null as "{name}"' for name in FIELDS]
        view = reader.replace('"', '""')
        sql = (
            f'select epoch_us(ts) as ts, {", ".join(COMMON)}, {", ".join(listed)} from "{view}" where statement is not null'
            f" or action = 'session.ended'{' or failed_statement is not null' if 'failed_statement' in fields else ''}"
            " order by ts, file_id, rec"
        )
        for batch in store.batches(sql):
            gathered.add(batch.to_pylist())
    return gathered.statements()


@dataclass(slots=True)
class Gathered:
    """Statements on their way; rows come in the order in which they were logged."""

    wanted: Callable[[Logged], bool]
    _found: list[Logged] = field(default_factory=list)
    _last: dict[str, tuple[int, bool]] = field(default_factory=dict)
    _audited: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add events given as rows of the columns `ts` (microseconds), `COMMON` and `FIELDS`."""
        for row in rows:
            self._row(row)

    def statements(self) -> list[Logged]:
        """Return the statements; reading ones that are not asked about are left out, but for those of dumps."""
        dumps = {id(event) for event in dumps_in(self._found)}
        return [e for e in self._found if not e.text or not _reads(e) or self.wanted(e) or id(e) in dumps]

    def _row(self, row: Mapping[str, Any]) -> None:
        event = _logged(row, len(self._found) + 1)
        if row.get("failed_statement"):
            self._fail(event.session, str(row["failed_statement"]))
        if row.get("action") == "session.ended":
            self._found.append(replace(event, ends=True, text=""))
        elif event.text:
            self._statement(event, row)

    def _fail(self, session: str, text: str) -> None:
        at, _ = self._last.get(session, (-1, False))
        if at >= 0 and _same(self._found[at].text, text):
            self._found[at] = replace(self._found[at], failed=True)

    def _statement(self, event: Logged, row: Mapping[str, Any]) -> None:
        audited = bool(row.get("audit"))
        number = (event.session, str(row.get("audit_statement") or ""))
        if audited and number in self._audited:
            self._merge(self._audited[number], event)
            return
        at, was_audited = self._last.get(event.session, (-1, audited))
        if at >= 0 and was_audited != audited and _same(self._found[at].text, event.text):
            self._merge(at, event)
            self._last[event.session] = (-1, audited)
        else:
            at = len(self._found)
            self._found.append(event)
            self._last[event.session] = (at, audited)
        if audited:
            self._audited[number] = at

    def _merge(self, at: int, event: Logged) -> None:
        """Put what another line says of the same statement into the one that is kept."""
        kept = self._found[at]
        rows = kept.rows if kept.rows is not None else event.rows
        self._found[at] = replace(kept, rows=rows, parameters=kept.parameters or event.parameters)


def _logged(row: Mapping[str, Any], number: int) -> Logged:
    return Logged(
        number=number,
        ts=row.get("ts"),
        file_id=row["file_id"],
        rec=row["rec"],
        reader=row["source"],
        account=row.get("account") or "",
        src_ip=row.get("src_ip") or "",
        session=f"{row['source']}\0{row.get('session') or ''}",
        database=row.get("database") or "",
        text=row.get("statement") or "",
        parameters=row.get("parameters"),
        rows=row.get("rows"),
        failed=row.get("outcome") == "failure",
    )


def _reads(event: Logged) -> bool:
    bare = event.text.lstrip(" \t\r\n(")[:6].lower()
    return bare in {"select", "table "} or bare.startswith("with ")


def _same(one: str, other: str) -> bool:
    return one.strip().rstrip("; \n") == other.strip().rstrip("; \n")
