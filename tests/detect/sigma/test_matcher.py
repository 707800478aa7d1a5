from __future__ import annotations

import re
from random import Random  # noqa: TID251  # seeded below

import pyarrow as pa
import pytest

from kyumei.detect.sigma.matcher import compiled, native
from kyumei.detect.sigma.plain import Plain
from kyumei.detect.sigma.special import buffers, python_pattern
from kyumei.detect.sigma.tree import ANY, DASH, ONE, Text

LETTERS = "abAB-/\\. é–日"


def pattern(dice: Random) -> Text:
    parts: list[str | int] = []
    for _ in range(dice.randint(1, 4)):
        choices: list[str | int] = ["".join(dice.choices(LETTERS, k=dice.randint(1, 5))), ANY, ONE, DASH]
        part = dice.choice(choices)
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        elif part != ANY or not parts or parts[-1] != ANY:
            parts.append(part)
    return Text(tuple(parts), dice.random() < 0.3)


def _different(seed: int, patterns: int, count: int) -> list[tuple[Text, str]]:
    """Return patterns and values on which the matcher and Python's `re` differ."""
    dice = Random(seed)  # noqa: S311
    texts = [text for text in (pattern(dice) for _ in range(patterns)) if native(text)] + [Text(())]
    values = ["".join(dice.choices(LETTERS, k=dice.randint(0, 12))) for _ in range(count)]
    bounds, data = buffers(pa.array(values))
    pairs = compiled(texts).scan(data, bounds, 0)
    plain = Plain(texts).scan(data, bounds, 0)
    found = [(int(p), int(v)) for p, v in pairs]
    assert set(found) == {(int(p), int(v)) for p, v in plain}
    wanted: set[tuple[int, int]] = set()
    for number, text in enumerate(texts):
        search = re.compile(python_pattern(text)).search
        wanted |= {(number, at) for at, value in enumerate(values) if search(value)}
    assert len(found) == len(set(found)) > 0
    return [(texts[n], values[at]) for n, at in sorted(wanted.symmetric_difference(found))[:5]]


def test_the_kernel_finds_what_pythons_expressions_find() -> None:
    assert _different(1, 300, 500) == []


@pytest.mark.slow
def test_the_kernel_finds_what_pythons_expressions_find_in_three_thousand_patterns_on_two_thousand_values() -> None:
    assert _different(2, 3000, 2000) == []


def test_nothing_is_lost_or_found_twice_where_the_matches_do_not_fit_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kyumei.detect.sigma.matcher._ROOM", 3)
    assert _different(3, 60, 300) == []
