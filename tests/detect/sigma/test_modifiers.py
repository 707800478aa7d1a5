"""Each modifier and value form, with the sentence of the Sigma specification (rules 2.0.0, modifiers 2.1.0) it comes from."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from tests.detect.sigma.columns import hits

if TYPE_CHECKING:
    from pathlib import Path


def b64(text: str, codec: str = "utf-8") -> str:
    return b64encode(text.encode(codec)).decode()


WIDE = b64("ping", "utf-16-le")
FIELD = [
    # The text says "All values are treated as case-insensitive strings."
    ("f: Abc", ["abc", "ABC", "aBc"], ["abcd", "xabc", ""]),
    ("f: ÄÖ日本ｱ", ["äö日本ｱ", "ÄÖ日本ｱ"], ["aö日本ｱ", "ÄÖ日本"]),
    ("f: Ａｂ", ["ａＢ"], ["ab"]),
    # The text says "`?` to replace a single mandatory character", "`*` to replace an unbounded length wildcard"
    ("f: prog?.exe", ["progA.exe", "prog日.exe"], ["prog.exe", "progAB.exe"]),
    ("f: av_V*.exe", ["av_V1.exe", "av_V21.2.1.exe", "av_V.exe", "av_V\n.exe"], ["av_V1.ex", "xav_V1.exe"]),
    ("f: '*a*b*c'", ["abc", "xaxbxc", "abcabc"], ["acb", "abcd"]),
    # The text says "Plain backslash not followed by a wildcard can be expressed as single … or double backslash"
    (r"f: 'C:\a\b'", [r"C:\a\b"], [r"C:\\a\b"]),
    (r"f: '\\srv'", [r"\srv"], [r"\\srv"]),
    # The text says "A wildcard has to be escaped to be handled as a plain character."
    (r"f: 'a\*b\?'", ["a*b?"], ["axb?", r"a\*b\?"]),
    # The text says "The backslash before a wildcard has to be escaped"
    (r"f: 'a\\*'", ["a\\", r"a\b"], ["ab", "a*"]),
    # The text says "Three backslashes are necessary to escape both, the backslash and the wildcard"
    (r"f: 'a\\\*'", ["a\\*"], ["a\\b", "a*"]),
    # The text says "Three or four backslashes are handled as double backslash."
    (r"f: '\\\\srv'", [r"\\srv"], [r"\srv", r"\\\\srv"]),
    # The text says "`startswith`: The value is expected at the beginning of the field's content."
    ("f|startswith: adm", ["adm", "ADMin"], ["xadm"]),
    # The text says "`endswith`: The value is expected at the end of the field's content"
    (r"f|endswith: '\cmd.exe'", [r"C:\CMD.exe", r"\cmd.exe"], ["cmd.exe", r"\cmd.exe.bak"]),
    # The text says "`contains`: Puts * wildcards around the values"
    ("f|contains: ' -x '", ["a -x b", " -X "], ["a -x", "-x "]),
    ("f|contains: a", ["a", "bab", "A"], ["b", ""]),
    ("f|contains: é", ["É", "xéx"], ["e"]),
    # generic modifiers "can be applied on all types of fields"
    ("f|contains: 1833", ["x1833y"], ["183"]),
    ("f|contains: false", ["it is False"], ["true"]),
    # The text says "`all`: … This modifier changes this to AND."
    ("f|contains|all: [a, b]", ["ab", "b-a"], ["a", "b"]),
    # The text says "`cased`: Values are applied case sensitively."
    ("f|cased: aB", ["aB"], ["ab", "AB"]),
    ("f|contains|cased: aB", ["xaBx"], ["xABx"]),
    ("f|startswith|cased: aBcd", ["aBcde"], ["abcde"]),
    # The text says "`neq`: The field is different from the specified values. It's can be used with string or number."
    ("f|neq: a", ["b", "aa"], ["a", "A"]),
    ("f|neq: 5", ["6"], ["5"]),
    # The text says "Creates all possible permutations of the -, /, – (en dash), — (em dash), and ― (horizontal bar)"
    ("f|windash|contains: ' -enc '", ["x -enc y", "x /enc y", "x –enc y", "x —enc y", "x ―ENC y"], ["x enc y", "x _enc y"]),
    ("f|contains|windash: ' -a /b -c -d -e '", [" /a -b –c —d ―e "], [" a b c d e "]),
    ("f|windash: a-b", ["a-b"], ["a/b"]),
    # The text says "`re`: Value is handled as a regular expression by backends. Regex is matched case-sensitive by default."
    ("f|re: 'ab+c'", ["xabbcx"], ["xABBCx", "ac"]),
    ("f|re: '^a.c$'", ["abc", "a日c"], ["xabc", "abcx", "a\nc"]),
    (r"f|re: '^\s*$'", [" ", "\t "], ["x"]),
    (r"f|re: '^[^x]+$'", ["a\nb"], ["axb"]),
    (r"f|re: '\d{3}(?!x)'", ["123y", "123"], ["123x", "12"]),
    (r"f|re: '(a)\1'", ["aa"], ["ab"]),
    # The text says "`i`: (insensitive) to enable case-insensitive matching."
    ("f|re|i: 'ab+c'", ["ABBC"], ["AC"]),
    # The text says "`m`: (multi line) to match across multiple lines. ^/$ match the start/end of line."
    ("f|re|m: '^b$'", ["a\nb\nc", "b"], ["ab"]),
    # The text says "`s`: (single line) to enable that dot (.) matches all characters, including the newline character."
    ("f|re|s: 'a.b'", ["a\nb", "axb"], ["ab"]),
    # The text says "`base64`: The value is encoded with Base64."
    ("f|base64: foo bar", [b64("foo bar")], [b64("foo baz"), "foo bar"]),
    ("f|base64|contains: foo", ["x" + b64("foo") + "y"], ["foo"]),
    # The text says "`base64offset`: … There are three variants for shifts by zero to two bytes"
    (
        "f|base64offset|contains: whoami",
        [b64("whoami"), b64("xwhoamix"), b64("xxwhoamixx"), b64("xxxwhoami")],
        [b64("who am i")],
    ),
    ("f|base64offset|contains: 日本", [b64("日本"), b64("x日本x")], [b64("日")]),
    # The text says "`utf16le`: Transforms value to UTF16-LE encoding, e.g. cmd > 63 00 6d 00 64 00"; "`wide`: an alias"
    ("f|utf16le|base64offset|contains: ping", [WIDE, b64("xping 1", "utf-16-le")], [b64("ping")]),
    ("f|wide|base64offset|contains: ping", [WIDE], [b64("ping", "utf-16-be")]),
    ("f|wide|base64offset|contains: 日本語", [b64("日本語", "utf-16-le")], [b64("日本語")]),
    # The text says "`utf16be`: Transforms value to UTF16-BE encoding, e.g. cmd > 00 63 00 6d 00 64"
    ("f|utf16be|base64: cmd", [b64("\0c\0m\0d")], [b64("cmd", "utf-16-le")]),
    # The text says "`utf16`: Prepends a byte order mark and encodes UTF16, e.g. cmd > FF FE 63 00 6d 00 64 00"
    ("f|utf16|base64: cmd", [b64encode(b"\xff\xfec\0m\0d\0").decode()], [b64("cmd", "utf-16-le")]),
    # The text says "`lt`: Field is less than the value", "lte", "gt", "gte"
    ("f|lt: 10", ["9", "-1", "9.5"], ["10", "11", "x", ""]),
    ("f|lte: 10", ["10", "0xa"], ["11", "0xb"]),
    ("f|gt: 10", ["11", "10.5", "99999999999999999999"], ["10", "9"]),
    ("f|gte: 0x1f", ["31", "0x1F", "32"], ["30"]),
    ("f|gte: '7'", ["7"], ["6"]),
    # The text says "the value is a string or integer value": a number is the same in any writing
    ("f: 4688", ["4688", "0x1250"], ["46880"]),
    ("f: true", ["true", "True"], ["false", "1"]),
    # The text says "it extracts a numeric value from a date": minute, hour, day, week, month, year
    ("f|minute: 7", ["2024-06-08T03:07:01Z", "2024-06-08 23:07"], ["2024-06-08T07:08:00Z", "x"]),
    ("f|hour|gte: 22", ["2024-06-08T22:00:00.123Z"], ["2024-06-08T03:59:00Z", "2024-06-08"]),
    ("f|day: 8", ["2024-06-08"], ["2024-06-18"]),
    ("f|week: 1", ["2024-12-30T00:00:00Z", "2025-01-05"], ["2025-01-06"]),
    ("f|month: 6", ["2024-06-08"], ["2024-08-06"]),
    ("f|year|lt: 2024", ["2023-12-31"], ["2024-01-01"]),
    # The text says "`cidr`: The value is handled as an CIDR by backends. Supports both IPv4 and IPv6 notations."
    (
        "f|cidr: 10.0.0.0/8",
        ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"],
        ["11.0.0.0", "10.0.0", "10.0.0.256", "x10.0.0.1"],
    ),
    ("f|cidr: [192.168.0.0/16, 127.0.0.1/32]", ["192.168.9.9", "127.0.0.1"], ["127.0.0.2"]),
    ("f|cidr: 2001:db8::/32", ["2001:db8::1", "2001:0DB8:0:0::5"], ["2001:db9::1", "2001:db8::1x"]),
    ("f|cidr: fe80::/10", ["fe80::1%eth0", "febf::"], ["fec0::1"]),
]
CASES = [(selection, value, holds) for selection, yes, no in FIELD for values, holds in ((yes, 1), (no, 0)) for value in values]


@pytest.mark.parametrize(("selection", "value", "holds"), CASES)
def test_a_modifier_means_what_the_specification_says(tmp_path: Path, selection: str, value: str, holds: int) -> None:
    assert len(hits(tmp_path, f"  s:\n    {selection}\n  condition: s", [{"f": value}])) == holds


ROWS: list[dict[str, str | None]] = [{"f": "x", "g": "X", "h": "say x!"}, {"f": "x", "g": "y"}, {"f": ""}, {"g": "y"}]
EVENTS = [
    # The text says "this check only verifies the presence of a field, not its value, be it empty or null"
    ("f|exists: true", [0, 1, 2]),
    ("f|exists: false", [3]),
    # The text says "An empty value", "A null value": event logs tell neither from the other
    ("f: ''", [2, 3]),
    ("f: null", [2, 3]),
    ("h: null", [1, 2, 3]),
    # A list without values is null, too.
    ("f: []", [2, 3]),
    # The text says "`fieldref`: … can be used to compare fields of matched events directly"
    ("f|fieldref: g", [0]),
    ("h|fieldref|contains: f", [0]),
    ("h|fieldref|startswith: f", []),
    ("h|fieldref|endswith: f", []),
    # The text says "Can be conbine with the `neq` modifier"
    ("f|fieldref|neq: g", [1, 2, 3]),
    # The text says "For new or rarely used fields … strip all spaces"; names are compared without case
    ("'F ': x", [0, 1]),
    # any value
    ("f: '*'", [0, 1, 2]),
    ("nothing: x", []),
]


@pytest.mark.parametrize(("selection", "rows"), EVENTS)
def test_fields_are_there_empty_or_the_same(tmp_path: Path, selection: str, rows: list[int]) -> None:
    assert hits(tmp_path, f"  s:\n    {selection}\n  condition: s", ROWS) == rows


LOGS: list[dict[str, str | None]] = [{"a": "one two"}, {"a": "one", "b": "TWO"}, {"b": "xtwox"}, {"c": "three"}]
KEYWORDS = [
    # The text says "strings that are applied to the full log message and are linked with a logical OR"
    ("[one, three]", [0, 1, 3]),
    ("two", [0, 1, 2]),
    # The text says "To have a and operator, we use the |all: modifier"
    ("{'|all': [one, two]}", [0, 1]),
    ("['on?', 'th*e']", [0, 1, 3]),
    ("{'|re': 'o.e t'}", [0]),
]


@pytest.mark.parametrize(("selection", "rows"), KEYWORDS)
def test_keywords_are_searched_in_the_whole_event(tmp_path: Path, selection: str, rows: list[int]) -> None:
    assert hits(tmp_path, f"  s: {selection}\n  condition: s", LOGS) == rows


SECTIONS = "  sel_a: {f: a}\n  sel_b: {g: b}\n  _hidden: {f: z}\n  filter: [{h: x}, {h: y}]\n"
MANY: list[dict[str, str | None]] = [{"f": "a"}, {"g": "b"}, {"f": "a", "g": "b"}, {"f": "a", "h": "x"}, {"f": "z"}]
CONDITIONS = [
    ("1 of sel_*", [0, 1, 2, 3]),  # "1/all of search-identifier-pattern"
    ("any of sel_*", [0, 1, 2, 3]),
    ("all of sel_*", [2]),
    ("1 of them", [0, 1, 2, 3]),  # "across all defined search identifiers not starting with an underscore"
    ("1 of sel_* and not filter", [0, 1, 2]),  # "Negation with not"; lists of maps are linked with OR
    ("not 1 of sel_* and not filter", [4]),
    ("sel_a and sel_b or filter", [2, 3]),  # "Operator Precedence (least to most binding): or, and, not"
    ("sel_a and (sel_b or filter)", [2, 3]),
    ("not (sel_a or sel_b)", [4]),
    ("[sel_b, _hidden]", [1, 2, 4]),  # "The condition can be a list … They are logically linked with OR."
]


@pytest.mark.parametrize(("condition", "rows"), CONDITIONS)
def test_conditions_join_search_identifiers(tmp_path: Path, condition: str, rows: list[int]) -> None:
    assert hits(tmp_path, f"{SECTIONS}  condition: {condition}", MANY) == rows


def test_placeholders_stand_for_values_and_patterns(tmp_path: Path) -> None:
    r"""'field|expand: %name%' handles %name% as placeholder; 'A plain percent character can be used by escaping it'."""
    rows: list[dict[str, str | None]] = [{"f": "srv1"}, {"f": "dc"}, {"f": "%Servers%"}, {"f": "pc"}, {"f": "%plain-dc"}]
    given = {"servers": ["srv*", "dc"]}
    assert hits(tmp_path, "  s: {f|expand: '%Servers%'}\n  condition: s", rows, given) == [0, 1]
    assert hits(tmp_path, "  s: {f: '%Servers%'}\n  condition: s", rows, given) == [2]
    assert hits(tmp_path, "  s: {f|expand: '\\%plain-%Servers%'}\n  condition: s", rows, given) == [4]


def test_a_rule_may_be_true_of_events_that_match_nothing(tmp_path: Path) -> None:
    assert hits(tmp_path, "  s: {f: a}\n  condition: not s", [{"g": "1"}, {"f": "a"}]) == [0]


def test_system_fields_and_data_of_the_same_name_both_count(tmp_path: Path) -> None:
    rows: list[dict[str, str | None]] = [
        {"System_Level": "4"},
        {"Level": "4"},
        {"System_Level": "3", "Level": "4"},
        {"Level": "5"},
    ]
    assert hits(tmp_path, "  s: {Level: 4}\n  condition: s", rows) == [0, 1, 2]


def test_repeated_fields_count_each(tmp_path: Path) -> None:
    assert hits(tmp_path, "  s: {Data: b}\n  condition: s", [{"Data": "a", "Data#1": "b"}, {"Data": "a"}]) == [0]


def test_lists_and_maps_nest(tmp_path: Path) -> None:
    rows: list[dict[str, str | None]] = [{"f": "a", "g": "b"}, {"f": "a"}, {"h": "c"}]
    assert hits(tmp_path, "  s:\n    - f: a\n      g: b\n    - - h: c\n  condition: s", rows) == [0, 2]
