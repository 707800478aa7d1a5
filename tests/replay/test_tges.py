from __future__ import annotations

import csv
import io
import json
import re
import struct
import zlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

import evtx
import pyevtx
import pytest
from python_calamine import CalamineWorkbook

from kyumei.replay.catalogue import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VARIANTS = ("viewable", "read", "read-exfil")


def truth(out: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((out / "truth.json").read_text("utf-8"))
    return loaded


def rows(path: Path) -> list[list[str]]:
    data = path.read_bytes()
    if path.suffix == ".xlsx":
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        return [[str(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    if path.suffix == ".sql":
        text = data.decode()
        heads = re.findall(r"^  `(.+?)` varchar", text, re.MULTILINE)
        return [heads, *([cell.strip("'") for cell in row.split(",")] for row in re.findall(r"[ ,]\(('.*?)\)(?=[,;])", text))]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp932")
    return list(csv.reader(io.StringIO(text)))


def people_of(out: Path, holding: dict[str, Any]) -> tuple[int, int]:
    """Count records and different people of one client from the files themselves."""
    keys, records = set(), 0
    for file in holding["files"]:
        heads, *body = rows(out / "evidence" / file["path"])
        assert len(body) == file["records"]
        records += len(body)
        keys |= {row[heads.index(holding["key"])] for row in body}
    return records, len(keys)


def events(path: Path) -> Iterator[dict[str, Any]]:
    for record in evtx.PyEvtxParser(str(path)).records_json():
        if record:
            event: dict[str, Any] = json.loads(record["data"])["Event"]
            yield event


def logs(out: Path) -> list[Path]:
    return sorted((out / "evidence/servers").rglob("Security.evtx"))


def server_reads(out: Path) -> set[tuple[str, str, str]]:
    """Return account, address and path of each file read at the file server by way of 5145."""
    found = set()
    for path in logs(out):
        for event in events(path):
            data = event["EventData"]
            if event["System"]["EventID"] == 5145 and int(data["AccessMask"], 16) & 1 and data["RelativeTargetName"] != "\\":
                share = data["ShareName"].removeprefix("\\\\*\\")
                found.add(
                    (data["SubjectUserName"], data["IpAddress"], f"{share}/{data['RelativeTargetName']}".replace("\\", "/"))
                )
    return found


@pytest.fixture(scope="module", params=VARIANTS)
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tges")
    write("tges-2024", out, seed=3, scale=0.001, variant=request.param)
    return out


def test_both_libraries_read_every_event(small: Path) -> None:
    for path in logs(small):
        file = pyevtx.open(str(path))
        count = sum(1 for _ in events(path))
        assert count == file.number_of_records > 500
        assert (file.number_of_recovered_records, file.is_corrupted()) == (0, False)
        file.close()


def test_checksums_of_file_and_chunks_hold(small: Path) -> None:
    for path in logs(small):
        data = path.read_bytes()
        assert struct.unpack_from("<I", data, 124)[0] == zlib.crc32(data[:120])
        for at in range(4096, len(data), 65_536):
            free, body_sum = struct.unpack_from("<II", data, at + 48)
            assert body_sum == zlib.crc32(data[at + 512 : at + free])
            assert struct.unpack_from("<I", data, at + 124)[0] == zlib.crc32(data[at : at + 120] + data[at + 128 : at + 512])


def test_the_intruder_reads_what_the_truth_says_and_nothing_else(small: Path) -> None:
    known = truth(small)
    inner = {visit["inner"] for visit in known["visits"]}
    read = {path for _, address, path in server_reads(small) if address in inner}
    assert {f"share/{path}" for path in read} == {one["path"] for one in known["reads"]}
    assert bool(read) == (known["variant"] != "viewable")
    assert {h["party"] for h in known["holdings"] if h["access"] == "accessed" and h["role"] == "entrusted"} == set(
        known["clients_read"]
    )


def test_staff_and_backup_leave_reads_so_that_absence_means_something(small: Path) -> None:
    known = truth(small)
    everyone = {path for _, _, path in server_reads(small)}
    tables = {file["path"].removeprefix("share/") for h in known["holdings"] if h["role"] == "entrusted" for file in h["files"]}
    assert tables <= everyone


def test_every_session_of_the_intruder_stands_in_both_logs(small: Path) -> None:
    known = truth(small)
    text = "".join(path.read_text("utf-8") for path in sorted((small / "evidence/vpn").iterdir()))
    logons = {
        (e["EventData"]["TargetUserName"], e["EventData"]["IpAddress"])
        for path in logs(small)
        for e in events(path)
        if e["System"]["EventID"] == 4624
    }
    for visit in known["visits"]:
        assert (visit["account"], visit["inner"]) in logons
        ups = [line for line in text.splitlines() if f"tunnelip={visit['inner']}" in line and 'action="tunnel-up"' in line]
        assert any(f'user="{visit["account"]}"' in line and f"remip={visit['remote']}" in line for line in ups)


def test_nobody_comes_in_after_the_cut(small: Path) -> None:
    cut = datetime.fromisoformat(truth(small)["window"]["cut"])
    for path in sorted((small / "evidence/vpn").iterdir()):
        for line in path.read_text("utf-8").splitlines():
            found = re.search(r'date=(\S+) time=(\S+) .*tz="(\S+)".*action="tunnel-up"', line)
            if found:
                assert datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3][:3]}:{found[3][3:]}") < cut


def test_much_leaves_only_in_the_variant_that_says_so(small: Path) -> None:
    known = truth(small)
    most = max(visit["sent_bytes"] for visit in known["visits"])
    assert (most > 300_000_000) == (known["variant"] == "read-exfil")


def test_the_two_days_of_awareness_give_two_clocks(small: Path) -> None:
    known = truth(small)
    aware = [line[:10] for line in (small / "aware.txt").read_text("utf-8").splitlines()]
    finals = {row["aware"]: row["due"] for row in known["obligations"] if row["id"] == "jp.appi.ppc.final"}
    assert aware == ["2024-06-26", "2024-07-09"]
    assert finals == {"2024-06-26": "2024-08-26", "2024-07-09": "2024-09-06"}
    assert sum(row["id"] == "jp.appi.processor_to_client" for row in known["obligations"]) == 2 * 51


def test_parties_name_folders_that_exist_and_cover_the_share(small: Path) -> None:
    evidence = small / "evidence"
    _, *parties = list(csv.reader((evidence / "parties.csv").read_text("utf-8-sig").splitlines()))
    assert len(parties) == 52
    assert all((evidence / "share" / path).is_dir() for _, _, path, _ in parties)
    files = {p for p in (evidence / "share").rglob("*") if p.is_file()}
    assert files == {p for _, _, path, _ in parties for p in (evidence / "share" / path).rglob("*") if p.is_file()}


def test_the_usual_size_has_the_published_people_at_one_to_a_hundred(tmp_path: Path) -> None:
    write("tges-2024", tmp_path, seed=1)
    known = truth(tmp_path)
    assert 41_600 <= known["people"]["entrusted_sum_over_clients"] <= 41_650
    assert check_counts(tmp_path) == known["people"]["entrusted_sum_over_clients"]
    assert sum(1 for path in logs(tmp_path) for _ in events(path)) < 100_000


def check_counts(out: Path) -> int:
    total = 0
    known = truth(out)
    for holding in known["holdings"]:
        if holding["role"] == "own":
            continue
        records, people = people_of(out, holding)
        assert (records, people) == (holding["records"], holding["people"]), holding["party"]
        total += people
    assert len(known["holdings"]) == 52
    return total


@pytest.mark.parametrize("seed", range(9))
def test_any_seed_keeps_counts_and_facts(seed: int, tmp_path: Path) -> None:
    write("tges-2024", tmp_path, seed=seed, scale=0.0005, variant=VARIANTS[seed % 3])
    known = truth(tmp_path)
    assert check_counts(tmp_path) == known["people"]["entrusted_sum_over_clients"]
    assert known["people"]["low"] == len(persons_across(tmp_path)) + known["people"]["own"]
    assert [h["should_have_been_erased"] for h in known["holdings"][:-1]].count(True) == 1


def persons_across(out: Path) -> set[tuple[str, str]]:
    """Return name and telephone number (digits) of everyone, each customer's newest row first."""
    found: set[tuple[str, str]] = set()
    for holding in truth(out)["holdings"]:
        if holding["role"] == "own":
            continue
        newest: dict[str, tuple[str, str]] = {}
        for file in holding["files"]:
            heads, *body = rows(out / "evidence" / file["path"])
            name = next(n for n, head in enumerate(heads) if head in {"氏名", "お名前", "使用者氏名", "契約者名"})
            phone = next(n for n, head in enumerate(heads) if head in {"電話番号", "TEL", "連絡先電話番号", "電話"})
            newest |= {row[heads.index(holding["key"])]: (row[name], re.sub(r"\D", "", row[phone])) for row in body}
        found |= set(newest.values())
    return found
