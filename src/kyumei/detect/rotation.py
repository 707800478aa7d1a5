r"""Files of a log that rotation made, and which of them are not there.

`log`, `log.1`, `log.2.gz`, … are numbered backwards in time; `secure-20240519`, `access_log.2024-05-19`, `u_ex240519.log` and
`localhost_access_log.2024-05-19.txt` are named by their day. Only files between two that are there can be missed.

logrotate(8), `dateext` and `dateformat`; IIS and Tomcat name files by the day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from kyumei.model.citation import MEMBER

if TYPE_CHECKING:
    from collections.abc import Iterable

_PACKED: Final = re.compile(r"\.(?:gz|bz2|xz|zst|Z|zip)$")
_NUMBERED: Final = re.compile(r"(?P<base>.*[^\d.])\.(?P<number>\d{1,3})$")
_DATED: Final = re.compile(
    r"(?P<front>.*?)(?P<day>(?:20)?\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01]))(?P<back>\D*)$"
)
LEAST: Final = 4
"""Dated files from which the step between them is told."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Files that are missing between two that are there: `older` and `newer` are file ids, `missing` their names or days."""

    series: str
    older: str
    newer: str
    missing: tuple[str, ...]


def holes(files: Iterable[tuple[str, str]]) -> list[Hole]:
    """Return what is missing, given (path, file id) of every file that was read as a log; sorted by series."""
    numbered: dict[str, dict[int, str]] = {}
    dated: dict[tuple[str, str], dict[date, str]] = {}
    for path, file_id in sorted(files):
        outer = _PACKED.sub("", path.split(MEMBER)[0])
        if found := _NUMBERED.match(outer):
            numbered.setdefault(found["base"], {})[int(found["number"])] = file_id
        elif (told := _day(outer)) is not None:
            dated.setdefault(told[0], {})[told[1]] = file_id
        else:
            numbered.setdefault(outer, {})[0] = file_id
    return [hole for base in sorted(numbered) for hole in _of_numbers(base, numbered[base])] + [
        hole for key in sorted(dated) for hole in _of_days(f"{key[0]}*{key[1]}", dated[key])
    ]


def _day(path: str) -> tuple[tuple[str, str], date] | None:
    folder, slash, name = path.rpartition("/")
    found = _DATED.match(name)
    if not found:
        return None
    digits = re.sub(r"\D", "", found["day"])
    digits = digits if len(digits) == 8 else f"20{digits}"
    try:
        return (f"{folder}{slash}{found['front']}", found["back"]), date.fromisoformat(digits)
    except ValueError:
        return None


def _of_numbers(base: str, there: dict[int, str]) -> list[Hole]:
    found = []
    numbers = sorted(there)
    for newer, older in pairwise(numbers):
        if older - newer > 1:
            name = base.rpartition("/")[2]
            missing = tuple(f"{name}.{n}" for n in range(newer + 1, older))
            found.append(Hole(base, there[older], there[newer], missing))
    return found


def _of_days(series: str, there: dict[date, str]) -> list[Hole]:
    """Return holes where files come at one step: every day, or every week; other steps are no rotation by the day."""
    days = sorted(there)
    if len(days) < LEAST:
        return []
    steps = [(b - a).days for a, b in pairwise(days)]
    usual = sorted(steps)[len(steps) // 2]
    regular = sum(step == usual for step in steps)
    if usual not in {1, 7} or regular < 0.75 * len(steps):
        return []
    found = []
    for older, newer, step in zip(days, days[1:], steps, strict=False):
        if step % usual == 0 and step > usual:
            missing = tuple(date.fromordinal(older.toordinal() + n).isoformat() for n in range(usual, step, usual))
            found.append(Hole(series, there[older], there[newer], missing))
    return found
