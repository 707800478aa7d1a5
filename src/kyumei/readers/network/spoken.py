"""Routers that write sentences: a head of their own or of syslog, then what happened in words.

What the words mean is data (`kyumei.readers.linux.programs`), so that the same sentences are understood where a server
collected them among those of other machines. Lines that have no such head are read as syslog.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.readers import forms
from kyumei.readers.linux.syslog import PROGRAMS
from kyumei.readers.match import constant, extract, filled, only
from kyumei.readers.network import framed
from kyumei.readers.stamps import parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.readers.linux.years import Calendar
    from kyumei.store.rows import Rows

    Completed = Callable[[dict[str, pa.Array], pa.Array, pa.Array], dict[str, pa.Array]]
    """Takes what was read, the messages and the times (µs UTC), and returns it with what earlier lines say."""

_VPN: Final = ("tunnelip", "pp", "tunnel", "connection", "session")
_TUNNELS: Final = r"^(?:%?(?:PPP|PPTP|L2TP|IKE|IPSEC|IPS|TUN)|openvpn$)"
_HEAD: Final = {"stamp", "outer", "host", "program", "message"}


def read(source: Source, rows: Rows, heads: Sequence[str], completed: Completed, reason: str, program: str = "") -> None:
    """Read the lines of a source.

    Args:
        source: what is read.
        rows: takes events and faults.
        heads: patterns with the groups `stamp` (the router's own time), `outer` (that of a syslog server), `host`,
            `program` and `message`; other groups are native fields.
        completed: adds what only earlier lines of the file say.
        reason: what the fault of lines of neither form says.
        program: the program of lines whose head names none, since its own file has only its lines.
    """

    def own(lines: Lines, calendar: Calendar, rows: Rows) -> pa.Array:
        import pyarrow as pa

        head, matched = extract(lines.text, *heads)
        good = lines.where(matched)
        if len(good):
            mine = only(head, matched) if head["message"].null_count else head
            if program:
                mine["program"] = pa.repeat(constant(program), len(good))
            _add(good, mine, (calendar, completed), rows)
        return matched

    framed.read(source, rows, own, reason)


def as_read(said: dict[str, pa.Array], messages: pa.Array, ts: pa.Array) -> dict[str, pa.Array]:
    """Return what was read as it is: for logs whose lines stand for themselves."""
    del messages, ts
    return said


def _add(lines: Lines, head: dict[str, pa.Array], how: tuple[Calendar, Completed], rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    n, (calendar, completed) = len(lines), how
    nothing = pa.nulls(n, pa.string())
    stamp, outer = (filled(head.get(name, nothing)) for name in ("stamp", "outer"))
    written = pc.fill_null(pc.coalesce(stamp, outer), "")
    ts, assumed = parsed(written, calendar.zone, lambda: calendar.years.at(lines.rec.to_numpy()))
    program = head.get("program", nothing)
    reading = forms.Reading(n)
    sets = forms.load(PROGRAMS)
    forms.interpret([each for each in sets if each.program], program, head["message"], reading)
    forms.interpret([each for each in sets if not each.program], program, head["message"], reading)
    said, fields = forms.split(completed(reading.columns(), head["message"], ts))
    columns = {
        "rec": lines.rec,
        "ts": ts,
        "ts_kind": pa.repeat("written", n),
        "zone_assumed": assumed,
        "host": filled(head.get("host", nothing)),
        "provider": filled(program),
        "message": head["message"],
        **said,
        "action": pc.fill_null(said.get("action", nothing), "record.written"),
    }
    own = {name: filled(values) for name, values in head.items() if name not in _HEAD}
    rows.add_columns(columns, {**own, **fields, "subtype": _subtype(columns["action"], columns["provider"], fields)})


def _subtype(action: pa.Array, program: pa.Array, fields: dict[str, pa.Array]) -> pa.Array:
    """Return whether a login or session is one of the VPN or of the router's own console, null for other events."""
    import pyarrow.compute as pc

    entering = pc.match_substring_regex(action, "^(?:login|session)")
    vpn = pc.fill_null(pc.match_substring_regex(program, _TUNNELS), fill_value=False)
    for name in _VPN:
        if name in fields:
            vpn = pc.or_(vpn, pc.is_valid(fields[name]))
    return pc.if_else(entering, pc.if_else(vpn, constant("vpn"), constant("system")), constant(None))
