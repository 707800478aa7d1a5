"""Somebody with rightful access took data out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.diagnose.hypotheses.missent import OUT, RECALLED, about
from kyumei.diagnose.path import Route, nodes_and_edges
from kyumei.diagnose.reach import accessed_tables
from kyumei.diagnose.registry import hypothesis
from kyumei.diagnose.view import folded
from kyumei.diagnose.weigh import Scale
from kyumei.model.hypothesis import Cause, Hypothesis

if TYPE_CHECKING:
    from kyumei.diagnose.view import View
    from kyumei.model.finding import Finding

READING: Final = ("file.bulk_read", "data.bulk_read")
DEVICE: Final = "device.removable"
LOGIN: Final = "login.new_source"
WEAK: Final = 0.15
"""Sending mail and logging in from a new place are what staff do; alone they hardly speak for a take-out."""
MEDIUM: Final = 2


@hypothesis(Cause.TAKEOUT)
def weigh(view: View) -> Hypothesis | None:
    """Take the account with the most bulk reading, devices and mails that carry data out."""
    by_account: dict[str, list[Finding]] = {}
    for finding in view.found(*READING, DEVICE, OUT, LOGIN):
        if finding.level.rank >= MEDIUM:
            for account in finding.of("account"):
                by_account.setdefault(folded(account), []).append(finding)
    if not by_account:
        return None
    best = max((_weighed(view, a, f) for a, f in sorted(by_account.items())), key=lambda h: h.score)
    return best if best.score > 0 else None


def _weighed(view: View, account: str, findings: list[Finding]) -> Hypothesis:
    scale = Scale()
    _for(view, account, findings, scale)
    _against(view, account, findings, scale)
    objects = sorted({o for f in findings for o in f.of("object")})
    tables = accessed_tables(view, objects)
    attached = {t for f in findings for t in f.of("table_id")}
    tables += [t for t in view.tables() if t.id in attached and t.id not in {x.id for x in tables}]
    channels = sorted({"usb" for f in findings if f.rule == DEVICE} | {"mail" for f in findings if f.rule == OUT})
    destinations = sorted({d for f in findings for kind in ("device", "destination") for d in f.of(kind)})
    hosts = sorted({h for f in findings for h in f.of("host")})
    spelt = sorted({a for f in findings for a in f.of("account") if folded(a) == account})
    nodes, edges = nodes_and_edges([Route(spelt, hosts, objects, channels, destinations, findings)])
    times = [t for f in findings for t in (f.start, f.end) if t is not None]
    taken = bool(channels) and scale.score >= 0.4
    return Hypothesis(
        Cause.TAKEOUT,
        scale.score,
        actors=view.actors(spelt),
        hosts=tuple(hosts),
        objects=tuple(objects),
        first=min(times, default=None),
        last=max(times, default=None),
        window_basis="bulk_read" if any(f.rule in READING for f in findings) else "mail.sent" if "mail" in channels else "",
        access_means=("own_account",),
        channels=tuple(channels),
        destinations=tuple(destinations),
        supports=tuple(scale.supports),
        contradicts=tuple(scale.contradicts),
        unanswered=tuple(scale.unanswered),
        exposures=tuple(view.exposures(tables, "taken" if taken else "accessed", "suspected")),
        nodes=nodes,
        edges=edges,
    )


def _for(view: View, account: str, findings: list[Finding], scale: Scale) -> None:
    for finding in findings:
        strength = WEAK if finding.rule in {OUT, LOGIN} else 0.35
        scale.pro(strength, finding.title["ja"], finding.title["en"], [finding])
    for finding in view.found("login.off_hours"):
        if account in {folded(a) for a in finding.of("account")}:
            scale.pro(0.15, finding.title["ja"], finding.title["en"], [finding])
    leaver = view.person(account)
    if leaver is not None and leaver.left:
        scale.pro(0.2, f"名簿に退職(予定)日がある({leaver.left})", f"The roster has a leaving date ({leaver.left})", findings)
    scale.ask("持ち出しの意図があったか(本人への確認)", "Was it done on purpose? (ask the person)", findings)


def _against(view: View, account: str, findings: list[Finding], scale: Scale) -> None:
    mails = [f for f in findings if f.rule == OUT]
    if mails and len(mails) == len(findings):
        scale.con(
            0.5, "通常の業務の宛先・経路で送られている", "It went by the ordinary business channel, under the own name", mails
        )
    recalled = [r for m in mails for r in about(view, m, RECALLED)]
    if recalled:
        scale.con(
            0.7,
            "送信側が自ら誤送信を申告し削除を依頼している",
            "The sending side itself reported it and asked for deletion",
            recalled,
        )
    attacked = [f for f in view.found("web.attack") if f.facts.get("succeeded") and f.level.rank >= MEDIUM]
    read = [f for f in findings if f.rule == "data.bulk_read"]
    if any((a.start or 0) <= (r.start or 0) for a in attacked for r in read):
        scale.con(
            0.5,
            "その前に Web への攻撃が成功応答を受けており、アプリケーションのアカウントが外部から使われた疑いがある",
            "A web attack had been answered before: an outsider may have used the application's account",
            [*attacked, *read],
        )
    stolen = [
        f
        for f in view.found("login.new_source", "login.success_after_burst")
        if f.level.rank >= 3 and account in {folded(a) for a in f.of("account")}
    ]
    if stolen:
        scale.con(0.6, "このアカウントは外部から使われた疑いがある", "This account may have been used by an outsider", stolen)
