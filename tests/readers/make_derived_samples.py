"""Write the samples that a reader lacks, made from its first one: `python -m tests.readers.make_derived_samples`.

damaged: half a line, a run of NUL bytes, bytes of no encoding and a cut end; empty: the header, where there is one, else
nothing; japanese: the name of who acted or of what was touched in Japanese. The same bytes each time; look at what is read of
them before committing it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from kyumei.model.source import Source
from kyumei.readers.registry import READERS
from kyumei.readers.run import recognise
from tests.readers.samples import SAMPLES

if TYPE_CHECKING:
    from tests.readers.samples import Sample

HERE = Path(__file__).parent
BINARY = {"windows.evtx", "linux.utmp"}
NUMBERS = {"cloud.vpc_flow", "network.zeek_json"}
"""Readers whose records hold no text."""
NAME = "山田太郎"
_WORD = re.compile(r"[A-Za-z][A-Za-z_-]{3,}")
_HEADER = re.compile(rb"(?:#[^\n]*\n)+|[^\n]*\n")


def main() -> None:
    """Write what is missing."""
    for reader in READERS.all():
        own = [sample for sample in SAMPLES if sample.reader == reader.name]
        if not own or reader.name in BINARY:
            continue
        first = own[0]
        data = first.file.read_bytes()
        names = [sample.folder.name for sample in own]
        if not any(re.search("damag|cut", name) for name in names):
            _write(first, "damaged", _damaged(data))
        if "empty" not in names:
            _write(first, "empty", _header(first, data))
        if reader.name not in NUMBERS and not any(max(s.file.read_bytes(), default=0) > 0x7F for s in own):
            _write(first, "japanese", _japanese(first, data))


def _damaged(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    if len(lines) < 2:
        return data + data[: len(data) // 2] + b"\n" + bytes(64) + b"\n" + b"\xff\xfe\x81\n" + data[: -max(1, len(data) // 4)]
    head, second, last = lines[0], lines[1], lines[-1]
    parts = [head, second, second[: len(second) // 2] + b"\n", bytes(64), last, b"\xff\xfe\x81\n", *lines[1:]]
    return b"".join(parts)[: -max(1, len(last) // 2)]


def _header(first: Sample, data: bytes) -> bytes:
    """Return what stands above the records: comments, or the names of columns; nothing where the first line is a record."""
    events = [json.loads(line) for line in (first.folder / "expected.jsonl").read_text("utf-8").splitlines()]
    begins = min((event["rec"] for event in events if "rec" in event and "action" in event), default=0)
    found = _HEADER.match(data)
    return found[0] if found and 0 < found.end() <= begins else b""


def _japanese(first: Sample, data: bytes) -> bytes:
    events = [json.loads(line) for line in (first.folder / "expected.jsonl").read_text("utf-8").splitlines()]
    for column in ("account", "object", "message"):
        for event in events:
            for word in reversed(_WORD.findall(str(event.get(column, "")))):
                if word.encode() in data and not re.search(rb'["{,]' + word.encode() + rb'"?[:=]', data):
                    return re.sub(rb"(?<![A-Za-z])" + word.encode() + rb"(?![A-Za-z])", NAME.encode(), data)
    return data.rstrip(b"\n") + NAME.encode() + b"\n"


def _write(first: Sample, sample: str, data: bytes) -> None:
    folder = HERE / first.reader / sample
    folder.mkdir(parents=True, exist_ok=True)
    (folder / first.file.name).write_bytes(data)
    stamp = first.folder / "mtime.txt"
    if stamp.exists():
        (folder / "mtime.txt").write_bytes(stamp.read_bytes())
    found, _ = recognise(Source.memory(data, "evidence/0001"))
    if found is None or found.name != first.reader:
        (folder / "not_recognised_alone").touch()


if __name__ == "__main__":
    main()
