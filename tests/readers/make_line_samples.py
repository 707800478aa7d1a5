"""Write four samples for each text reader named here: `python -m tests.readers.make_line_samples`, the same bytes each time.

ordinary: lines as the product documents them; japanese: lines with Japanese text, one of them in CP932; damaged: the ordinary
ones with half a line, a run of NUL bytes, bytes of no encoding and a cut end; empty: nothing but the header.
Hosts, people and addresses are invented (RFC 2606, RFC 5737, RFC 3849).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
PARTS = ("flows", "unix", "appliances", "routers", "vpns", "web", "addresses", "cloud", "consoles", "tables", "devices")


@dataclass(frozen=True)
class Log:
    """What the samples of a reader are made of."""

    reader: str
    file: str
    lines: tuple[str, ...]
    japanese: tuple[str, ...]
    header: tuple[str, ...] = ()
    end: str = "\n"
    told_by_header: bool = True


def write(log: Log, sample: str, data: bytes, *, told: bool = True) -> None:
    """Write one sample folder; `told` is whether the sample can be recognised by its content."""
    folder = HERE / log.reader / sample
    folder.mkdir(parents=True, exist_ok=True)
    (folder / log.file).write_bytes(data)
    if not told:
        (folder / "not_recognised_alone").touch()


def four(log: Log) -> None:
    """Write the samples of one reader."""
    head = "".join(line + log.end for line in log.header).encode()
    whole = [(line + log.end).encode() for line in log.lines]
    write(log, "ordinary", head + b"".join(whole))
    said = [(line + log.end).encode() for line in log.japanese]
    said[-1] = said[-1].decode().encode("cp932") if len(said) > 1 else said[-1]
    write(log, "japanese", head + b"".join([*whole[:1], *said]))
    half = whole[0][: len(whole[0]) // 2] + log.end.encode()
    rest = b"".join(whole)
    damaged = head + whole[0] + half + bytes(64) + whole[-1] + b"\xff\xfe\x81" + log.end.encode() + rest
    write(log, "damaged", damaged[: -len(whole[-1]) // 2])
    write(log, "empty", head, told=bool(log.header) and log.told_by_header)


def main() -> None:
    """Write all samples."""
    for part in PARTS:
        for log in import_module(f"tests.readers.line_samples.{part}").LOGS:
            four(log)


if __name__ == "__main__":
    main()
