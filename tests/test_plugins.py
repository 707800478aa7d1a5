from __future__ import annotations

from dataclasses import dataclass

import pytest

from kyumei.plugins import Registry


@dataclass(frozen=True)
class Thing:
    name: str
    value: int = 0


def test_plugins_come_in_the_order_of_names() -> None:
    things: Registry[Thing] = Registry("things", "kyumei.web")
    things.add(Thing("b"))
    things.add(Thing("a"))
    assert [t.name for t in things.all()] == ["a", "b"]


def test_two_different_plugins_of_one_name_are_refused() -> None:
    things: Registry[Thing] = Registry("things", "kyumei.web")
    things.add(Thing("a"))
    things.add(Thing("a"))
    with pytest.raises(ValueError, match="two things are named a"):
        things.add(Thing("a", 1))
