"""Learn to find names of persons in running text from labelled sentences of your own."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kyumei.cli.common.rules_home import names_home
from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.scope.tagger.learned import Card

SCHEMA: Final = "kyumei.names/1"
_LANG: Final = click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
_FORMAT: Final = click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
_FILES: Final = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
_SAID: Final = {
    "ja": {
        "model": "モデル", "learned": "学習日時", "source": "学習元",
        "counts": "{sentences:,}文 {names:,}名",
        "none": "学習したモデルはありません(規則で探します)", "removed": "モデルを消しました",
    },
    "en": {
        "model": "model", "learned": "learned", "source": "from",
        "counts": "{sentences:,} sentences, {names:,} names",
        "none": "no model has been learned (names are found by rules)", "removed": "the model was removed",
    },
}  # fmt: skip


@click.group(help=__doc__)
def command() -> None:
    """Learn names."""


@command.command()
@_FILES
@_FORMAT
@_LANG
def learn(files: Sequence[Path], form: str, lang: str) -> None:
    """Learn from FILES, in place of what was learned before; `kyumei categories --names` uses it from then on.

    A file has a word and a tag a line (BIO, IOB or BIOES: B-PERSON, I-PERSON, O), an empty line between sentences; or JSON with
    `text` and `entities` of `span` and `type`, as a list or one a line. Labels of other things are left aside.
    """
    from kyumei.case.clock import now
    from kyumei.scope.tagger import labelled, learned

    sources = [labelled.read(path) for path in files]
    when = now().isoformat(timespec="seconds")
    card = learned.learn(sources, names_home(), when=when)
    _put(card, form, lang)


@command.command()
@_FORMAT
@_LANG
def show(form: str, lang: str) -> None:
    """Show what was learned: digest, time, files."""
    from kyumei.scope.tagger.learned import card

    said = card(names_home())
    if said is None:
        click.echo(json.dumps({"schema": SCHEMA, "model": None}) if form == "json" else _SAID[lang]["none"])
    else:
        _put(said, form, lang)


@command.command()
@_FILES
@_FORMAT
def measure(files: Sequence[Path], form: str) -> None:
    """Measure on labelled FILES, which were not learned from: precision, recall and F1, a name right if both its ends are."""
    from kyumei.scope.names import finder
    from kyumei.scope.tagger import labelled

    by = finder(names_home())
    known = {source["sha256"] for source in by.told.get("sources", ())}
    right = found = labels = 0
    for source in map(labelled.read, files):
        if source.sha256 in known:
            raise UserError(f"{source.name} is a file that was learned from", hint="measure on other sentences")
        for sentence in source.sentences:
            spans = set(by.spans(sentence.text))
            right, found, labels = right + len(spans & sentence.names), found + len(spans), labels + len(sentence.names)
    precision, recall = right / max(1, found), right / labels
    f1 = 2 * right / max(1, found + labels)
    if form == "json":
        figures = {"labelled": labels, "found": found, "right": right}
        shares = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
        click.echo(json.dumps({"schema": SCHEMA, "names": by.told} | figures | shares, ensure_ascii=False, indent=1))
    else:
        click.echo(f"{right:,}/{found:,}/{labels:,}  P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}")


@command.command()
@_LANG
def forget(lang: str) -> None:
    """Remove what was learned; names are found by rules again."""
    from kyumei.scope.tagger.learned import forget as removed

    click.echo(_SAID[lang]["removed" if removed(names_home()) else "none"])


def _put(card: Card, form: str, lang: str) -> None:
    said: dict[str, Any] = asdict(card)
    if form == "json":
        click.echo(json.dumps({"schema": SCHEMA} | said, ensure_ascii=False, indent=1))
        return
    words = _SAID[lang]
    rows = [(words["model"], card.model), (words["learned"], card.learned)]
    rows += [(words["source"], f"{s['name']}  {words['counts'].format(**s)}") for s in card.sources]
    for name, value in rows:
        click.echo(f"{name}  {value}")
