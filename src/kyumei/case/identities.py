"""Identities and whereabouts of a case: gathered, joined, kept as `identities.jsonl` and `whereabouts.jsonl`, and looked up.

Both are derived, written anew by each run, the same bytes for the same evidence and roster.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from kyumei.case import people
from kyumei.case.assemble import iso
from kyumei.detect import whereabouts
from kyumei.detect.identity import gather, join
from kyumei.detect.identity.gather import Name, Place
from kyumei.errors import UserError
from kyumei.model.text import decode
from kyumei.store.write import write_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from kyumei.detect.whereabouts import At
    from kyumei.diagnose.view import Person
    from kyumei.model.evidence import Item
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

FILE: Final = "identities.jsonl"
WHERE: Final = "whereabouts.jsonl"
_LEAST_UID: Final = 1000


@dataclass(frozen=True, slots=True)
class Known:
    """Who is whom in a case."""

    identities: tuple[dict[str, Any], ...]
    ambiguous: tuple[dict[str, Any], ...]

    def of(self, asked: str) -> dict[str, Any] | None:
        """Return the identity that has this name, spelling, number or id; None where none or several have it."""
        wanted = asked.strip().casefold()
        found = [i for i in self.identities if wanted in _asked_by(i)]
        return found[0] if len(found) == 1 else None


def stated(
    folders: Sequence[tuple[Item, Path]], roster: Sequence[Person], given: Sequence[tuple[str, bytes]]
) -> list[join.Line]:
    """Return what the roster and passwd files of the evidence say, the roster first."""
    told = lines(roster, given[0][0] if given else "roster")
    for where, data in people.found(folders, "passwd"):
        evidence, _, path = where.partition(":")
        told += passwd(decode(data).text, path, evidence)
    return told


def alike(known: Known) -> dict[str, frozenset[str]]:
    """Return for each name of an identity all of its names, in lower case."""
    groups = (
        {str(a["value"]) for a in i["aliases"]} | {s.lower() for a in i["aliases"] for s in a["spelt"]}
        for i in known.identities
    )
    return {name: frozenset(group) for group in groups if len(group) > 1 for name in group}


def lines(roster: Iterable[Person], where: str) -> list[join.Line]:
    """Return what the roster says in names; a line's own account comes first."""
    found = []
    for number, person in enumerate(roster, 1):
        spelt = [person.account, *person.accounts, person.mail]
        names = [name for text in spelt if text and (name := gather.named(text))]
        if person.number:
            names.append(Name("number", person.number.lower()))
        if names:
            unique = tuple(dict.fromkeys(names))
            found.append(join.Line(person.name, person.number, person.left, unique, Place("", where, number)))
    return found


def passwd(text: str, where: str, evidence: str) -> list[join.Line]:
    """Return the people of a passwd file: users from 1000 up whose comment field names somebody."""
    found = []
    for number, row in enumerate(text.splitlines(), 1):
        cells = row.split(":")
        if len(cells) == 7 and cells[2].isdigit() and _LEAST_UID <= int(cells[2]) < 60_000 and (who := cells[4].split(",")[0]):
            found.append(join.Line(who, "", "", (Name("bare", cells[0].lower()),), Place(evidence, where, number)))
    return found


def build(store: Store, case: Path, stated: Sequence[join.Line]) -> Known:
    """Join the identities, write both files and return the identities."""
    seen = {text: (n, first, last, place) for text, n, first, last, place in gather.accounts(store)}
    spelt: dict[Name, list[str]] = {}
    for text in seen:
        if name := gather.named(text):
            spelt.setdefault(name, []).append(text)
    persons, unclear = join.joined(spelt, list(gather.pairs(store)), stated)
    paths = dict(store.rows("select file_id, path from sources order by 1"))
    rows = tuple(_row(each, spelt, seen, paths) for each in persons)
    doubt = tuple({"name": asdict(a.name), "could_be": list(a.could_be), "why": {"ja": a.ja, "en": a.en}} for a in unclear)
    told = [{"identity": row} for row in rows] + [{"ambiguous": row} for row in doubt]
    write_bytes(case / FILE, _jsonl(told))
    every = whereabouts.holders(store)
    write_bytes(case / WHERE, _jsonl([{**asdict(h), "file": paths.get(h.file, h.file)} for h in every]))
    return Known(rows, doubt)


def read(case: Path) -> Known:
    """Return the identities of a case.

    Raises:
        UserError: the case has none; its triage was of an earlier version.
    """
    path = case / FILE
    if not path.is_file():
        raise UserError(f"{case} holds no {FILE}", hint="run kyumei triage with --case on this folder again")
    every = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    identities = tuple(row["identity"] for row in every if "identity" in row)
    return Known(identities, tuple(row["ambiguous"] for row in every if "ambiguous" in row))


def holders(case: Path) -> At:
    """Return what answers who an address was at an instant.

    Raises:
        UserError: the case has none.
    """
    path = case / WHERE
    if not path.is_file():
        raise UserError(f"{case} holds no {WHERE}", hint="run kyumei triage with --case on this folder again")
    return whereabouts.At([whereabouts.Holder(**json.loads(line)) for line in path.read_text("utf-8").splitlines()])


def spellings(identity: Mapping[str, Any]) -> tuple[str, ...]:
    """Return how the identity's accounts are written in events."""
    return tuple(sorted({text for alias in identity["aliases"] for text in (*alias["spelt"], alias["value"])}))


def located(findings: Sequence[Finding], store: Store, zone: str) -> list[Finding]:
    """Return the findings with `facts.addresses_were`: which machine or whose session their inside addresses were then."""
    at = whereabouts.At(whereabouts.holders(store))
    found = []
    for finding in findings:
        told = []
        for address in finding.of("src_ip"):
            for holder in at(address, finding.start) if finding.start is not None else ():
                said = {"address": address, "was": whereabouts.told(holder), "from": iso(holder.began, zone)}
                told.append({**said, "to": iso(holder.ended, zone)})
        found.append(replace(finding, facts={**finding.facts, "addresses_were": told}) if told else finding)
    return found


def _row(
    identity: join.Identity, spelt: Mapping[Name, list[str]], seen: Mapping[str, Any], paths: Mapping[str, str]
) -> dict[str, Any]:
    aliases = [_alias(name, spelt.get(name, []), seen) for name in identity.names]
    joins = [
        {
            "one": pair.one.value,
            "other": pair.other.value,
            "by": pair.by,
            "why": dict(zip(("ja", "en"), join.REASONS[pair.why], strict=True)),
            "records": pair.count,
            "citation": {
                "evidence": pair.place.evidence,
                "path": paths.get(pair.place.file, pair.place.file),
                "offset": pair.place.rec,
            },
        }
        for pair in identity.joins
    ]
    said = {"name": identity.name, "number": identity.number, "left": identity.left}
    return {"id": identity.id, **said, "aliases": aliases, "joins": joins}


def _alias(name: Name, spelt: Sequence[str], seen: Mapping[str, Any]) -> dict[str, Any]:
    told = [seen[text] for text in spelt]
    firsts, lasts = [t[1] for t in told if t[1] is not None], [t[2] for t in told if t[2] is not None]
    return {
        "kind": name.kind,
        "value": name.value,
        "spelt": sorted(spelt),
        "events": sum(t[0] for t in told),
        "first": _utc(min(firsts, default=None)),
        "last": _utc(max(lasts, default=None)),
    }


def _utc(us: int | None) -> str | None:
    return None if us is None else datetime.fromtimestamp(us / 1e6, UTC).isoformat(timespec="seconds")


def _asked_by(identity: Mapping[str, Any]) -> set[str]:
    names = {identity["id"], identity["name"], identity["number"]}
    names |= {alias["value"] for alias in identity["aliases"]}
    return {str(n).casefold() for n in names if n}


def _jsonl(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
