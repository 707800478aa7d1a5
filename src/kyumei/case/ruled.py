"""Findings of Sigma rules over what a case has read: those that come with the program, and the packs that are installed.

The rules run on the stored events, file by file; readers that no rule is about are not opened, and the engine is not even
loaded where no rule is about anything. Hits are grouped as in a hunt: one rule, one host, no more than 24 hours between two.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from kyumei.case.hunt import applies, kept
from kyumei.detect.sigma import packs, words
from kyumei.model.citation import Citation
from kyumei.model.finding import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa

    from kyumei.case.hunt.gather import Batch
    from kyumei.case.hunt.kept import Choice
    from kyumei.detect.sigma.rule import Correlation, Rule
    from kyumei.store.query import Store

ROWS: Final = 32_768
_KINDS: Final = "select distinct source, coalesce(channel, ''), coalesce(event_id::varchar, '') from events order by all"
_ENTITIES: Final = {"host": "hosts", "account": "accounts", "src_ip": "addresses", "channel": "channels"}


def findings(store: Store, choice: Choice, zone: str) -> list[Finding]:
    """Return what the rules find in the case's events; correlations are findings of their own.

    Args:
        store: the case.
        choice: which rules; without a cache they are compiled anew.
        zone: IANA name of the zone in which rules count hours and days.
    """
    kinds = store.rows(_KINDS)
    if not kinds:
        return []
    with _compiled(choice) as folder:
        known = kept.load(folder)
        readers = applies.readers(known.rules, kinds)
        return _found(store, folder, readers, zone) if readers else []


def named(choice: Choice) -> list[tuple[str, str]]:
    """Return name and digest of each pack that is asked, in the order in which they are."""
    home = Path(choice.home) if choice.home else None
    own = [(packs.OWN, packs.own_digest())] if choice.own else []
    return [*own, *((pack.name, pack.digest) for pack in (packs.listed(home) if home else ()))]


def joined(analytics: Sequence[Finding], ruled: Sequence[Finding]) -> list[Finding]:
    """Return the findings of both, each act once.

    A rule's finding goes into that of an analytic which cites all of its events, is about the same technique and is no less
    grave: `facts.rules` of the latter names the rule. One that only shares events with analytics stays, and `facts.also`
    names their findings.
    """
    by_place: dict[Citation, list[int]] = {}
    for number, finding in enumerate(analytics):
        for citation in finding.citations:
            by_place.setdefault(citation, []).append(number)
    inside: dict[int, list[Finding]] = {}
    stay: list[Finding] = []
    for finding in ruled:
        places = [set(by_place.get(citation, ())) for citation in finding.citations]
        same = sorted(n for n in set.intersection(*places) if _says(analytics[n], finding))
        shared = sorted({analytics[n].id for n in set.union(*places)})
        if same:
            inside.setdefault(same[0], []).append(finding)
        else:
            stay.append(replace(finding, facts={**finding.facts, "also": shared}) if shared else finding)
    return [*(_with(finding, inside.get(n, ())) for n, finding in enumerate(analytics)), *stay]


def _says(analytic: Finding, ruled: Finding) -> bool:
    """Return whether an analytic's finding says what a rule's does, of no more events than it knows of."""
    about = {tag for tag in analytic.tags if tag.startswith("attack.t1")}
    return analytic.level.rank >= ruled.level.rank and analytic.count >= ruled.count and not about.isdisjoint(ruled.tags)


def _with(finding: Finding, ruled: Sequence[Finding]) -> Finding:
    if not ruled:
        return finding
    said = [{"id": r.rule, "title": dict(r.title), "level": r.level.value, **_origin(r.facts)} for r in ruled]
    return replace(finding, facts={**finding.facts, "rules": sorted(said, key=lambda one: str(one["id"]))})


def _origin(facts: Mapping[str, object]) -> dict[str, object]:
    return {key: facts[key] for key in ("author", "license", "pack") if key in facts}


@contextmanager
def _compiled(choice: Choice) -> Iterator[Path]:
    """Give the folder with the compiled rules: in the cache, else, where none can be written, for this time only."""
    if choice.cache:
        try:
            folder = kept.prepared(choice)
        except OSError:
            folder = None
        if folder is not None:
            yield folder
            return
    with TemporaryDirectory(prefix="kyumei-rules-") as temp:
        yield kept.prepared(replace(choice, cache=temp))


def _found(store: Store, folder: Path, readers: Sequence[str], zone: str) -> list[Finding]:
    """Return what the rules find in the events of these readers."""
    from kyumei.case.hunt import correlations, rows, rules
    from kyumei.case.hunt.ask import Answers
    from kyumei.store.write import Part

    known = kept.load(folder)
    detector = rules.detector(folder, zone)
    with TemporaryDirectory(prefix="kyumei-rules-") as temp:
        hits, needed = Part(Path(temp) / "hits", "0"), Part(Path(temp) / "needed", "0")
        for batch in _batches(store, readers):
            found = detector.run(batch, None)
            if (table := rows.hits(batch, found.shown, with_details="")) is not None:
                hits.add(table)
            if found.needed.num_rows:
                needed.add(rows.placed(batch, found.needed))
        if not hits.close() and not needed.close():
            return []
        needed.close()
        answers = Answers(Path(temp), known.facts(), more=correlations.rows(Path(temp), known), zone=zone)
        every: list[Rule | Correlation] = [*known.rules, *known.correlations]
        try:
            return [_finding(row, every[row["rule"]]) for row in answers.findings()]
        finally:
            answers.close()


@dataclass(frozen=True, slots=True)
class _Place:
    """See `kyumei.case.hunt.gather.Place`."""

    evidence_id: str
    file_id: str
    path: str


def _batches(store: Store, readers: Sequence[str]) -> Iterator[Batch]:
    """Yield the stored events of these readers, file by file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from kyumei.store.schema import PLACES

    listed = store.rows("select file_id, evidence_id, path from sources order by all")
    places = {file: _Place(evidence or "", file, path or "") for file, evidence, path in listed}
    for reader in readers:
        for path in store.parts(reader):
            texts = [
                field.name for field in pq.read_schema(path) if pa.types.is_string(field.type) and field.name not in PLACES
            ]
            with pq.ParquetFile(path, read_dictionary=texts) as file:
                for batch in file.iter_batches(batch_size=ROWS):
                    yield _batch(reader, pa.Table.from_batches([batch]), places)


def _batch(reader: str, table: pa.Table, places: Mapping[str, _Place]) -> Batch:
    import numpy as np

    from kyumei.case.hunt.gather import Batch
    from kyumei.store.columns import from_table
    from kyumei.store.schema import PLACES

    files = table["file_id"].combine_chunks().dictionary_encode()
    of = files.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    columns = from_table(table.drop_columns([name for name in PLACES if name in table.column_names]))
    sources = tuple(places.get(name, _Place("", name, name)) for name in files.dictionary.to_pylist())
    rec = table["rec"].fill_null(0).to_numpy()
    return Batch(reader, columns, sources, of, rec, table["ts"].combine_chunks())


def _finding(row: Mapping[str, Any], rule: Rule | Correlation) -> Finding:
    about = rule.about
    cited = {Citation(m["e"], m["p"], m["o"]) for m in row["marks"]}
    told = {kind: row[key] if kind != "host" else [row["host"]] for kind, key in _ENTITIES.items()}
    facts = {
        "pack": about.pack,
        "author": about.author,
        "license": about.license,
        "explanation": words.explanation(about),
        "rule_file": about.path,
        "rule_sha256": about.digest,
        "key": row["details"],
    }
    return Finding(
        rule=rule.id,
        title=words.titles(about),
        level=Level(rule.level),
        start=row["first"],
        end=row["last"],
        count=row["n"],
        citations=tuple(sorted(cited)),
        entities={kind: tuple(sorted({v for v in values or () if v})) for kind, values in told.items() if any(values or ())},
        facts={key: value for key, value in facts.items() if value},
        tags=tuple(about.tags),
    )
