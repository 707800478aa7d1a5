r"""PowerShell transcripts: what was typed and what came back, as `Start-Transcript` or the policy of that name writes it.

Found as PowerShell_transcript.HOST.*.txt below Documents or a folder set by policy. The words of the header are in the
language of Windows; what they are is told by their order and values. A prompt's line (`PS C:\\> …`) is a command; with
`-IncludeInvocationHeader` its time stands above it, else it has the transcript's start and is marked `after` in `ts_kind`.

Format: https://learn.microsoft.com/powershell/module/microsoft.powershell.host/start-transcript
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.model.source import CERTAIN
from kyumei.readers.lines import batches
from kyumei.readers.registry import reader
from kyumei.readers.windows.times import utc, wall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_RULE: Final = re.compile(r"\*{20,}$")
_STAMP: Final = re.compile(r"[^:：]{2,40}[:：] ?(\d{14})$")
_COMMAND: Final = re.compile(r"(?:\[[^\]]+\]: )?PS [^>]*> ?(?P<command>.*)$")
_VALUE: Final = re.compile(r"[^:：]{2,60}[:：] ?(?P<value>.*)$")
_LIKE: Final = re.compile(r"\ufeff?\s*\*{20,}\s*\n[^\n]*PowerShell[^\n]*\n[^\n:：]{2,40}[:：] ?\d{14}\s*\n")


def accepts(source: Source) -> int:
    """Return certainty for a line of stars, one that names PowerShell, and a time of fourteen digits."""
    return CERTAIN if _LIKE.match(source.sample.text.replace("\r", "")) else 0


@reader(
    "windows.powershell_transcript",
    accepts=accepts,
    title="PowerShell transcript",
    spec="https://learn.microsoft.com/powershell/module/microsoft.powershell.host/start-transcript",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each start, each end and each command; output of commands is kept in the command's message.

    Times are of the machine's own clock, in seconds, and their zone is assumed.
    """
    reading = _Transcript(source, rows)
    for rec, text in _lines(source, rows):
        reading.line(rec, text)
    reading.close()


def _lines(source: Source, rows: Rows) -> Iterator[tuple[int, str]]:
    for batch in batches(source, rows):
        yield from zip(batch.rec.to_pylist(), batch.text.to_pylist(), strict=True)


class _Transcript:
    """Where in a transcript the reading is."""

    def __init__(self, source: Source, rows: Rows) -> None:
        self._zone, self._rows = source.zone, rows
        self._block: list[tuple[int, str]] | None = None
        self._open: dict[str, object] | None = None
        self._output: list[str] = []
        self._ts: int | None = None
        self._exact = False
        self._account: str | None = None
        self._host: str | None = None

    def line(self, rec: int, text: str) -> None:
        """Take the next line."""
        if _RULE.match(text.lstrip("\ufeff")):
            if self._block is None:
                self._block = [(rec, text)]
            else:
                block, self._block = self._block, None
                self._heading(block)
        elif self._block is not None:
            self._block.append((rec, text))
        elif found := _COMMAND.match(text):
            self._write()
            self._begin(rec, "command.run", found["command"])
            self._exact = False
        elif self._open is not None:
            self._output.append(text)

    def close(self) -> None:
        """Take the end of the file; a heading that was not closed is one all the same."""
        if self._block is not None:
            self._heading(self._block)
        self._write()

    def _heading(self, block: list[tuple[int, str]]) -> None:
        """Take what stands between two lines of stars: a start, an end, or the time of the next command."""
        at = next((place for place, (_, text) in enumerate(block) if _STAMP.match(text)), None)
        if at is None:
            for _, text in block[1:]:
                self._output.append(text)
            return
        self._write()
        stamp = _STAMP.match(block[at][1])
        digits = stamp[1] if stamp else ""
        clock = wall(f"{digits[:4]}-{digits[4:6]}-{digits[6:8]} {digits[8:10]}:{digits[10:12]}:{digits[12:]}")
        self._ts = None if clock is None else utc(clock, self._zone)
        self._exact = True
        values = [value["value"] for _, text in block[at + 1 :] if (value := _VALUE.match(text))]
        title = block[1][1] if at > 1 else ""
        if len(values) >= 4:  # user, run-as user, (configuration,) machine, …
            self._account = values[0] or None
            machine = next((v for v in values[2:4] if re.match(r"\S+ \(", v)), "")
            self._host = machine.partition(" (")[0] or self._host
            self._begin(block[0][0], "session.started", title, dict(_pairs(block[at + 1 :])))
            self._write()
        elif title:
            self._begin(block[0][0], "session.ended", title)
            self._write()

    def _begin(self, rec: int, action: str, said: str, fields: dict[str, str | None] | None = None) -> None:
        kind = "written" if self._exact else "after"
        self._open = {"rec": rec, "ts": self._ts, "ts_kind": kind, "action": action, "message": said, "fields": fields}
        self._output = []

    def _write(self) -> None:
        if self._open is None:
            return
        told, self._open = self._open, None
        said = str(told.pop("message"))
        command = said if told["action"] == "command.run" else None
        whole = "\n".join([said, *self._output])
        self._rows.add(
            message=whole,
            object=command,
            account=self._account,
            host=self._host,
            zone_assumed=True,
            **told,  # type: ignore[arg-type]
        )


def _pairs(block: list[tuple[int, str]]) -> Iterator[tuple[str, str | None]]:
    for _, text in block:
        name, colon, value = text.replace("：", ":").partition(":")
        if colon and name.strip() and value.strip():
            yield name.strip(), value.strip()
