"""People by party, residence, categories and age, on tables made here by means of their own."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from kyumei.cli.people import command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

STATES = ("CA", "TX", "NY", "FL", "OH", "WA", "MT")


def asked(*arguments: object) -> dict[str, Any]:
    done = CliRunner().invoke(command, [str(a) for a in arguments], standalone_mode=False)
    assert done.exception is None, done.exception
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def groups(said: dict[str, Any], by: str) -> dict[str, int]:
    return {group["value"]: group["people"] for group in said["by"][by]["groups"]}


def word(n: int) -> str:
    return "".join("bdfgklmnprstvzjh"[n // 64**k % 16] + "aeio"[n // 64**k // 16 % 4] for k in range(4)).capitalize()


def written(path: Path, rows: Sequence[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def pupil(n: int) -> tuple[object, ...]:
    state = STATES[n * n % 7]
    born = f"{2000 + n % 15}-{1 + n % 12:02d}-{1 + n % 27:02d}"
    return (f"S{n:06d}", word(n * 7919), word(n * 104729), born, f"{n} Main Street", "Springfield", state, f"{10000 + n:05d}")


def test_pupils_of_many_states_are_counted_in_each_state_exactly(tmp_path: Path) -> None:
    header = ("student_id", "first_name", "last_name", "date_of_birth", "address", "city", "state", "zip")
    now, backup = [pupil(n) for n in range(900)], [pupil(n) for n in range(300, 1200)]
    written(tmp_path / "students.csv", [header, *now])
    written(tmp_path / "backup" / "students_old.csv", [header, *backup])
    said = asked(tmp_path, "--by", "residence,minors", "--on", "2024-12-28")
    expected = {f"US-{s}": sum(STATES[n * n % 7] == s for n in range(1200)) for s in STATES}
    assert groups(said, "residence") == {k: v for k, v in expected.items() if v}
    assert said["by"]["residence"]["overall"] == said["people"]["best"] == 1200
    ages = [2024 - (2000 + n % 15) - ((1 + n % 12, 1 + n % 27) > (12, 28)) for n in range(1200)]
    assert groups(said, "minors") == {"minor": sum(a < 18 for a in ages), "adult": sum(a >= 18 for a in ages)}


def test_customers_of_fifty_one_clients_are_counted_for_each_and_once_overall(tmp_path: Path) -> None:
    truth: dict[str, set[int]] = {}
    lines = [("party", "role", "path")]
    for client in range(51):
        people = [n for n in range(4000) if (n * 2654435761 + client * 40503) % 4099 < 40 + client]
        truth[f"client{client:02d}"] = set(people)
        rows = [
            (
                f"{client:02d}-{k:05d}",
                f"{word(n * 7919)} {word(n * 104729)}",
                f"u{n}@example.net",
                f"+81 90-{n:04d}-{n * 3 % 10000:04d}",
            )
            for k, n in enumerate(people)
        ]
        written(tmp_path / f"c{client:02d}" / "customers.csv", [("customer_id", "name", "email", "phone"), *rows])
        lines.append((f"client{client:02d}", "entrusted", f"c{client:02d}"))
    written(tmp_path.parent / "parties-51.csv", lines)
    said = asked(tmp_path, "--by", "party", "--parties", tmp_path.parent / "parties-51.csv")
    assert groups(said, "party") == {name: len(people) for name, people in truth.items()}
    union = set().union(*truth.values())
    assert said["by"]["party"]["overall"] == said["people"]["best"] == len(union)
    assert said["by"]["party"]["several"] == sum(sum(n in p for p in truth.values()) > 1 for n in union)


def test_people_are_told_by_what_is_known_of_them_over_all_their_records(tmp_path: Path) -> None:
    written(tmp_path / "a.csv", [("name", "email"), ("Ann Bell", "a@example.net"), ("Bob Cole", "b@example.net")])
    written(tmp_path / "b.csv", [("name", "email", "date_of_birth"), ("Ann Bell", "a@example.net", "1990-01-02")])
    said = asked(tmp_path, "--by", "categories")
    assert groups(said, "categories") == {"id.name id.email": 1, "id.name id.dob id.email": 1}


def test_a_dimension_that_is_none_is_refused_with_those_there_are(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, [str(tmp_path), "--by", "colour"], standalone_mode=False)
    assert "colour" in str(done.exception)
