"""Somebody from outside came in with stolen or guessed credentials, or through a hole, and reached data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.diagnose.intruder import is_inside, trace
from kyumei.diagnose.path import Route, nodes_and_edges
from kyumei.diagnose.reach import accessed_tables, exposed_tables, is_pipe
from kyumei.diagnose.registry import hypothesis
from kyumei.diagnose.weigh import Scale
from kyumei.model.hypothesis import Cause, Hypothesis

if TYPE_CHECKING:
    from kyumei.diagnose.intruder import Intruder
    from kyumei.diagnose.view import View
    from kyumei.model.finding import Finding
    from kyumei.model.hypothesis import Exposure

ENTRY: Final = ("login.new_source", "login.success_after_burst")
INSIDE: Final = ("login.lateral", "share.reached", "file.flagged_read")
GRAVE: Final = 3
MEDIUM: Final = 2


@hypothesis(Cause.INTRUSION)
def weigh(view: View) -> Hypothesis | None:
    """Take the grave findings on logins from outside as the entry, and follow them to the data."""
    entries = [f for f in view.found(*ENTRY) if f.level.rank >= MEDIUM and _outside(f)]
    if not entries:
        return None
    grave = [f for f in entries if f.level.rank >= GRAVE] or entries
    intruder = trace(view, [*grave, *_of_same_accounts(view, grave)])
    scale = Scale()
    _for_and_against(view, grave, intruder, scale)
    exposures = _exposures(view, intruder, scale)
    objects = sorted(intruder.reads or (s for s in intruder.shares if not is_pipe(s)))
    channels = tuple(sorted({str(f.facts.get("channel") or "login") for f in grave}))
    accounts = [a.account for a in view.actors(intruder.accounts)]
    route = Route(accounts, sorted(intruder.hosts), objects, (), (), grave)
    entry = Route(sorted(intruder.addresses), sorted(intruder.hosts), (), (), (), grave)
    nodes, edges = nodes_and_edges([route, entry])
    return Hypothesis(
        Cause.INTRUSION,
        scale.score,
        actors=view.actors(intruder.accounts),
        hosts=tuple(sorted(intruder.hosts)),
        objects=tuple(objects),
        first=intruder.first,
        last=intruder.last,
        window_basis="login.first_suspicious",
        access_means=(*channels, "stolen_credentials"),
        channels=channels if intruder.reads else (),
        supports=tuple(scale.supports),
        contradicts=tuple(scale.contradicts),
        unanswered=tuple(scale.unanswered),
        exposures=exposures,
        nodes=nodes,
        edges=edges,
        facts={
            "addresses": sorted(intruder.addresses),
            "inside_addresses": sorted({a for a, _, _ in intruder.assigned}),
            "shares": sorted(intruder.shares),
            "read_events": intruder.read_events,
        },
    )


def _outside(finding: Finding) -> bool:
    return any(not is_inside(a) for a in finding.of("src_ip"))


def _of_same_accounts(view: View, entries: list[Finding]) -> list[Finding]:
    accounts = {a.rsplit("\\", 1)[-1].lower() for f in entries for a in f.of("account")}
    starts = [f.start for f in entries if f.start is not None]
    first = min(starts, default=0)
    return [
        f
        for f in view.found(*INSIDE)
        if (f.start or 0) >= first and accounts & {a.rsplit("\\", 1)[-1].lower() for a in f.of("account")}
    ]


def _for_and_against(view: View, entries: list[Finding], intruder: Intruder, scale: Scale) -> None:
    for finding in entries:
        scale.pro(0.6 if finding.level.rank >= GRAVE else 0.3, finding.title["ja"], finding.title["en"], [finding])
    for finding in view.found(*INSIDE):
        if finding.level.rank >= MEDIUM and set(finding.of("account")) & intruder.accounts:
            scale.pro(0.3, finding.title["ja"], finding.title["en"], [finding])
    for finding in view.found("login.burst", "log.cleared"):
        near = intruder.first is not None and abs((finding.start or 0) - intruder.first) < 14 * 86_400_000_000
        if finding.level.rank >= MEDIUM and near:
            scale.pro(0.15, finding.title["ja"], finding.title["en"], [finding])
    scale.ask("認証情報がどのように盗まれたか", "How were the credentials stolen?", entries)
    scale.ask("接続元のアドレスを誰が使っていたか", "Who used the addresses the connections came from?", entries)


def _exposures(view: View, intruder: Intruder, scale: Scale) -> tuple[Exposure, ...]:
    read = accessed_tables(view, intruder.reads)
    reachable = [t for t in exposed_tables(view, intruder) if t.id not in {r.id for r in read}]
    if read:
        scale.pro(
            0.4,
            f"侵入者のセッションから個人データを含むファイル {len({t.file_id for t in read})} 件が読み取られた記録がある",
            f"{len({t.file_id for t in read})} files with personal data were read from the intruder's sessions",
            view.found(*ENTRY),
        )
    elif intruder.shares or intruder.hosts:
        scale.ask(
            "到達可能だったファイルが閲覧されたか(この証拠には読み取りの痕跡が確認されていない)",
            "Were the files within reach viewed? (no trace of reading is in this evidence)",
            view.found(*ENTRY),
        )
    found = view.exposures(read, "accessed", "confirmed")
    return (*found, *view.exposures(reachable, "exposed", "suspected"))
