"""Rule files → rules, correlations, and what could not be understood. Nothing a file holds makes reading fail.

A file holds YAML documents: rules, correlations, filters, and `action: global`, `reset` and `repeat` as pySigma takes them.
Old conditions with a pipe (`… | count() by X > 5`, `timeframe`) become a rule and a correlation.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import yaml
from sigma.exceptions import SigmaError

from kyumei.detect.sigma.correlation import correlation
from kyumei.detect.sigma.detection import NotSigma, tree
from kyumei.detect.sigma.legacy import split
from kyumei.detect.sigma.rule import LEVELS, About, Correlation, LogSource, Problem, Rule
from kyumei.detect.sigma.tree import And

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kyumei.detect.sigma.tree import Node

ENDINGS: Final = (".yml", ".yaml")
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MOST_BYTES: Final = 4 << 20
"""No rule file is longer; what is longer is no rule."""


@dataclass(frozen=True, slots=True)
class _Filter:
    about: About
    logsource: LogSource
    rules: tuple[str, ...]  # empty: any
    tree: Node


@dataclass(slots=True)
class _Found:
    rules: list[Rule | Correlation]
    filters: list[_Filter]
    problems: list[Problem]


def parse_rules(
    paths: Iterable[Path], *, pack: str = "", placeholders: Mapping[str, Sequence[str]] | None = None
) -> tuple[list[Rule | Correlation], list[Problem]]:
    """Return the rules below some files and folders, in the order of their paths, and the problems met.

    Args:
        paths: files, and folders whose `.yml` and `.yaml` files are read.
        pack: name of the pack, kept with each rule.
        placeholders: what `%name%` stands for where a rule says `expand`; a rule with another placeholder is a problem.
    """
    found = _Found([], [], [])
    for root in paths:
        for path, shown in _files(root):
            _read(path, shown, pack, placeholders or {}, found)
    rules = [_told(rule) if placeholders or found.filters else rule for rule in _filtered(found)]
    return _shown(_once(rules, found.problems)), found.problems


def _files(root: Path) -> Iterator[tuple[Path, str]]:
    if not root.is_dir():
        yield root, root.name
        return
    for path in sorted(root.rglob("*")):
        if path.suffix.lower() in ENDINGS and path.is_file():
            yield path, path.relative_to(root).as_posix()


def _read(path: Path, shown: str, pack: str, placeholders: Mapping[str, Sequence[str]], found: _Found) -> None:
    try:
        data = path.read_bytes()
        if len(data) > _MOST_BYTES:
            found.problems.append(Problem(shown, "", "the file is too long for rules"))
            return
        documents = list(yaml.load_all(data, Loader=_LOADER))  # a safe loader
    except (OSError, yaml.YAMLError, ValueError, RecursionError) as wrong:
        found.problems.append(Problem(shown, "", f"it is no YAML: {' '.join(str(wrong).split())[:200]}"))
        return
    digest = hashlib.sha256(data).hexdigest()
    for number, document in enumerate(_whole(documents, shown, found.problems)):
        where = shown if number == 0 else f"{shown}#{number + 1}"
        about = _about(document, where, digest, pack)
        try:
            _add(document, about, placeholders, found)
        except (NotSigma, SigmaError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as wrong:
            found.problems.append(Problem(where, about.title, " ".join(str(wrong).split())[:300] or type(wrong).__name__))


def _whole(documents: list[object], shown: str, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    """Yield the rules' documents, with what global ones and those before them say."""
    general: dict[str, Any] = {}
    before: dict[str, Any] = {}
    for document in documents:
        if document is None:
            continue
        if not isinstance(document, dict):
            problems.append(Problem(shown, "", "a document is no map"))
            continue
        action = document.get("action")
        if action == "global":
            general = before = {key: value for key, value in document.items() if key != "action"}
        elif action == "reset":
            general = {}
        elif action == "repeat":
            before = _merged(before, {key: value for key, value in document.items() if key != "action"})
            yield before
        elif action is None:
            before = document if "correlation" in document or "filter" in document else _merged(document, general)
            yield before
        else:
            problems.append(Problem(shown, str(document.get("title", "")), f"the action {action} is not known"))


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _about(document: dict[str, Any], path: str, digest: str, pack: str) -> About:
    level = _line(document.get("level")).lower()
    own = digest if "#" not in path else hashlib.sha256(f"{digest}{path[path.rindex('#') :]}".encode()).hexdigest()
    return About(
        id=_line(document.get("id")) or own[:32],
        title=_line(document.get("title")) or path,
        name=_line(document.get("name")),
        level=level if level in LEVELS else LEVELS[0],
        status=_line(document.get("status")),
        description=str(document.get("description") or "").strip(),
        author=_line(document.get("author")),
        license=_line(document.get("license")),
        date=_line(document.get("date")),
        modified=_line(document.get("modified")),
        references=_lines(document.get("references")),
        tags=_lines(document.get("tags")),
        falsepositives=_lines(document.get("falsepositives")),
        fields=_lines(document.get("fields")),
        path=path,
        digest=digest,
        pack=pack,
        japanese=_japanese(document.get("kyumei")),
    )


def _japanese(said: object) -> tuple[tuple[str, str], ...]:
    """Return the words in Japanese that a rule gives in our own field, by what they are."""
    if not isinstance(said, dict):
        return ()
    words = {key: said.get(f"{key}_ja") for key in ("title", "description", "falsepositives")}
    texts = {key: "、".join(_lines(value)) if isinstance(value, list) else _line(value) for key, value in words.items()}
    return tuple((key, text) for key, text in texts.items() if text)


def _line(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_line(one) for one in value)
    return "" if value is None else " ".join(str(value).split())


def _lines(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    return tuple(line for one in listed if (line := _line(one)))


def _add(document: dict[str, Any], about: About, placeholders: Mapping[str, Sequence[str]], found: _Found) -> None:
    if "correlation" in document:
        found.rules.append(correlation(document["correlation"], about))
        return
    if "filter" in document:
        found.filters.append(_filter(document, about, placeholders))
        return
    detection = document.get("detection")
    if not isinstance(detection, dict):
        msg = "there is no detection"
        raise NotSigma(msg)
    single, group = split(detection, about)
    rule = Rule(about, _logsource(document), tree(single, placeholders))
    if group is not None:
        rule = replace(rule, about=replace(about, id=group.rules[0], name=""))
        found.rules += [rule, group]
    else:
        found.rules.append(rule)


def _logsource(document: dict[str, Any]) -> LogSource:
    said = document.get("logsource")
    if not isinstance(said, dict):
        msg = "there is no log source"
        raise NotSigma(msg)
    category, product, service = (
        _line(said.get(k)).lower().replace(" ", "_") or None for k in ("category", "product", "service")
    )
    return LogSource(category, product, service)


def _filter(document: dict[str, Any], about: About, placeholders: Mapping[str, Sequence[str]]) -> _Filter:
    said = document["filter"]
    if not isinstance(said, dict):
        msg = "the filter is no map"
        raise NotSigma(msg)
    rules = _lines(said.get("rules"))
    if not rules:
        msg = "the filter names no rules"
        raise NotSigma(msg)
    names = () if [name.lower() for name in rules] == ["any"] else rules
    section = {key: value for key, value in said.items() if key != "rules"}
    return _Filter(about, _logsource(document), names, tree(section, placeholders))


def _told(rule: Rule | Correlation) -> Rule | Correlation:
    """Return the rule with a digest of its tree, which placeholders or filters may have changed."""
    if isinstance(rule, Correlation):
        return rule
    return replace(rule, variant=hashlib.sha256(repr(rule.tree).encode()).hexdigest())


def _filtered(found: _Found) -> list[Rule | Correlation]:
    rules: list[Rule | Correlation] = []
    for rule in found.rules:
        if isinstance(rule, Rule):
            extra = tuple(one.tree for one in found.filters if _meant(one, rule))
            rules.append(replace(rule, tree=And((rule.tree, *extra))) if extra else rule)
        else:
            rules.append(rule)
    return rules


def _meant(one: _Filter, rule: Rule) -> bool:
    if one.rules and not {rule.about.id, rule.about.name}.intersection(one.rules):
        return False
    pairs = (
        (one.logsource.category, rule.logsource.category),
        (one.logsource.product, rule.logsource.product),
        (one.logsource.service, rule.logsource.service),
    )
    return all(wanted is None or wanted == has for wanted, has in pairs)


def _once(rules: list[Rule | Correlation], problems: list[Problem]) -> list[Rule | Correlation]:
    """Return each rule once: a second one of the same id and digest is the same, of another digest a problem."""
    kept: dict[str, Rule | Correlation] = {}
    for rule in rules:
        known = kept.setdefault(rule.id, rule)
        if known is not rule and known.about.digest != rule.about.digest:
            reason = f"the id {rule.id} is that of {known.about.path}, which is used"
            problems.append(Problem(rule.about.path, rule.title, reason))
    return list(kept.values())


def _shown(rules: list[Rule | Correlation]) -> list[Rule | Correlation]:
    """Return the rules, those hidden that serve a correlation which does not show them."""
    hidden = {name for one in rules if isinstance(one, Correlation) and not one.generate for name in one.rules}
    return [replace(one, shown=False) if hidden & {one.id, one.about.name} else one for one in rules]
