"""The sentences that programs write, as data: every one is understood, and what it fills exists."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from kyumei.model.actions import ACTIONS, OUTCOMES
from kyumei.readers.forms import load

PACKAGES = ("kyumei.readers.linux.programs", "kyumei.readers.text.sentences")
NOTHING = pa.array(["nothing of the kind"])


@pytest.mark.parametrize("package", PACKAGES)
def test_every_sentence_is_understood_and_names_a_known_action(package: str) -> None:
    for forms in load(package):
        if forms.needs:
            pc.match_substring_regex(NOTHING, forms.needs)
        for form in forms.forms:
            groups = {field.name.replace("__", "-") for field in pc.extract_regex(NOTHING, form.match).type}
            assert set(form.also.values()) <= groups, form.match
            assert form.action in ACTIONS, form.match
            assert form.outcome in {None, *OUTCOMES}, form.match
