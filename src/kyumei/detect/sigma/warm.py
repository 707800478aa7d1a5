"""Compile the kernels of rules, once at installation: `python -m kyumei.detect.sigma.warm`."""

from __future__ import annotations

import tempfile
from pathlib import Path


def warm() -> None:
    """Run the shipped rules over two events."""
    import pyarrow as pa

    from kyumei.detect.sigma import packs
    from kyumei.detect.sigma.engine import Engine
    from kyumei.store.columns import from_table

    with tempfile.TemporaryDirectory() as folder:
        rules, _ = packs.load(Path(folder), (packs.OWN,))
        engine = Engine.build(rules, Path(folder))
        events = {"System_Channel": ["Security"] * 2, "System_EventID": ["4688"] * 2, "NewProcessName": [r"C:\rclone.exe", "é"]}
        engine.run(from_table(pa.table(events)), source="windows.evtx")


if __name__ == "__main__":
    warm()
