r"""Shell histories with times: bash where HISTTIMEFORMAT is set (`#1700000000` before each command), and fish.

Found as ~/.bash_history and ~/.local/share/fish/fish_history. A command may go on over lines. Commands before the first time
(written before times were switched on) are events without one.

Formats: https://www.gnu.org/software/bash/manual/bash.html#index-HISTTIMEFORMAT and
https://fishshell.com/docs/current/cmds/history.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.source import LIKELY
from kyumei.readers.lines import share
from kyumei.readers.match import extract, filled
from kyumei.readers.records import records
from kyumei.readers.registry import reader
from kyumei.readers.stamps import epochs

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_BASH: Final = r"^#\d{10}$"
_FISH: Final = r"^- cmd: "
_STAMP: Final = re.compile(r"#1\d{9}\s*$")
_FISH_LINE: Final = re.compile(r"- cmd: |  when: 1\d{9}\s*$|  paths:\s*$|    - ")
_ANY: Final = re.compile(r"#1\d{9}\n[^#\n\t][^\n]*\n")
_RECORDS: Final = (
    r"(?s)^- cmd: (?P<command>.*?)\n  when: (?P<time>\d{10})(?:\n(?P<paths>.*))?$",
    r"(?s)^- cmd: (?P<command>.*)$",
    r"(?s)^#(?P<time>\d{10})(?:\n(?P<command>.*))?$",
    r"(?s)^(?P<command>.*)$",
)


def accepts(source: Source) -> int:
    """Return how sure it is that times of the one shell or the other stand between commands."""
    if share(source, _FISH_LINE) >= 0.9 and source.sample.text.lstrip("\ufeff").startswith("- cmd: "):
        return LIKELY + 10
    return LIKELY if share(source, _STAMP) >= 0.2 and _ANY.search(source.sample.text.replace("\r", "") + "\n") else 0


@reader(
    "linux.shell_history",
    accepts=accepts,
    title="Shell history with times (bash, fish)",
    spec="https://www.gnu.org/software/bash/manual/bash.html#index-HISTTIMEFORMAT",
)
def read(source: Source, rows: Rows) -> None:
    """Add one `command.run` for each command; `rec` is the byte offset of its first line."""
    import pyarrow as pa

    fish = source.sample.text.lstrip("\ufeff").startswith("- cmd: ")
    for record in records(source, rows, _FISH if fish else _Bash(), "not written out"):
        part, _ = extract(record.text, *_RECORDS)
        n = len(record)
        command = filled(part["command"])
        said = {
            "rec": record.rec,
            "ts": epochs(part["time"]),
            "ts_kind": pa.repeat("written", n),
            "zone_assumed": pa.repeat(pa.scalar(value=False), n),
            "action": _action(command),
            "object": command,
            "message": command,
        }
        rows.add_columns(said, {"paths": filled(part["paths"])} if fish else {})


class _Bash:
    """Tells the lines that begin a record: the times, and before the first of them every line."""

    def __init__(self) -> None:
        self._timed = False

    def __call__(self, texts: pa.Array) -> pa.Array:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        stamps = pc.match_substring_regex(texts, _BASH).to_numpy(zero_copy_only=False)
        before = ~np.logical_or.accumulate(stamps) if not self._timed and len(stamps) else np.zeros(len(stamps), bool)
        self._timed = self._timed or bool(stamps.any())
        return pa.array(stamps | before)


def _action(command: pa.Array) -> Any:
    """Return `command.run`; a time whose command is gone ran nothing that could be named."""
    import pyarrow.compute as pc

    return pc.if_else(pc.is_valid(command), "command.run", "record.written")
