"""Files were encrypted for ransom; whether data was also taken is a question of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.diagnose.path import Route, nodes_and_edges
from kyumei.diagnose.registry import hypothesis
from kyumei.diagnose.weigh import Scale
from kyumei.model.hypothesis import Cause, Hypothesis

if TYPE_CHECKING:
    from kyumei.diagnose.view import View

SIGN_STRENGTH: Final = {"critical": 0.6, "high": 0.45, "medium": 0.25, "low": 0.1, "informational": 0.0}


@hypothesis(Cause.RANSOMWARE)
def weigh(view: View) -> Hypothesis | None:
    """Weigh the signs of encryption; tools that send data out bear on what was taken, not on the cause."""
    signs = view.found("ransomware.signs")
    if not signs:
        return None
    scale = Scale()
    for finding in signs:
        scale.pro(SIGN_STRENGTH[finding.level], finding.title["ja"], finding.title["en"], [finding])
    for finding in view.found("log.cleared"):
        scale.pro(0.1, finding.title["ja"], finding.title["en"], [finding])
    tools = view.found("exfil.tool")
    if tools:
        scale.pro(0.2, tools[0].title["ja"], tools[0].title["en"], tools)
    else:
        scale.ask(
            "暗号化の前にデータが持ち出されたか(持ち出しの痕跡は確認されていない)",
            "Was data taken before encryption? (no trace found)",
            signs,
        )
    used = [*signs, *tools]
    hosts = sorted({h for f in used for h in f.of("host")})
    accounts = sorted({a for f in used for a in f.of("account")})
    nodes, edges = nodes_and_edges(
        [Route(accounts, hosts, (), (), sorted({d for f in tools for d in f.of("destination")}), used)]
    )
    times = [t for f in used for t in (f.start, f.end) if t is not None]
    return Hypothesis(
        Cause.RANSOMWARE,
        scale.score,
        actors=view.actors(accounts),
        hosts=tuple(hosts),
        first=min(times, default=None),
        last=max(times, default=None),
        window_basis="ransomware.signs",
        supports=tuple(scale.supports),
        contradicts=tuple(scale.contradicts),
        unanswered=tuple(scale.unanswered),
        exposures=tuple(view.exposures(view.tables(), "exposed", "suspected")) if scale.score >= 0.4 else (),
        nodes=nodes,
        edges=edges,
        facts={"ransomware": True, "exfiltration": bool(tools)},
    )
