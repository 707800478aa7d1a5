from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.case.runs import finished, kyumei

HEAVY = ("duckdb", "pyarrow", "numpy", "polars", "rich", "jinja2", "yaml", "asyncio", "socket")
PROBE = """
import sys
from kyumei.cli.main import kyumei
try:
    kyumei(["--help"])
except SystemExit:
    pass
print("LOADED", sorted(m for m in sys.modules if m in {heavy}), file=sys.stderr)
"""


def test_help_loads_nothing_heavy() -> None:
    source = str(Path(__file__).parents[2] / "src")
    code = f"import sys; sys.path.insert(0, {source!r})\n" + PROBE.replace("{heavy}", repr(set(HEAVY)))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "LOADED []" in done.stderr
    assert "triage" in done.stdout


def test_every_command_has_help_and_a_first_line() -> None:
    code, out, _ = finished(kyumei("--help"))
    assert code == 0
    for name in ("triage", "verify", "custody", "read", "timeline", "people", "categories", "duties", "replay"):
        assert name in out
        assert finished(kyumei(name, "--help"))[0] == 0


def test_an_unknown_command_is_a_usage_error() -> None:
    code, _, err = finished(kyumei("frobnicate"))
    assert code == 2
    assert "No such command" in err
