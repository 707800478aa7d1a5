"""What a statement does and to what, told from its words: enough for the common columns, no more.

The first table named is the object; all of them are found where statements are analysed (`kyumei.scope.lineage`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.match import constant, extract, filled

if TYPE_CHECKING:
    import pyarrow as pa

_NOTHING: Final = r"(?:\s|\(|--[^\n]*\n|#[^\n]*\n|/\*[^!](?:[^*]|\*+[^*/])*\*+/|/\*\*/)*"
_WORD: Final = rf"^{_NOTHING}(?P<word>[A-Za-z]+)"
_ACTIONS: Final = (
    ("insert|update|delete|replace|merge|truncate|load|copy", "", "data.changed"),
    ("table|fetch", "", "data.read"),
    ("declare", r"(?is)^\s*declare\s+\S+\s+(?:\w+\s+)*cursor\b", "data.read"),
    ("select|with", r"(?i)\bfrom\b", "data.read"),
    ("select|with", r"(?i)\binto\s+(?:outfile|dumpfile)\b|/\*!40001\s+sql_no_cache\s*\*/\s+\*", "data.exported"),
    ("copy", r"(?is)^\s*copy\b.*?\)?\s+to\s", "data.exported"),
    ("unload|expdp|bcp", "", "data.exported"),
    ("create", r"(?is)\bcreate\s+(?:user|role|login)\b", "account.created"),
    ("drop", r"(?is)\bdrop\s+(?:user|role|login)\b", "account.deleted"),
    ("alter|set|rename", r"(?is)\b(?:alter\s+(?:user|role|login)|set\s+password|rename\s+user)\b", "account.changed"),
    ("grant|revoke", "", "account.changed"),
)
"""First words, what must be in the statement besides, action; later ones win."""
_TABLE: Final = (
    r"(?is)\b(?:from|into|update|join|table|copy|truncate)\s+(?:only\s+|if\s+(?:not\s+)?exists\s+|ignore\s+|low_priority\s+)*"
    r"(?P<table>(?:[`\"\[]?[\pL\pN_$#]+[`\"\]]?\.){0,3}[`\"\[]?[\pL_][\pL\pN_$#]*[`\"\]]?)"
)
_ASCII_TABLE: Final = _TABLE.replace(r"\pL\pN_", r"\w").replace(r"\pL_", "a-z_")
"""The same for ASCII, for which RE2's tables stay small."""
MESSAGE_CHARS: Final = 300


def told(statements: pa.Array) -> dict[str, Any]:
    """Return the columns `action`, `object` and `message` of statements; null statements give null."""
    import pyarrow.compute as pc

    coded = statements.dictionary_encode()
    texts = coded.dictionary
    table = filled(_replaced(_tables(_replaced(texts, r"(?i)\binto\s+(?:outfile|dumpfile)\b", "")), r'[`"\[\]]', ""))
    action = _actions(texts)
    known = pc.is_in(action, _with_object())
    return {
        "action": action.take(coded.indices),
        "object": pc.if_else(known, table, constant(None)).take(coded.indices),
        "message": one_line(texts).take(coded.indices),
    }


def _tables(texts: pa.Array) -> pa.Array:
    """Return the first table that each statement names."""
    import pyarrow.compute as pc

    ascii_only = pc.fill_null(pc.string_is_ascii(texts), True)  # noqa: FBT003
    found, _ = extract(texts, _ASCII_TABLE)
    if ascii_only.false_count:
        others = pc.invert(ascii_only)
        other, _ = extract(texts.filter(others), _TABLE)
        return pc.replace_with_mask(found["table"], others, other["table"])
    return found["table"]


def one_line(texts: pa.Array) -> pa.Array:
    """Return the beginnings of texts, each in one line."""
    import pyarrow.compute as pc

    if (pc.max(pc.binary_length(texts)).as_py() or 0) > MESSAGE_CHARS:
        texts = pc.utf8_slice_codeunits(texts, 0, MESSAGE_CHARS)
    return _replaced(texts, r"\s+", " ", where=r"\s\s|[\t\n\f\r]")


def _replaced(texts: pa.Array, pattern: str, by: str, where: str = "") -> pa.Array:
    """Replace in the texts that `where` (or the pattern itself) finds: looking is much cheaper than replacing."""
    import pyarrow.compute as pc

    concerned = pc.fill_null(pc.match_substring_regex(texts, where or pattern), False)  # noqa: FBT003
    if not concerned.true_count:
        return texts
    return pc.replace_with_mask(texts, concerned, pc.replace_substring_regex(texts.filter(concerned), pattern, by))


def _actions(texts: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    found, _ = extract(texts, _WORD)
    words = pc.utf8_lower(pc.fill_null(found["word"], "")).dictionary_encode()
    spelt = words.dictionary.to_pylist()
    action = pa.repeat(constant("command.run"), len(texts))
    for listed, pattern, name in _ACTIONS:
        first = [n for n, word in enumerate(spelt) if word in listed.split("|")]
        if not first:
            continue
        fits = pc.is_in(words.indices, pa.array(first, words.indices.type))
        if pattern:
            fits = pc.and_(fits, pc.fill_null(pc.match_substring_regex(texts, pattern), False))  # noqa: FBT003
        action = pc.if_else(fits, constant(name), action)
    return action


def _with_object() -> pa.Array:
    import pyarrow as pa

    return pa.array(["data.read", "data.changed", "data.exported"])
