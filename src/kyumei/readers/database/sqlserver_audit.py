"""SQL Server's audit as separated values: what `fn_get_audit_file` gives, and Management Studio's export of audits and events.

Times of an audit are in UTC (`event_time`), so are those of extended events (`timestamp`). The `.sqlaudit` and `.xel` files
themselves are not read here.

Format: https://learn.microsoft.com/sql/relational-databases/system-functions/sys-fn-get-audit-file-transact-sql
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
        "ts": ("event_time", "timestamp", "timestamp_(utc)", "date"),
        "account": (
            "server_principal_name",
            "session_server_principal_name",
            "server_principal_name",
            "username",
            "nt_username",
        ),
        "src_ip": ("client_ip",),
        "host": ("server_instance_name", "server_name"),
        "rows": ("affected_rows", "row_count", "response_rows"),
        "object": ("object_name",),
    },
    fields={
        "statement": ("statement", "batch_text", "sql_text", "query"),
        "database": ("database_name",),
        "session": ("session_id",),
        "transaction": ("transaction_id",),
        "application": ("application_name", "client_app_name"),
        "client_host": ("host_name", "client_hostname"),
        "additional_information": ("additional_information",),
    },
    kind=("action_id", "name", "action_name"),
    actions={
        "LGIS": "login.succeeded",
        "LGIF": "login.failed",
        "LGO": "session.ended",
        "LOGIN SUCCEEDED": "login.succeeded",
        "LOGIN FAILED": "login.failed",
        "BA": "data.exported",
        "BACKUP": "data.exported",
        "AUSC": "audit.changed",
        "LOGIN": "login.succeeded",
        "LOGOUT": "session.ended",
    },
    succeeded=(("succeeded", "result"), ("1", "true", "ok", "success")),
    utc=True,
    needs=(
        frozenset({"event_time", "timestamp", "timestamp_(utc)"}),
        frozenset({"statement", "batch_text"}),
        frozenset({"action_id", "server_principal_name", "client_app_name", "client_hostname"}),
    ),
)


def accepts(source: Source) -> int:
    """Return `CERTAIN` where the first row names an audit's columns."""
    return CERTAIN if fits(source, _LAYOUT) else 0


@reader(
    "database.sqlserver_audit",
    accepts=accepts,
    title="SQL Server audit or extended events (CSV)",
    spec="https://learn.microsoft.com/sql/relational-databases/system-functions/sys-fn-get-audit-file-transact-sql",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each row; `rec` is the byte offset of its first line."""
    read_export(source, rows, _LAYOUT)
