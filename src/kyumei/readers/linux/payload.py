"""Whole log lines of other formats inside a syslog message: web access lines and appliances' key=value pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.match import ints, only
from kyumei.readers.network import kv
from kyumei.readers.web import access

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pyarrow as pa

    from kyumei.readers.forms import Reading

ACCESS: Final = r'^[^"\[]* \[\d{1,2}/[A-Za-z]{3}/\d{4}:\d\d:\d\d:\d\d[^\]]*\] "'
"""What lines of an access log have in front of the request."""
_PAIRS: Final = r'^(?:[^ =]+: )?[A-Za-z_][\w.\-]*=(?:"[^"]*"|[^ ="]*),? [A-Za-z_][\w.\-]*='
_NETFILTER: Final = " SRC="
_TAKEN: Final = ("action", "outcome", "account", "src_ip", "dst", "object", "bytes")


def interpret(messages: pa.Array, reading: Reading) -> None:
    """Fill the rows whose message is such a line; the time stays that of the syslog head."""
    import numpy as np
    import pyarrow.compute as pc

    places = np.flatnonzero(pc.match_substring_regex(messages, ACCESS).to_numpy(zero_copy_only=False))
    if len(places):
        columns, fields, matched = access.interpret(messages.take(ints(places)), "UTC")
        _fill(places[matched.to_numpy(zero_copy_only=False)], columns, fields, reading)
    many = pc.and_(pc.greater_equal(pc.count_substring(messages, "="), kv.LEAST), pc.match_substring_regex(messages, _PAIRS))
    likely = pc.and_not(many, pc.match_substring(messages, _NETFILTER))
    places = np.flatnonzero(likely.to_numpy(zero_copy_only=False) & reading.open)
    if len(places):
        fields, enough = kv.taken_apart(messages.take(ints(places)))
        places = places[enough.to_numpy(zero_copy_only=False)]
        fields = only(fields, enough)
        if len(places):
            _fill(places, kv.interpret(fields, len(places)), fields, reading)


def _fill(places: np.ndarray[Any, Any], columns: Mapping[str, Any], fields: Mapping[str, Any], reading: Reading) -> None:
    import pyarrow as pa

    from kyumei.model.event import native

    common = {name: columns[name].cast(pa.string()) for name in _TAKEN if name in columns}
    named = {native(name): values for name, values in fields.items() if values.null_count < len(values)}
    reading.fill(places, {**common, **named})
