"""The rules of a hunt: what each says about itself, and the detector that finds their rows.

Reading and compiling thousands of rules takes half a minute; what comes of it is kept in the cache folder as data, under the
digest of the rules' files, so that later runs and every process of this one only load it.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from kyumei.case.version import code_digest
from kyumei.detect.sigma import hittable, packs, stored
from kyumei.detect.sigma.correlate import NO_TIME
from kyumei.detect.sigma.engine import Engine, Hits
from kyumei.detect.sigma.parse import parse_rules
from kyumei.detect.sigma.prune import Index
from kyumei.detect.sigma.rule import About, Condition, Correlation, LogSource, Problem, Rule
from kyumei.detect.sigma.tree import Or
from kyumei.detect.sigma.unpack import members
from kyumei.errors import UserError
from kyumei.store.write import write_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    import pyarrow as pa

    from kyumei.case.hunt.gather import Batch

LEVELS: Final = ("informational", "low", "medium", "high", "critical")
RULES: Final = "rules.json"
_VERSION: Final = "1"
_TUPLES: Final = ("references", "tags", "falsepositives", "fields")


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """One rule, correlation or analytic, as a hunt shows it.

    Attributes:
        file: path of the rule's file in its pack. shown: False for a part of a correlation that is not shown alone.
    """

    id: str
    title: str
    level: str
    author: str = ""
    license: str = ""
    status: str = ""
    modified: str = ""
    tags: Sequence[str] = ()
    file: str = ""
    digest: str = ""
    shown: bool = True

    @property
    def rank(self) -> int:
        """Return 0 for informational up to 4 for critical."""
        return LEVELS.index(self.level)

    @classmethod
    def of(cls, rule: Rule | Correlation) -> RuleFacts:
        """Return what a rule says about itself."""
        said = rule.about
        origin = (said.author, said.license, said.status, said.modified or said.date)
        path = f"{said.pack}/{said.path}" if said.pack else said.path
        return cls(said.id, said.title, said.level, *origin, said.tags, path, said.digest, rule.shown)


@dataclass(frozen=True, slots=True)
class Kept:
    """A set of rules that was compiled.

    Attributes:
        rules: those that apply to events that are read here, in the order of their numbers. Their trees are not kept.
        problems: documents that gave no rule, rules that do not apply, and why.
    """

    rules: tuple[Rule, ...]
    correlations: tuple[Correlation, ...]
    problems: tuple[Problem, ...]

    @property
    def facts(self) -> list[RuleFacts]:
        """Return what the rules, then the correlations, say about themselves."""
        every: list[Rule | Correlation] = [*self.rules, *self.correlations]
        return [RuleFacts.of(rule) for rule in every]


class Detector:
    """Finds the rows that each rule matches; rules are numbered in the order of `rules`."""

    def __init__(self, kept: Kept, compiled: stored.Kept, zone: str) -> None:
        index = Index(compiled.program)
        self._engines = [Engine(kept.rules, (), compiled, index) for _ in range(2)]
        self._numbers = {id(rule): number for number, rule in enumerate(kept.rules) if rule.shown}
        self._asked = hittable.wanted([*kept.rules, *kept.correlations])
        offset = datetime(2024, 1, 1, tzinfo=ZoneInfo(zone)).utcoffset()
        self._offset = offset or timedelta()

    def run(self, batch: Batch, inside: np.ndarray | None) -> Found:
        """Return what the rules find in a batch, or in those of its events that are `inside`.

        Batches whose dictionaries last and those that have their own have an engine each, so that the one with the
        lasting memory does not lose it.
        """
        import numpy as np

        ts = _micros(batch.ts)
        hits = self._engines[batch.lasting].run(batch.columns, source=batch.reader, offset=self._offset, ts=ts)
        if inside is not None:
            kept = [(rule, rows[inside[rows]]) for rule, rows in hits]
            kept = [(rule, rows) for rule, rows in kept if len(rows)]
            hits = Hits(tuple(rule for rule, _ in kept), tuple(rows for _, rows in kept))
        shown = [(self._numbers[id(rule)], rows) for rule, rows in hits if id(rule) in self._numbers]
        needed = hittable.hit_table(hits, batch.columns, ts, np.arange(batch.columns.n), self._asked)
        return Found(shown, needed)


@dataclass(frozen=True, slots=True)
class Found:
    """What the rules found in a batch.

    Attributes:
        shown: number and rows of each rule that is shown. needed: the hits that correlations need, `row` of the batch.
    """

    shown: list[tuple[int, np.ndarray]]
    needed: pa.Table


def _micros(ts: pa.Array) -> np.ndarray:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    micros = pc.fill_null(ts.cast(pa.int64()), NO_TIME)
    return np.asarray(micros.to_numpy(zero_copy_only=False))


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rules are used.

    Attributes:
        given: files and folders. home: the folder of installed packs, "" for none. own: whether ours are used.
        cache: where compiled rules are kept.
    """

    given: tuple[str, ...] = ()
    home: str = ""
    own: bool = True
    cache: str = ""


@cache
def detector(folder: Path, zone: str) -> Detector:
    """Return the detector of this process for the rules that `prepared` left in the folder."""
    (compiled,) = sorted(folder.glob("*.npz"))
    return Detector(load(folder), stored.load(compiled), zone)


def prepared(choice: Choice) -> Path:
    """Return the folder in the cache with these rules, compiled now unless they were before.

    Raises:
        UserError: a path does not exist, or holds no rule.
    """
    folder = Path(choice.cache) / _key(choice)
    try:
        load(folder)
    except (OSError, ValueError, KeyError, TypeError):
        for old in sorted(folder.glob("*")):
            old.unlink()
        load.cache_clear()
        found = _made(choice, folder)
        write_bytes(folder / RULES, json.dumps(_plain(found), ensure_ascii=False).encode())
    return folder


@cache
def load(folder: Path) -> Kept:
    """Return the rules in a folder that `prepared` made."""
    return _loaded(json.loads((folder / RULES).read_text("utf-8")))


def _key(choice: Choice) -> str:
    """Return a name that changes with any rule file, with the program's code and with how rules are kept."""
    digest = hashlib.sha256(f"{_VERSION} {stored.VERSION} {code_digest()}".encode())
    for name, root in _roots(choice):
        digest.update(f"\0\0{name}\0{root.resolve()}".encode("utf-8", "surrogateescape"))
        for line in _state(root):
            digest.update(line.encode("utf-8", "surrogateescape"))
    if choice.home:
        digest.update(json.dumps(packs.placeholders(Path(choice.home)), sort_keys=True, default=list).encode())
    return f"rules-{digest.hexdigest()[:32]}"


def _state(root: Path) -> Iterator[str]:
    """Yield a line for each file: name, size and time of its last change. Reading thousands of them would take a second."""
    files = [root] if root.is_file() else sorted(Path(top, f) for top, _, names in os.walk(root) for f in names)
    for path in files:
        stat = path.stat()
        yield f"\0{path.relative_to(root).as_posix()}\0{stat.st_size}\0{stat.st_mtime_ns}"


def _roots(choice: Choice) -> list[tuple[str, Path]]:
    """Return name and place of each set of rules: ours, the installed packs, those given."""
    home = Path(choice.home) if choice.home else None
    own = [(packs.OWN, packs.folder(Path(), packs.OWN))] if choice.own else []
    installed = [(pack.name, packs.folder(home, pack.name)) for pack in packs.listed(home)] if home else []
    given = [(packs.name_of(Path(path).resolve().name), Path(path)) for path in choice.given]
    for name, path in given:
        if not path.exists():
            raise UserError(f"{path} does not exist", hint=f"give a folder, a file or an archive of rules as {name}")
    return [*own, *installed, *given]


def _made(choice: Choice, folder: Path) -> Kept:
    rules: list[Rule | Correlation] = []
    problems: list[Problem] = []
    placeholders = packs.placeholders(Path(choice.home)) if choice.home else {}
    for name, root in _roots(choice):
        found, wrong = _parsed(name, root, placeholders)
        if not found and not wrong:
            raise UserError(f"{root} holds no rules", hint="rules are files that end in .yml or .yaml")
        rules += found
        problems += wrong
    rules = list({rule.id: rule for rule in reversed(rules)}.values())[::-1]
    engine = Engine.build(rules, folder)
    listed = (*problems, *engine.not_applicable)
    return Kept(engine.rules, tuple(r for r in rules if isinstance(r, Correlation)), listed)


def _parsed(name: str, root: Path, placeholders: Mapping[str, Sequence[str]]) -> tuple[list[Rule | Correlation], list[Problem]]:
    """Return the rules of a folder, file or archive; those that name no licence get that of the set."""
    with TemporaryDirectory(prefix="kyumei-rules-") as temp:
        for path, data in members(root):
            target = Path(temp) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        licence = "Apache-2.0" if name == packs.OWN else packs.licence_of(Path(temp)) or _licence_above(root)
        found, wrong = parse_rules([Path(temp)], pack=name, placeholders=placeholders)
    return [r if r.about.license else replace(r, about=replace(r.about, license=licence)) for r in found], wrong


def _licence_above(root: Path) -> str:
    """Return the licence that lies beside the folder or one above: people give `sigma/rules`, the text is in `sigma`."""
    above = root.resolve().parents[:2]
    return next((title for folder in above if (title := packs.licence_in(folder))), "")


def _plain(kept: Kept) -> dict[str, Any]:
    return {
        "rules": [[asdict(rule.about), rule.shown] for rule in kept.rules],
        "correlations": [asdict(rule) for rule in kept.correlations],
        "problems": [[p.path, p.title, p.reason] for p in kept.problems],
    }


def _loaded(said: dict[str, Any]) -> Kept:
    rules = tuple(Rule(_about(about), LogSource(), Or(()), shown) for about, shown in said["rules"])
    correlations = tuple(_correlation(one) for one in said["correlations"])
    return Kept(rules, correlations, tuple(Problem(*one) for one in said["problems"]))


def _about(said: dict[str, Any]) -> About:
    return About(**said | {key: tuple(said[key]) for key in _TUPLES})


def _correlation(said: dict[str, Any]) -> Correlation:
    told = said["condition"]
    condition = Condition(**told | {"tests": tuple((op, n) for op, n in told["tests"]), "fields": tuple(told["fields"])})
    aliases = tuple((alias, tuple((rule, field) for rule, field in pairs)) for alias, pairs in said["aliases"])
    lists = {"rules": tuple(said["rules"]), "group_by": tuple(said["group_by"]), "aliases": aliases}
    return Correlation(**said | lists | {"about": _about(said["about"]), "condition": condition})
