"""Events as a table for people: drawn by Rich on a terminal, tab-separated text elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, BinaryIO, Final

from kyumei.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa

_HEAD: Final = ("time", "action", "host", "account", "address", "object", "message", "evidence", "path", "rec")
_COLUMNS: Final = ("action", "host", "account", "src_ip", "object", "message", "evidence_id", "path", "rec")


def table_writer(zone: str, stream: BinaryIO) -> Callable[[pa.RecordBatch | None], None]:
    """Return what writes one batch after the other; control characters from evidence are made visible."""
    return _drawn(zone) if stream.isatty() else _plain(zone, stream)


def _rows(batch: pa.RecordBatch, zone: str) -> Iterator[tuple[str, ...]]:
    from kyumei.store.lines import iso_times

    times = iso_times(batch["ts"], zone).to_pylist()
    for row in zip(times, *(batch[c].to_pylist() for c in _COLUMNS), strict=True):
        yield tuple("" if value is None else visible(str(value)) for value in row)


def _plain(zone: str, stream: BinaryIO) -> Callable[[pa.RecordBatch | None], None]:
    stream.write(("\t".join(_HEAD) + "\n").encode())

    def put(batch: pa.RecordBatch | None) -> None:
        if batch is not None:
            stream.writelines(("\t".join(row) + "\n").encode() for row in _rows(batch, zone))

    return put


def _drawn(zone: str) -> Callable[[pa.RecordBatch | None], None]:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout)

    def put(batch: pa.RecordBatch | None) -> None:
        if batch is None or not batch.num_rows:
            return
        table = Table("time", "action", "host, account, address", "object, message", "where", show_lines=False)
        for time, action, host, account, address, thing, message, evidence, path, rec in _rows(batch, zone):
            who = "\n".join(filter(None, (host, account, address)))
            what = "\n".join(filter(None, (thing, message)))
            cells = (time, action, who, what, f"{evidence} {path} @{rec}")
            table.add_row(*map(Text, cells))
        console.print(table)

    return put
