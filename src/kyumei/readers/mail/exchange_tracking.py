"""Message tracking logs of Exchange Server (MSGTRK*.LOG): who sent what subject to whom, message by message.

Found under TransportRoles/Logs/MessageTracking; Search-Mailbox exports have other columns. Written after Exchange 2010 to
2019.

Format: https://learn.microsoft.com/en-us/exchange/mail-flow/transport-logs/message-tracking
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.source import CERTAIN
from kyumei.readers.addresses import normalised
from kyumei.readers.match import whole
from kyumei.readers.registry import reader
from kyumei.readers.stamps import parsed
from kyumei.readers.w3c import runs

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.w3c import Run
    from kyumei.store.rows import Rows

_FIELDS: Final = re.compile(r"^#Fields: (?=.*date-time)(?=.*,event-id\b)(?=.*,recipient-address\b)", re.MULTILINE)
_SAYS: Final = {
    "SEND": ("mail.sent", "success"),
    "SENDEXTERNAL": ("mail.sent", "success"),
    "DELIVER": ("mail.delivered", "success"),
    "DUPLICATEDELIVER": ("mail.delivered", "success"),
    "RECEIVE": ("mail.received", "success"),
    "SUBMIT": ("mail.received", "success"),
    "FAIL": ("mail.bounced", "failure"),
    "DSN": ("mail.bounced", "failure"),
    "BADMAIL": ("mail.bounced", "failure"),
}
"""`event-id` → what it says happened; DEFER, EXPAND, TRANSFER and the rest stay records."""


def accepts(source: Source) -> int:
    """Return certainty when a #Fields directive names the columns of message tracking."""
    return CERTAIN if _FIELDS.search(source.sample.text) else 0


@reader(
    "mail.exchange_tracking",
    accepts=accepts,
    title="Exchange message tracking log",
    spec="https://learn.microsoft.com/en-us/exchange/mail-flow/transport-logs/message-tracking",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each row; `rec` is the byte offset of the row.

    Times are UTC with the precision of a millisecond. `account` is the sender's address, `dst` the recipients' addresses
    joined with "; ", `message` the subject.
    """
    for run in runs(source, rows, comma=True):
        rows.add_columns({"rec": run.lines.rec, **_columns(run)}, run.columns)


def _columns(run: Run) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(run.lines)

    def given(*names: str) -> pa.Array:
        found = [run.columns[name] for name in names if name in run.columns]
        return pc.coalesce(*found) if found else pa.nulls(n, pa.string())

    ts, assumed = parsed(pc.fill_null(given("date-time", "#date-time"), ""), "UTC")
    place = pc.index_in(pc.utf8_upper(given("event-id")), pa.array(list(_SAYS)))
    action = pa.array([says[0] for says in _SAYS.values()]).take(place)
    sending = pc.starts_with(pc.fill_null(given("event-id"), ""), "SEND")  # the server named is then the next one
    return {
        "ts": ts,
        "ts_kind": pa.repeat("written", n),
        "zone_assumed": assumed,
        "action": pc.fill_null(action, "record.written"),
        "outcome": pa.array([says[1] for says in _SAYS.values()]).take(place),
        "host": pc.if_else(sending, given("client-hostname", "server-hostname"), given("server-hostname", "client-hostname")),
        "account": given("sender-address", "return-path"),
        "src_ip": normalised(given("original-client-ip", "client-ip")),
        "dst": pc.replace_substring_regex(given("recipient-address"), r" *; *", "; "),
        "bytes": whole(given("total-bytes")),
        "message": given("message-subject"),
    }
