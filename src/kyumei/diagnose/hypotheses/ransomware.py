"""Files were encrypted for ransom; whether data was also taken is a question of its own.

Only what lies near the signs speaks for it: on one of their hosts, within a month before and a week after them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.diagnose.path import Route, nodes_and_edges
from kyumei.diagnose.registry import hypothesis
from kyumei.diagnose.weigh import Scale
from kyumei.model.hypothesis import Cause, Hypothesis

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kyumei.diagnose.view import View
    from kyumei.model.finding import Finding

SIGN_STRENGTH: Final = {"critical": 0.6, "high": 0.45, "medium": 0.25, "low": 0.1, "informational": 0.0}
TAKING: Final = frozenset({"filezilla", "mega", "rclone", "restic", "winscp"})
"""Tools of `exfil.tool` that carry data out; the others control machines, pack, or tunnel."""
_DAY: Final = 86_400_000_000


@hypothesis(Cause.RANSOMWARE)
def weigh(view: View) -> Hypothesis | None:
    """Weigh the signs of encryption; tools that send data out bear on what was taken, not on the cause."""
    signs = view.found("ransomware.signs")
    if not signs:
        return None
    scale = Scale()
    for finding in signs:
        scale.pro(SIGN_STRENGTH[finding.level], finding.title["ja"], finding.title["en"], [finding])
    for finding in _near(view.found("log.cleared"), signs):
        scale.pro(0.1, finding.title["ja"], finding.title["en"], [finding])
    tools = _near(view.found("exfil.tool"), signs)
    if tools:
        scale.pro(0.2, tools[0].title["ja"], tools[0].title["en"], tools)
    taken = any(f.facts.get("tool") in TAKING for f in tools)
    if not taken:
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
        facts={"ransomware": True, "exfiltration": taken},
    )


def _near(findings: Iterable[Finding], signs: Sequence[Finding]) -> list[Finding]:
    """Return the findings near a sign; what has no time or no host is not held against it."""
    return [f for f in findings if any(_is_near(f, sign) for sign in signs)]


def _is_near(finding: Finding, sign: Finding) -> bool:
    here, there = set(finding.of("host")), set(sign.of("host"))
    if here and there and not here & there:
        return False
    times = (finding.start, finding.end, sign.start, sign.end)
    if any(t is None for t in times):
        return True
    first, last, began, ended = (t or 0 for t in times)
    return last >= began - 30 * _DAY and first <= ended + 7 * _DAY
