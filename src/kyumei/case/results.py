"""Seal the results: a list of every result file with its digest, the run's parameters, and an entry in the ledger."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from kyumei import VERSION
from kyumei.case import clock
from kyumei.case.folder import RESULT_FOLDERS
from kyumei.case.version import code_digest
from kyumei.evidence.custody import Ledger
from kyumei.store.write import write_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kyumei.case.folder import Case
    from kyumei.case.triage import Options

RESULTS: Final = "results.json"
FILES: Final = ("case.toml", "run.json", "findings.jsonl", "diagnosis.json", "obligations.jsonl")
GIVEN: Final = ("affected.jsonl", "checks.jsonl", "facts.jsonl", "identities.jsonl", "measures.jsonl", "whereabouts.jsonl")
"""Files that exist once a person gave something, or that older versions did not write; sealed with the rest."""
LISTS: Final = "affected"
"""Folder of the versions of the list of affected persons; never removed."""


def remove_stale(case: Case, stems: set[str]) -> None:
    """Remove parts and job records of jobs that this run did not ask for, and what killed runs left half written."""
    for top in RESULT_FOLDERS:
        for path in sorted((case.path / top).rglob("*.parquet*")):
            if path.name.startswith(".") or path.name.rsplit("-", 1)[0] not in stems:
                path.unlink()
    for path in sorted(case.jobs.glob("*")):
        if path.stem not in stems:
            path.unlink()
    for folder in sorted((p for top in RESULT_FOLDERS for p in (case.path / top).rglob("*") if p.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def run_of(options: Options, document: Mapping[str, Any], stems: Sequence[str]) -> dict[str, Any]:
    """Return `run.json`: versions, parameters and jobs of a run."""
    return {
        "schema": "kyumei.run/1",
        "kyumei": VERSION,
        "code": code_digest(),
        "parameters": {
            "zone": options.zone,
            "lang": options.lang,
            "aware": [a.isoformat() for a in options.aware],
            "facts": dict(sorted(options.facts.items())),
        },
        "jobs": list(stems),
        "leak": document["leak"]["status"],
    }


def seal(case: Path, run: Mapping[str, Any], *, who: str, why: str) -> None:
    """Write `run.json` and `results.json`, and enter the results' digest into the custody ledger."""
    write_bytes(case / "run.json", (json.dumps(run, ensure_ascii=False, indent=1) + "\n").encode())
    listed = [_listed(case, path) for path in _result_files(case)]
    body = (json.dumps({"schema": "kyumei.results/1", "files": listed}, ensure_ascii=False, indent=1) + "\n").encode()
    write_bytes(case / RESULTS, body)
    facts = {"results_sha256": hashlib.sha256(body).hexdigest(), "files": len(listed)}
    ledger = Ledger(case / "custody.jsonl")
    ledger.append("results.sealed", at=clock.now(), who=who, why=why, facts=facts)


def reseal(case: Path, *, who: str, why: str) -> None:
    """Seal the results of a case anew, after a person added something to it."""
    seal(case, json.loads((case / "run.json").read_text("utf-8")), who=who, why=why)


def _result_files(case: Path) -> list[Path]:
    inside = [p for top in (*RESULT_FOLDERS, LISTS) for p in (case / top).rglob("*") if p.is_file()]
    return sorted([*inside, *(case / f for f in FILES), *(case / f for f in GIVEN if (case / f).exists())])


def _listed(case: Path, path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return {"path": path.relative_to(case).as_posix(), "bytes": path.stat().st_size, "sha256": digest.hexdigest()}
