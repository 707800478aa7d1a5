"""Tests on distinct values that are no patterns: regular expressions, networks, numbers, parts of times."""

from __future__ import annotations

import ipaddress
import operator
import re
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kyumei.detect.sigma.instants import utc_part
from kyumei.detect.sigma.matcher import native_code
from kyumei.detect.sigma.tree import ANY, DASH, DASHES, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kyumei.detect.sigma.tree import Compare, Network, Regex

_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "eq": operator.eq,
    "neq": operator.ne,
}
_NUMBER: Final = r"^\s*[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?\s*$"
_HEX: Final = r"^\s*0[xX][0-9a-fA-F]+\s*$"
_TIME: Final = re.compile(r"\s*(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::\d\d(?:[.,]\d+)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?)?")


def numbers(values: pa.StringArray) -> np.ndarray:
    """Return the number each value is (decimal, or hexadecimal with 0x), float64, NaN for the others."""
    found = np.full(len(values), np.nan)
    plain = pc.match_substring_regex(values, _NUMBER).to_numpy(zero_copy_only=False).astype(bool)
    found[plain] = [float(text) for text in values.filter(pa.array(plain)).to_pylist()]
    based = pc.match_substring_regex(values, _HEX).to_numpy(zero_copy_only=False).astype(bool)
    found[based] = [float(int(text, 16)) for text in values.filter(pa.array(based)).to_pylist()]
    return found


def times(values: pa.StringArray, part: str, offset: timedelta) -> np.ndarray:
    """Return the part of the time each value tells, float64, NaN for the others.

    Args:
        values: texts that begin with `2024-06-08`, `2024-06-08T03:12:01Z` and the like.
        part: minute, hour, day, week (ISO 8601), month or year.
        offset: what is added to times that state that they are UTC; others are taken as they are.
    """
    found, told = utc_part(*buffers(values), part, int(offset.total_seconds()) // 60)
    rest = np.flatnonzero(~told)
    found[rest] = [_part(text, part, offset) for text in values.take(pa.array(rest)).to_pylist()]
    return found


def _part(text: str | None, part: str, offset: timedelta) -> float:
    found = _TIME.match(text or "")
    if not found or (found[4] is None and part in {"hour", "minute"}):
        return np.nan
    try:
        year, month, day, hour, minute = (int(found[n] or 0) for n in range(1, 6))
        when = datetime(year, month, day, hour, minute)  # noqa: DTZ001  # as written
        when += offset if found[6] in {"Z", "UTC", "+00:00", "+0000"} else timedelta()
    except (ValueError, OverflowError):
        return np.nan
    return float(date(when.year, when.month, when.day).isocalendar().week if part == "week" else getattr(when, part))


def compared(values: np.ndarray, test: Compare) -> np.ndarray:
    """Return which numbers compare so; NaN never does."""
    return np.asarray(_OPERATORS[test.op](values, test.number) & ~np.isnan(values))


def addresses(values: pa.StringArray) -> tuple[np.ndarray, dict[int, ipaddress.IPv6Address]]:
    """Return IPv4 addresses as int64 (-1 for other values) and IPv6 ones by position; mapped IPv4 counts as both."""
    offsets, data = buffers(values)
    found = np.empty(len(values), np.int64)
    if (kernel := native_code()) is not None:
        kernel.ipv4(data, offsets, 0, found)
    else:
        found[:] = [_ipv4(text) for text in values.to_pylist()]
    six: dict[int, ipaddress.IPv6Address] = {}
    colon = pc.match_substring_regex(values, r"^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(%\w+)?$").to_numpy(zero_copy_only=False)
    for at in np.flatnonzero(colon.astype(bool)):
        try:
            address = ipaddress.IPv6Address(values[at].as_py())
        except ValueError:
            continue
        six[int(at)] = address
        if address.ipv4_mapped is not None:
            found[at] = int(address.ipv4_mapped)
    return found, six


def _ipv4(text: str) -> int:
    octets = text.split(".")
    if len(octets) == 4 and all(o.isdecimal() and o.isascii() and len(o) <= 3 and int(o) <= 255 for o in octets):
        return int.from_bytes(bytes(int(octet) for octet in octets), "big")
    return -1


def within(found: tuple[np.ndarray, dict[int, ipaddress.IPv6Address]], test: Network) -> np.ndarray:
    """Return which addresses lie in the network."""
    network = _network(test.cidr)
    four, six = found
    if isinstance(network, ipaddress.IPv4Network):
        return np.asarray((four >= int(network.network_address)) & (four <= int(network.broadcast_address)))
    hits = np.zeros(len(four), np.bool_)
    hits[[at for at, address in six.items() if address in network]] = True
    return hits


@cache
def _network(cidr: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(cidr, strict=False)


def buffers(values: pa.StringArray) -> tuple[np.ndarray, np.ndarray]:
    """Return offsets (int32, one more than values) and bytes of the values, without a copy; null counts as empty."""
    held = values.buffers()
    offsets = (
        np.frombuffer(held[1], np.int32)[values.offset : values.offset + len(values) + 1] if held[1] else np.zeros(1, np.int32)
    )
    return offsets, np.frombuffer(held[2], np.uint8) if held[2] and held[2].size else np.empty(0, np.uint8)


def python_pattern(test: Regex | Text) -> re.Pattern[str]:
    r"""Return the test for Python's `re`, to be searched. Letters of all alphabets have case, `\\d` and `\\w` are ASCII's."""
    if isinstance(test, Text):
        signs = {ANY: ".*", DASH: f"[{re.escape(DASHES)}]"}
        body = "".join(re.escape(part) if isinstance(part, str) else signs.get(part, ".") for part in test.parts)
        return re.compile(rf"\A(?:{body})\Z", re.DOTALL | (0 if test.cased else re.IGNORECASE))
    flags = re.RegexFlag(0) if "i" in test.flags and not test.pattern.isascii() else re.ASCII  # PCRE's classes are ASCII's
    for letter in test.flags:
        flags |= {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}[letter]
    return re.compile(test.pattern, flags)


def matched(tests: Sequence[tuple[int, Regex | Text]], values: pa.StringArray) -> list[tuple[int, int]]:
    """Return (number, position) for the tests that Python's `re` must decide, value by value.

    A pattern on texts comes here for a letter beyond ASCII; it is tried only on values that have this letter.
    """
    found: list[tuple[int, int]] = []
    letters = {number: _rarest(test) for number, test in tests}
    rest = [(number, python_pattern(test).search) for number, test in tests if not letters[number]]
    if rest:
        texts = values.to_pylist()
        for number, search in rest:
            found += [(number, at) for at, text in enumerate(texts) if text is not None and search(text)]
    by_letter: dict[str, set[int]] = {}
    searches = {number: python_pattern(test).search for number, test in tests if letters[number]}
    for number in searches:
        for way in _ways(letters[number]):
            by_letter.setdefault(way, set()).add(number)
    for at in np.flatnonzero(~pc.string_is_ascii(values).to_numpy(zero_copy_only=False).astype(bool)) if searches else ():
        text = values[int(at)].as_py()
        ways = {way for letter in set(text) if letter > "\x7f" for way in _ways(letter)}
        numbers = sorted(set().union(*(by_letter[way] for way in ways if way in by_letter)))
        found += [(number, int(at)) for number in numbers if searches[number](text)]
    return found


def _rarest(test: Regex | Text) -> str:
    """Return a letter of a pattern that is beyond ASCII however its case is folded, "" where there is none."""
    literal = "".join(part for part in test.parts if isinstance(part, str)) if isinstance(test, Text) else ""
    return next((letter for letter in literal if min(way[0] for way in _ways(letter)) > "\x7f"), "")


def _ways(letter: str) -> set[str]:
    """Return what stands for a letter whatever its case; two letters that Python's `re` takes as one share one at least."""
    return {letter, letter.lower(), letter.upper(), letter.casefold()}
