"""Plan measures against recurrence, tied to the cause, and look again on new evidence whether they hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kyumei.errors import UserError
from kyumei.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_CASE: Final = click.option("--case", required=True, type=click.Path(path_type=Path, file_okay=False), help="Case folder.")
_LANG: Final = click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
_FORM: Final = click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
_WORDS: Final = {
    "ja": {
        "technical": "技術的対策",
        "organisational": "組織的対策",
        "training": "教育",
        "proposed": "提案",
        "planned": "予定",
        "doing": "実施中",
        "done": "完了",
        "rejected": "見送り",
        "it": "情報システム",
        "hr": "人事",
        "legal": "法務",
        "management": "経営",
        "why": "理由",
        "how": "設定",
        "by": "根拠となる指針",
        "due": "期限(目標)",
        "again": "再確認できる",
        "cause": "原因",
        "channel": "経路",
        "means": "手段",
        "rule": "検知",
        "role": "立場",
        "always": "個人データの漏えい全般",
        "met": "満たしている",
        "not_met": "満たしていない",
        "not_shown": "この証拠では分からない",
    },
    "en": {
        "technical": "Technical",
        "organisational": "Organisational",
        "training": "Training",
        "proposed": "proposed",
        "planned": "planned",
        "doing": "under way",
        "done": "done",
        "rejected": "rejected",
        "it": "IT",
        "hr": "HR",
        "legal": "legal",
        "management": "management",
        "why": "because of",
        "how": "how",
        "by": "guidance",
        "due": "due (target)",
        "again": "can be looked at again",
        "cause": "cause",
        "channel": "channel",
        "means": "means",
        "rule": "finding",
        "role": "role",
        "always": "any leak of personal data",
        "met": "met",
        "not_met": "not met",
        "not_shown": "not shown by this evidence",
    },
}
_KINDS: Final = ("technical", "organisational", "training")


@click.group()
def command() -> None:
    """Plan measures against recurrence and look again whether they hold."""


@command.command("list")
@_CASE
@_LANG
@_FORM
def list_(case: Path, lang: str, form: str) -> None:
    """List the measures that the diagnosis calls for, with reason, guidance, owner, date and state."""
    from kyumei.case import judging

    rows, findings = _plan(case), judging.diagnosis(case).get("findings", ())
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for kind in _KINDS:
        of_kind = [row for row in rows if row["kind"] == kind]
        if of_kind:
            click.echo(f"■ {_WORDS[lang][kind]}")
            for row in of_kind:
                click.echo("\n    ".join(visible(line) for line in _lines(row, lang, findings)))
            click.echo("")


@command.command("set")
@click.argument("measure")
@_CASE
@click.option("--by", required=True, help="Who changes it.")
@click.option("--owner", default="", help="Who does it.")
@click.option("--due", default="", help="ISO date.")
@click.option("--state", default="", type=click.Choice(["", "proposed", "planned", "doing", "done", "rejected"]))
@click.option("--note", default="")
def set_(measure: str, case: Path, by: str, **said: str) -> None:
    """Take over MEASURE, set its date, or say how far it is; recorded with who and when."""
    from kyumei.case import clock
    from kyumei.case.plan import change

    row = next((row for row in _plan(case) if row["id"] == measure), None)
    if row is None:
        raise UserError(f"{measure} is no measure of this plan", hint="kyumei prevention list --case DIR")
    entry = change(case, row, said, who=by, at=clock.now())
    click.echo(f"{entry.measure}: {entry.state}, {entry.owner}, {entry.due}")


@command.command()
@_CASE
@click.option("--new", required=True, type=click.Path(path_type=Path, file_okay=False), help="Case with newer evidence.")
@click.option("--since", default="", metavar="ISO", help="From when measures should hold; else when each was set to done.")
@click.option("--by", default="", help="Who looks; with it the result is kept in the case and printed in the plan.")
@_LANG
@_FORM
def check(case: Path, lang: str, form: str, **said: Any) -> int:
    """Look at newer evidence whether each measure holds; exit 5 when one does not."""
    from kyumei.case import checks, clock, judging, plan

    found = plan.checked(_plan(case), judging.diagnosis(case), said["new"], said["since"])
    if said["by"]:
        checks.keep(case, found, said["new"], who=said["by"], at=clock.now())
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for row in found:
            click.echo(f"[{_WORDS[lang][row['state']]}] {row['title'][lang]}\n    {visible(row['text'][lang])}")
    return 5 if any(row["state"] == "not_met" for row in found) else 0


def _plan(case: Path) -> list[dict[str, Any]]:
    from kyumei.case import clock, judging, plan

    return plan.plan(case, judging.diagnosis(case), today=clock.now())


def _lines(row: Mapping[str, Any], lang: str, findings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    words = _WORDS[lang]
    again = f" ({words['again']})" if row["checkable"] else ""
    yield f"  [{words[row['state']]}] {row['title'][lang]}{again}"
    yield f"{row['id']} · {words.get(row['owner'], row['owner'])} · {words['due']} {row['due']}"
    yield f"{words['why']}: " + ("、" if lang == "ja" else "; ").join(dict.fromkeys(_reasons(row["reasons"], lang, findings)))
    yield f"{words['how']}: {row['how'][lang]}"
    yield f"{words['by']}: " + ", ".join(g[lang] for g in row["guidance"])
    if row["note"]:
        yield row["note"]


def _reasons(reasons: Sequence[Mapping[str, Any]], lang: str, findings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    from kyumei.reports.documents.prevention_plan import rule_title
    from kyumei.reports.words.lookup import Words

    words = Words("en" if lang == "en" else "ja")
    for reason in reasons:
        value = words.way(reason["value"]) if reason["kind"] in ("channel", "means") else words.term("cause", reason["value"])
        value = rule_title(reason, findings, words) if reason["kind"] == "rule" else value
        cited = f"[{', '.join(reason['findings'][:3])}]" if reason["findings"] else ""
        yield " ".join(part for part in (_WORDS[lang][reason["kind"]], value, cited) if part)
