"""Values of single rows out of sparse columns, whatever the decoder called the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from kyumei.store.columns import Column, Columns

HOST: Final = ("host", "System_Computer", "Computer")
CHANNEL: Final = ("channel", "System_Channel", "Channel")
EVENT_ID: Final = ("event_id", "System_EventID", "EventID")
PROVIDER: Final = ("provider", "System_ProviderName", "System_Provider_Name", "Provider_Name")
RECORD: Final = ("System_EventRecordID", "EventRecordID")
ACTOR: Final = ("account", "SubjectUserName", "TargetUserName", "User", "AccountName", "UserName", "param1#user")
"""Who acted: the subject unless that is missing or the machine itself, then whoever else is named."""
ADDRESS: Final = ("src_ip", "IpAddress", "ClientAddress", "SourceNetworkAddress", "Address")
_MACHINE: Final = r"(?i)\$$|^(system|local service|network service|anonymous logon|n/a)$|^nt authority\\|^s-1-5-(18|19|20)$"


def texts(columns: Columns, names: tuple[str, ...], rows: np.ndarray) -> pa.Array:
    """Return the text of each of these rows, of the first of these fields that the row has; null where it has none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found: pa.Array = pa.nulls(len(rows), pa.string())
    for name in names:
        column = columns.fields.get(name)
        if column is not None and found.null_count:
            found = pc.coalesce(found, _given(_at(column, rows)))
    return found


def coded(columns: Columns, names: tuple[str, ...], rows: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Return `texts` as the place of each row's text among the different ones, -1 for null, and these."""
    import numpy as np
    import pyarrow as pa

    found = np.full(len(rows), -1, np.int64)
    known: list[str | None] = []
    for name in names:
        column = columns.fields.get(name)
        if column is None or not (missing := np.flatnonzero(found < 0)).size:
            continue
        own = codes(column, rows[missing])
        held = np.flatnonzero(own >= 0)
        used, place = np.unique(own[held], return_inverse=True)
        given = _given(column.values.take(pa.array(used))).to_pylist()
        numbers = np.array([-1 if text is None else len(known) + n for n, text in enumerate(given)], np.int64)
        found[missing[held]] = numbers[place]
        known += given
    texts = {text: n for n, text in enumerate(dict.fromkeys(text for text in known if text is not None))}
    same = np.array([*(-1 if text is None else texts[text] for text in known), -1], np.int64)
    return same[found], list(texts)


def actors(columns: Columns, rows: np.ndarray) -> pa.Array:
    """Return who acted in each of these rows: a person's account before the machine's, null where nobody is named."""
    import pyarrow as pa
    import pyarrow.compute as pc

    person: pa.Array = pa.nulls(len(rows), pa.string())
    machine: pa.Array = person
    for name in ACTOR:
        column = columns.fields.get(name)
        if column is None or not person.null_count:
            continue
        given = _given(_at(column, rows))
        own = pc.fill_null(pc.match_substring_regex(given, _MACHINE), fill_value=False)
        person = pc.coalesce(person, pc.if_else(own, None, given))
        machine = pc.coalesce(machine, given)
    return pc.coalesce(person, machine)


def codes(column: Column, rows: np.ndarray) -> np.ndarray:
    """Return the field's code in each of these rows, -1 where a row does not have it."""
    import numpy as np

    if not len(column.rows):
        return np.full(len(rows), -1, np.int32)
    place = np.minimum(np.searchsorted(column.rows, rows), len(column.rows) - 1)
    return np.where(column.rows[place] != rows, np.int32(-1), column.codes[place])


def _at(column: Column, rows: np.ndarray) -> pa.Array:
    import pyarrow as pa

    found = codes(column, rows)
    return column.values.take(pa.array(found, pa.int32(), mask=found < 0))


def _given(values: pa.Array) -> pa.Array:
    """Return the values with blank ones and lone hyphens as null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    blank = pc.is_in(pc.ascii_trim_whitespace(values), value_set=pa.array(["", "-"]))
    return pc.if_else(blank, None, values) if pc.any(blank).as_py() else values
