"""The rules of a hunt, compiled and kept: what each says about itself, and where its events would be.

Reading and compiling thousands of rules takes half a minute; what comes of it is kept in the cache folder as data, under the
digest of the rules' files, so that later runs and every process of this one only load it. Nothing here loads the engine,
unless rules must be compiled.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING, Any, Final

from kyumei.case.version import code_digest
from kyumei.detect.sigma import packs, words
from kyumei.detect.sigma.rule import About, Condition, Correlation, LogSource, Problem, Rule
from kyumei.detect.sigma.tree import Or
from kyumei.detect.sigma.unpack import members
from kyumei.errors import UserError
from kyumei.store.write import write_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LEVELS: Final = ("informational", "low", "medium", "high", "critical")
RULES: Final = "rules.jsonl"
_VERSION: Final = "3"
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
    def of(cls, rule: Rule | Correlation, lang: str = "en") -> RuleFacts:
        """Return what a rule says about itself, its title in `ja` or `en`."""
        said = rule.about
        origin = (said.author, said.license, said.status, said.modified or said.date)
        path = f"{said.pack}/{said.path}" if said.pack else said.path
        return cls(said.id, words.titles(said)[lang], said.level, *origin, said.tags, path, said.digest, rule.shown)


@dataclass(frozen=True, slots=True)
class Kept:
    """A set of rules that was compiled.

    Attributes:
        rules: those that apply to events that are read here, in the order of their numbers. Their trees are not kept.
        problems: documents that gave no rule, rules that do not apply, and why.
        hidden: numbers of the rules that are not shown.
        asked: by id of each rule that a correlation needs: its number, and the fields that must be kept of its hits.
    """

    rules: Sequence[Rule]
    correlations: tuple[Correlation, ...]
    problems: tuple[Problem, ...]
    hidden: frozenset[int] = frozenset()
    asked: Mapping[str, tuple[int, frozenset[str]]] = field(default_factory=dict[str, tuple[int, frozenset[str]]])

    def facts(self, lang: str = "en") -> Facts:
        """Return what the rules, then the correlations, say about themselves, titles in `ja` or `en`."""
        return Facts(self, lang)


class Facts(Sequence[RuleFacts]):
    """What rules, then correlations, then what was added say about themselves; made where it is asked for."""

    def __init__(self, kept: Kept, lang: str) -> None:
        self._kept = kept
        self._lang = lang
        self._more: list[RuleFacts] = []

    def add(self, facts: Iterable[RuleFacts]) -> None:
        """Add further ones behind the others."""
        self._more += facts

    def __len__(self) -> int:
        return len(self._kept.rules) + len(self._kept.correlations) + len(self._more)

    def __getitem__(self, number: Any) -> Any:
        for held in (self._kept.rules, self._kept.correlations):
            if number < len(held):
                return RuleFacts.of(held[number], self._lang)
            number -= len(held)
        return self._more[number]


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


def prepared(choice: Choice) -> Path:
    """Return the folder in the cache with these rules, compiled now unless they were before.

    Two processes that compile the same rules at once do not meet: each works in a folder of its own, the first stays.

    Raises:
        UserError: a path does not exist, or holds no rule.
    """
    folder = Path(choice.cache) / _key(choice)
    if _usable(folder):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(prefix=".rules-", dir=folder.parent))
    try:
        found = _made(choice, work)
        write_bytes(work / RULES, "\n".join(json.dumps(line) for line in _lines(found)).encode())
        if not _usable(folder):
            shutil.rmtree(folder, ignore_errors=True)
            work.rename(folder)
    except OSError:
        if not _usable(folder):
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return folder


def _usable(folder: Path) -> bool:
    """Return whether rules were kept there, whole."""
    try:
        load(folder)
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return any(folder.glob("*.npz"))


@cache
def load(folder: Path) -> Kept:
    """Return the rules in a folder that `prepared` made."""
    return _loaded((folder / RULES).read_bytes())


def _key(choice: Choice) -> str:
    """Return a name that changes with any rule file, with the program's code and with how rules are kept."""
    digest = hashlib.sha256(f"{_VERSION} {code_digest()}".encode())
    for name, root in _roots(choice):
        digest.update(f"\0\0{name}\0{root.resolve()}".encode("utf-8", "surrogateescape"))
        for line in _state(root):
            digest.update(line.encode("utf-8", "surrogateescape"))
    if choice.home:
        digest.update(json.dumps(packs.placeholders(Path(choice.home)), sort_keys=True, default=list).encode())
    return f"rules-{digest.hexdigest()[:32]}"


def _state(root: Path) -> Iterator[str]:
    """Yield a line for each file: name, size and time of its last change. Reading thousands of them would take a second."""
    files = [str(root)] if root.is_file() else sorted(_below(str(root)))
    for path in files:
        stat = os.stat(path)  # noqa: PTH116  # thousands of times
        yield f"\0{path[len(str(root)) :]}\0{stat.st_size}\0{stat.st_mtime_ns}"


def _below(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path)
            else:
                yield entry.path


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
    from kyumei.detect.sigma import hittable
    from kyumei.detect.sigma.engine import Engine

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
    correlations = tuple(r for r in rules if isinstance(r, Correlation))
    wanted = hittable.wanted([*engine.rules, *correlations])
    asked = {rule.id: (n, wanted[rule.id]) for n, rule in enumerate(engine.rules) if rule.id in wanted}
    hidden = frozenset(n for n, rule in enumerate(engine.rules) if not rule.shown)
    return Kept(engine.rules, correlations, listed, hidden, asked)


def _parsed(name: str, root: Path, placeholders: Mapping[str, Sequence[str]]) -> tuple[list[Rule | Correlation], list[Problem]]:
    """Return the rules of a folder, file or archive; those that name no licence get that of the set."""
    from kyumei.detect.sigma.parse import parse_rules

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


def _lines(kept: Kept) -> list[Any]:
    """Return what is kept as JSON values, a line each: what belongs to all, then each rule."""
    head = {
        "correlations": [asdict(rule) for rule in kept.correlations],
        "problems": [[p.path, p.title, p.reason] for p in kept.problems],
        "hidden": sorted(kept.hidden),
        "asked": {rule: [number, sorted(fields)] for rule, (number, fields) in kept.asked.items()},
    }
    return [head, *([asdict(rule.about), asdict(rule.logsource), rule.shown] for rule in kept.rules)]


def _loaded(data: bytes) -> Kept:
    first, *lines = data.splitlines()
    said = json.loads(first)
    correlations = tuple(_correlation(one) for one in said["correlations"])
    asked = {rule: (number, frozenset(fields)) for rule, (number, fields) in said["asked"].items()}
    problems = tuple(Problem(*one) for one in said["problems"])
    return Kept(_Rules(lines), correlations, problems, frozenset(said["hidden"]), asked)


class _Rules(Sequence[Rule]):
    """Rules as lines of JSON, each read where it is asked for: of thousands a hunt shows some hundreds."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines
        self._made: dict[int, Rule] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, number: Any) -> Any:
        if number not in self._made:
            about, where, shown = json.loads(self._lines[number])
            self._made[number] = Rule(_about(about), LogSource(**where), Or(()), shown)
        return self._made[number]


def _about(said: dict[str, Any]) -> About:
    japanese = tuple((key, text) for key, text in said["japanese"])
    return About(**said | {key: tuple(said[key]) for key in _TUPLES} | {"japanese": japanese})


def _correlation(said: dict[str, Any]) -> Correlation:
    told = said["condition"]
    condition = Condition(**told | {"tests": tuple((op, n) for op, n in told["tests"]), "fields": tuple(told["fields"])})
    aliases = tuple((alias, tuple((rule, field) for rule, field in pairs)) for alias, pairs in said["aliases"])
    lists = {"rules": tuple(said["rules"]), "group_by": tuple(said["group_by"]), "aliases": aliases}
    return Correlation(**said | lists | {"about": _about(said["about"]), "condition": condition})
