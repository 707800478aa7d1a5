"""Oracle's audit as separated values: `UNIFIED_AUDIT_TRAIL`, and `DBA_AUDIT_TRAIL` of older databases.

Exported from SQL Developer or SQL*Plus with a header. `SQL_BINDS` holds the values of statements that were prepared. Times
without offset are in the zone of the session that exported, those of `EVENT_TIMESTAMP_UTC` in UTC.

Format: https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/UNIFIED_AUDIT_TRAIL.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.model.source import CERTAIN
from kyumei.readers.database.exported import Layout, fits, read_export
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_LAYOUT: Final = Layout(
    common={
        "ts": ("event_timestamp_utc", "event_timestamp", "extended_timestamp", "timestamp"),
        "account": ("dbusername", "username"),
        "src_ip": ("client_address", "authentication_address"),
        "host": ("instance_name",),
        "rows": ("rows_processed",),
        "object": ("object_name", "obj_name"),
    },
    fields={
        "statement": ("sql_text",),
        "parameters": ("sql_binds", "sql_bind"),
        "database": ("dbid", "current_user"),
        "session": ("sessionid", "session_id"),
        "transaction": ("transaction_id", "transactionid"),
        "schema": ("object_schema", "owner"),
        "client_host": ("userhost",),
        "os_user": ("os_username",),
        "application": ("client_program_name",),
        "return_code": ("return_code", "returncode"),
    },
    kind=("action_name",),
    actions={
        "LOGON": "login.succeeded",
        "LOGOFF": "session.ended",
        "EXPORT": "data.exported",
        "CREATE USER": "account.created",
        "DROP USER": "account.deleted",
        "ALTER USER": "account.changed",
        "GRANT": "account.changed",
        "REVOKE": "account.changed",
        "AUDIT": "audit.changed",
        "NOAUDIT": "audit.changed",
    },
    succeeded=(("return_code", "returncode"), ("0",)),
    needs=(
        frozenset({"event_timestamp", "event_timestamp_utc", "extended_timestamp"}),
        frozenset({"dbusername", "username"}),
        frozenset({"action_name"}),
    ),
)


def accepts(source: Source) -> int:
    """Return `CERTAIN` where the first row names the view's columns."""
    return CERTAIN if fits(source, _LAYOUT) else 0


@reader(
    "database.oracle_unified",
    accepts=accepts,
    title="Oracle unified audit trail (CSV)",
    spec="https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/UNIFIED_AUDIT_TRAIL.html",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each row; `rec` is the byte offset of its first line."""
    read_export(source, rows, _LAYOUT)
