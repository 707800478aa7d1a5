"""The documents of a case, in numbered versions: what they are made from, what was made, who signed it, where it was filed.

`documents/` in the case folder holds `entries.toml` (what people enter), `ledger.jsonl` (append-only and hash-chained like the
custody ledger: versions made, numbers announced, documents signed and filed) and one folder `v0001` a version. A version is a
state of knowledge: the diagnosis, the entries, the acts of the ledger and the day. Making documents again from the same state
gives the same bytes in the same version; anything else begins the next one, and no version is ever overwritten by another.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kyumei.case import byhand, clock
from kyumei.case.lawwords import answered, translated
from kyumei.case.plan import plan
from kyumei.case.version import code_digest
from kyumei.errors import UserError
from kyumei.evidence.custody import Ledger
from kyumei.reports.figures import figures
from kyumei.reports.matter import Matter, Said, choices, labels, plain_key
from kyumei.store.write import write_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from kyumei.evidence.custody import Entry
    from kyumei.reports.words.lookup import Lang

FOLDER: Final = "documents"
ENTRIES: Final = "entries.toml"
LEDGER: Final = "ledger.jsonl"
MANIFEST: Final = "version.json"


@dataclass(frozen=True, slots=True)
class State:
    """What the documents of a case are made from at one instant.

    Attributes:
        on: the day in the zone of the case.
        number: of the version that this state is.
        acts: entries of the documents' ledger.
        removed: persons whom somebody took off the list by hand.
    """

    case: Path
    diagnosis: Mapping[str, Any]
    digest: str
    entries: Mapping[str, str]
    acts: tuple[Entry, ...]
    on: date
    number: int
    basis: str
    history: tuple[Said, ...] = ()
    custody: tuple[Mapping[str, Any], ...] = ()
    filed: tuple[Mapping[str, str], ...] = ()
    measures: tuple[Mapping[str, Any], ...] = ()
    signed: tuple[Mapping[str, str], ...] = ()
    removed: int = 0

    @property
    def folder(self) -> Path:
        """Return the folder of this version."""
        return folder(self.case, self.number)

    def matter(self, lang: Lang) -> Matter:
        """Return the case as the reports see it in one language."""
        told = {**answered(translated(self.diagnosis, lang), lang), "removed_by_hand": self.removed}
        return Matter(
            told,
            lang,
            self.on,
            self.entries,
            self.history,
            self.filed,
            self.custody,
            version=self.number,
            digest=self.digest,
            measures=self.measures,
            signed=self.signed,
        )


def folder(case: Path, number: int) -> Path:
    """Return the folder of a version."""
    return case / FOLDER / f"v{number:04d}"


def ledger(case: Path) -> Ledger:
    """Return the ledger of the documents."""
    return Ledger(case / FOLDER / LEDGER)


def state(case: Path) -> State:
    """Return the present state of a case, and write the file of entries where there is none yet.

    Raises:
        UserError: there is no diagnosis, or the entries cannot be read.
        CustodyBroken: a ledger does not hold.
    """
    from zoneinfo import ZoneInfo

    data = _read(case / "diagnosis.json")
    diagnosis: dict[str, Any] = json.loads(data)
    told_by = hashlib.sha256(data).hexdigest()
    entered, acts, now = entries(case), ledger(case).verify(), clock.now()
    on = now.astimezone(ZoneInfo(str((diagnosis.get("case") or {}).get("zone") or "Asia/Tokyo"))).date()
    planned = plan(case, diagnosis, today=now)
    said = [e.hash for e in acts if e.act in ("number.announced", "document.filed")]
    changes = byhand.read(case)
    said += [digest(case / byhand.FILE)] if changes else []
    told = json.dumps([told_by, sorted(entered.items()), said, on.isoformat(), code_digest(), planned], ensure_ascii=False)
    basis = hashlib.sha256(told.encode()).hexdigest()
    made = manifests(case)
    number = made[-1]["version"] if made and made[-1]["basis"] == basis else len(made) + 1
    earlier = [m for m in made if m["version"] < number]
    return State(
        case=case,
        diagnosis=diagnosis,
        digest=told_by,
        entries=entered,
        acts=acts,
        on=on,
        number=number,
        basis=basis,
        history=_history(earlier, acts),
        custody=tuple(_plain(e) for e in Ledger(case / "custody.jsonl").entries()),
        filed=_filed(acts),
        measures=tuple(planned),
        signed=_signed(acts, number),
        removed=byhand.removed(changes),
    )


def manifests(case: Path) -> list[dict[str, Any]]:
    """Return the manifests of the versions made so far, oldest first."""
    found = sorted((case / FOLDER).glob(f"v[0-9][0-9][0-9][0-9]/{MANIFEST}"))
    return [json.loads(path.read_text("utf-8")) for path in found]


def entries(case: Path) -> dict[str, str]:
    """Return what was entered by dotted key; a file to fill in is written where there is none.

    Raises:
        UserError: the file is no TOML, or holds a key that nobody asks for.
    """
    path = case / FOLDER / ENTRIES
    if not path.exists():
        write_bytes(path, _blank().encode())
    try:
        groups = tomllib.loads(path.read_text("utf-8"))
        found = {f"{group}.{key}": str(value) for group, keys in groups.items() for key, value in keys.items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, AttributeError) as wrong:
        raise UserError(f"{path} cannot be read: {wrong}", hint='write one line a field: name = "…"') from wrong
    if odd := [key for key in found if plain_key(key) not in labels()]:
        raise UserError(f"{path}: nobody asks for {odd[0]}", hint=f"the fields are {', '.join(labels())}")
    return found


def keep(state_: State, files: Sequence[tuple[str, bytes | Path]], *, who: str) -> dict[str, Any]:
    """Write files into the version, renew its manifest, enter both into the ledger, and return the manifest.

    Args:
        state_: the state they were made from.
        files: name inside the version, and its bytes, or the path where it was already written.
        who: is entered in the ledger.
    """
    for name, data in files:
        if isinstance(data, bytes):
            write_bytes(state_.folder / name, data)
    listed = {f["path"]: f for f in _manifest_files(state_)} | {name: _listed(state_.folder, name) for name, _ in files}
    manifest = {
        "schema": "kyumei.documents/1",
        "version": state_.number,
        "on": state_.on.isoformat(),
        "basis": state_.basis,
        "diagnosis_sha256": state_.digest,
        "figures": [f.as_json() for f in figures(state_.diagnosis).values()],
        "entries": dict(sorted(state_.entries.items())),
        "files": [listed[name] for name in sorted(listed)],
    }
    body = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
    path = state_.folder / MANIFEST
    if not path.exists() or path.read_bytes() != body:
        write_bytes(path, body)
        facts = {"version": state_.number, "sha256": hashlib.sha256(body).hexdigest(), "files": len(listed)}
        ledger(state_.case).append("documents.made", at=clock.now(), who=who, facts=facts)
    return manifest


def act(case: Path, what: str, facts: Mapping[str, Any], *, who: str, note: str = "") -> None:
    """Enter an act about a document into the ledger: `document.signed`, `document.filed`, `number.announced`."""
    ledger(case).append(what, at=clock.now(), who=who, why=note, facts=facts)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise UserError(f"{path}: no diagnosis can be read there", hint="run kyumei triage … --case DIR first") from wrong


def _manifest_files(state_: State) -> list[dict[str, Any]]:
    path = state_.folder / MANIFEST
    return list(json.loads(path.read_text("utf-8"))["files"]) if path.exists() else []


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, or nothing where there is none."""
    if not path.is_file():
        return ""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            found.update(block)
    return found.hexdigest()


def _listed(top: Path, name: str) -> dict[str, Any]:
    return {"path": name, "bytes": (top / name).stat().st_size, "sha256": digest(top / name)}


def _history(made: Sequence[Mapping[str, Any]], acts: Sequence[Entry]) -> tuple[Said, ...]:
    """Return the numbers said before: of each version where they changed, and every one that was announced."""
    found: list[tuple[str, int, Said]] = []
    last: dict[str, tuple[int, int, int]] = {}
    for manifest in made:
        for figure in manifest["figures"]:
            number = (figure["low"], figure["best"], figure["high"])
            if figure["id"] in ("people", "records") and last.get(figure["id"]) != number:
                last[figure["id"]] = number
                said = Said(manifest["on"], figure["unit"], number, f"version:{manifest['version']}")
                found.append((manifest["on"], 1, said))
    for entry in acts:
        if entry.act == "number.announced":
            of = entry.facts
            number = (int(of["low"]), int(of["best"]), int(of["high"]))
            found.append((str(of["on"]), 0, Said(str(of["on"]), str(of["unit"]), number, str(of["where"]))))
    return tuple(said for *_, said in sorted(found, key=lambda f: (f[0], f[1], f[2].unit, f[2].where)))


def _filed(acts: Sequence[Entry]) -> tuple[Mapping[str, str], ...]:
    from kyumei.case.filings import fulfils

    return tuple(
        {k: str(v) for k, v in entry.facts.items() if k != "files"}
        | {"by": entry.who, "note": entry.why}
        | {"duties": " ".join([*fulfils(str(entry.facts.get("name"))), *entry.facts.get("duties", ())])}
        for entry in acts
        if entry.act == "document.filed"
    )


def _signed(acts: Sequence[Entry], number: int) -> tuple[Mapping[str, str], ...]:
    """Return the approvals entered before a version was first made: what is entered later cannot change its bytes."""
    made = (e.seq for e in acts if e.act == "documents.made" and e.facts.get("version") == number)
    first = next(made, None)
    return tuple(
        {"act": "signed", "name": str(e.facts["name"]), "version": str(e.facts["version"]), "on": e.at[:10], "by": e.who}
        | {"note": e.why}
        for e in acts
        if e.act == "document.signed" and (first is None or e.seq < first)
    )


def _plain(entry: Entry) -> dict[str, Any]:
    told = {k: getattr(entry, k) for k in ("seq", "at", "act", "who", "why", "evidence", "hash")}
    return told | {"facts": dict(entry.facts)}


def _blank() -> str:
    """Return the file of entries with nothing entered."""
    lines = [
        "# 組織の担当者だけが書ける欄。空欄の文書には【要記入】と出る。/ Only the organisation can say these.",
        '# 英語の文書だけの文は "name.en" = "…" と書く。/ For documents in one language only: "name.en" = "…".',
        "",
    ]
    group = ""
    for key, said in labels().items():
        top, _, name = key.partition(".")
        if top != group:
            lines += ["", f"[{top}]"]
            group = top
        names = [f"{of['ja']}/{of['en']}" for of in choices(key).values()]
        lines += [f"# {said['ja']} / {said['en']}" + (f" ({', '.join(names)})" if names else ""), f'{name} = ""']
    return "\n".join(lines) + "\n"
