"""Compiled rules, kept in a folder from one run to the next. What is kept is data (JSON and arrays), never code."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kyumei.detect.sigma import logsource, matcher, program
from kyumei.detect.sigma.regexes import Regexes
from kyumei.detect.sigma.rule import Problem
from kyumei.detect.sigma.scan import Unit, unit
from kyumei.detect.sigma.tree import Compare, Network

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kyumei.detect.sigma.logsource import Made
    from kyumei.detect.sigma.program import Program
    from kyumei.detect.sigma.rule import Rule

VERSION: Final = "1"
"""Raised whenever what is compiled changes."""


@dataclass(slots=True)
class Kept:
    """Compiled rules.

    Attributes:
        program: the interned rules.
        units: by name of column, what to scan its values for.
        rules: positions of the rules of the program among those given.
        left: the rules left out, and why.
    """

    program: Program
    units: dict[str | Made, Unit]
    rules: list[int]
    left: list[Problem]


def compiled(rules: Sequence[Rule], cache_dir: Path | None) -> Kept:
    """Return the rules compiled, from the folder where it has them.

    Args:
        rules: the rules.
        cache_dir: the folder; None for none. A file in it that cannot be read is made anew.
    """
    path = None if cache_dir is None else cache_dir / f"{_key(rules)}.npz"
    if path is not None and path.is_file():
        try:
            return load(path)
        except (OSError, ValueError, KeyError, TypeError, EOFError):
            path.unlink(missing_ok=True)
    kept = _compile(rules)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as out:
            np.savez(out, **_packed(kept))  # type: ignore[arg-type]
        part.replace(path)
    return kept


def _key(rules: Sequence[Rule]) -> str:
    import sigma.rule  # noqa: F401  # its version decides what is parsed

    digest = hashlib.sha256(f"{VERSION} {logsource.digest()}".encode())
    for rule in rules:
        digest.update(f"\n{rule.id} {rule.about.digest} {rule.logsource} {hash_of(rule)}".encode())
    return digest.hexdigest()[:32]


def hash_of(rule: Rule) -> str:
    """Return a digest of the rule's tree: placeholders and filters change it without changing the file."""
    return hashlib.sha256(repr(rule.tree).encode()).hexdigest()


def _compile(rules: Sequence[Rule]) -> Kept:
    made, kept, left = program.program(rules)
    units = {name: unit(numbers, made.tests) for name, numbers in made.units.items()}
    return Kept(made, units, kept, left)


def _packed(kept: Kept) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {}
    for n, one in enumerate(kept.units.values()):
        arrays |= {f"u{n}.{name}": array for name, array in one.matcher.pack().items()}
        arrays[f"u{n}.texts"] = one.texts
        arrays[f"u{n}.database"] = np.frombuffer(one.regexes.database, np.uint8)
        arrays[f"u{n}.fast"] = np.array(sorted(one.regexes.fast), np.int32)
    said = {
        "program": program.as_plain(kept.program),
        "rules": kept.rules,
        "left": [[one.path, one.title, one.reason] for one in kept.left],
        "slow": [[n for n, _ in one.regexes.slow] for one in kept.units.values()],
    }
    arrays["said"] = np.frombuffer(json.dumps(said).encode(), np.uint8)
    return arrays


def load(path: Path) -> Kept:
    """Return what `compiled` kept in a file."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    said = json.loads(arrays["said"].tobytes())
    made = program.from_plain(said["program"])
    units = {
        name: _unit(arrays, f"u{n}.", made, numbers, said["slow"][n]) for n, (name, numbers) in enumerate(made.units.items())
    }
    return Kept(made, units, said["rules"], [Problem(*one) for one in said["left"]])


def _unit(arrays: Mapping[str, np.ndarray], prefix: str, made: Program, numbers: list[int], slow: list[int]) -> Unit:
    own = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
    tests: list[Any] = made.tests
    regexes = Regexes(own["database"].tobytes(), frozenset(own["fast"].tolist()), [(n, tests[n]) for n in slow])
    others = [(n, tests[n]) for n in numbers if isinstance(tests[n], Network | Compare)]
    return Unit(matcher.unpack(own), own["texts"], regexes, others)
