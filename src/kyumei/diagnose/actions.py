"""What to do next, in order, each with the role that should own it. The steps are data: `actions.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kyumei.model.hypothesis import Hypothesis, Status

CLOSE: Final = 0.2
"""Rivals within this of the leading score are acted on too."""


@dataclass(frozen=True, slots=True)
class Action:
    """One step, and who should own it: it, legal or management."""

    text: Mapping[str, str]
    owner: str


def next_actions(status: Status, ranked: Sequence[Hypothesis], leading: Hypothesis | None) -> list[Action]:
    """Return the steps for the leading explanation, then for rivals close to it, then what always holds; none twice."""
    keys = ["not_found"]
    if leading is not None and status != "not_found":
        keys = [h.cause.value for h in ranked if h is leading or h.score >= leading.score - CLOSE]
    steps = [step for key in [*keys, "always"] for step in _steps().get(key, ())]
    distinct: dict[tuple[str, str], Action] = {}
    for step in steps:
        distinct.setdefault((step["owner"], step["ja"]), Action({"ja": step["ja"], "en": step["en"]}, step["owner"]))
    return list(distinct.values())


@cache
def _steps() -> Mapping[str, Sequence[Mapping[str, str]]]:
    import yaml

    loaded: Mapping[str, Sequence[Mapping[str, str]]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return loaded
