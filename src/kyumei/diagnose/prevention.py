"""From the diagnosis to measures against recurrence. The measures are data: `prevention.yaml`.

A measure is proposed for a reason that the diagnosis gives, and says which: the cause of a hypothesis that is likely enough,
the channel, the means of access, a rule that found something, the role in which data are held.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LIKELY: Final = ("high", "medium")
"""Likelihoods of hypotheses against whose cause a measure is proposed."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a measure is proposed: what kind of thing the diagnosis holds, which, and the findings it rests on."""

    kind: str
    value: str
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of the plan.

    Attributes:
        kind: technical, organisational or training. owner: the role that should own it. days: target, from the diagnosis.
        guidance: what recommends it, as words. check: what can be seen again on new evidence; empty where nothing can.
    """

    id: str
    kind: str
    title: Mapping[str, str]
    how: Mapping[str, str]
    owner: str
    days: int
    guidance: tuple[Mapping[str, str], ...]
    reasons: tuple[Reason, ...]
    check: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the object of JSON output."""
        reasons = [{"kind": r.kind, "value": r.value, "findings": list(r.findings)} for r in self.reasons]
        return {
            "id": self.id,
            "kind": self.kind,
            "title": dict(self.title),
            "how": dict(self.how),
            "owner": self.owner,
            "days": self.days,
            "guidance": [dict(g) for g in self.guidance],
            "reasons": reasons,
            "checkable": bool(self.check),
        }


def measures(document: Mapping[str, Any]) -> list[Measure]:
    """Return the measures for a diagnosis, in the order of the data file.

    Args:
        document: `diagnosis.json`.
    """
    held = _held(document)
    found = []
    for row in _data()["measures"]:
        reasons = tuple(_reasons(row["when"], held))
        if reasons:
            found.append(_measure(row, reasons))
    return found


def _held(document: Mapping[str, Any]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return what the diagnosis holds by kind of reason, each with the findings it rests on."""
    held: dict[str, dict[str, tuple[str, ...]]] = {kind: {} for kind in ("cause", "channel", "means", "rule", "role")}
    for hypothesis in document["hypotheses"]:
        if hypothesis["likelihood"] in LIKELY:
            cited = tuple(dict.fromkeys(f for s in hypothesis["supports"] for f in s["findings"]))
            held["cause"].setdefault(hypothesis["cause"], cited)
            for kind, key in (("channel", "channels"), ("means", "access_means")):
                for value in hypothesis[key]:
                    held[kind].setdefault(value, cited)
    for finding in document["findings"]:
        held["rule"][finding["rule"]] = (*held["rule"].get(finding["rule"], ()), finding["id"])
    for holding in document["holdings"]:
        held["role"].setdefault(holding["role"], ())
    return held


def _reasons(when: Mapping[str, Any], held: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Iterator[Reason]:
    if when.get("always"):
        yield Reason("always", "")
    for kind, wanted in when.items():
        if kind != "always":
            yield from (Reason(kind, value, held[kind][value]) for value in wanted if value in held[kind])


def _measure(row: Mapping[str, Any], reasons: tuple[Reason, ...]) -> Measure:
    guidance = tuple(_words(key) for key in row["guidance"])
    return Measure(
        row["id"], row["kind"], row["title"], row["how"], row["owner"], row["days"], guidance, reasons, row.get("check", {})
    )


def _words(key: str) -> dict[str, str]:
    scheme, _, number = key.partition(":")
    names = _data()["guidance"][scheme]
    return {lang: f"{names[lang]} {number}" for lang in ("ja", "en")}


@cache
def _data() -> Mapping[str, Any]:
    import yaml

    loaded: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return loaded
