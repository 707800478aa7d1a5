"""Learn a tagger of names from labelled sentences, keep it in a folder of the user, and find names with it.

A linear-chain conditional random field, trained by python-crfsuite (MIT; L-BFGS, one thread): the same files give the same
model. It is two files: `names.json` tells what it was learned from, and `<digest>.crf` holds the weights.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from kyumei.errors import UserError
from kyumei.scope.tagger.features import features
from kyumei.scope.tagger.listed import listed
from kyumei.scope.tagger.words import cut, sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from kyumei.scope.tagger.labelled import Labelled, Sentence
    from kyumei.scope.tagger.words import Word

SCHEMA: Final = "kyumei.names/1"
CARD: Final = "names.json"
_JAPANESE: Final = re.compile(r"[ぁ-ヿ一-鿿々]")
_RELEARN: Final = "kyumei names learn FILE… learns it anew; kyumei names forget removes it"
_PARAMETERS: Final = {"c1": 0.1, "c2": 0.1, "max_iterations": 100, "feature.possible_transitions": True}
"""Weights of the L1 and L2 norms and most steps, the values of CRFsuite's tutorial for such tasks; not tuned on any set."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a model was learned from.

    Attributes:
        model: `sha256:` and the digest of its weights.
        learned: instant, ISO 8601.
        sources: name, SHA-256, sentences and names of each file.
        analyser: versions of the analyser and its dictionary.
    """

    model: str
    learned: str
    sources: tuple[dict[str, str | int], ...]
    analyser: dict[str, str]


class Tagger:
    """Finds names with a learned model."""

    def __init__(self, weights: bytes) -> None:
        self._weights = weights  # CRFsuite reads them where they lie
        self._tagger = _crfsuite().Tagger()
        self._tagger.open_inmemory(self._weights)
        self._listed = listed()

    def __call__(self, text: str) -> list[tuple[int, int]]:
        """Return begin and end of each name, in characters; a sentence without a Japanese letter is left aside."""
        japanese = ((at, sentence) for at, sentence in sentences(text) if _JAPANESE.search(sentence))
        return [(at + start, at + end) for at, sentence in japanese for start, end in self._in(sentence)]

    def _in(self, sentence: str) -> Iterator[tuple[int, int]]:
        words = cut(sentence)
        if not words:
            return
        start = end = -1
        for word, label in zip(words, self._tagger.tag(features(words, self._listed)), strict=True):
            goes_on = label == "I" and start >= 0
            if not goes_on and start >= 0:
                yield start, end
                start = -1
            if label != "O":
                start, end = (start if goes_on else word.start), word.end
        if start >= 0:
            yield start, end


def learn(sources: Sequence[Labelled], home: Path, *, when: str) -> Card:
    """Learn a model and keep it in a folder in place of the one that was there.

    Args:
        sources: labelled sentences.
        home: the folder.
        when: the instant that the card names.

    Raises:
        UserError: the analyser or python-crfsuite is not installed.
    """
    home.mkdir(parents=True, exist_ok=True)
    partial = home / ".partial.crf"
    train((s for source in sources for s in source.sentences), partial)
    sha256 = hashlib.sha256(partial.read_bytes()).hexdigest()
    told: tuple[dict[str, str | int], ...] = tuple(
        {"name": s.name, "sha256": s.sha256, "sentences": len(s.sentences), "names": s.names} for s in sources
    )
    analyser = {name: version(name) for name in ("sudachipy", "sudachidict-core", "python-crfsuite")}
    card = Card(f"sha256:{sha256}", when, told, analyser)
    forget(home)
    partial.replace(home / f"{sha256}.crf")
    (home / CARD).write_text(json.dumps({"schema": SCHEMA} | asdict(card), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return card


def train(learned_from: Iterable[Sentence], path: Path) -> None:
    """Write the weights that labelled sentences give."""
    known = listed()
    trainer = _crfsuite().Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(_PARAMETERS)
    for sentence in learned_from:
        words = cut(sentence.text)
        if words:
            trainer.append(features(words, known), _labels(words, sentence))
    trainer.train(str(path))


def forget(home: Path) -> bool:
    """Remove the model of a folder; return whether there was one."""
    there = (home / CARD).exists()
    (home / CARD).unlink(missing_ok=True)
    for weights in home.glob("[0-9a-f]*.crf"):
        weights.unlink()
    return there


def card(home: Path) -> Card | None:
    """Return what the model of a folder was learned from; none where there is no model.

    Raises:
        UserError: the card cannot be read.
    """
    path = home / CARD
    if not path.exists():
        return None
    try:
        said: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return Card(**{name: said[name] for name in Card.__slots__} | {"sources": tuple(said["sources"])})
    except (OSError, KeyError, TypeError, ValueError) as wrong:
        raise UserError(f"{path} is no model of names", hint=_RELEARN) from wrong


def tagger(home: Path) -> Tagger | None:
    """Return the tagger of a folder; none where there is no model.

    Raises:
        UserError: the weights are not those that were learned, or something is not installed.
    """
    said = card(home)
    if said is None:
        return None
    sha256 = said.model.removeprefix("sha256:")
    try:
        weights = (home / f"{sha256}.crf").read_bytes()
    except OSError as wrong:
        raise UserError(f"the weights of the model of names are missing in {home}", hint=_RELEARN) from wrong
    if hashlib.sha256(weights).hexdigest() != sha256:
        raise UserError(f"the weights of the model of names in {home} have changed", hint=_RELEARN)
    return Tagger(weights)


def _labels(words: Sequence[Word], sentence: Sentence) -> list[str]:
    """Return B for the first word that a name touches, I for the others, else O."""
    labels = ["O"] * len(words)
    for start, end in sorted(sentence.names):
        inside = [n for n, word in enumerate(words) if word.start < end and word.end > start]
        for n in inside:
            labels[n] = "I"
        if inside:
            labels[inside[0]] = "B"
    return labels


def _crfsuite() -> Any:
    try:
        import pycrfsuite
    except ImportError as missing:
        raise UserError("a learned tagger of names needs python-crfsuite", hint="pip install 'kyumei[names]'") from missing
    return pycrfsuite
