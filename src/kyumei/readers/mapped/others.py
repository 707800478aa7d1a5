"""Lines of another kind among those of a mapped text log.

Requests of an access log behind a server's errors, as servers write that have one file for both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.flat_lines.records import TEXT
from kyumei.readers.linux.payload import ACCESS
from kyumei.readers.mapped.evaluate import Event
from kyumei.readers.match import ints

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_MESSAGE: Final = "message"


def with_requests(event: Event, zone: str) -> Event:
    """Return the events with those that no pattern of the mapping fits read as requests, where they are some.

    Args:
        event: of a block; the lines that fit no pattern have the field `text`.
        zone: IANA name for times without an offset.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from kyumei.readers.web import access

    text = event.fields.get(TEXT)
    if text is None:
        return event
    lines = pc.fill_null(text.cast(pa.string()), "")
    likely = np.flatnonzero(pc.match_substring_regex(lines, ACCESS).to_numpy(zero_copy_only=False))
    if not len(likely):
        return event
    columns, fields, matched = access.interpret(lines.take(ints(likely)), zone)
    here = likely[matched.to_numpy(zero_copy_only=False)]
    columns.pop(_MESSAGE)
    own = {name: _laid(values, columns.get(name), here) for name, values in event.columns.items()}
    own |= {name: _laid(None, values, here, len(lines)) for name, values in columns.items() if name not in own}
    more = {name: _laid(event.fields.get(name), values, here, len(lines)) for name, values in fields.items()}
    return Event(own, {**event.fields, **more})


def _laid(values: Any, others: Any, here: np.ndarray[Any, Any], n: int = 0) -> pa.Array:
    """Return the values with the others laid over them at the places."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if others is None:
        return values
    if values is None:
        values = pa.nulls(n, others.type)
    where = np.full(len(values), -1, np.int64)
    where[here] = np.arange(len(here))
    spread = others.cast(_plain(values).type).take(ints(np.maximum(where, 0), where >= 0))
    return pc.coalesce(spread, _plain(values))


def _plain(values: Any) -> pa.Array:
    import pyarrow as pa

    return values.cast(pa.string()) if pa.types.is_dictionary(values.type) else values
