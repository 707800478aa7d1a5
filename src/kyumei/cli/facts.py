"""Answer what the law still needs to know: questions, answers with who and when, and what changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kyumei.cli.common.verdicts import VERDICTS
from kyumei.errors import UserError
from kyumei.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kyumei.model.obligation import Obligation
    from kyumei.reports.words.lookup import Lang

_CASE: Final = click.option("--case", required=True, type=click.Path(path_type=Path, file_okay=False), help="Case folder.")
_LANG: Final = click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
_SAY: Final = {
    "ja": {
        "decides": "これで決まる義務",
        "frees": "これで免除され得る義務",
        "set": "答え方",
        "none of them": "いずれも当てはまらない",
        "parties": "者",
        "unchanged": "判定は変わりません。",
        "none": "法の判定に要る問いは残っていません。",
        "asked in": "載る文書",
        "text": "文",
        "blanks": "文書の空欄が {n} あります: kyumei facts questions --documents --case {case}",
        "full": "文書に空欄はありません。",
        "recorded": "記録しました",
    },
    "en": {
        "decides": "decides",
        "frees": "could free from",
        "set": "to answer",
        "none of them": "none of these",
        "parties": "parties",
        "unchanged": "No verdict changes.",
        "no one": "none of these",
        "none": "The law has nothing left to ask.",
        "asked in": "stands in",
        "text": "TEXT",
        "blanks": "{n} places of the documents are blank: kyumei facts questions --documents --case {case}",
        "full": "No place of the documents is blank.",
        "recorded": "recorded",
    },
}


@click.group()
def command() -> None:
    """Answer what the law still needs to know about a case."""


@command.command()
@_CASE
@_LANG
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--documents", is_flag=True, help="Ask for what the documents of the case still leave blank.")
@click.option("--only", default="", metavar="NAME,…", help="With --documents: only what these reports ask for.")
def questions(case: Path, lang: Lang, form: str, only: str, *, documents: bool) -> None:
    """Ask for the facts that would decide a verdict or could still free from a duty, the most weighty first."""
    if documents:
        _blanks(case, tuple(only.replace(",", " ").split()), lang, form)
        return
    from kyumei.case.blanks import blanks
    from kyumei.case.judging import of_case
    from kyumei.duties.questions import questions as asked

    found = asked(of_case(case))
    if form == "json":
        click.echo(json.dumps([question.as_json() for question in found], ensure_ascii=False, indent=1))
        return
    for number, question in enumerate(found, 1):
        click.echo(f"{number}. {question.text[lang]}")
        for word, titles in (("decides", question.decides), ("frees", question.frees)):
            if titles:
                click.echo(f"   {_SAY[lang][word]}: " + "、".join(visible(title[lang]) for title in titles))
        for name, label in question.options:
            click.echo(f"     {name} = {label[lang]}")
        if question.options:
            click.echo(f"     [] = {_SAY[lang]['none of them']}")
        click.echo(f"   {_SAY[lang]['set']}: kyumei facts set {question.fact} {question.values} --case {case} --by NAME\n")
    if not found:
        click.echo(_SAY[lang]["none"])
    if missing := blanks(case, (), lang):
        click.echo(_SAY[lang]["blanks"].format(n=len(missing), case=case))


def _blanks(case: Path, names: Sequence[str], lang: Lang, form: str) -> None:
    """Print the entries that documents still ask for, each with where it stands and how it is answered."""
    from kyumei.case.blanks import blanks
    from kyumei.reports.matter import choices, labels

    say, found = _SAY[lang], blanks(case, names, lang)
    if form == "json":
        rows = [
            {
                "entry": key,
                "label": dict(labels()[key]),
                "choices": {i: dict(n) for i, n in choices(key).items()},
                "documents": of,
            }
            for key, of in found.items()
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for number, (key, of) in enumerate(found.items(), 1):
        click.echo(f"{number}. {labels()[key][lang]}\n   {say['asked in']}: {', '.join(of)}")
        for id_, name in choices(key).items():
            click.echo(f"     {id_} = {name[lang]}")
        value = "|".join(choices(key)) or f"'{say['text']}'"
        click.echo(f"   {say['set']}: kyumei facts set {key} {value} --case {case} --by NAME\n")
    if not found:
        click.echo(say["full"])


@command.command("set")
@click.argument("fact")
@click.argument("value")
@_CASE
@click.option("--by", required=True, help="The person who answers.")
@click.option("--note", default="", help="What the answer rests on.")
@click.option("--suspected", is_flag=True, help="It may be so: counts for a duty, never against one.")
@click.option("--party", default="", help="Only for holdings of this party.")
@click.option("--dataset", default="", help="Only for this data set.")
@_LANG
def set_(fact: str, value: str, case: Path, lang: Lang, **said: Any) -> None:
    """Record that FACT is VALUE (`true`, `false`, a number, a date, `[a, b]`, or `unknown` to withdraw) and judge anew.

    FACT may also be what a document leaves blank (`contact.phone`, or `contact.hours.en` for English only); VALUE is then
    its text.
    """
    from kyumei.case import answers, clock, judging
    from kyumei.case.rejudge import rejudge
    from kyumei.reports.matter import chosen, labels, plain_key

    before = judging.of_case(case)
    now = clock.now()
    name, stated = _checked(fact, value)
    answer = answers.Answer(
        at=now.isoformat(timespec="seconds"),
        who=said["by"],
        fact=name,
        value=stated,
        status="suspected" if said["suspected"] else "confirmed",
        note=said["note"],
        party=said["party"],
        dataset=said["dataset"],
    )
    answers.record(case, answer, at=now)
    rejudge(case, who=said["by"])
    if plain_key(name) in labels():
        click.echo(visible(f"{_SAY[lang]['recorded']}: {labels()[plain_key(name)][lang]} = {chosen(name, stated, lang)[1]}"))
        return
    for line in _changes(before, judging.of_case(case), lang):
        click.echo(visible(line))


@command.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_CASE
@click.option("--by", required=True, help="The person who answered in the hearing.")
@_LANG
def hearing(file: Path, case: Path, by: str, lang: Lang) -> None:
    """Record what a hearing (`intake.json`) says for the documents; what was answered or entered before stays."""
    from kyumei.case import answers, clock
    from kyumei.case.intake import hearing as held
    from kyumei.case.rejudge import rejudge
    from kyumei.reports.matter import labels

    known = {answer.fact for answer in answers.current(answers.read(case))}
    heard, now = _heard(file), clock.now()
    found = {key: text for key, text in held.entries(heard, lang).items() if key not in known}
    for key, text in found.items():
        answers.record(case, answers.Answer(now.isoformat(timespec="seconds"), by, key, text, note=file.name), at=now)
        click.echo(visible(f"{_SAY[lang]['recorded']}: {labels()[key][lang]} = {text}"))
    if found:
        rejudge(case, who=by)


def _heard(file: Path) -> dict[str, Any]:
    """Return the answers of a hearing.

    Raises:
        UserError: the file holds none.
    """
    try:
        found: dict[str, Any] = json.loads(file.read_text("utf-8"))["answers"]
        found.items()
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise UserError(f"{file} holds no hearing", hint="kyumei intake --out DIR writes intake.json") from wrong
    return found


@command.command("list")
@_CASE
@click.option("--history", is_flag=True, help="Every answer ever given, in order, instead of what holds now.")
def list_(case: Path, *, history: bool) -> None:
    """List what evidence decided and what people answered, as JSON lines."""
    from dataclasses import asdict

    from kyumei.case import answers, judging

    found = answers.read(case)
    if not history:
        for name, value in judging.known_facts(judging.diagnosis(case)).items():
            click.echo(json.dumps({"fact": name, "value": value, "from": "evidence"}, ensure_ascii=False))
        found = answers.current(found)
    for answer in found:
        click.echo(json.dumps({**asdict(answer), "from": "answer"}, ensure_ascii=False))


def _checked(fact: str, value: str) -> tuple[str, Any]:
    """Return the fact's full name and the value as JSON, if a sheet of facts may state it.

    Raises:
        UserError: no fact is called so, or it cannot have that value.
    """
    from kyumei.duties import sheet, yamlfile
    from kyumei.duties.load import shipped
    from kyumei.reports.matter import labels, plain_key

    if plain_key(fact) in labels():
        return fact, _chosen(fact, value)
    stated = yamlfile.parse(value, "VALUE")
    name = shipped().shorthands.get(fact, fact)
    if name == "t.aware":
        sheet.awares_of(stated, fact)
    else:
        sheet.facts({name: stated}, "facts set")
    if stated is None:
        raise UserError(f"{fact} has no value", hint="write unknown to withdraw an answer")
    return name, json.loads(json.dumps(stated, default=str))


def _chosen(entry: str, value: str) -> str:
    """Return the text of an entry; of a choice the id, where it chooses one.

    Raises:
        UserError: there is no text, or nothing of that name can be chosen.
    """
    from kyumei.case.answers import UNKNOWN
    from kyumei.reports.matter import choices, chosen

    text = value.strip()
    if not text:
        raise UserError(f"{entry} has no value", hint="write unknown to withdraw an answer")
    id_ = chosen(entry, text, "ja")[0]
    if choices(entry) and not id_ and text != UNKNOWN:
        raise UserError(f"{entry} cannot be {text}", hint=f"choose one of {', '.join(choices(entry))}")
    return id_ or text


def _changes(before: Sequence[Obligation], after: Sequence[Obligation], lang: str) -> Iterator[str]:
    """Yield one line for each change of verdict or due day, with the number of holdings and instants it holds for."""
    were = {_key(o): o for o in before}
    changed: dict[tuple[str, str, str, str], list[str]] = {}
    for found in after:
        was = were.get(_key(found))
        if was is None or (was.verdict, was.due) != (found.verdict, found.due):
            due = found.due[:10] if found.verdict != "does_not" else ""
            old = str(was.verdict) if was is not None else ""
            if was is None and found.verdict == "does_not":
                continue
            title = found.title[lang] if found.id.startswith("jp.") else f"{found.law[lang]}: {found.title[lang]}"
            changed.setdefault((title, old, found.verdict, due), []).append(found.party)
    words = VERDICTS[lang]
    for (title, former, new, due), parties in changed.items():
        who = parties[0] if len(set(parties)) == 1 else f"{len(set(parties))} {_SAY[lang]['parties']}"
        about = f"{title} ({who})" if who else title
        yield " ".join(part for part in (f"{about}: {words.get(former, '-')} → {words[new]}", due) if part)
    if not changed:
        yield _SAY[lang]["unchanged"]


def _key(found: Obligation) -> tuple[str, str, str, str, str]:
    return (found.id, found.to["ja"], found.party, found.dataset, found.aware)
