"""The questions of the hearing, and what answers mean: facts for the law, warnings, things to preserve."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from kyumei.duties import yamlfile
from kyumei.duties.load import shipped
from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kyumei.model.obligation import Text

UNKNOWN: Final = ("", "?", "不明", "unknown")
_YES: Final = ("y", "yes", "true", "はい")
_NO: Final = ("n", "no", "false", "いいえ")


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the hearing.

    Attributes:
        kind: text, choice, many, yesno, time, count or media. options: id and words, for `many`.
        fact: fact of the law that the answer is. facts: by option, facts that follow. warn: by option (or `yes`), an advice.
        entry: what the answer is in the documents, a key of `reports/entries.toml`.
    """

    id: str
    kind: str
    ask: Text
    options: tuple[tuple[str, Text], ...]
    fact: str
    facts: Mapping[str, Mapping[str, Any]]
    warn: Mapping[str, str]
    entry: str = ""


@cache
def questions() -> tuple[Question, ...]:
    """Return the questions in the order in which they are asked."""
    return tuple(_question(row) for row in _data("questions.yaml")["questions"])


def _question(row: Mapping[str, Any]) -> Question:
    options = row.get("options", {})
    if options == "org.sectors":
        options = shipped().facts["org.sectors"].labels
    warn = row.get("warn", {})
    return Question(
        row["id"],
        row["type"],
        dict(row["ask"]),
        tuple((name, dict(words)) for name, words in options.items()),
        row.get("fact", ""),
        row.get("facts", {}),
        {"yes": warn} if isinstance(warn, str) else warn,
        row.get("entry", ""),
    )


@cache
def _data(name: str) -> Any:
    return yamlfile.parse((files(__package__ or "kyumei.case.intake") / name).read_text("utf-8"), name)


def parse(question: Question, text: str) -> Any:
    """Return the answer as data, None where it is unknown.

    Raises:
        UserError: the answer is not of the question's kind.
    """
    text = text.strip()
    if text in UNKNOWN:
        return None
    if question.kind == "many":
        return _several(question, text)
    return _KINDS.get(question.kind, str)(text)


def _yes_or_no(text: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise UserError(f"{text} is no answer", hint="y / n / ?")


def _several(question: Question, text: str) -> list[str]:
    names = [name for name, _ in question.options]
    found = []
    for word in re.split(r"[\s,、]+", text.strip("[]")):
        if word.isdecimal() and 1 <= int(word) <= len(names):
            found.append(names[int(word) - 1])
        elif word in names:
            found.append(word)
        elif word and word not in ("0", "none"):
            raise UserError(f"{word} is none of the options", hint=f"numbers from 1 to {len(names)}, or {', '.join(names)}")
    return list(dict.fromkeys(found))


def _count(text: str) -> int | list[int]:
    numbers = [int(n) for n in re.findall(r"\d+", text.replace(",", ""))]
    if len(numbers) == 1:
        return numbers[0]
    if len(numbers) == 2 and numbers[0] <= numbers[1]:
        return numbers
    raise UserError(f"{text} is no number of people", hint="write 1200, or 800-1500")


def _time(text: str) -> str:
    from kyumei.duties.values import instant

    try:
        return str(instant(text))
    except ValueError as wrong:
        raise UserError(f"{text} is no date", hint="write 2024-06-07 or 2024-06-07T09:30") from wrong


_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgtp]?)i?b?", re.IGNORECASE)


def size_of(text: str) -> int:
    """Return the bytes of `30GB`, `2 TB`, `500m` or a plain number; a unit is a power of 1000, as disks are sold.

    Raises:
        UserError: it is no size.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise UserError(f"{text} is no size", hint="write 30GB or 2TB")
    return int(float(match[1]) * 1000 ** " kmgtp".index(match[2].lower() or " "))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"[,、]", text):
        name, equals, size = part.rpartition("=")
        if not equals:
            raise UserError(f"{part.strip()} has no size", hint="write name=size: logs=30GB")
        yield name.strip(), size


def _media(text: str) -> dict[str, int]:
    return {name: size_of(size) for name, size in _pairs(text)}


_KINDS: Final[dict[str, Callable[[str], Any]]] = {"yesno": _yes_or_no, "count": _count, "time": _time, "media": _media}


def facts(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the answers state for the law, by dotted name; what only may be so is marked as suspected.

    Several things that happened are united: kinds are joined, the surer status holds.
    """
    found: dict[str, Any] = {}
    for question in questions():
        answer = answers.get(question.id)
        if answer is None:
            continue
        if question.fact and question.fact != "t.aware":
            found[question.fact] = answer
        for option in answer if isinstance(answer, list) else ():
            for name, value in question.facts.get(option, {}).items():
                found[name] = _united(found.get(name), value)
    return found


def entries(answers: Mapping[str, Any], lang: str) -> dict[str, str]:
    """Return what the answers say for the documents, by key of `reports/entries.toml`; options in words."""
    found = {}
    for question in questions():
        answer = answers.get(question.id)
        if not question.entry or answer in (None, "", []):
            continue
        names = {name: words[lang] for name, words in question.options}
        several = ("、" if lang == "ja" else ", ").join(names.get(str(a), str(a)) for a in answer) if names else str(answer)
        found[question.entry] = f"{_SINCE[lang]}{several}" if names else several
    return found


_SINCE: Final = {"ja": "気づいた後に行ったこと: ", "en": "Done since it was noticed: "}


def _united(old: Any, new: Any) -> Any:
    if isinstance(old, list) and isinstance(new, list):
        return list(dict.fromkeys([*old, *new]))
    return old if old == "confirmed" else new


def warnings(answers: Mapping[str, Any]) -> list[tuple[str, Text]]:
    """Return the advice that answers call for, then what everybody must hear."""
    advice = _data("advice.yaml")["warnings"]
    called: dict[str, None] = {}
    for question in questions():
        answer = answers.get(question.id)
        given = answer if isinstance(answer, list) else ["yes"] if answer is True else []
        called.update(dict.fromkeys(question.warn[option] for option in given if option in question.warn))
    called.update(dict.fromkeys(name for name, row in advice.items() if row.get("always")))
    return [(name, {lang: advice[name][lang] for lang in ("ja", "en")}) for name in called]


def to_preserve(answers: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what to preserve of the systems named (of all, where none is), the most volatile first."""
    systems = answers.get("systems") or [name for name, _ in next(q for q in questions() if q.id == "systems").options]
    rows = [row for row in _data("preserve.yaml")["items"] if row["system"] in systems]
    return sorted(rows, key=lambda row: (row["order"], systems.index(row["system"])))
