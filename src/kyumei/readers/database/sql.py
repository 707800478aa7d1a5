"""What a statement does and to what, told from its words: enough for the common columns, no more.

The first table named is the object; all of them are found where statements are analysed (`kyumei.scope.lineage`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.match import constant, filled

if TYPE_CHECKING:
    import pyarrow as pa

_NOTHING: Final = r"(?:\s|\(|--[^\n]*\n|#[^\n]*\n|/\*[^!](?:[^*]|\*+[^*/])*\*+/|/\*\*/)*"
_ACTIONS: Final = (
    (r"(?:select|with)\b.*\binto\s+(?:outfile|dumpfile)\b", "data.exported"),
    (r"copy\b.*?\)?\s+to\s", "data.exported"),
    (r"(?:unload|expdp|bcp)\b", "data.exported"),
    (r"select\s+/\*!40001\s+sql_no_cache\s*\*/\s+\*", "data.exported"),
    (r"(?:select|with)\b.*\bfrom\b", "data.read"),
    (r"(?:table|fetch|declare\s+\S+\s+(?:\w+\s+)*cursor)\b", "data.read"),
    (r"(?:insert|update|delete|replace|merge|truncate|load\s+data|copy)\b", "data.changed"),
    (r"create\s+(?:user|role|login)\b", "account.created"),
    (r"drop\s+(?:user|role|login)\b", "account.deleted"),
    (r"(?:alter\s+(?:user|role|login)|grant|revoke|set\s+password|rename\s+user)\b", "account.changed"),
)
_TABLE: Final = (
    r"(?is)\b(?:from|into|update|join|table|copy|truncate)\s+(?:only\s+|if\s+(?:not\s+)?exists\s+|ignore\s+|low_priority\s+)*"
    r"(?P<table>(?:[`\"\[]?[\pL\pN_$#]+[`\"\]]?\.){0,3}[`\"\[]?[\pL_][\pL\pN_$#]*[`\"\]]?)"
)
MESSAGE_CHARS: Final = 300


def told(statements: pa.Array) -> dict[str, Any]:
    """Return the columns `action`, `object` and `message` of statements; null statements give null."""
    import pyarrow.compute as pc

    from kyumei.readers.match import extract

    coded = statements.dictionary_encode()
    texts = coded.dictionary
    found, _ = extract(pc.replace_substring_regex(texts, r"(?i)\binto\s+(?:outfile|dumpfile)\b", ""), _TABLE)
    table = filled(pc.replace_substring_regex(found["table"], r'[`"\[\]]', ""))
    action = _actions(texts)
    known = pc.is_in(action, _with_object())
    return {
        "action": action.take(coded.indices),
        "object": pc.if_else(known, table, constant(None)).take(coded.indices),
        "message": one_line(texts).take(coded.indices),
    }


def one_line(texts: pa.Array) -> pa.Array:
    """Return the beginnings of texts, each in one line."""
    import pyarrow.compute as pc

    return pc.replace_substring_regex(pc.utf8_slice_codeunits(texts, 0, MESSAGE_CHARS), r"\s+", " ")


def _actions(texts: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    action = pa.repeat(constant("command.run"), len(texts))
    for pattern, name in reversed(_ACTIONS):
        fits = pc.match_substring_regex(texts, f"(?is)^{_NOTHING}{pattern}")
        action = pc.if_else(pc.fill_null(fits, False), constant(name), action)  # noqa: FBT003
    return action


def _with_object() -> pa.Array:
    import pyarrow as pa

    return pa.array(["data.read", "data.changed", "data.exported"])
