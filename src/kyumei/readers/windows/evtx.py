r"""Windows event logs: `C:\Windows\System32\winevt\Logs\*.evtx`, Windows Vista and later, and chunks cut out of disks.

`rec` is the byte offset of the record in the file (where `2A 2A 00 00` stands or stood). The record number is the native
field `System_EventRecordID`. `ts` is System/TimeCreated (100 ns, stored in microseconds, UTC), never the time in the
record's header, which is often 1601 or some milliseconds off; null where TimeCreated is missing or 1601.

`origin`: `live` for records in the unbroken chain of a chunk with a signature; `carved` for records behind a broken
place, of chunks without signature, with rebuilt headers, or hidden inside other records; `slack` for what lies behind a
chunk's last record. What is found carved or in slack and is the same as a record already given (number, header time and
text) is not given a second time; with other content it is, and says so. Where a record's template is gone, its values are
given without names (`Remains`), as carved or slack. `System_Integrity` says what is wrong with the chunk or the record,
and is null where nothing is: read it before relying on such a record.

Faults: one for each record that is known to have been there and could not be read (the chunk's header names first and last
number), one for each other stretch of bytes that is no record. Left out: all-zero space, headers, and remains in slack that
are no whole record. Tested against `evtx` 0.14, libevtx 20260705 and logs of Windows 7 to 11 and Server 2008 to 2022.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.model.source import CERTAIN
from kyumei.readers.registry import reader
from kyumei.readers.windows import chunks as evtx_chunks
from kyumei.readers.windows import recovery
from kyumei.readers.windows.columnar.compiled import is_compiled
from kyumei.readers.windows.mapping import add_event

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_SPEC: Final = "https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc"
_CHUNKS_A_BATCH: Final = 512
"""So many chunks (32 MiB) are handed on at once at the latest: records may have 64 KiB each."""


def accepts(source: Source) -> int:
    """Return CERTAIN where the signature of a file or of a chunk stands in its place."""
    head = source.head
    marked = head.startswith((evtx_chunks.FILE_MARK, evtx_chunks.CHUNK_MARK))
    return CERTAIN if marked or head[evtx_chunks.FILE_HEADER :].startswith(evtx_chunks.CHUNK_MARK) else 0


@reader("windows.evtx", accepts=accepts, title="Windows event log", spec=_SPEC)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each record, live ones in the order of the file, then slack and carved ones."""
    if not is_compiled():
        _add_plain(rows, recovery.plain(source))
        return
    from kyumei.readers.windows.columnar import decode, store
    from kyumei.readers.windows.columnar.decoder import Decoder

    decoder, suspects = Decoder(source.zone), decode.Suspects()
    for piece in decode.live(source, decoder, suspects):
        if isinstance(piece, recovery.Recovered):
            _add(rows, piece)
        else:
            store.add(rows, piece)
    _add_plain(rows, decode.rest(source, decoder, suspects))


def _add_plain(rows: Rows, pieces: Iterable[recovery.Recovered]) -> None:
    for n, piece in enumerate(pieces, 1):
        _add(rows, piece)
        if n % _CHUNKS_A_BATCH == 0:
            rows.flush()


def _add(rows: Rows, piece: recovery.Recovered) -> None:
    for found in piece.found:
        add_event(rows, found.event, rec=found.rec, origin=found.origin)
    for fault in piece.faults:
        rows.fault(fault.offset, fault.reason, fault.skipped)
