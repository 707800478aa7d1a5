"""What is counted of all events, hit or not: logons by who, where and from where; event numbers by host and channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.case.hunt import look

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from kyumei.case.hunt.gather import Batch

_KINDS: Final = {
    ("security", "4624"): "success",
    ("security", "4625"): "failure",
    ("security", "4768"): "kerberos",
    ("security", "4771"): "failure",
    ("security", "4776"): "ntlm",
    ("security", "4648"): "explicit",
    ("security", "4672"): "privileged",
    ("security", "4634"): "logoff",
    ("security", "4647"): "logoff",
    ("security", "4778"): "reconnect",
    ("security", "4779"): "disconnect",
    ("microsoft-windows-terminalservices-remoteconnectionmanager/operational", "1149"): "rdp",
    ("microsoft-windows-terminalservices-localsessionmanager/operational", "21"): "session",
    ("microsoft-windows-terminalservices-localsessionmanager/operational", "23"): "logoff",
    ("microsoft-windows-terminalservices-localsessionmanager/operational", "24"): "disconnect",
    ("microsoft-windows-terminalservices-localsessionmanager/operational", "25"): "reconnect",
}
"""Folded channel and event number → what the event says of a logon."""
_ACCOUNT: Final = ("TargetUserName", "AccountName", "User", "Param1", "SubjectUserName")
_DOMAIN: Final = ("TargetDomainName", "AccountDomain", "Param2", "SubjectDomainName")
_FROM: Final = ("IpAddress", "ClientAddress", "Address", "Param3")
_STATION: Final = ("WorkstationName", "Workstation", "ClientName")
FIELDS: Final = (*_ACCOUNT, *_DOMAIN, *_FROM, *_STATION, "LogonType", "SubStatus", "Status")
_BY: Final = ("host", "channel", "event_id", "provider")


def metrics(batch: Batch, inside: np.ndarray | None) -> pa.Table:
    """Return number, first and last instant of the events by host, channel, number and provider."""
    import numpy as np

    rows = np.arange(batch.columns.n) if inside is None else np.flatnonzero(inside)
    names = (look.HOST, look.CHANNEL, look.EVENT_ID, look.PROVIDER)
    return _counted(batch, rows, {by: look.texts(batch.columns, n, rows) for by, n in zip(_BY, names, strict=True)})


def logons(batch: Batch, inside: np.ndarray | None) -> pa.Table:
    """Return number, first and last instant of the events that tell of a logon, by kind, account and origin."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = np.arange(batch.columns.n) if inside is None else np.flatnonzero(inside)
    channel = pc.utf8_lower(look.texts(batch.columns, look.CHANNEL, rows))
    key = pc.binary_join_element_wise(channel, look.texts(batch.columns, look.EVENT_ID, rows), "\n").dictionary_encode()
    kinds = pa.array([_kind(str(k)) for k in key.dictionary.to_pylist()], pa.string())
    kind = kinds.take(key.indices)
    told = pc.is_valid(kind)
    rows, kind = rows[told.to_numpy(zero_copy_only=False)], kind.filter(told)
    texts = {
        "host": look.HOST,
        "domain": _DOMAIN,
        "account": _ACCOUNT,
        "src_ip": _FROM,
        "station": _STATION,
        "type": ("LogonType",),
        "status": ("SubStatus", "Status"),
    }
    return _counted(batch, rows, {"kind": kind} | {n: look.texts(batch.columns, f, rows) for n, f in texts.items()})


def _kind(key: str) -> str | None:
    channel, _, number = key.partition("\n")
    return _KINDS.get((channel, number))


def _counted(batch: Batch, rows: np.ndarray, by: dict[str, pa.Array]) -> pa.Table:
    import pyarrow as pa

    ts = batch.ts.take(pa.array(rows))
    table = pa.table(by | {"ts": ts}).group_by(list(by)).aggregate([([], "count_all"), ("ts", "min"), ("ts", "max")])
    return table.rename_columns([*by, "events", "first", "last"])
