"""The rules that come with the program: what each says of itself, and that each has samples."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
import yaml
from sigma.collection import SigmaCollection

import kyumei.detect

RULES = Path(kyumei.detect.__file__).with_name("rules")
SAMPLES = Path(__file__).with_name("rules")
STEMS = sorted(path.stem for path in RULES.glob("*.yml"))
IDS = uuid5(NAMESPACE_URL, "https://kyumei.example/rules")
LEVELS = ("low", "medium", "high")


@cache
def documents(stem: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((RULES / f"{stem}.yml").read_text("utf-8")))


@cache
def samples(stem: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((SAMPLES / f"{stem}.yml").read_text("utf-8"))
    return found


def test_no_rule_is_without_samples_and_no_sample_without_its_rule() -> None:
    assert STEMS
    assert sorted(path.stem for path in SAMPLES.glob("*.yml")) == STEMS


@pytest.mark.parametrize("stem", STEMS)
def test_a_rule_has_samples_that_fire_and_near_misses_that_do_not(stem: str) -> None:
    assert samples(stem)["fires"]
    assert samples(stem)["silent"]


@pytest.mark.parametrize("stem", STEMS)
def test_pysigma_takes_the_rule_without_a_complaint(stem: str) -> None:
    collection = SigmaCollection.from_yaml((RULES / f"{stem}.yml").read_text("utf-8"))
    assert [error for rule in collection.rules for error in rule.errors] == []


@pytest.mark.parametrize("stem", STEMS)
def test_a_rule_says_everything_about_itself_in_both_languages(stem: str) -> None:
    *parts, rule = documents(stem)
    assert rule["id"] == str(uuid5(IDS, stem))
    assert [part["id"] for part in parts] == [
        str(uuid5(IDS, f"{stem}/{part['name'].removeprefix(f'{stem}_')}")) for part in parts
    ]
    assert (rule["author"], rule["license"], rule["status"]) == ("kyumei", "Apache-2.0", "test")
    assert rule["level"] in LEVELS
    assert {part["level"] for part in parts} <= {"informational"}
    assert all(tag.startswith("attack.") for tag in rule["tags"])
    assert any(re.fullmatch(r"attack\.t\d{4}(\.\d{3})?", tag) for tag in rule["tags"])
    assert all(reference.startswith("https://") for reference in rule["references"])
    words = rule["kyumei"]
    assert len(words["falsepositives_ja"]) == len(rule["falsepositives"]) > 0
    assert all(re.search(r"[ぁ-んァ-ヶ一-龠]", words[key]) for key in ("title_ja", "description_ja"))


@pytest.mark.parametrize("stem", STEMS)
def test_no_selection_of_a_rule_stands_unused(stem: str) -> None:
    for document in documents(stem):
        detection = document.get("detection", {})
        condition = detection.get("condition", "")
        for name in detection:
            globbed = re.findall(r"of (\S+)\*", condition)
            used = re.search(rf"\b{name}\b", condition) or any(name.startswith(front) for front in globbed)
            assert name == "condition" or used, name


def test_titles_and_ids_are_unlike() -> None:
    every = [document for stem in STEMS for document in documents(stem)]
    assert len({document["id"] for document in every}) == len(every)
    assert len({documents(stem)[-1]["title"] for stem in STEMS}) == len(STEMS)
    assert len({documents(stem)[-1]["kyumei"]["title_ja"] for stem in STEMS}) == len(STEMS)
