"""What a hunt needs of event logs before it knows which events are shown: the fields that rules, analytics and counts name.

Rules that look for words anywhere need the other fields as well, unless a value is of a type whose texts can not hold a word
that is looked for: of numbers, GUIDs, times, that is told from the rules themselves.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from kyumei.case.hunt import acts, look, tables
from kyumei.case.hunt.kept import load
from kyumei.case.hunt.rules import compiled
from kyumei.detect.sigma import logsource
from kyumei.detect.sigma.hittable import aliases
from kyumei.detect.sigma.logsource import Made, fold, keys
from kyumei.detect.sigma.program import ALL, AND, NOT
from kyumei.detect.sigma.tree import Text
from kyumei.readers.windows import mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kyumei.case.hunt.kept import Kept
    from kyumei.detect.sigma import stored
    from kyumei.detect.sigma.program import Program, Tree
    from kyumei.detect.sigma.tree import Test
    from kyumei.readers.windows.columnar.lean import Wanted

_READER = "windows.evtx"
_HEX = frozenset("0123456789abcdef")
_SHORTEST = 3


def wanted(known: Kept, made: stored.Kept) -> Wanted:
    """Return what must be decoded of each event for these rules."""
    import numpy as np

    from kyumei.readers.windows.columnar.lean import ALPHABETS, GUID, Wanted

    names = frozenset(fold(name) for name in _names(known, made.program))
    tests = list(_words(made.program))
    silent = np.zeros(256, np.bool_)
    silent[0] = True
    for kind, alphabet in ALPHABETS.items():
        silent[kind] = not any(_possible(test, alphabet) for test in tests)
    runs = [_longest(test) for test in tests if _possible(test, ALPHABETS[GUID])]
    if all(len(run) >= _SHORTEST and _HEX.issuperset(run) for run in runs):
        silent[GUID] = True
    table = np.zeros((len(runs), 1 + max((len(run) for run in runs), default=0)), np.uint8)
    for line, run in zip(table, runs, strict=True):
        line[0] = len(run)
        line[1 : 1 + len(run)] = [int(digit, 16) if digit in _HEX else 255 for digit in run]
    return Wanted(lambda name: not names.isdisjoint(keys(name)), silent, table)


@cache
def wanted_by(folder: Path) -> Wanted:
    """Return what the rules need that `prepared` left in the folder."""
    return wanted(load(folder), compiled(folder))


def _names(known: Kept, program: Program) -> Iterator[str]:
    for binding in program.bindings:
        yield from _columns([binding.field, *(column for _, column in binding.extra)])
    for number, fields in known.asked.values():
        for name in fields:
            yield from _columns([name, *logsource.everywhere().get(fold(name), ()), *aliases(known.rules[number], name)])
    for own, others in logsource.OWN.items():
        yield from (own, *others)
    for group in (look.HOST, look.CHANNEL, look.EVENT_ID, look.PROVIDER, look.ACTOR, look.ADDRESS, tables.FIELDS, acts.ASKED):
        yield from group
    yield from mapping.fields()


def _columns(given: Iterable[str | Made]) -> Iterator[str]:
    for one in given:
        yield from one.of if isinstance(one, Made) else (one,)


def _words(program: Program) -> Iterator[Test]:
    """Yield what rules look for anywhere in events of event logs."""
    for name, sources in program.keywords.items():
        ours = {
            source
            for source in sources
            if any(where < 0 or _may(program, program.wheres[where]) for where in program.sources[source])
        }
        if len(ours) == len(sources):
            yield from (program.tests[number] for number in program.units.get(name, ()))
            continue
        leaves = {leaf for source, tree in program.rules if source in ours for leaf in _leaves(tree)}
        held = (program.leaves[leaf] for leaf in sorted(leaves))
        yield from (program.tests[test] for binding, test, _ in held if program.bindings[binding].field.startswith(ALL))


def _leaves(tree: Tree) -> Iterator[int]:
    if isinstance(tree, int):
        yield tree
    else:
        for member in tree[1:]:
            yield from _leaves(member)


def _may(program: Program, tree: Tree) -> bool:
    """Return whether a condition on rows may hold for events of event logs; only their reader is known."""
    if isinstance(tree, int):
        binding, test, _ = program.leaves[tree]
        asked = program.tests[test]
        if program.bindings[binding].field != logsource.SOURCE or not isinstance(asked, Text):
            return True
        literal = [part for part in asked.parts if isinstance(part, str)]
        return all(part.lower() in _READER for part in literal)
    op, *members = tree
    if op == NOT:
        return True
    return all(_may(program, one) for one in members) if op == AND else any(_may(program, one) for one in members)


def _possible(test: Test, alphabet: str) -> bool:
    """Return whether a text of these characters may hold what is looked for."""
    if not isinstance(test, Text):
        return True
    return all(set(part.casefold()) <= set(alphabet) for part in test.parts if isinstance(part, str))


def _longest(test: Test) -> str:
    parts = test.parts if isinstance(test, Text) else ()
    return max((part.lower() for part in parts if isinstance(part, str)), key=len, default="")
