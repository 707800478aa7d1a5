"""Say which legal duties follow from the facts, to whom, and by when."""

from __future__ import annotations

import json
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

import click

from kyumei.case import clock
from kyumei.cli.common.verdicts import VERDICTS
from kyumei.errors import UserError
from kyumei.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kyumei.duties.sheet import Sheet

    Row = Mapping[str, Any]
    """An obligation as JSON: the words in one language, title and arithmetic in both."""

_SAY: Final = {
    "ja": {
        "aware": "知った時: ",
        "because": "理由: ",
        "decided by": "決め手となる事実: ",
        "could free": "明らかになれば免除され得る事実: ",
        "aim": "目標 ",
        "memory": "根拠は未確認(専門家の確認が必要)",
        "done": "済",
        "receipt": "提出 {on} → {to} 受付番号 {receipt}({by})",
    },
    "en": {
        "aware": "aware: ",
        "because": "because: ",
        "decided by": "would decide it: ",
        "could free": "could still free from it: ",
        "aim": "aim for ",
        "memory": "basis not checked: ask counsel",
        "done": "done",
        "receipt": "filed {on} → {to}, receipt {receipt} ({by})",
    },
}
_ORDER: Final = ("applies", "undecided", "does_not")


class _Options(TypedDict):
    source: str | None
    case: Path | None
    form: str
    lang: str
    awares: tuple[str, ...]
    everything: bool
    now: str | None
    within: str | None


def _list_facts(ctx: click.Context, param: click.Parameter, value: object) -> None:  # noqa: ARG001  # Click's signature
    """Print every fact with its type and label, then the shorthands, and stop."""
    if value:
        from kyumei.duties.sheet import listing

        click.echo(listing())
        ctx.exit()


@click.command(help=__doc__)
@click.option("--facts", "source", metavar="FILE", help="Facts as YAML or JSON; - for standard input.")
@click.option("--case", type=click.Path(path_type=Path), metavar="DIR", help="Instead: the obligations of a diagnosed case.")
@click.option("--format", "form", type=click.Choice(["json", "jsonl", "table", "ics"]), default="json", show_default=True)
@click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
@click.option("--aware", "awares", metavar="ISO", multiple=True, help="When the organisation knew; repeat for candidates.")
@click.option("--all", "everything", is_flag=True, help="In the table, show also the rules that do not apply.")
@click.option("--now", metavar="ISO", help="In the table, say how long is left at this instant; with --case, now.")
@click.option(
    "--fail-within",
    "within",
    metavar="SPAN",
    help="Exit 5 if what applies is due within the span (48h, 3d) or past; for monitoring.",
)
@click.option(
    "--list-facts", is_flag=True, is_eager=True, expose_value=False, callback=_list_facts, help="List what can be stated."
)
def command(**options: Unpack[_Options]) -> int:
    """Judge the facts of a file, or the case with all that was answered so far, and print the obligations."""
    lang, rows = options["lang"], _rows(options)
    now = _instant(options["now"]) or (clock.now() if options["case"] or options["within"] else None)
    if options["form"] == "table":
        _show(rows, options, now)
    elif options["form"] == "ics":
        from kyumei.duties.calendar_file import ics

        click.echo(ics(rows, lang, now or clock.now()), nl=False)
    elif options["form"] == "jsonl":
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
    else:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    return 5 if options["within"] and now and _is_due(rows, now + _span(options["within"])) else 0


def _show(rows: Sequence[Row], options: _Options, now: datetime | None) -> None:
    for row in sorted(rows, key=_urgency):  # stable: what is due at the same instant stays in the order of the law
        if options["everything"] or row["verdict"] != "does_not":
            click.echo("\n    ".join(visible(line) for line in _block(row, options["lang"], now)) + "\n")


def _urgency(row: Row) -> tuple[int, bool, float]:
    """Return what comes first: what applies, what is not done, what is due soonest; without a date last."""
    dues = [datetime.fromisoformat(d["due"]).timestamp() for d in row["deadlines"] if d["due"] and not d.get("done")]
    return _ORDER.index(row["verdict"]), bool(row.get("done")), min(dues, default=float("inf"))


def _is_due(rows: Sequence[Row], until: datetime) -> bool:
    """Return whether an obligation that applies, and for which nothing was filed, has a due instant up to that one."""
    dues = (d["due"] for row in rows if row["verdict"] == "applies" for d in row["deadlines"] if d["due"] and not d.get("done"))
    return any(datetime.fromisoformat(due) <= until for due in dues)


def _span(text: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,4})([hd])", text.strip())
    if match is None:
        raise UserError(f"--fail-within is {text}", hint="write hours or days: 48h, 3d")
    return timedelta(hours=int(match[1]) * (24 if match[2] == "d" else 1))


def _rows(options: _Options) -> Sequence[Row]:
    source, case = options["source"], options["case"]
    if (source is None) == (case is None):
        raise UserError("give either --facts or --case", hint="kyumei duties --facts FILE; --list-facts shows what to state")
    if source is not None:
        return _judged(_sheet(source, options["awares"]), options["lang"])
    if options["awares"]:
        raise UserError("--aware goes with --facts", hint="kyumei triage … --aware judges the case anew")
    from kyumei.case import filings
    from kyumei.case.judging import of_case

    folder = case or Path()
    return _merged(filings.rows(folder, of_case(folder), options["lang"]))


def _merged(rows: Sequence[Row]) -> list[Row]:
    """Return what is to be done once for several data sets or clients as one row, their names joined.

    Same rule, addressee, awareness, verdict, reasons and due instants: then it is one report, not one for each.
    """
    groups: dict[str, list[Row]] = {}
    for row in rows:
        same = {k: v for k, v in row.items() if k not in ("party", "dataset")}
        own = row["party"] if row["role"] == "controller" else ""
        groups.setdefault(json.dumps([own, same], sort_keys=True), []).append(row)
    return [{**group[0], **{k: _names(row[k] for row in group) for k in ("party", "dataset")}} for group in groups.values()]


def _names(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(name for name in names if name))


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


def _judged(stated: Sheet, lang: str) -> Sequence[Row]:
    from kyumei.duties.judge import judge_all

    return [found.as_json(lang) for facts in stated.holdings for found in judge_all(facts, stated.awares)]


def _block(row: Row, lang: str, now: datetime | None) -> Iterator[str]:
    """Return the lines about one obligation: what, to whom, why, by when and how that was counted, what would change it."""
    say, verdict = _SAY[lang], row["verdict"]
    who = " / ".join(_few(word, lang) for word in (row["party"], row["dataset"]) if word)
    told = say["done"] if row.get("done") else VERDICTS[lang][verdict]
    yield f"[{told}] {row['title'][lang]}" + (f" — {who}" if who else "")
    yield f"{row['id']} · {row['law']} {row['article']}".strip() + f" · → {row['to']}"
    if row["aware"]:
        yield f"{say['aware']}{row['aware']} {row['aware_reason']}".strip()
    yield from (f"{say['because']}{label}" for label in row["because"])
    for deadline in row["deadlines"]:
        yield from _due(deadline, lang, now)
    if row["undecided_by"]:
        yield say["could free" if verdict == "applies" else "decided by"] + _labels(row["undecided_by"], lang)
    if verdict != "applies":
        yield from row["notes"]
    if row["basis_level"] == "memory":
        yield say["memory"]


def _few(names: str, lang: str) -> str:
    """Return the first three of many names and how many more there are; JSON holds them all."""
    listed = names.split(", ")
    more = f" ほか{len(listed) - 3}" if lang == "ja" else f" and {len(listed) - 3} more"
    return names if len(listed) <= 4 else ", ".join(listed[:3]) + more


def _labels(names: Sequence[str], lang: str) -> str:
    from kyumei.duties.load import shipped

    kinds = [(name, shipped().fact(name)) for name in names]
    labels = [name if kind is None else kind.label[lang] + _key(name, kind.type) for name, kind in kinds]
    return ("、" if lang == "ja" else "; ").join(labels)


def _key(name: str, kind: str) -> str:
    """Return which key of a map is meant."""
    return f" [{name.rsplit('.', 1)[1]}]" if kind == "map" and name.count(".") > 1 else ""


def _due(deadline: Row, lang: str, now: datetime | None) -> Iterator[str]:
    name = f"{deadline['name']}: " if deadline["name"] else ""
    if filed := deadline.get("done"):
        yield name + _SAY[lang]["receipt"].format(**{key: value or "-" for key, value in filed.items()})
    if deadline["due"] is None:
        yield name + deadline["arithmetic"][lang]
        return
    due = datetime.fromisoformat(deadline["due"])
    aim = f" ({_SAY[lang]['aim']}{deadline['target'][:10]})" if deadline["target"] else ""
    left = "" if now is None or deadline.get("done") else f" [{_left(due, now, lang)}]"
    yield f"{name}{due:%Y-%m-%d %H:%M} {due:%z}{aim}{left}"
    yield f"  {deadline['arithmetic'][lang]}"


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
