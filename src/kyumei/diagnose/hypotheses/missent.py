"""A message with personal data went to people outside who should not have got it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from kyumei.diagnose.path import Route, nodes_and_edges
from kyumei.diagnose.registry import hypothesis
from kyumei.diagnose.weigh import Scale
from kyumei.model.hypothesis import Cause, Hypothesis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kyumei.diagnose.view import View
    from kyumei.model.finding import Finding, FindingId

OUT = "mail.personal_data_out"
DISCLOSED = "mail.addresses_disclosed"
RECALLED, DELETED, OPENED = "mail.recall_requested", "mail.deletion_confirmed", "mail.read_receipt"


@hypothesis(Cause.MISSENT)
def weigh(view: View) -> Hypothesis | None:
    """Take the message that was called back, else the most unusual one, and weigh whether it was a mistake."""
    sent = sorted(view.found(OUT), key=lambda f: _rank(view, f))
    if not sent:
        return None
    main = sent[0]
    scale = Scale()
    _for_and_against(view, main, scale)
    _questions(view, main, scale, len(sent) - 1)
    tables = [t for t in view.tables() if t.id in set(main.of("table_id"))]
    route = Route(main.of("account"), main.of("host"), main.of("object"), ("mail",), main.of("destination"), (main,))
    nodes, edges = nodes_and_edges([route])
    return Hypothesis(
        Cause.MISSENT,
        scale.score,
        actors=view.actors(main.of("account")),
        hosts=main.of("host"),
        objects=main.of("object"),
        first=main.start,
        last=main.end,
        window_basis="mail.sent",
        access_means=("own_account",),
        channels=("mail",),
        destinations=main.of("destination"),
        supports=tuple(scale.supports),
        contradicts=tuple(scale.contradicts),
        unanswered=tuple(scale.unanswered),
        exposures=tuple(view.exposures(tables, "taken", "confirmed")),
        nodes=nodes,
        edges=edges,
        facts={"message_id": main.facts.get("message_id"), "sheets": main.facts.get("sheets", [])},
    )


def about(view: View, main: Finding, *rules: str) -> list[Finding]:
    """Return later mail findings that concern this message: by its id, or by the people it went to."""
    message = main.facts.get("message_id")
    people = {d.lower() for d in main.of("destination")}
    return [
        f
        for f in view.found(*rules)
        if (message and f.facts.get("message_id") == message)
        or (
            people & {v.lower() for kind in ("destination", "account") for v in f.of(kind)}
            and (f.start or 0) >= (main.start or 0)
        )
    ]


def _rank(view: View, finding: Finding) -> tuple[int, int, int, FindingId]:
    recalled = bool(about(view, finding, RECALLED))
    return (-recalled, -len(_list(finding, "unusual")), -_records(finding), finding.id)


def _for_and_against(view: View, main: Finding, scale: Scale) -> None:
    who, count = "、".join(main.of("destination")), len(main.of("destination"))
    named, many = ", ".join(main.of("destination")), "" if count == 1 else "s"
    scale.pro(
        0.45,
        f"個人データを含む添付ファイルが組織外の{count}名({who})に送信された",
        f"An attachment with personal data was sent to {count} outside recipient{many} ({named})",
        [main],
    )
    if unusual := [w for u in _list(main, "unusual") if (w := _words().get(str(u)))]:
        ja, en = "、".join(w["ja"] for w in unusual), "; ".join(w["en"] for w in unusual)
        scale.pro(0.5, f"同種の送信と異なる点: {ja}", f"It differs from comparable messages: {en}", [main])
    if len(_sheets(main)) > 1:
        _largest_sheet(main, scale)
    if recalled := about(view, main, RECALLED):
        scale.pro(
            0.6,
            "送信側がその後、誤送信として削除を依頼している",
            "The sending side later asked for deletion, calling it a mistake",
            recalled,
        )
    if odd := [f for f in view.found("login.") if f.level.rank >= 3 and set(f.of("account")) & set(main.of("account"))]:
        scale.con(0.4, "送信者のアカウントに不審なログインがある", "The sender's account shows suspicious logins", odd)


def _largest_sheet(main: Finding, scale: Scale) -> None:
    """Name the sheet that holds most of the records, and whether it is hidden."""
    sheet = max(_sheets(main), key=lambda s: (int(s.get("records") or 0), str(s.get("name"))))
    name, records, hidden = sheet.get("name"), int(sheet.get("records") or 0), bool(sheet.get("hidden"))
    ja = f"添付ブックのシート「{name}」{'(非表示)' if hidden else ''}に {records:,} 行がある"
    en = f"Sheet “{name}”{' (hidden)' if hidden else ''} of the attached workbook has {records:,} rows"
    scale.pro(0.35 if hidden else 0.05, ja, en, [main])


def _sheets(main: Finding) -> list[dict[str, Any]]:
    return [s for s in _list(main, "sheets") if isinstance(s, dict) and s.get("personal", True)]


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    import yaml

    loaded: Mapping[str, Mapping[str, str]] = yaml.safe_load((Path(__file__).parents[1] / "unusual.yaml").read_text("utf-8"))
    return loaded


def _questions(view: View, main: Finding, scale: Scale, others: int) -> None:
    opened = about(view, main, OPENED)
    if not opened:
        scale.ask("受信者が添付ファイルを開いたか", "Did any recipient open the attachment?", [main])
    deleted = {a.lower() for f in about(view, main, DELETED) for a in (*f.of("account"), *f.of("destination"))}
    missing = [d for d in main.of("destination") if d.lower() not in deleted]
    if missing:
        scale.ask(
            f"削除が確認できたか(未確認: {'、'.join(missing)})",
            f"Was deletion confirmed? (not in this evidence: {', '.join(missing)})",
            [main],
        )
    scale.ask("受信者から第三者へ転送されていないか", "Was it passed on by a recipient?", [main])
    if others:
        scale.ask(
            f"個人データを添付した他の外部送信{others}通は意図したものか",
            f"Were the {others} other outgoing messages with personal data intended?",
            view.found(OUT),
        )


def _records(finding: Finding) -> int:
    return int(cast("int", finding.facts.get("records") or 0))


def _list(finding: Finding, key: str) -> list[Any]:
    value = finding.facts.get(key) or []
    return list(value) if isinstance(value, list | tuple) else [value]
