"""Commands and programs that ran, one row each, whatever log told of them.

`prepare` makes the temporary view `commands`: `us`, place as `mark`, `host`, `account`, `src_ip`, `line` (object,
command line, program, service or task, message; joined, lower case). From process, command, service and task events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.detect import names
from kyumei.detect.build import MARK
from kyumei.store.connect import name, text

if TYPE_CHECKING:
    from kyumei.store.query import Store

ACTIONS: Final = ("command.run", "process.started", "service.installed", "service.started", "task.changed")
_FIELDS: Final = (
    ("CommandLine", "command_line", "ProcessCommandLine", "cmdline", "proctitle", "command"),
    ("NewProcessName", "Image", "exe", "process"),
    ("ImagePath", "ServiceFileName", "ScriptBlockText", "TaskContent", "Payload"),
    ("ServiceName", "OriginalFileName", "TaskName"),
)


def prepare(store: Store) -> bool:
    """Make the view once a session; return whether there is any command."""
    names.prepare(store)
    if not names.has(store, "commands"):
        readers = names.readers_of(store, ACTIONS)
        if not readers:
            return False
        store.rows("create temp view commands as " + " union all ".join(_select(store, reader) for reader in readers))
    return bool(store.rows("select 1 from commands limit 1"))


def _select(store: Store, reader: str) -> str:
    parts = ", ".join(names.native(store, reader, *group) for group in _FIELDS)
    listed = ", ".join(text(a) for a in ACTIONS)
    return f"""
        select epoch_us(ts) as us, host, account, src_ip, lower(concat_ws(' ', object, {parts}, message)) as line,
            {MARK} as mark
        from {name(reader)} where action in ({listed})
    """
