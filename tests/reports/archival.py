"""Validate what we print as PDF/A and PDF/UA with veraPDF (`make pdfa`): needs a Java runtime, and Maven unless told the jars.

    python -m tests.reports.archival [--classpath JARS] [PDF...]

Without files, every document is made from each invented case in Japanese and English, with everything entered and with nothing
entered, and a bundle of letters for the printer. Prints what is invalid and why, then the figures; exit 1 where anything is.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kyumei.reports.documents.person_notice import notice
from kyumei.reports.matter import Phrases
from kyumei.reports.render import letters
from kyumei.reports.render.pdf import pdf
from kyumei.reports.words.lookup import LANGS
from tests.case.runs import ROOT
from tests.reports.matters import NAMES, SAMPLES, documents, entered, matter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE: Final = ROOT / "tools" / "pdfa"


def written(folder: Path) -> Iterator[Path]:
    """Yield every document and one bundle of letters a language, written to the folder."""
    for lang in LANGS:
        for sample in SAMPLES:
            for state, entries in (("blank", {}), ("entered", entered())):
                m = matter(sample, lang, entries=entries)
                for name in NAMES:
                    for document in documents(name, m):
                        path = folder / f"{sample}-{state}-{document.stem}.pdf"
                        path.write_bytes(pdf(document, m))
                        yield path
        m = matter("missent", lang, entries=entered())
        letter = notice(m, "letter", to=Phrases("documents/person_notice", lang)("name_here"))
        persons = ((f"東京都千代田区 {n}", f"髙﨑 𠮷子 {n}") for n in range(120))
        for job in letters.bundles(letter, m, persons, folder / f"letters-{lang}"):
            yield Path(letters.write(job))


def jars(folder: Path) -> str:
    """Return the class path of the validator, resolved by Maven as it is set up on this machine."""
    out = folder / "classpath"
    told = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:build-classpath", f"-Dmdep.outputFile={out}"]
    subprocess.run(told, check=True)
    return out.read_text("utf-8").strip()


def validated(files: Sequence[Path], classpath: str) -> Counter[tuple[str, str]]:
    """Return how many files were valid or not by profile, and print what is not."""
    found: Counter[tuple[str, str]] = Counter()
    for start in range(0, len(files), 200):
        told = ["java", "-cp", classpath, str(HERE / "Check.java"), *map(str, files[start : start + 200])]
        done = subprocess.run(told, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            raise SystemExit(done.stderr)
        for line in done.stdout.splitlines():
            if line.startswith(("valid\t", "INVALID\t")):
                verdict, profile, _ = line.split("\t", 2)
                found[profile, verdict] += 1
            if not line.startswith("valid\t"):
                print(line)
    return found


def main() -> int:
    """Validate, print the figures, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--classpath", default="", help="Jars of veraPDF; else Maven resolves tools/pdfa/pom.xml.")
    parser.add_argument("files", nargs="*", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temp:
        files = given.files or list(written(Path(temp)))
        found = validated(files, given.classpath or jars(Path(temp)))
    for (profile, verdict), count in sorted(found.items()):
        print(f"{profile}: {count} files {verdict}")
    return 1 if not found or any(verdict == "INVALID" for _, verdict in found) else 0


if __name__ == "__main__":
    sys.exit(main())
