"""Acts about documents: signing, filing, announcing a number; and what differs between two versions."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any, Final

from kyumei.case import clock, documents, filings
from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

UNITS: Final = ("people", "records")


def sign(case: Path, name: str, *, who: str, note: str) -> Mapping[str, Any]:
    """Enter that a person approves a document of the last version, bound to the bytes of its files.

    Raises:
        UserError: the document has not been made, or a file is no longer what was made.
    """
    version, files = _files(case, name)
    facts = {"name": name, "version": version, "files": files}
    documents.act(case, "document.signed", facts, who=who, note=note)
    return facts


def filed(
    case: Path, name: str, said: Mapping[str, str], *, who: str, note: str, duties: Sequence[str] = ()
) -> Mapping[str, Any]:
    """Enter that a document of the last version went out.

    Args:
        case: the folder.
        name: the report.
        said: `on` (ISO day), `receipt`, `to`, and `party` where it was filed for one of several.
        who: who filed it.
        note: free words.
        duties: rules that it does beside those of the report.

    Raises:
        UserError: there is no such rule, or the document has not been made.
    """
    version, files = _files(case, name)
    facts = {"name": name, "version": version, **{k: said.get(k, "") for k in ("on", "receipt", "to")}}
    more = {"party": said["party"]} if said.get("party") else {}
    named = {"duties": list(filings.checked(duties))} if duties else {}
    documents.act(case, "document.filed", {**facts, **more, **named, "files": files}, who=who, note=note)
    return facts


def announce(case: Path, unit: str, number: tuple[int, int, int], said: tuple[date, str], *, who: str) -> None:
    """Enter a number that was told to others: on which day, and where."""
    if unit not in UNITS or not 0 <= number[0] <= number[1] <= number[2]:
        raise UserError(f"{number} {unit} is no number with bounds", hint="low ≤ best ≤ high, of people or records")
    low, best, high = number
    facts = {"unit": unit, "low": low, "best": best, "high": high, "on": said[0].isoformat(), "where": said[1]}
    documents.act(case, "number.announced", facts, who=who)


def history(case: Path) -> list[dict[str, Any]]:
    """Return every act about documents, oldest first."""
    return [
        {"at": e.at, "act": e.act, "who": e.who, "note": e.why} | {k: v for k, v in e.facts.items() if k != "files"}
        for e in documents.ledger(case).verify()
    ]


def difference(case: Path, one: int, two: int) -> Iterator[str]:
    """Yield what differs between two versions: numbers first, then each document's sentences.

    Raises:
        UserError: a version has not been made.
    """
    before, after = _manifest(case, one), _manifest(case, two)
    numbers = [{f["id"]: f for f in m["figures"]} for m in (before, after)]
    for id_ in sorted(set(numbers[0]) | set(numbers[1])):
        old, new = (_number(n.get(id_)) for n in numbers)
        if old != new:
            yield f"{id_}: {old} → {new}"
    made = [{f["path"] for f in m["files"] if f["path"].endswith(".json")} for m in (before, after)]
    for here, names in ((one, made[0] - made[1]), (two, made[1] - made[0])):
        if names:
            reports = dict.fromkeys(name.split("/")[0].split(".")[0] for name in sorted(names))
            yield f"only in v{here}: {', '.join(reports)} ({len(names)} documents)"
    for name in sorted(made[0] & made[1]):
        old_text, new_text = (_sentences(documents.folder(case, n) / name) for n in (one, two))
        lines = list(difflib.unified_diff(old_text, new_text, f"v{one}/{name}", f"v{two}/{name}", lineterm="", n=0))
        yield from (line for line in lines if not line.startswith("@@"))


def parsed_day(text: str) -> date:
    """Return a day, today in UTC where none is given."""
    return clock.instant(text).date() if text else clock.now().date()


def _files(case: Path, name: str) -> tuple[int, list[dict[str, str]]]:
    made = documents.manifests(case)
    if not made:
        raise UserError(f"{case} has no documents yet", hint="run kyumei report --case DIR first")
    last = made[-1]
    found = [f for f in last["files"] if f["path"].split("/")[-1].split(".")[0] == name or f["path"].startswith(f"{name}/")]
    if not found:
        raise UserError(f"version {last['version']} has no document {name}", hint=f"kyumei report --case DIR --only {name}")
    top = documents.folder(case, last["version"])
    if changed := [f["path"] for f in found if documents.digest(top / f["path"]) != f["sha256"]]:
        raise UserError(f"{changed[0]} is no longer what was made", hint="make it again, or keep edited copies elsewhere")
    return last["version"], [{"path": f["path"], "sha256": f["sha256"]} for f in found]


def _manifest(case: Path, number: int) -> dict[str, Any]:
    found = next((m for m in documents.manifests(case) if m["version"] == number), None)
    if found is None:
        raise UserError(f"there is no version {number}", hint=f"there are {len(documents.manifests(case))}")
    return found


def _number(figure: Mapping[str, Any] | None) -> str:
    if figure is None:
        return "-"
    bounds = "" if figure["low"] == figure["high"] else f" ({figure['low']:,}–{figure['high']:,})"
    return f"{figure['best']:,}{bounds} {figure['unit']}"


def _sentences(path: Path) -> list[str]:
    from kyumei.reports.readable import sentences

    return list(sentences(json.loads(path.read_text("utf-8"))))
