"""Say the obligations of a diagnosis in the other language: its words of the law are in one, the laws as data have both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.reports.words.lookup import Lang


def translated(diagnosis: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Return the diagnosis with every word of an obligation that the laws have in both languages said in `lang`."""
    told = _pairs()[lang]
    obligations = [{k: _said(v, told) for k, v in o.items()} for o in diagnosis.get("obligations") or []]
    return {**diagnosis, "obligations": obligations}


def answered(diagnosis: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    """Return the diagnosis as people's answers leave it, with `label` and `shown` in each of them in words.

    Facts are named as the laws name them, entries of documents as `reports/entries.toml` does; answers about when the
    organisation knew take the place of what was given with the evidence.
    """
    from kyumei.duties.load import shipped
    from kyumei.reports.matter import chosen, plain_key
    from kyumei.reports.matter import labels as entries

    facts = diagnosis.get("facts") or {}
    told = []
    for answer in facts.get("answers") or []:
        name = str(answer.get("fact"))
        kind = shipped().fact(name)
        if kind is None and plain_key(name) in entries():
            told.append(
                {**answer, "label": entries()[plain_key(name)][lang], "shown": chosen(name, str(answer.get("value")), lang)[1]}
            )
            continue
        label = kind.label[lang] if kind else name
        labels = {value: words[lang] for value, words in kind.labels.items()} if kind else {}
        told.append({**answer, "label": label, "shown": _shown(answer.get("value"), labels, lang)})
    if not told:
        return dict(diagnosis)
    return {**diagnosis, "case": _aware(diagnosis, told), "facts": {**facts, "answers": told}}


def _aware(diagnosis: Mapping[str, Any], told: list[dict[str, Any]]) -> dict[str, Any]:
    from kyumei.duties.sheet import awares_of

    found = [each.at.at.isoformat() for a in told if a["fact"] == "t.aware" for each in awares_of(a["value"], "t.aware")]
    case = dict(diagnosis.get("case") or {})
    return {**case, "aware": found} if found else case


def _shown(value: Any, labels: Mapping[str, str], lang: str) -> str:
    """Return the value of an answer as people read it."""
    if isinstance(value, bool):
        return {"ja": ("いいえ", "はい"), "en": ("no", "yes")}[lang][value]
    if isinstance(value, Mapping):
        each = [f"{labels.get(str(k), k)}: {_shown(v, labels, lang)}" for k, v in value.items()]
        return ("、" if lang == "ja" else ", ").join(each)
    if isinstance(value, list | tuple):
        return ("、" if lang == "ja" else ", ").join(_shown(v, labels, lang) for v in value)
    return f"{value:,}" if isinstance(value, int) else labels.get(str(value), str(value))


def _said(value: Any, told: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return told.get(value, value)
    if isinstance(value, list):
        return [_said(v, told) for v in value]
    if isinstance(value, Mapping) and not {"ja", "en"} <= set(value):
        return {k: _said(v, told) for k, v in value.items()}
    return value


@cache
def _pairs() -> dict[str, dict[str, str]]:
    """Return for each language the words of the other one with their translation."""
    from kyumei.duties.load import shipped

    texts = list(_texts(shipped(), set()))
    return {
        "ja": {t["en"]: t["ja"] for t in texts if t["en"]},
        "en": {t["ja"]: t["en"] for t in texts if t["ja"]},
    }


def _texts(value: object, seen: set[int]) -> Iterator[Mapping[str, str]]:
    """Yield every pair of `ja` and `en` anywhere in the laws."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Mapping):
        if {"ja", "en"} <= set(value) and isinstance(value["ja"], str) and isinstance(value["en"], str):
            yield value
        inner: list[object] = list(value.values())
    elif is_dataclass(value):
        inner = [getattr(value, f.name) for f in fields(value)]
    else:
        inner = list(value) if isinstance(value, list | tuple | frozenset) else []
    for part in inner:
        yield from _texts(part, seen)
