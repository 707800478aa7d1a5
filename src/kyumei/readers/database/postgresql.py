"""What PostgreSQL writes behind the head of a record, whichever of its three log formats carries it.

Statements come as `statement: …`, as `execute <name>: …` with `parameters: $1 = '…'` in the detail, behind a duration, or from
the extension pgaudit as `AUDIT: SESSION,…`. `parse` and `bind` lines say that a statement was prepared, not that it ran; their
text is the field `prepared`. `rows` is what pgaudit (`pgaudit.log_rows`) says.

Messages: https://www.postgresql.org/docs/current/runtime-config-logging.html and https://github.com/pgaudit/pgaudit#format
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.readers.database.sql import one_line, told
from kyumei.readers.match import constant, extract, filled, whole

if TYPE_CHECKING:
    import pyarrow as pa

ZONES: Final = {
    "JST": "+09:00",
    "KST": "+09:00",
    "CET": "+01:00",
    "CEST": "+02:00",
    "EET": "+02:00",
    "EEST": "+03:00",
    "MSK": "+03:00",
    "WET": "+00:00",
    "SGT": "+08:00",
    "HKT": "+08:00",
    "EST": "-05:00",
    "EDT": "-04:00",
    "MST": "-07:00",
    "MDT": "-06:00",
    "PST": "-08:00",
    "PDT": "-07:00",
}
"""Abbreviations that stand for one offset only; PostgreSQL writes no others that could be told apart."""
_PARAMETERS: Final = r"(?is)^(?:parameters|Query Parameters): (?P<parameters>.*)$"
_AUDIT: Final = (
    r"(?s)^AUDIT: (?P<audit>SESSION|OBJECT),(?P<statement_id>\d*),(?P<sub_id>\d*),(?P<class>\w*),(?P<tag>[^,]*),"
    r"(?P<kind>[^,]*),(?P<relation>[^,]*),(?P<rest>.*)$"
)
_AUDITED: Final = (
    r'(?s)^"(?P<statement>(?:[^"]|"")*)",(?P<parameters>.*?)(?:,(?P<rows>\d+))?$',
    r"(?s)^(?P<statement>[^,]*),(?P<parameters>.*?)(?:,(?P<rows>\d+))?$",
    r"(?s)^(?P<statement>.*)$",
)
_SAID: Final = (
    (
        r"(?s)^duration: (?P<duration>[\d.]+) ms  (?P<phase>statement|parse|bind|execute fetch from|execute)"
        r"(?P<name>[^:]*): (?P<statement>.*)$"
    ),
    r"^duration: (?P<duration>[\d.]+) ms$",
    r"(?s)^(?P<phase>statement|execute fetch from|execute)(?P<name>[^:]*): (?P<statement>.*)$",
)
_SESSION: Final = (
    r"^(?P<what>connection authorized): (?:.*?\b)?user=(?P<user>\S+)(?: database=(?P<database>\S+))?",
    r"^(?P<what>connection received): host=(?P<client>\S+)",
    r"^(?P<what>disconnection): .*user=(?P<user>\S+) database=(?P<database>\S+) host=(?P<client>\S+)",
    r'^(?P<what>password|\w+ authentication|no pg_hba\.conf)[^"]*user "(?P<user>[^"]*)"',
    (
        r'^(?P<what>no pg_hba\.conf) entry for (?:host|replication connection from host) "(?P<client>[^"]*)", '
        r'user "(?P<user>[^"]*)"(?:, database "(?P<database>[^"]*)")?'
    ),
)
_LIKELY: Final = r"^(?:connection |disconnection: |password|\w+ authentication|no pg_hba)"
"""How every message that one of these fits begins."""
_WHAT: Final = {
    "connection authorized": "login.succeeded",
    "disconnection": "session.ended",
    "connection received": "record.written",
}


def interpret(message: pa.Array, detail: pa.Array, query: pa.Array) -> tuple[dict[str, pa.Array], dict[str, pa.Array]]:
    """Return common columns and native fields of messages.

    Args:
        message: behind the severity.
        detail: the DETAIL of the same record, or null.
        query: the STATEMENT that an error belongs to, or null.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(message)
    nothing = pa.nulls(n, pa.string())
    audit, rows = _audit(message)
    said, _ = extract(message, *_SAID)
    runs = pc.is_in(pc.fill_null(said["phase"], ""), pa.array(["statement", "execute", "execute fetch from"]))
    run = pc.if_else(runs, filled(said["statement"]), constant(None))
    given, _ = extract(pc.fill_null(detail, ""), _PARAMETERS)
    statement = pc.coalesce(audit.get("statement", nothing), run)
    of_session, known = _sessions(message)
    whole_text = pc.coalesce(statement, filled(query))
    columns = told(whole_text)
    columns["action"] = pc.if_else(
        pc.is_valid(statement), columns["action"], pc.if_else(known, _session_action(of_session["what"]), "record.written")
    )
    common = columns | {"rows": rows, "message": one_line(message)}
    fields = {
        "statement": statement,
        "parameters": pc.coalesce(audit.get("parameters", nothing), filled(given["parameters"])),
        "prepared": pc.if_else(runs, constant(None), filled(said["statement"])),
        "failed_statement": filled(query),
        "duration_ms": filled(said.get("duration", nothing)),
        "audit": audit.get("audit", nothing),
        "audit_class": audit.get("class", nothing),
        "audit_statement": audit.get("number", nothing),
        "audit_relation": audit.get("relation", nothing),
        **{f"session_{name}": filled(of_session.get(name, nothing)) for name in ("user", "database", "client")},
    }
    return common, fields


def _sessions(message: pa.Array) -> tuple[dict[str, pa.Array], pa.Array]:
    """Return what messages of connections say, null for others, and which are such."""
    import pyarrow as pa
    import pyarrow.compute as pc

    likely = pc.match_substring_regex(message, _LIKELY)
    few, told = extract(message.filter(likely), *_SESSION)
    nothing = pa.nulls(len(message), pa.string())
    found = {name: pc.replace_with_mask(nothing, likely, values) for name, values in few.items()}
    return found, pc.replace_with_mask(likely, likely, told)


def _audit(message: pa.Array) -> tuple[dict[str, pa.Array], pa.Array]:
    """Return what pgaudit says, null for other messages, and the rows it counted."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found, known = extract(message, _AUDIT)
    if not known.true_count:
        return {}, pa.nulls(len(message), pa.int64())
    inner, _ = extract(pc.fill_null(found["rest"], ""), *_AUDITED)
    statement = pc.replace_substring(inner["statement"], '""', '"')
    logged = pc.is_in(statement, pa.array(["<previously logged>", "<not logged>"]))
    statement = pc.if_else(pc.and_(known, pc.invert(pc.fill_null(logged, False))), statement, constant(None))  # noqa: FBT003
    none = pc.is_in(inner["parameters"], pa.array(["<none>", "<not logged>", "<previously logged>", ""]))
    parameters = pc.if_else(pc.or_(pc.invert(known), none), constant(None), inner["parameters"])
    number = pc.binary_join_element_wise(found["statement_id"], found["sub_id"], "/")
    fields = {name: filled(found[name]) for name in ("audit", "class", "relation")}
    return {**fields, "statement": filled(statement), "parameters": parameters, "number": number}, whole(inner["rows"])


def _session_action(what: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    place = pc.index_in(what, pa.array([*_WHAT]))
    return pc.fill_null(pa.array([*_WHAT.values()]).take(place), "login.failed")


def outcome(severity: pa.Array, action: pa.Array, statement: pa.Array) -> pa.Array:
    """Return failure for errors, success for logins and for statements whose end was logged, null elsewhere."""
    import pyarrow as pa
    import pyarrow.compute as pc

    bad = pc.is_in(severity, pa.array(["ERROR", "FATAL", "PANIC"]))
    good = pc.or_(pc.equal(action, "login.succeeded"), pc.is_valid(statement))
    return pc.if_else(bad, constant("failure"), pc.if_else(good, constant("success"), constant(None)))


def zoned(stamp: pa.Array) -> pa.Array:
    """Return times with the abbreviation of their zone written as an offset."""
    import pyarrow.compute as pc

    if not pc.any(pc.match_substring_regex(pc.fill_null(stamp, ""), r"[A-Z]{3,4}$")).as_py():
        return stamp
    coded = stamp.dictionary_encode()
    texts = coded.dictionary
    for name, offset in ZONES.items():
        texts = pc.replace_substring_regex(texts, f" {name}$", offset)
    return texts.take(coded.indices)
