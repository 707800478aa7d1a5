"""What the reports are made from: one case in one language on one day, and the words, figures and entries of it.

A `Matter` holds values only. It is put together by `kyumei.case.documents`, because reports know no other stage.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.model import categories
from kyumei.reports import view
from kyumei.reports.document import Field, Sentence, formula
from kyumei.reports.figures import figures
from kyumei.reports.words import shown
from kyumei.reports.words.lookup import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from kyumei.reports.document import Status
    from kyumei.reports.figures import Figure
    from kyumei.reports.words.lookup import Lang

_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Said:
    """A number as it was said on a day: in an earlier version, or to the public by a person's entry.

    Attributes:
        on: ISO day.
        unit: `people` or `records`.
        number: low, best, high.
        where: `version:3`, or what a person wrote (プレスリリース).
    """

    on: str
    unit: str
    number: tuple[int, int, int]
    where: str


@dataclass(frozen=True, slots=True)
class Matter:
    """One case as the reports see it.

    Attributes:
        diagnosis: `diagnosis.json`, its words of the law in `lang`.
        on: the day the documents bear, in the zone of the case.
        entries: what people of the organisation entered, by dotted key; nothing is entered with empty text.
        history: numbers said before, oldest first.
        signed: approvals of earlier versions: `name`, `version`, `on`, `by`, `note`.
        filed: acts entered after a document went out: `name`, `on`, `receipt`, `by`, `note`.
        custody: entries of the custody ledger, oldest first.
        version: number of this version, 0 for a draft outside a case.
        digest: SHA-256 of `diagnosis.json`.
        measures: plan against recurrence: `title`, `how`, `owner`, `due`, `state`.
    """

    diagnosis: Mapping[str, Any]
    lang: Lang
    on: date
    entries: Mapping[str, str] = field(default_factory=dict)
    history: tuple[Said, ...] = ()
    filed: tuple[Mapping[str, str], ...] = ()
    custody: tuple[Mapping[str, Any], ...] = ()
    version: int = 0
    digest: str = ""
    measures: tuple[Mapping[str, Any], ...] = ()
    signed: tuple[Mapping[str, str], ...] = ()

    @property
    def words(self) -> Words:
        """Return the words of the language."""
        return Words(self.lang)

    @property
    def zone(self) -> str:
        """Return the zone of the case."""
        return str((self.diagnosis.get("case") or {}).get("zone") or "Asia/Tokyo")

    @property
    def name(self) -> str:
        """Return the name of the case."""
        return str((self.diagnosis.get("case") or {}).get("name") or "")

    @property
    def status(self) -> str:
        """Return the status of the leak."""
        return str((self.diagnosis.get("leak") or {}).get("status") or "not_found")

    @property
    def certainty(self) -> Status:
        """Return the status of a sentence about the leak."""
        known: dict[str, Status] = {"confirmed": "confirmed", "suspected": "suspected", "ruled_out": "ruled_out"}
        return known.get(self.status, "no_trace")

    @property
    def because(self) -> tuple[str, ...]:
        """Return the findings that the status of the leak rests on, as a basis."""
        return basis(view.listed(self.diagnosis.get("leak") or {}, "because")) or ("coverage",)

    @property
    def leading(self) -> Mapping[str, Any]:
        """Return the leading hypothesis, empty where there is none."""
        first: Mapping[str, Any] = next(iter(self.listed("hypotheses")), {})
        return first

    @property
    def cause(self) -> str:
        """Return the cause of the leading hypothesis."""
        return str(self.leading.get("cause") or "unknown")

    @property
    def aware(self) -> tuple[str, ...]:
        """Return the instants at which the leak may have become known."""
        return tuple(str(a) for a in view.listed(self.diagnosis.get("case") or {}, "aware"))

    @property
    def figures(self) -> Mapping[str, Figure]:
        """Return the figures of the case."""
        return figures(self.diagnosis)

    @property
    def categories(self) -> Sequence[tuple[str, str]]:
        """Return category and status, the surest first."""
        return view.categories(self.diagnosis)

    def listed(self, key: str) -> list[Any]:
        """Return a list of the diagnosis."""
        return view.listed(self.diagnosis, key)

    def category(self, id_: str) -> str:
        """Return a category's name."""
        return categories.name(id_, self.lang) if id_ in categories.CATEGORIES else id_

    def kinds(self, ids: Sequence[str]) -> str:
        """Return categories within a sentence: in English without capitals, except in names such as My Number."""
        names = [self.category(id_) for id_ in ids]
        if self.lang == "en":
            names = [name if any(c.isupper() for c in name[1:]) else name[:1].lower() + name[1:] for name in names]
        return ("、" if self.lang == "ja" else "; ").join(names)

    def join(self, items: Sequence[str]) -> str:
        """Return the items with commas."""
        return ("、" if self.lang == "ja" else ", ").join(items)

    def number(self, id_: str) -> tuple[str, tuple[str, ...]] | None:
        """Return a figure in words and the basis that names it; None where it was not counted."""
        found = self.figures.get(id_)
        return None if found is None else (found.number.said(self.words), (f"figure:{id_}",))

    def day(self, text: object) -> str:
        """Return a day in both calendars: 2024年6月7日(令和6年); in English 7 June 2024."""
        found = shown.moment(text, self.zone)
        return str(text or "") if found is None else shown.full_day(found.date(), self.words)

    def today(self) -> str:
        """Return the day the documents bear, in both calendars."""
        return shown.full_day(self.on, self.words)

    def time(self, text: object) -> str:
        """Return an instant with its offset."""
        return shown.time(text, self.zone)

    def instant(self, text: object) -> str:
        """Return an instant in both calendars, 2024年6月7日(令和6年6月7日)11:57 +09:00; a day where it is midnight."""
        found = shown.moment(text, self.zone)
        if found is None or (found.hour, found.minute) == (0, 0):
            return self.day(text)
        gap = "" if self.lang == "ja" else " "
        return f"{shown.full_day(found.date(), self.words)}{gap}{found:%H:%M} {shown.offset(found)}"

    def entry(self, key: str) -> str:
        """Return what was entered in the file, or else answered, or nothing; of a choice the name in this language."""
        return chosen(key, self._entered(key), self.lang)[1]

    def choice(self, key: str) -> str:
        """Return the id of what was chosen, empty where nothing was, or nothing that can be chosen."""
        return chosen(key, self._entered(key), self.lang)[0]

    def _entered(self, key: str) -> str:
        own = f"{key}.{self.lang}"
        found = self._written(own) or self._written(key)
        return found or str((self._answer(own) or self._answer(key) or {}).get("value") or "")

    def _written(self, key: str) -> str:
        return self.entries.get(key, "").strip()

    def _answer(self, fact: str) -> Mapping[str, Any] | None:
        return next((a for a in self.answers if a.get("fact") == fact), None)

    def entry_basis(self, key: str) -> tuple[str, ...]:
        """Return what an entry rests on: the file, or the answer of a person."""
        own = f"{key}.{self.lang}"
        written = next((k for k in (own, key) if self._written(k)), "")
        return (f"entry:{written}" if written else f"answer:{own if self._answer(own) else key}",)

    def stated(self, key: str) -> Sentence:
        """Return what was entered as a sentence, or the place where it is missing."""
        return self._stated(key, self.blank(key))

    def _stated(self, key: str, blank: str) -> Sentence:
        text = self.entry(key)
        if not text and (answer := self.answered(key)):
            said = ANSWER[self.lang].format(**{k: self._told(answer, k) for k in ("label", "shown", "who", "at", "status")})
            return Sentence(said, "stated", (f"answer:{answer.get('fact')}",))
        return Sentence(text, "stated", self.entry_basis(key)) if text else formula(blank)

    def labelled(self, key: str) -> Sentence:
        """Return what was entered after its label, for places where it would not explain itself."""
        text = self.entry(key)
        if not text:
            return self.stated(key)
        return Sentence(LABELLED[self.lang].format(label=labels()[key][self.lang], text=text), "stated", self.entry_basis(key))

    @property
    def answers(self) -> Sequence[Mapping[str, Any]]:
        """Return the facts that people stated, each with who and when."""
        return view.listed(self.diagnosis.get("facts") or {}, "answers")

    def is_stated(self, fact: str) -> bool:
        """Return whether a person, the sheet given with the evidence, or the evidence itself says that a fact is so."""
        facts = self.diagnosis.get("facts") or {}
        given = (facts.get("stated") or {}).get(fact, (facts.get("evidence") or {}).get(fact))
        answer = self._answer(fact)
        said = answer.get("value") if answer else given.get("value") if isinstance(given, dict) else given
        return said is True

    def answered(self, key: str) -> Mapping[str, Any] | None:
        """Return the answer of a person that says what an entry would, None where there is none."""
        return self._answer(ANSWERS[key]) if key in ANSWERS else None

    def _told(self, answer: Mapping[str, Any], key: str) -> str:
        match key:
            case "at":
                return str(answer.get("at"))[:10]
            case "status":
                return SUSPECTED[self.lang] if answer.get("status") == "suspected" else ""
        return str(answer.get(key) or "")

    def answer_row(self, answer: Mapping[str, Any]) -> tuple[str, ...]:
        """Return label, value, who, when and note of an answer as text."""
        value = self._told(answer, "shown") + self._told(answer, "status")
        about = self.join([str(answer[k]) for k in ("party", "dataset") if answer.get(k)])
        noted = " ".join(part for part in (about, str(answer.get("note") or "")) if part)
        return (
            self._told(answer, "label") or str(answer.get("fact")),
            value,
            *(self._told(answer, k) for k in ("who", "at")),
            noted,
        )

    def blank(self, key: str) -> str:
        """Return the mark that stands where something is to be entered."""
        return BLANK[self.lang].format(label=labels()[key][self.lang])

    def field(self, key: str, label: str, *, rule: str = "") -> Field:
        """Return a field of a form that only a person can answer; a blank names the key under which it is answered."""
        answer = self._stated(key, BLANK[self.lang].format(label=key))
        options = tuple((names[self.lang], id_ == self.choice(key)) for id_, names in choices(key).items())
        return Field(key, label, (answer,), rule, options, missing=not (self.entry(key) or self.answered(key)))

    def verdict(self, id_: str) -> str:
        """Return how an obligation was judged, over all holdings: applies, undecided or does_not (also where it is unknown)."""
        found = {o.get("verdict") for o in self.listed("obligations") if o.get("id") == id_}
        return next((v for v in ("applies", "undecided") if v in found), "does_not")

    def obligations(self, id_: str) -> list[Mapping[str, Any]]:
        """Return the judgements of one rule that apply."""
        return [o for o in self.listed("obligations") if o.get("id") == id_ and o.get("verdict") == "applies"]

    def filings(self, name: str) -> list[Mapping[str, str]]:
        """Return the filings of one report, oldest first."""
        return [f for f in self.filed if f.get("name") == name]


ANSWERS: Final = {"persons.detail": "t.individuals_notified", "org.delegated": "org.delegated_authority"}
"""Entry → fact: what a person answered stands where nothing was entered."""
ANSWER: Final = {"ja": "{label}: {shown}{status}(回答 {who}、{at})", "en": "{label}: {shown}{status} (stated by {who}, {at})"}
SUSPECTED: Final = {"ja": "(おそれ)", "en": " (may be)"}
BLANK: Final = {"ja": "【要記入:{label}】", "en": "[to be entered: {label}]"}


LABELLED: Final = {"ja": "{label}: {text}", "en": "{label}: {text}"}


def basis(findings: Sequence[object]) -> tuple[str, ...]:
    """Return findings as the basis of a sentence."""
    return tuple(f"finding:{f}" for f in findings)


@cache
def labels() -> Mapping[str, Mapping[str, str]]:
    """Return what can be entered: dotted key → label in both languages, in the order of the file."""
    groups = tomllib.loads((_HERE / "entries.toml").read_text("utf-8"))
    return {f"{group}.{key}": said for group, keys in groups.items() if group != "choices" for key, said in keys.items()}


def plain_key(key: str) -> str:
    """Return the key of an entry without the language for which alone it is given: `org.name.en` is `org.name` in English."""
    top, _, lang = key.rpartition(".")
    return top if lang in ("ja", "en") and top in labels() else key


def choices(key: str) -> Mapping[str, Mapping[str, str]]:
    """Return what may be chosen for an entry: id → name in both languages; empty where it is free text."""
    return _choices().get(key, {})


@cache
def _choices() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    found: Mapping[str, Mapping[str, Mapping[str, str]]] = tomllib.loads((_HERE / "entries.toml").read_text("utf-8"))["choices"]
    return found


def chosen(key: str, text: str, lang: Lang) -> tuple[str, str]:
    """Return id and name of what a text chooses, by id or by name in either language; no id and the text where it is none."""
    for id_, names in choices(key).items():
        if text.strip().casefold() in (id_, *(name.casefold() for name in names.values())):
            return id_, names[lang]
    return "", text.strip()


@cache
def _phrases(name: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((_HERE / f"{name}.toml").read_text("utf-8"))


class Phrases:
    """The sentences of one document in one language: `<name>.toml`, tables `ja` and `en`.

    Args:
        name: path under this package without suffix, `documents/ppc_final`.
    """

    def __init__(self, name: str, lang: Lang) -> None:
        self._said = _phrases(name)[lang]

    def __call__(self, key: str, /, **values: object) -> str:
        """Return a sentence with its places filled; what fills them is never read as a place itself."""
        return self._said[key].format(**values) if values else self._said[key]

    def has(self, key: str) -> bool:
        """Return whether there is such a sentence."""
        return key in self._said
