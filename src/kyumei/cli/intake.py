"""The first consultation: ask what happened, warn of harmful steps, list what to preserve, estimate how long it takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kyumei.case.intake.estimate import Estimate
    from kyumei.case.intake.hearing import Question

_SAY: Final = {
    "ja": {
        "start": "初回相談です。分からないことは Enter か「不明」で構いません。",
        "several": "番号をカンマ区切りで",
        "warn": "守ってください",
        "preserve": "保全するもの(上から順に。消えやすいもの順)",
        "days": "日程度で消えます",
        "time": "この機器での所要時間の見積り(実測にもとづく)",
        "slower": "読み取り元の媒体や回線がこれより遅ければ、その分だけ延びます。",
        "copy": "保全",
        "analyse": "解析",
        "next": "次にすること",
        "name": "名前",
    },
    "en": {
        "start": "First consultation. Enter, or `unknown`, is an answer.",
        "several": "numbers, separated by commas",
        "warn": "Please observe",
        "preserve": "What to preserve, the most volatile first",
        "days": "days, then usually gone",
        "time": "How long it will take on this machine (measured just now)",
        "slower": "Where the medium or line it is read from is slower than that, it takes so much longer.",
        "copy": "preservation",
        "analyse": "analysis",
        "next": "Next",
        "name": "NAME",
    },
}


@click.command(help=__doc__)
@click.option(
    "--answers", type=click.Path(path_type=Path, dir_okay=False), help="Answers as YAML or JSON instead of questions."
)
@click.option("--media", multiple=True, metavar="NAME=SIZE", help="Only estimate for these media; repeat.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for intake.json and facts.yaml; made.")
@click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def command(answers: Path | None, media: tuple[str, ...], out: Path | None, lang: str, form: str) -> None:
    """Hold the hearing and print what follows from it."""
    from kyumei.case.intake import hearing

    heard = {"media": _media(media)} if media else _given(answers) if answers else _asked(lang)
    found = _found(heard, out or Path())
    if out is not None:
        _write(out, found, hearing.facts(heard), heard.get("noticed"))
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(_lines(found, lang, out, only_times=bool(media))))


def _media(given: Sequence[str]) -> dict[str, int]:
    from kyumei.case.intake.hearing import parse, questions

    question = next(q for q in questions() if q.kind == "media")
    sizes: dict[str, int] = parse(question, ",".join(given))
    return sizes


def _given(path: Path) -> dict[str, Any]:
    from kyumei.case.intake.hearing import parse, questions
    from kyumei.duties.yamlfile import parse as yaml

    try:
        stated = yaml(path.read_text("utf-8-sig"), str(path))
    except OSError as wrong:
        raise UserError(f"{path}: cannot be read", hint="give a YAML file of answers") from wrong
    if not isinstance(stated, dict):
        raise UserError(f"{path} holds no answers", hint="one answer a line: what: [intrusion]")
    kinds = {question.id: question for question in questions()}
    if odd := sorted(set(stated) - set(kinds)):
        raise UserError(f"{path}: {odd[0]} is no question", hint=f"the questions are {', '.join(kinds)}")
    return {name: parse(kinds[name], _text(value)) for name, value in stated.items()}


def _text(value: object) -> str:
    """Return an answer of YAML as a person would type it."""
    if isinstance(value, bool):
        return "y" if value else "n"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"  # an empty list is an answer: none of these
    if isinstance(value, dict):
        return ", ".join(f"{name}={size}" for name, size in value.items())
    return "" if value is None else str(value)


def _asked(lang: str) -> dict[str, Any]:
    from kyumei.case.intake.hearing import questions

    click.echo(_SAY[lang]["start"], err=True)
    return {question.id: _ask(question, lang) for question in questions()}


def _ask(question: Question, lang: str) -> Any:
    """Ask until the answer can be understood."""
    from kyumei.case.intake.hearing import parse

    lines = [f"\n{question.ask[lang]}"]
    lines += [f"  {n} {words[lang]}" for n, (_, words) in enumerate(question.options, 1)]
    click.echo("\n".join(lines), err=True)
    mark = {"yesno": "y/n/?", "many": _SAY[lang]["several"]}.get(question.kind, "")
    while True:
        try:
            return parse(question, click.prompt(mark, default="", show_default=False, err=True, prompt_suffix="> "))
        except UserError as wrong:
            click.echo(f"{wrong} ({wrong.hint})", err=True)


def _found(heard: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    from kyumei.case.intake import estimate, hearing

    media = heard.get("media") or {}
    where = folder if folder.is_dir() else Path()
    speed = estimate.measure(where) if media else None
    return {
        "schema": "kyumei.intake/1",
        "answers": dict(heard),
        "warnings": [{"id": name, "text": dict(words)} for name, words in hearing.warnings(heard)],
        "preserve": [dict(row) for row in hearing.to_preserve(heard)],
        "facts": hearing.facts(heard),
        "throughput": None
        if speed is None
        else {"preserve": int(speed.preserve), "read": int(speed.read), "workers": speed.workers},
        "estimates": [] if speed is None else [_estimate(e) for e in estimate.estimates(media, speed)],
    }


def _estimate(found: Estimate) -> dict[str, Any]:
    return {"name": found.name, "bytes": found.bytes, "preserve_s": list(found.preserve), "analyse_s": list(found.analyse)}


def _write(out: Path, found: Mapping[str, Any], facts: Mapping[str, Any], aware: object) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "intake.json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    stated = dict(facts) | ({} if aware is None else {"t.aware": aware})
    (out / "facts.yaml").write_text(json.dumps(stated, ensure_ascii=False, indent=1) + "\n", "utf-8")  # JSON is YAML


def _lines(found: Mapping[str, Any], lang: str, out: Path | None, *, only_times: bool) -> Iterator[str]:
    say = _SAY[lang]
    if not only_times:
        yield f"■ {say['warn']}"
        yield from (f"  ! {warning['text'][lang]}" for warning in found["warnings"])
        yield f"\n■ {say['preserve']}"
        for number, row in enumerate(found["preserve"], 1):
            yield f"  {number:>2}. {row[lang]}" + (f" [{row['days']} {say['days']}]" if "days" in row else "")
    if found["estimates"]:
        yield f"\n■ {say['time']}"
        for row in found["estimates"]:
            spans = [
                f"{say[word]} {_span(row[f'{key}_s'], lang)}" for word, key in (("copy", "preserve"), ("analyse", "analyse"))
            ]
            yield f"  {row['name']} ({row['bytes'] / 1e9:.1f} GB): " + ", ".join(spans)
    if not only_times:
        yield f"\n■ {say['next']}"
        aware = found["answers"].get("noticed") or "YYYY-MM-DD"
        given = f" --facts {out / 'facts.yaml'}" if out is not None else ""
        yield f"  kyumei triage EVIDENCE --case CASE --aware {aware}{given}"
        if out is not None:
            yield f"  kyumei facts hearing {out / 'intake.json'} --case CASE --by {say['name']}"


def _span(seconds: Sequence[int], lang: str) -> str:
    low, high = (_duration(s, lang) for s in seconds)
    return low if low == high else f"{low}–{high}"


def _duration(seconds: int, lang: str) -> str:
    units = {"ja": ("秒", "分", "時間", "日"), "en": (" s", " min", " h", " d")}[lang]
    for unit, size in ((3, 172_800), (2, 7_200), (1, 120)):
        if seconds >= size:
            return f"{round(seconds / (86_400, 3_600, 60)[3 - unit])}{units[unit]}"
    return f"{max(1, seconds)}{units[0]}"
