"""Rules whose log no reader gives events of: they find nothing, and whoever relies on them must know."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any

from kyumei.detect.sigma.logsource import SOURCE, resolve
from kyumei.detect.sigma.rule import Rule
from kyumei.detect.sigma.tree import And, Leaf, Or, Text
from kyumei.readers.registry import READERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kyumei.detect.sigma.logsource import Sources
    from kyumei.detect.sigma.rule import Correlation
    from kyumei.detect.sigma.tree import Node


def without_reader(rules: Iterable[Rule | Correlation]) -> list[dict[str, Any]]:
    """Return kind, path, title and reason of each rule that no event read here can meet, in the order given."""
    every = cache(lambda said: _why_unread(resolve(said)))
    found = [(rule, every(rule.logsource)) for rule in rules if isinstance(rule, Rule)]
    return [
        {"kind": "no reader", "path": rule.about.path, "title": rule.title, "reason": f"{rule.logsource}: {why}"}
        for rule, why in found
        if why
    ]


def _why_unread(sources: Sources) -> str:
    """Return why no event that is read here can be one of these, "" where one can."""
    if not sources.reads:
        return sources.why
    named = [_readers_of(read.where) for read in sources.reads]
    known = [reader.name for reader in READERS.all()]
    if any(not patterns or any(fnmatchcase(name, p) for name in known for p in patterns) for patterns in named):
        return ""
    return "to be read by " + ", ".join(sorted({pattern for patterns in named for pattern in patterns})) + ", not written yet"


def _readers_of(where: Node) -> list[str]:
    """Return the names of readers, `*` for any text, that a condition on events asks for; none where it asks for a channel."""
    nodes = where.nodes if isinstance(where, And | Or) else (where,)
    leaves = [leaf for node in nodes for leaf in (node.nodes if isinstance(node, Or) else (node,))]
    asked = [leaf.test for leaf in leaves if isinstance(leaf, Leaf) and leaf.field == SOURCE and isinstance(leaf.test, Text)]
    return ["".join(part if isinstance(part, str) else "*" for part in test.parts) for test in asked]
