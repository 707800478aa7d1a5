"""A web application was attacked and gave out data, by itself or through the database behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kyumei.diagnose.intruder import is_inside
from kyumei.diagnose.path import Route, nodes_and_edges
from kyumei.diagnose.reach import tables_named
from kyumei.diagnose.registry import hypothesis
from kyumei.diagnose.weigh import Scale
from kyumei.model.hypothesis import Cause, Hypothesis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.diagnose.view import DataTable, View
    from kyumei.model.finding import Finding
    from kyumei.model.hypothesis import Exposure

MEDIUM: Final = 2
AFTER_US: Final = 14 * 86_400_000_000
"""Reading and sending within two weeks after an answered attack may be its work."""
EXECUTED: Final = 3
MANY: Final = 50
"""A finding names no more sessions than this."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the claim rests on: attacks, those that were answered, downloads in bulk, then reading and sending behind them."""

    attacks: Sequence[Finding]
    answered: Sequence[Finding]
    bulk: Sequence[Finding]
    reads: Sequence[Finding]
    uploads: Sequence[Finding]

    @property
    def used(self) -> list[Finding]:
        """Return the findings that tell who, where and when."""
        return [*self.answered, *self.bulk] or list(self.attacks)


@hypothesis(Cause.WEB_ATTACK)
def weigh(view: View) -> Hypothesis | None:
    """Weigh attacks by whether the server answered them, and by downloads, reading of databases and sending that followed.

    Every server on the internet is scanned from many addresses, so the n-th address adds an n-th of what the first does (an
    n-th of an n-th where nothing was answered): a crowd alone makes no likely leak.
    """
    found = _found(view)
    if not found.attacks and not found.bulk:
        return None
    scale = Scale()
    _weigh_requests(found, scale)
    _weigh_behind(found, scale)
    used = found.used
    hosts = sorted({h for f in used for h in f.of("host")})
    objects = sorted({o for f in (*used, *found.reads) for o in f.of("object")})
    addresses = sorted({a for f in used for a in f.of("src_ip")})
    given_to = {a for f in (*found.answered, *found.bulk) for a in f.of("src_ip") if not is_inside(a)}
    given_to |= {d for f in found.uploads for d in f.of("destination")}
    route = Route(addresses, hosts, objects, ("web",) if given_to else (), sorted(given_to), [*used, *found.reads])
    nodes, edges = nodes_and_edges([route])
    times = [t for f in (*used, *found.reads) for t in (f.start, f.end) if t is not None]
    return Hypothesis(
        Cause.WEB_ATTACK,
        scale.score,
        hosts=tuple(hosts),
        objects=tuple(objects),
        first=min(times, default=None),
        last=max(times, default=None),
        window_basis="web.request",
        access_means=("web",),
        destinations=tuple(sorted(given_to)),
        supports=tuple(scale.supports),
        contradicts=tuple(scale.contradicts),
        unanswered=tuple(scale.unanswered),
        exposures=tuple(_exposures(view, found)),
        nodes=nodes,
        edges=edges,
        facts={"addresses": addresses} | _database(found),
    )


def _found(view: View) -> _Found:
    attacks = view.found("web.attack")
    answered = [f for f in attacks if _number(f, "succeeded")]
    sources = {a for f in attacks for a in f.of("src_ip")}
    bulk = view.found("web.bulk_download")
    after = [f for f in bulk if set(f.of("src_ip")) & sources] or bulk
    begins = [f.start for f in answered if f.start is not None and f.level.rank >= MEDIUM]
    followed = [
        f
        for f in view.found("data.bulk_read", "network.upload")
        if f.level.rank >= MEDIUM and any(0 <= (f.start or 0) - begin <= AFTER_US for begin in begins)
    ]
    reads = [f for f in followed if f.rule == "data.bulk_read"]
    return _Found(attacks, answered, after, reads, [f for f in followed if f.rule == "network.upload"])


def _weigh_requests(found: _Found, scale: Scale) -> None:
    sources = {a for f in found.attacks for a in f.of("src_ip")}
    for n, finding in enumerate(found.answered, 1):
        scale.pro(0.25 / n, finding.title["ja"], finding.title["en"], [finding])
    for n, finding in enumerate((f for f in found.attacks if f not in found.answered), 1):
        scale.pro(0.08 / n**2, finding.title["ja"], finding.title["en"], [finding])
    ran = [f for f in found.answered if _number(f, "executed") >= EXECUTED]
    if ran:
        scale.pro(
            0.4,
            "命令を含む要求への応答の大きさが要求ごとに異なる(命令が実行された疑い)",
            "Answers to requests that carry commands differ in size: the commands were probably carried out",
            ran,
        )
    for finding in found.bulk:
        strength = 0.45 if set(finding.of("src_ip")) & sources else 0.3
        scale.pro(strength, finding.title["ja"], finding.title["en"], [finding])
    if found.attacks and not found.answered:
        scale.con(0.5, "攻撃文字列への成功応答が確認されていない", "No attack was answered with success", found.attacks)
    scale.ask("応答に個人データが含まれていたか", "Did the answers hold personal data?", found.attacks or found.bulk)


def _weigh_behind(found: _Found, scale: Scale) -> None:
    """Weigh what happened behind the web servers after an attack was answered."""
    for finding in found.reads:
        scale.pro(0.45, finding.title["ja"], finding.title["en"], [finding])
    clients = {a for f in found.reads for a in f.of("src_ip")}
    attackers = {a for f in found.answered for a in f.of("src_ip")}
    for finding in found.uploads:
        near = set(finding.of("src_ip")) & clients or set(finding.of("destination")) & attackers
        scale.pro(0.45 if near else 0.15, finding.title["ja"], finding.title["en"], [finding])
    if found.reads and not found.uploads:
        scale.ask(
            "データベースから読み取られた行が外部へ出たか", "Did the rows read from the database leave the house?", found.reads
        )


def _exposures(view: View, found: _Found) -> list[Exposure]:
    """Return the tables that were read; without any trace of reading, all that was kept, as within reach."""
    read = tables_named(view, [o for f in found.reads for o in f.of("object")])
    if read:
        clients = {a for f in found.reads for a in f.of("src_ip")}
        gone = [f for f in found.uploads if set(f.of("src_ip")) & clients]
        return view.exposures(read, "taken" if gone else "accessed", "confirmed")
    dumped: list[DataTable] = view.tables() if found.answered and found.bulk else []
    return view.exposures(dumped, "exposed", "suspected")


def _database(found: _Found) -> dict[str, Any]:
    """Return by which account, from which clients, in which sessions and when the database was read."""
    if not found.reads:
        return {}
    starts = [f.start for f in found.reads if f.start is not None]
    ends = [f.end for f in found.reads if f.end is not None]
    return {
        "database": {
            "accounts": sorted({a for f in found.reads for a in f.of("account")}),
            "clients": sorted({a for f in found.reads for a in f.of("src_ip")}),
            "sessions": _sessions(found.reads),
            "first": min(starts, default=None),
            "last": max(ends, default=None),
        }
    }


def _sessions(reads: Sequence[Finding]) -> list[str]:
    """Return the connections, none where a log does not tell them or a finding has more than it names."""
    listed = [f.facts.get("sessions") for f in reads]
    known = [s for s in listed if isinstance(s, list) and 0 < len(s) < MANY]
    return sorted({str(one) for s in known for one in s}) if len(known) == len(reads) else []


def _number(finding: Finding, key: str) -> int:
    value = finding.facts.get(key)
    return value if isinstance(value, int) else 0
