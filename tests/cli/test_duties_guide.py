from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from kyumei.cli.duties import command

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "duties.md"


def test_example_of_the_guide_gives_the_output_of_the_guide() -> None:
    facts, _, shown = re.findall(r"```(?:yaml)?\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)[:3]
    result = CliRunner().invoke(command, ["--facts", "-", "--format", "table", "--lang", "en"], input=facts)
    printed = result.stdout.splitlines()
    assert [line for line in shown.splitlines() if line not in printed] == []
