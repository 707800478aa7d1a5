"""Run every analytic on a case's store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyumei.detect import names
from kyumei.detect.registry import ANALYTICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kyumei.model.finding import Finding
    from kyumei.store.query import Store


@dataclass(frozen=True, slots=True)
class Settings:
    """What the analytics must be told because no log says it.

    Attributes:
        zone: IANA name of the zone in which nights and days off are counted; the Japanese calendar of holidays is used
            where it is `Asia/Tokyo`.
        internal_domains: mail domains of the organisation, lower case; inferred from the mails where empty.
        roster: rows of the personnel roster by header word, as given; may be empty.
    """

    zone: str = "Asia/Tokyo"
    internal_domains: tuple[str, ...] = ()
    roster: tuple[Mapping[str, str], ...] = ()


def run(store: Store, settings: Settings) -> list[Finding]:
    """Return the findings of all analytics: gravest first, then by time, rule and id. The order is total.

    Working tables of an earlier run in the same session are dropped, for they depend on the settings.
    """
    names.reset(store)
    found = [finding for analytic in ANALYTICS.all() for finding in analytic.find(store, settings)]
    unique = {finding.id: finding for finding in found}
    return ordered(unique.values())


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings gravest first, then by time, rule and id."""
    return sorted(findings, key=_order)


def _order(finding: Finding) -> tuple[int, bool, int, str, str]:
    return -finding.level.rank, finding.start is None, finding.start or 0, finding.rule, finding.id
