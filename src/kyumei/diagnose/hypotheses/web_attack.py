"""A web application was attacked and gave out data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.diagnose.intruder import is_inside
from kyumei.diagnose.path import Route, nodes_and_edges
from kyumei.diagnose.registry import hypothesis
from kyumei.diagnose.weigh import Scale
from kyumei.model.hypothesis import Cause, Hypothesis

if TYPE_CHECKING:
    from kyumei.diagnose.view import View
    from kyumei.model.finding import Finding


@hypothesis(Cause.WEB_ATTACK)
def weigh(view: View) -> Hypothesis | None:
    """Weigh attacks by whether the server answered them, and by unusual downloads from the same addresses.

    Every server on the internet is scanned from many addresses, so the n-th address adds an n-th of what the first does (an
    n-th of an n-th where nothing was answered): a crowd alone makes no likely leak.
    """
    attacks = view.found("web.attack")
    sources = {a for f in attacks for a in f.of("src_ip")}
    bulk = view.found("web.bulk_download")
    after = [f for f in bulk if set(f.of("src_ip")) & sources]
    if not attacks and not bulk:
        return None
    scale = Scale()
    answered = [f for f in attacks if _number(f, "succeeded")]
    for n, finding in enumerate(answered, 1):
        scale.pro(0.25 / n, finding.title["ja"], finding.title["en"], [finding])
    for n, finding in enumerate((f for f in attacks if f not in answered), 1):
        scale.pro(0.08 / n**2, finding.title["ja"], finding.title["en"], [finding])
    for finding in after or bulk:
        scale.pro(0.45 if finding in after else 0.3, finding.title["ja"], finding.title["en"], [finding])
    if attacks and not answered:
        scale.con(0.5, "攻撃文字列への成功応答が確認されていない", "No attack was answered with success", attacks)
    scale.ask("応答に個人データが含まれていたか", "Did the answers hold personal data?", attacks or bulk)
    used = [*answered, *(after or bulk)] or attacks
    hosts = sorted({h for f in used for h in f.of("host")})
    objects = sorted({o for f in used for o in f.of("object")})
    addresses = sorted({a for f in used for a in f.of("src_ip")})
    given_to = sorted({a for f in [*answered, *(after or bulk)] for a in f.of("src_ip") if not is_inside(a)})
    nodes, edges = nodes_and_edges([Route(addresses, hosts, objects, ("web",) if given_to else (), given_to, used)])
    times = [t for f in used for t in (f.start, f.end) if t is not None]
    dumped = view.tables() if answered and (after or bulk) else []
    return Hypothesis(
        Cause.WEB_ATTACK,
        scale.score,
        hosts=tuple(hosts),
        objects=tuple(objects),
        first=min(times, default=None),
        last=max(times, default=None),
        window_basis="web.request",
        access_means=("web",),
        destinations=tuple(given_to),
        supports=tuple(scale.supports),
        contradicts=tuple(scale.contradicts),
        unanswered=tuple(scale.unanswered),
        exposures=tuple(view.exposures(dumped, "exposed", "suspected")),
        nodes=nodes,
        edges=edges,
        facts={"addresses": addresses},
    )


def _number(finding: Finding, key: str) -> int:
    value = finding.facts.get(key)
    return value if isinstance(value, int) else 0
