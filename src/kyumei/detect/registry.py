"""Analytics: functions that answer one question over the store, and the registry that finds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyumei.plugins import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kyumei.detect.run import Settings
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

    Find = Callable[[Store, Settings], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Analytic:
    """An analytic and what it states about itself.

    Attributes:
        name: dotted, lower case, family first: `login.burst`; it is the `rule` of its findings.
        find: see `analytic`.
        title: what is asked, in `ja` and `en`, a few words each.
        tags: ATT&CK techniques its findings carry.
    """

    name: str
    find: Find
    title: Mapping[str, str]
    tags: tuple[str, ...] = ()

    @property
    def page(self) -> str:
        """Return the text of its page in the reference: the function's docstring."""
        return self.find.__doc__ or ""


ANALYTICS: Registry[Analytic] = Registry("analytics", "kyumei.detect.analytics")

HEADINGS = ("What it asks", "Why it matters", "How it decides", "When it is wrong", "References")
"""The headings that every analytic's docstring has, in this order."""


def analytic(name: str, *, ja: str, en: str, tags: tuple[str, ...] = ()) -> Callable[[Find], Find]:
    """Register the decorated generator as an analytic.

    It yields findings, one for each attack or act, whatever the number of events behind it; it edits nothing, reads no
    clock, asks the index in SQL only and holds no more in memory than what it points out.
    """

    def register(find: Find) -> Find:
        ANALYTICS.add(Analytic(name, find, {"ja": ja, "en": en}, tags))
        return find

    return register
