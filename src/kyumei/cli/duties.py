"""Say which legal duties follow from the facts, to whom, and by when."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kyumei.duties.sheet import Sheet
    from kyumei.model.obligation import Deadline, Obligation

_VERDICTS: Final = {
    "ja": {"applies": "該当", "undecided": "未確定", "does_not": "非該当"},
    "en": {"applies": "applies", "undecided": "undecided", "does_not": "does not"},
}
_SAY: Final = {
    "ja": {
        "because": "理由: ",
        "decided by": "決め手となる事実: ",
        "could free": "明らかになれば免除され得る事実: ",
        "aim": "目標 ",
        "memory": "根拠は未確認(専門家の確認が必要)",
    },
    "en": {
        "because": "because: ",
        "decided by": "would decide it: ",
        "could free": "could still free from it: ",
        "aim": "aim for ",
        "memory": "basis not checked: ask counsel",
    },
}
_ORDER: Final = ("applies", "undecided", "does_not")


def _list_facts(ctx: click.Context, param: click.Parameter, value: object) -> None:  # noqa: ARG001  # Click's signature
    """Print every fact with its type and label, then the shorthands, and stop."""
    if value:
        from kyumei.duties.sheet import listing

        click.echo(listing())
        ctx.exit()


@click.command(help=__doc__)
@click.option("--facts", "source", metavar="FILE", required=True, help="Facts as YAML or JSON; - for standard input.")
@click.option("--format", "form", type=click.Choice(["json", "jsonl", "table"]), default="json", show_default=True)
@click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
@click.option("--aware", "awares", metavar="ISO", multiple=True, help="When the organisation knew; repeat for candidates.")
@click.option("--all", "everything", is_flag=True, help="In the table, show also the rules that do not apply.")
@click.option("--now", metavar="ISO", help="In the table, say how long is left at this instant.")
@click.option(
    "--list-facts", is_flag=True, is_eager=True, expose_value=False, callback=_list_facts, help="List what can be stated."
)
def command(source: str, form: str, lang: str, awares: tuple[str, ...], *, everything: bool, now: str | None) -> None:
    """Judge the facts of a file and print the obligations."""
    found = _judged(_sheet(source, awares))
    if form == "table":
        _print_table(found, lang, everything=everything, now=now)
    elif form == "jsonl":
        for each in found:
            click.echo(json.dumps(each.as_json(lang), ensure_ascii=False))
    else:
        click.echo(json.dumps([each.as_json(lang) for each in found], ensure_ascii=False, indent=1))


def _sheet(source: str, awares: tuple[str, ...]) -> Sheet:
    from dataclasses import replace

    from kyumei.duties import sheet

    stated = sheet.parse(_standard_input(), "standard input") if source == "-" else sheet.read(Path(source))
    return replace(stated, awares=sheet.awares_of(list(awares), "--aware")) if awares else stated


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise UserError(f"standard input: {wrong}", hint="give YAML or JSON in UTF-8") from wrong


def _judged(stated: Sheet) -> list[Obligation]:
    from kyumei.duties.judge import judge_all

    return [found for facts in stated.holdings for found in judge_all(facts, stated.awares)]


def _print_table(found: Sequence[Obligation], lang: str, *, everything: bool, now: str | None) -> None:
    """Print what applies, then what is undecided, each with how it was counted and what would change it."""
    at = _instant(now)
    for each in sorted(found, key=lambda o: _ORDER.index(o.verdict)):  # stable: within a verdict the order of the law
        if everything or each.verdict != "does_not":
            head, *details = _block(each, lang, at)
            click.echo("\n    ".join([head, *details]) + "\n")


def _block(found: Obligation, lang: str, now: datetime | None) -> Iterator[str]:
    who = " / ".join(word for word in (found.party, found.dataset) if word)
    yield f"[{_VERDICTS[lang][found.verdict]}] {found.title[lang]}" + (f" — {who}" if who else "")
    yield " · ".join(word for word in (found.id, f"{found.law[lang]} {found.article}".strip(), f"→ {found.to[lang]}") if word)
    if found.aware_reason[lang]:
        yield f"{found.aware} {found.aware_reason[lang]}"
    for label in found.because:
        yield f"{_SAY[lang]['because']}{label[lang]}"
    for deadline in found.deadlines:
        yield from _due(deadline, lang, now)
    if found.undecided_by:
        yield _SAY[lang]["could free" if found.verdict == "applies" else "decided by"] + _labels(found.undecided_by, lang)
    if found.verdict != "applies":
        yield from (note[lang] for note in found.notes)
    if found.basis_level == "memory":
        yield _SAY[lang]["memory"]


def _labels(names: Sequence[str], lang: str) -> str:
    from kyumei.duties.load import shipped

    kinds = [(name, shipped().fact(name)) for name in names]
    labels = [name if kind is None else kind.label[lang] + _key(name, kind.type) for name, kind in kinds]
    return ("、" if lang == "ja" else "; ").join(labels)


def _key(name: str, kind: str) -> str:
    """Return which key of a map is meant."""
    return f" [{name.rsplit('.', 1)[1]}]" if kind == "map" and name.count(".") > 1 else ""


def _due(deadline: Deadline, lang: str, now: datetime | None) -> Iterator[str]:
    name = f"{deadline.name[lang]}: " if deadline.name[lang] else ""
    if not deadline.due:
        yield name + deadline.arithmetic[lang]
        return
    due = datetime.fromisoformat(deadline.due)
    aim = f" ({_SAY[lang]['aim']}{deadline.target[:10]})" if deadline.target else ""
    left = "" if now is None else f" [{_left(due, now, lang)}]"
    yield f"{name}{due:%Y-%m-%d %H:%M} {due:%z}{aim}{left}"
    yield f"  {deadline.arithmetic[lang]}"


def _left(due: datetime, now: datetime, lang: str) -> str:
    """Return the time left in days and hours, or how long it is past."""
    hours = int(abs((due - now).total_seconds()) // 3600)
    days, hours = divmod(hours, 24)
    if lang == "ja":
        return f"{'残り' if due >= now else '超過'} {days}日{hours}時間"
    return f"{days} d {hours} h {'left' if due >= now else 'past'}"


def _instant(text: str | None) -> datetime | None:
    from kyumei.duties.values import instant

    try:
        return None if text is None else instant(text).at
    except ValueError as wrong:
        raise UserError(f"--now is {text}: {wrong}", hint="for example 2024-06-09T10:00+09:00") from wrong
