"""Rule packs that people bring, kept in a folder (the rules home): one folder a pack, with what it is in `pack.json`.

`HOME/<name>/pack.json` and `HOME/<name>/rules/…` (rule and licence files under their own names). `HOME/placeholders.yaml`
says what `%name%` stands for in rules with `expand`: a map of lists. A pack's digest is that of its files' names and
contents, so the same pack has the same digest however it was packed. The pack `kyumei` is the one that comes with the
program; it lies in the program's own folder.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kyumei.detect.sigma.unpack import RULE_ENDINGS, is_licence, members
from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kyumei.detect.sigma.rule import Correlation, Problem, Rule

OWN: Final = "kyumei"
OWN_RULES: Final = Path(__file__).parent.parent / "rules"
"""The folder of the rules that come with the program."""
_ENDINGS: Final = re.compile(r"(\.tar)?\.(zip|tar|tgz|txz|tbz2?|gz|xz|bz2|ya?ml)$", re.IGNORECASE)
_NOT_NAME: Final = re.compile(r"[^a-z0-9._-]+")
_HINT: Final = "kyumei rules list shows the packs"


@dataclass(frozen=True, slots=True)
class Pack:
    """What a pack is.

    Attributes:
        name: of its folder. digest: SHA-256 over the names and contents of its files, hex.
        source: name of the file or folder it came from.
        rules, correlations, problems: numbers of what its files gave.
        authors: everybody named, sorted. licenses: what rules name themselves, sorted.
        licence: title of the pack's own licence text, "" without one; it holds for rules that name none.
        licence_files: names of the files with licences.
    """

    name: str
    digest: str
    source: str
    rules: int
    correlations: int
    problems: int
    authors: tuple[str, ...] = ()
    licenses: tuple[str, ...] = ()
    licence: str = ""
    licence_files: tuple[str, ...] = ()


def add(home: Path, source: Path, *, name: str = "") -> Pack:
    """Take a folder, ZIP, tar archive or single rule file into the rules home; a pack of that name is replaced.

    Raises:
        UserError: the source cannot be read, is not safe, or holds no rule; or the name is the program's own.
    """
    name = name_of(name or source.resolve().name)
    if not source.exists():
        raise UserError(f"{source} does not exist", hint="give a folder, a ZIP or a tar archive with .yml files")
    if name == OWN:
        raise UserError(f"the name {OWN} belongs to the rules that come with the program", hint="give another with --name")
    partial = home / f".{name}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    try:
        digest = _fill(partial / "rules", source)
        pack = _described(partial / "rules", Pack(name, digest, source.resolve().name, 0, 0, 0))
        (partial / "pack.json").write_text(json.dumps(asdict(pack), ensure_ascii=False, indent=1) + "\n", "utf-8")
        shutil.rmtree(home / name, ignore_errors=True)
        partial.rename(home / name)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return pack


def remove(home: Path, name: str) -> Pack:
    """Delete a pack from the rules home and return what it was."""
    pack = named(home, name)
    if pack.name == OWN:
        raise UserError("the rules that come with the program stay", hint="leave them out of a run with --no-own-rules")
    shutil.rmtree(home / pack.name)
    return pack


def listed(home: Path) -> list[Pack]:
    """Return the packs of the rules home, by name; the program's own is not among them."""
    if not home.is_dir():
        return []
    return [_read(path) for path in sorted(home.glob("*/pack.json"))]


def own_digest() -> str:
    """Return the digest of the pack that comes with the program."""
    return _digest((path.name, path.read_bytes()) for path in sorted(OWN_RULES.glob("*.yml")))


def own() -> Pack:
    """Return the pack that comes with the program."""
    return _described(OWN_RULES, Pack(OWN, own_digest(), OWN, 0, 0, 0, licence="Apache-2.0"))


def named(home: Path, name: str) -> Pack:
    """Return one pack.

    Raises:
        UserError: there is none of that name.
    """
    if name == OWN:
        return own()
    if name_of(name) != name or not (home / name / "pack.json").is_file():
        raise UserError(f"there is no rule pack {name}", hint=_HINT)
    return _read(home / name / "pack.json")


def folder(home: Path, name: str) -> Path:
    """Return the folder with the rules of a pack."""
    return OWN_RULES if name == OWN else home / name / "rules"


def load(home: Path, names: Iterable[str]) -> tuple[list[Rule | Correlation], list[Problem]]:
    """Return the rules and problems of some packs, each rule with its pack's name and, where it names none, its licence."""
    from kyumei.detect.sigma.parse import parse_rules

    rules: list[Rule | Correlation] = []
    problems: list[Problem] = []
    known = placeholders(home)
    for name in names:
        licence = "Apache-2.0" if name == OWN else named(home, name).licence
        found, wrong = parse_rules([folder(home, name)], pack=name, placeholders=known)
        rules += [rule if rule.about.license else replace(rule, about=replace(rule.about, license=licence)) for rule in found]
        problems += wrong
    return rules, problems


def placeholders(home: Path) -> Mapping[str, Sequence[str]]:
    """Return what `HOME/placeholders.yaml` says, nothing where there is no such file.

    Raises:
        UserError: the file is no map of lists.
    """
    import yaml

    path = home / "placeholders.yaml"
    if not path.is_file():
        return {}
    hint = "write it as a map of lists: administrators: [admin, root]"
    try:
        said = yaml.safe_load(path.read_text("utf-8-sig")) or {}
    except (OSError, ValueError, yaml.YAMLError) as wrong:
        raise UserError(f"{path}: {' '.join(str(wrong).split())[:160]}", hint=hint) from wrong
    if not isinstance(said, dict) or not all(isinstance(values, list) for values in said.values()):
        raise UserError(f"{path} is no map of lists", hint=hint)
    return {str(key): [str(value) for value in values] for key, values in said.items()}


def find(home: Path, rule_id: str) -> list[tuple[str, Path]]:
    """Return pack and file of every rule with this id, without reading the other files as rules; packs by name."""
    places = [(OWN, OWN_RULES), *((pack.name, folder(home, pack.name)) for pack in listed(home))]
    sought = rule_id.strip().encode()
    return [
        (name, path)
        for name, root in places
        for path in sorted(root.rglob("*"))
        if path.suffix.lower() in RULE_ENDINGS and sought in path.read_bytes()
    ]


def name_of(text: str) -> str:
    """Return a folder name for a pack: lower case, endings of archives cut off.

    Raises:
        UserError: nothing is left of it.
    """
    name = _NOT_NAME.sub("-", _ENDINGS.sub("", text.strip()).lower()).strip(".-_")[:80]
    if not name:
        raise UserError(f"{text!r} gives no name for a pack", hint="give one of letters and digits with --name")
    return name


def _fill(target: Path, source: Path) -> str:
    """Write the source's files below the target and return their digest."""
    written: dict[str, bytes] = {}
    for name, data in members(source):
        key = name.casefold()
        if key in written and written[key] != hashlib.sha256(data).digest():
            raise UserError(f"{source}: it holds {name} twice with unlike contents", hint="do not use this pack")
        written[key] = hashlib.sha256(data).digest()
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    files = [(path.relative_to(target).as_posix(), path.read_bytes()) for path in sorted(target.rglob("*")) if path.is_file()]
    if not any(name.lower().endswith(RULE_ENDINGS) for name, _ in files):
        raise UserError(f"{source} holds no rule", hint="rules are files that end in .yml or .yaml")
    return _digest(files)


def _digest(files: Iterable[tuple[str, bytes]]) -> str:
    lines = sorted(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _described(root: Path, pack: Pack) -> Pack:
    from kyumei.detect.sigma.parse import parse_rules
    from kyumei.detect.sigma.rule import Correlation

    found, problems = parse_rules([root], pack=pack.name)
    if not found and not problems:
        raise UserError(f"{pack.source} holds no rule", hint="rules are files that end in .yml or .yaml")
    correlations = sum(isinstance(each, Correlation) for each in found)
    licences = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if is_licence(path.name))
    people = (one.strip(" \"'") for each in found for one in re.split(r"[,;]| and ", each.about.author))
    return replace(
        pack,
        rules=len(found) - correlations,
        correlations=correlations,
        problems=len(problems),
        authors=tuple(sorted({one for one in people if one})),
        licenses=tuple(sorted({each.about.license for each in found if each.about.license})),
        licence=pack.licence or _licence(root, licences),
        licence_files=tuple(licences),
    )


def licence_of(root: Path) -> str:
    """Return the title of the licence text that lies highest in a folder, "" where there is none."""
    return _licence(root, sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if is_licence(path.name)))


def licence_in(folder: Path) -> str:
    """Return the title of the licence text that lies in the folder itself, "" where there is none."""
    return _licence(folder, sorted(path.name for path in folder.iterdir() if is_licence(path.name) and path.is_file()))


def _licence(root: Path, files: Sequence[str]) -> str:
    """Return the title of the licence text that lies highest: a name in it that is known, else its first line."""
    if not files:
        return ""
    text = (root / min(files, key=lambda name: (name.count("/"), name))).read_text("utf-8", "backslashreplace")
    if known := re.search(r"Detection Rule License(?: \(DRL\))? ?[\d.]*\d|Apache License,? Version [\d.]+\d|MIT License", text):
        return known[0]
    return next((line.strip("# \t") for line in text.splitlines() if line.strip("# \t")), "")[:120]


def _read(path: Path) -> Pack:
    try:
        said = json.loads(path.read_text("utf-8"))
        lists = {key: tuple(said[key]) for key in ("authors", "licenses", "licence_files")}
        return Pack(**{**said, **lists})
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise UserError(f"{path} cannot be read: {wrong}", hint="add the pack anew, or delete its folder") from wrong
