"""The whole way: acquire → read → index → detect → diagnose → scope → duties → reports, resumable at any instant."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from kyumei import VERSION
from kyumei.case import answers, assemble, clock, identities, incident, job, judging, people, results, ruled, scope
from kyumei.case.coverage import coverage
from kyumei.case.folder import open_or_create
from kyumei.case.hunt.kept import Choice
from kyumei.case.reach import reached, unknown
from kyumei.case.version import code_digest
from kyumei.detect import run as detect
from kyumei.diagnose.diagnose import diagnose
from kyumei.diagnose.view import View
from kyumei.duties.load import shipped
from kyumei.engine import local
from kyumei.evidence.acquire import acquire
from kyumei.evidence.custody import Ledger, record_acquisition
from kyumei.evidence.sources import folder
from kyumei.model.holding import residents_json
from kyumei.reports import first_diagnosis
from kyumei.store import index
from kyumei.store.query import Store
from kyumei.store.write import write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from kyumei.case.folder import Case
    from kyumei.diagnose.diagnose import Diagnosis
    from kyumei.model.evidence import Item
    from kyumei.model.holding import Holding

LANGUAGES: Final[tuple[Literal["ja", "en"], ...]] = ("ja", "en")


@dataclass(frozen=True, slots=True)
class Options:
    """What a person says about the case.

    Attributes:
        aware: instants at which the leak may have become known, the main one first, with offset.
        facts: further facts for the law (dotted keys), over those that evidence decides.
        roster, parties: files given by hand; else those found in the evidence are used.
        rules: Sigma rules that are asked beside the analytics, and where they are kept once compiled.
    """

    zone: str = "Asia/Tokyo"
    lang: Literal["ja", "en"] = "ja"
    aware: tuple[datetime, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    roster: Path | None = None
    parties: Path | None = None
    reference: bool = False
    workers: int = 2
    operator: str = ""
    rules: Choice = field(default_factory=Choice)


def triage(paths: Sequence[Path], folder_: Path, options: Options, tell: Callable[[str], None]) -> dict[str, Any]:
    """Run the whole way on these paths and return `diagnosis.json`.

    Args:
        paths: files and folders of evidence.
        folder_: the case folder, made if missing.
        options: see there.
        tell: called with one line of progress at each stage.

    Raises:
        UserError: a path is missing, the folder is not a case, a list cannot be read.
        EvidenceError: sealed evidence has changed.
    """
    case = open_or_create(folder_, zone=options.zone, at=clock.now())
    items = _acquire(paths, case, options, tell)
    stems = _read(items, case, options, tell)
    tell("索引を作成 / building the index")
    index.build(case.path)
    store = Store.open(case.path)
    try:
        document = _answer(store, items, case, options, tell)
    finally:
        store.close()
    results.seal(case.path, results.run_of(options, document, stems), who=_operator(options), why="triage")
    return document


def _acquire(paths: Sequence[Path], case: Case, options: Options, tell: Callable[[str], None]) -> list[Item]:
    ledger = Ledger(case.path / "custody.jsonl")
    items: dict[str, Item] = {}
    for path in paths:
        tell(f"保全 / preserving {path}")
        item = acquire(path, case.path, reference=options.reference)
        record_acquisition(ledger, item, at=clock.now(), who=_operator(options), why="triage", tool=f"kyumei {VERSION}")
        if item.notice:
            tell(item.notice)
        items[item.id] = item
    return [items[i] for i in sorted(items)]


def _read(items: Sequence[Item], case: Case, options: Options, tell: Callable[[str], None]) -> list[str]:
    jobs = [j for item in items for j in job.plan(case.path, item, case.zone)]
    for number, _ in enumerate(local.run(job.run, jobs, workers=options.workers), 1):
        tell(f"読取 / reading {number}/{len(jobs)}")
    results.remove_stale(case, {j.stem for j in jobs})
    return [j.stem for j in jobs]


def _answer(store: Store, items: Sequence[Item], case: Case, options: Options, tell: Callable[[str], None]) -> dict[str, Any]:
    tell("検知 / detecting")
    view = _view(store, items, case, options)
    tell("診断 / diagnosing")
    diagnosis = diagnose(view)
    tell("範囲と義務 / scope and duties")
    held = scope.holdings(store, diagnosis.leading)
    known, answered = incident.facts(diagnosis, view), answers.current(answers.read(case.path))
    obligations = judging.judge(held, known | dict(options.facts), options.aware, answered)
    parts = _parts(view, diagnosis, held, case, options) | {
        "evidence": [_item(i) for i in items],
        "facts": {"evidence": known, "stated": dict(options.facts), "answers": [asdict(a) for a in answered]},
    }
    documents: dict[str, dict[str, Any]] = {
        lang: assemble.document(parts, held, obligations, _versions(options), lang) for lang in LANGUAGES
    }
    write_documents(case.path, documents, options.lang)
    return documents[options.lang]


def _view(store: Store, items: Sequence[Item], case: Case, options: Options) -> View:
    folders = [(item, folder(item, case.path)) for item in items]
    listed = {}
    for kind, given in (("roster", options.roster), ("parties", options.parties)):
        listed[kind] = [(str(given), given.read_bytes())] if given else people.found(folders, f"{kind}.csv")
    roster = tuple(p for name, text in listed["roster"] for p in people.roster(text, name))
    parties = tuple(p for name, text in listed["parties"] for p in people.parties(text, name))
    findings = detect.run(store, detect.Settings(zone=case.zone, roster=tuple(asdict(p) for p in roster)))
    findings = detect.ordered(ruled.joined(findings, ruled.findings(store, options.rules, case.zone)))
    known = identities.build(store, case.path, identities.stated(folders, roster, listed["roster"]))
    findings = identities.located(findings, store, case.zone)
    return View(store, findings, parties, roster, case.zone, identities.alike(known))


def _item(item: Item) -> dict[str, Any]:
    name = item.origin.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return {"id": item.id, "name": name, "sha256": item.root, "bytes": item.bytes, "files": len(item.files), "mode": item.mode}


def _parts(view: View, diagnosis: Diagnosis, held: Sequence[Holding], case: Case, options: Options) -> dict[str, Any]:
    digests = dict(view.store.rows("select path, sha256 from sources where sha256 is not null order by path"))
    everyone = scope.overall(view.store, held)
    by_reach = reached(view, case.path, diagnosis.leading)
    return {
        "case": {"name": case.name, "zone": case.zone, "aware": [a.isoformat() for a in options.aware]},
        "leak": assemble.leak(diagnosis),
        "hypotheses": assemble.hypotheses(diagnosis, case.zone),
        "path": assemble.path(diagnosis.leading, case.zone, digests),
        "people": assemble.people(everyone.people if everyone else None),
        "residents": residents_json(everyone.residents.items()) if everyone else [],
        "people_by_reach": by_reach,
        "findings": assemble.findings(view.findings, case.zone, digests),
        "coverage": coverage(view.store, view.findings, case.zone),
        "unknowns": assemble.statements(diagnosis.unknowns) + unknown(by_reach),
        "next_actions": [{"text": dict(a.text), "owner": a.owner} for a in diagnosis.actions],
    }


def _versions(options: Options) -> dict[str, str]:
    packs = "; ".join(f"{name} sha256:{digest}" for name, digest in ruled.named(options.rules))
    return {"kyumei": VERSION, "code": code_digest(), "rules": packs, "laws": shipped().as_of.isoformat()}


def write_documents(case: Path, documents: Mapping[str, Mapping[str, Any]], lang: str) -> None:
    """Write the diagnosis, its findings and obligations in one language, and the first diagnosis in each."""
    main = documents[lang]
    write_bytes(case / "findings.jsonl", _lines(main["findings"]))
    write_bytes(case / "obligations.jsonl", _lines(main["obligations"]))
    write_bytes(case / "diagnosis.json", (json.dumps(main, ensure_ascii=False, indent=1) + "\n").encode())
    for language in LANGUAGES:
        page = first_diagnosis.html(documents[language], language)
        write_bytes(case / "reports" / f"first-diagnosis.{language}.html", page.encode())


def _lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _operator(options: Options) -> str:
    """Return who is entered in the ledger: the one named, else the system's name for whoever runs this."""
    import getpass

    try:
        return options.operator or getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
