"""Compiled rules, kept in a folder from one run to the next. What is kept is data (JSON and arrays), never code."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kyumei.detect.sigma import logsource, matcher, program, prune
from kyumei.detect.sigma.prune import Index
from kyumei.detect.sigma.regexes import Regexes
from kyumei.detect.sigma.rule import Problem
from kyumei.detect.sigma.scan import Unit, unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kyumei.detect.sigma.logsource import Made
    from kyumei.detect.sigma.program import Program
    from kyumei.detect.sigma.rule import Rule

VERSION: Final = "9"
"""Raised whenever what is compiled changes."""


@dataclass(slots=True)
class Kept:
    """Compiled rules.

    Attributes:
        program: the interned rules.
        units: by name of column, what to scan its values for.
        rules: positions of the rules of the program among those given.
        left: the rules left out, and why.
        index: tells which rules can hit.
    """

    program: Program
    units: dict[str | Made, Unit]
    rules: list[int]
    left: list[Problem]
    index: Index


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
    digest = hashlib.sha256(f"{VERSION} {version('pysigma')} {logsource.digest()}".encode())
    said = [f"{rule.id} {rule.about.digest} {rule.about.path} {rule.logsource} {rule.variant}" for rule in rules]
    digest.update("\n".join(said).encode())
    return digest.hexdigest()[:32]


def _compile(rules: Sequence[Rule]) -> Kept:
    made, kept, left = program.program(rules)
    units = {name: unit(numbers, made.tests) for name, numbers in made.units.items()}
    return Kept(made, units, kept, left, Index(made, prune.build(made)))


def _packed(kept: Kept) -> dict[str, np.ndarray]:
    """Return all arrays by name: those of the units one behind the other, with where each begins."""
    parts: dict[str, list[np.ndarray]] = {}
    for one in kept.units.values():
        own = one.matcher.pack() | {
            "texts": one.texts,
            "database": np.frombuffer(one.regexes.database, np.uint8),
            "fast": np.array([n for n, _ in one.regexes.fast], np.int32),
        }
        for name, array in own.items():
            parts.setdefault(name, []).append(np.atleast_1d(array))
    arrays: dict[str, np.ndarray] = {}
    for name, listed in parts.items():
        arrays[name] = np.concatenate(listed)
        arrays[f"{name}@"] = np.cumsum([0, *(len(one) for one in listed)])
    said = {
        "program": program.as_plain(kept.program),
        "others": [[n for n, _ in one.others] for one in kept.units.values()],
        "rules": kept.rules,
        "left": [[one.path, one.title, one.reason] for one in kept.left],
        "slow": [[n for n, _ in one.regexes.slow] for one in kept.units.values()],
    }
    arrays |= {f"index-{name}": array for name, array in kept.index.arrays.items()}
    arrays["leaves-all"] = np.array(kept.program.leaves, np.int32).reshape(-1, 3)
    arrays["said"] = np.frombuffer(json.dumps(said).encode(), np.uint8)
    return arrays


def load(path: Path) -> Kept:
    """Return what `compiled` kept in a file."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    said = json.loads(arrays.pop("said").tobytes())
    made = program.from_plain(said["program"], arrays.pop("leaves-all").tolist())
    indexed = {name.removeprefix("index-"): arrays.pop(name) for name in list(arrays) if name.startswith("index-")}
    begins = {name: arrays[f"{name}@"].tolist() for name in arrays if not name.endswith("@")}
    units: dict[str | Made, Unit] = {}
    for n, name in enumerate(made.units):
        own = {key: arrays[key][begin[n] : begin[n + 1]] for key, begin in begins.items()}
        units[name] = _unit(own, made.tests, said["slow"][n], said["others"][n])
    left = [Problem(*one) for one in said["left"]]
    return Kept(made, units, said["rules"], left, Index(made, indexed))


def _unit(own: Mapping[str, np.ndarray], tests: Sequence[Any], slow: list[int], others: list[int]) -> Unit:
    fast = [(n, tests[n]) for n in own["fast"].tolist()]
    regexes = Regexes(own["database"].tobytes(), fast, [(n, tests[n]) for n in slow])
    return Unit(matcher.unpack(own), own["texts"], regexes, [(n, tests[n]) for n in others], tests)
