"""Write `docs/reference/pii.md`: names and addresses against labels of others, false hits a gigabyte of software text.

python -m tests.real.pii [FOLDER …]    folders of software text; without any: installed packages, /usr/share, /usr/lib/python3
"""

from __future__ import annotations

import csv
import io
import lzma
import sys
import sysconfig
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import numpy as np

from kyumei.model.source import Source
from kyumei.scope.names import finder
from kyumei.scope.scan.blocks import pieces
from kyumei.scope.scan.find import all_rules, find
from kyumei.scope.tagger import labelled, learned
from kyumei.scope.text import is_text, scan
from tests.case.runs import ROOT
from tests.conftest import SHARED, members

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kyumei.scope.names import Finder
    from kyumei.scope.tagger.labelled import Sentence

PAGE: Final = ROOT / "docs" / "reference" / "pii.md"
LARGEST: Final = 20_000_000
PROTOTYPE: Final = {
    "phone": 1037, "card number": 540, "corporate number": 80, "address": 66, "dob": 33, "my number": 11, "passport": 11,
    "bank account": 7, "postal": 4,
}  # fmt: skip
"""Hits a gigabyte of the prototype of which the field notes tell, on 274 MB of other software text."""
HEAD: Final = """# Personal data in text: what is found, and what is found wrongly

Written by `make pii` (`python -m tests.real.pii`). The labelled sets are those of `../shared/data/pii` and lie not in this
repository: 3,234 sentences of the Japanese Wikipedia (stockmark, CC-BY-SA-3.0) and 4,341 addresses (geolonia, MIT). A name
counts as found only where first and last letter are those of the label. Models are learned (`kyumei names learn`) from UD
Japanese GSD (megagonlabs, CC-BY-SA-4.0) and the Wikipedia part of IOB2Corpus (CC-BY-SA), whose guidelines differ from
stockmark's; nothing was learned from the measured set but in the row that says so. Speeds are those of one core that others
used, too, a sentence a call.
"""


def all_names() -> Iterator[str]:
    """Yield a row for each way of finding names; the models are learned in a folder that is removed afterwards."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        test = home / "test.json"
        test.write_bytes(_unpacked("ner_ja_stockmark_shared.json.xz"))
        sentences = labelled.read(test).sentences
        yield _row("dictionary", [(sentences, None)])
        yield _row("`--names`, rules", [(sentences, finder())])
        others = [labelled.read(path) for path in _other_sets(home)]
        learned.learn(others, home / "model", when="")
        yield _row("`--names`, model learned from GSD and IOB2Corpus", [(sentences, finder(home / "model"))])
        halves = sentences[0::2], sentences[1::2]
        folds = []
        for known, unseen in (halves, halves[::-1]):
            half = labelled.Labelled("half", "", known, 0)
            learned.learn([half], home / "half", when="")
            folds.append((unseen, finder(home / "half")))
        yield _row("*for orientation:* learned from one half of the set itself, found in the other, both ways", folds)


def _other_sets(folder: Path) -> Iterator[Path]:
    """Yield the labelled sets that are not the one that is measured on, unpacked."""
    for name, raw in members(SHARED / "pii.tar.xz"):
        if name.startswith("ner_ja_") and name.endswith((".bio", ".conll")):
            path = folder / name.rsplit("/", 1)[-1]
            path.write_bytes(raw)
            yield path


def _row(how: str, runs: Sequence[tuple[Sequence[Sentence], Finder | None]]) -> str:
    """Return precision, recall and F1 of names, and the speed."""
    right = said = wanted = size = 0
    began = time.process_time()
    for sentences, by in runs:
        for sentence in sentences:
            data = sentence.text.encode()
            found = {
                (len(data[: hit.start].decode()), len(data[: hit.end].decode()))
                for hit in scan(Source.memory(data), names=by)
                if hit.category == "id.name"
            }
            right, said, wanted = right + len(sentence.names & found), said + len(found), wanted + len(sentence.names)
            size += len(data)
    rate = size / 1e6 / (time.process_time() - began)
    precision, recall = right / max(said, 1), right / wanted
    f1 = 2 * precision * recall / (precision + recall)
    return f"| names in running text, {how} | {wanted:,} | {precision:.3f} | {recall:.3f} | {f1:.3f} | {rate:.2f} |"


def _unpacked(name: str) -> bytes:
    with lzma.open(SHARED / "pii" / name) as stream:
        return stream.read()


def addresses() -> str:
    """Return the share of addresses whose hit is the whole line."""
    raw = _unpacked("ja_addresses_shared.csv.xz").decode("utf-8-sig")
    listed = [row["住所"] for row in csv.DictReader(io.StringIO(raw))]
    whole = 0
    for text in listed:
        data = text.encode()
        whole += any(h.category == "id.address" and (h.start, h.end) == (0, len(data)) for h in scan(Source.memory(data)))
    return f"| addresses, exact | {len(listed):,} | | {whole / len(listed):.3f} | | |"


def software(folders: Sequence[Path]) -> Iterator[str]:
    """Yield the table of hits a gigabyte."""
    rules = all_rules()
    each = np.zeros((len(folders), len(rules)), np.int64)
    sizes = [0] * len(folders)
    files = 0
    began = time.process_time()
    for number, folder in enumerate(folders):
        for path in _files([folder]):
            source = Source.memory(path.read_bytes(), path.name)
            if source.size and is_text(source):
                sizes[number], files = sizes[number] + source.size, files + 1
                for piece in pieces(source, text=True):
                    each[number] += np.bincount(find(piece.data).rows[:, 2], minlength=len(rules))
    total, size, largest = each.sum(axis=0), sum(sizes), max(range(len(folders)), key=sizes.__getitem__)
    rate = size / 1e6 / (time.process_time() - began)
    yield f"\n## False hits\n\n{files:,} text files of installed software ({', '.join(sorted(f.name for f in folders))}),"
    yield f"{size / 1e9:.2f} GB, {rate:.0f} MB/s with reading and telling of encodings. Hits are not checked one by one:"
    yield "addresses of authors and licensors are real ones, and so"
    yield "are many names and telephone numbers. The prototype is that of the field notes, on 274 MB of other software text.\n"
    yield "| kind | rule | hits | a GB |\n|---|---|---:|---:|"
    kinds: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for rule, number, most in zip(rules, total.tolist(), each[largest].tolist(), strict=True):
        kinds[rule.kind] += number
        others[rule.kind] += number - most
    rest = max(1, size - sizes[largest])
    for rule, number in sorted(zip(rules, total.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0].name)):
        if number:
            yield f"| {rule.kind} | {rule.name} | {number:,} | {number / size * 1e9:,.0f} |"
    yield "\nBy kind, where the prototype was measured; the last but one column leaves out the largest folder,"
    yield f"{folders[largest].name}:"
    yield f"\n| kind | hits | a GB | a GB of the other {rest / 1e9:.2f} GB | prototype, a GB |\n|---|---:|---:|---:|---:|"
    for kind, before in PROTOTYPE.items():
        figures = f"{kinds[kind]:,} | {kinds[kind] / size * 1e9:,.0f} | {others[kind] / rest * 1e9:,.0f}"
        yield f"| {kind} | {figures} | {before:,} |"


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and path.stat().st_size < LARGEST:
                yield path


def main() -> None:
    """Measure and write the page."""
    usual = (sysconfig.get_paths()["purelib"], "/usr/share", "/usr/lib/python3")
    folders = [Path(word) for word in sys.argv[1:] or usual]
    found = [*all_names(), addresses()]
    lines = [HEAD, "## Found\n", "| what | labelled | precision | recall | F1 | MB/s |\n|---|---:|---:|---:|---:|---:|", *found]
    PAGE.write_text("\n".join([*lines, *software(folders)]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
