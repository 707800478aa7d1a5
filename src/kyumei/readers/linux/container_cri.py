"""Logs of containers as Kubernetes nodes keep them: /var/log/pods, /var/log/containers, written by containerd and CRI-O.

`2024-06-17T10:00:00.123456789Z stdout F line`: time, stream, whether the line is full (F) or goes on in the next one of its
stream (P), and what the program wrote, which is read as far as it is a log itself (`kyumei.readers.text.within`).

Format: https://kubernetes.io/docs/concepts/cluster-administration/logging/ and
https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.lines import Unread, batches, share
from kyumei.readers.match import constant, extract, only
from kyumei.readers.registry import reader
from kyumei.readers.stamps import parsed

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.readers.text.within import Within
    from kyumei.store.rows import Rows

_HEAD: Final = (
    r"^(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d)) (?P<stream>stdout|stderr) "
    r"(?P<tag>[FP](?::\S*)?)(?: (?P<log>.*))?$"
)
_LINE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d) (?:stdout|stderr) [FP]\b")
_LONGEST: Final = 4 * 1024 * 1024
"""Bytes of a line put together again; runtimes cut at 16 KiB."""


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines have the runtime's frame."""
    part = share(source, _LINE)
    return int(80 + 15 * part) if part >= 0.2 else 0


@reader(
    "linux.container_cri",
    accepts=accepts,
    title="Container log (CRI, as under /var/log/pods)",
    spec="https://kubernetes.io/docs/concepts/cluster-administration/logging/",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each line that the program wrote; `rec` is the byte offset of its first part.

    Times are those of the frame, with the offset that it states. `channel` is the stream. Lines without the frame become
    faults.
    """
    import pyarrow.compute as pc

    from kyumei.readers.text.within import Within

    unread, within, parts = Unread(rows, "no line of a container's runtime"), Within(source), _Parts()
    for lines in batches(source, rows):
        head, matched = extract(lines.text, _HEAD)
        if not pc.all(matched).as_py():
            unread.add(lines.where(pc.invert(matched)))
        _add(*parts.put_together(lines.where(matched), only(head, matched)), within, rows)
    _add(*parts.rest(), within, rows)
    unread.close()


def _add(rec: pa.Array, head: dict[str, Any], within: Within, rows: Rows) -> None:
    import pyarrow as pa

    if not len(rec):
        return
    ts, assumed = parsed(head["time"], "UTC")
    said, fields = within.read(head["log"])
    columns = {"rec": rec, "ts": ts, "ts_kind": pa.repeat("written", len(rec)), "zone_assumed": assumed}
    columns |= {"channel": head["stream"], "message": head["log"], **said}
    rows.add_columns(columns, {"stream": head["stream"], "tag": head["tag"], **fields})


class _Parts:
    """Puts lines together again that the runtime cut."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[int, str, list[str]]] = {}

    def put_together(self, lines: Lines, head: dict[str, pa.Array]) -> tuple[pa.Array, dict[str, pa.Array]]:
        """Return offsets and parts of the lines, those that go on in later ones as one."""
        import pyarrow.compute as pc

        log = pc.fill_null(head["log"], constant(""))
        if not self._open and not pc.any(pc.starts_with(head["tag"], "P")).as_py():
            return lines.rec, {**head, "log": log}
        found: list[tuple[int, str, str, str, str]] = []
        columns = (lines.rec.to_pylist(), *(head[n].to_pylist() for n in ("time", "stream", "tag")), log.to_pylist())
        for rec, time, stream, tag, text in zip(*columns, strict=True):
            first, began, texts = self._open.pop(stream, (rec, time, []))
            texts.append(text)
            if tag.startswith("P") and sum(map(len, texts)) < _LONGEST:
                self._open[stream] = first, began, texts
            else:
                found.append((first, began, stream, tag, "".join(texts)))
        return _columns(sorted(found))

    def rest(self) -> tuple[pa.Array, dict[str, pa.Array]]:
        """Return the lines whose end never came."""
        return _columns(sorted((rec, time, stream, "P", "".join(t)) for stream, (rec, time, t) in self._open.items()))


def _columns(found: list[tuple[int, str, str, str, str]]) -> tuple[pa.Array, dict[str, pa.Array]]:
    import pyarrow as pa

    rec, *texts = zip(*found, strict=True) if found else ((), (), (), (), ())
    names = ("time", "stream", "tag", "log")
    return pa.array(rec, pa.int64()), {n: pa.array(t, pa.string()) for n, t in zip(names, texts, strict=True)}
