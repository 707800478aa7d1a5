"""Run the command line by `python -m kyumei.cli`."""

from __future__ import annotations

from kyumei.cli.main import run

run()
