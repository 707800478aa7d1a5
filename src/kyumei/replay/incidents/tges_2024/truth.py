"""The truth about this seed's intrusion, for checking what an analysis says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyumei.replay.duties import client_rows, person_rows, report_rows
from kyumei.replay.scene import stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.replay.incidents.tges_2024.clients import Client
    from kyumei.replay.incidents.tges_2024.folders import Filed
    from kyumei.replay.incidents.tges_2024.house import House
    from kyumei.replay.incidents.tges_2024.intrusion import Intrusion
    from kyumei.replay.incidents.tges_2024.own import Own
    from kyumei.replay.scene import Wish


_RULE = (
    "per client one person for each customer number, or where there is none for each name and telephone number; across "
    "clients the same name and telephone number (digits) is the same person, whose address may lack the prefecture"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One supplier's data as written. `also_elsewhere` are its customers who are already another supplier's."""

    client: Client
    filed: tuple[Filed, ...]
    people: int
    also_elsewhere: int


def truth(wish: Wish, house: House, kept: Sequence[Kept], own: Own, intruder: Intrusion) -> dict[str, object]:
    """Return what `truth.json` holds for this replay."""
    total = sum(one.people for one in kept)
    people = total - sum(one.also_elsewhere for one in kept)
    mine = own.employees + own.contacts
    return {
        "schema": "kyumei.truth/1",
        "replay": wish.name,
        "seed": wish.seed,
        "scale": wish.scale,
        "variant": wish.variant,
        "cause": "external.intrusion",
        "leak_status": "suspected" if wish.variant == "viewable" else "confirmed",
        **_course(house, intruder),
        "holdings": [*(_entrusted(one, intruder) for one in kept), _own(house, own, intruder)],
        "people": {
            "best": people + mine,
            "low": people + mine,
            "high": total + mine,
            "entrusted_sum_over_clients": total,
            "entrusted_across_clients": people,
            "own": mine,
            "rule": _RULE,
        },
        "reads": [
            {"at": stamp(one.at), "path": one.file.path, "own": bool(one.share), "client": one.client}
            for one in intruder.readings
        ],
        "clients_read": sorted({kept[one.client - 1].client.title for one in intruder.readings if not one.share}),
        "own_read": any(one.share for one in intruder.readings),
        "listed_share_roots": intruder.lists_root,
        "aware": [
            {"at": stamp(intruder.detected), "why": "unauthorised access detected, outside connection cut"},
            {"at": stamp(intruder.stolen_known), "why": "several ids and passwords found stolen, data viewable with them"},
        ],
        "obligations": _obligations(house, kept, intruder),
        "must_not_claim": _must_not(wish.variant),
        "unknowns": _unknowns(),
    }


def _course(house: House, intruder: Intrusion) -> dict[str, object]:
    visits = intruder.visits
    return {
        "window": {
            "first": stamp(visits[0].begin),
            "last": stamp(max(visit.end for visit in visits)),
            "first_failed_attempt": stamp(min(guess.at for guess in intruder.guesses)),
            "cut": stamp(intruder.cut),
        },
        "accounts": sorted({visit.who.identity.account for visit in visits}),
        "hosts": [house.appliance.name, house.controller, house.file_server],
        "entry_point": {"kind": "vpn", "device": house.appliance.name, "remote_addresses": sorted({v.remote for v in visits})},
        "intruder_workstation": intruder.workstation,
        "visits": [
            {
                "account": visit.who.identity.account,
                "remote": visit.remote,
                "inner": visit.inner,
                "first": stamp(visit.begin),
                "last": stamp(visit.end),
                "sent_bytes": visit.sent,
                "files_read": len(visit.readings),
            }
            for visit in visits
        ],
        "failed_attempts": len(intruder.guesses),
    }


def _entrusted(one: Kept, intruder: Intrusion) -> dict[str, object]:
    look, client = one.client.look, one.client
    read = sorted({r.file.path for r in intruder.readings if not r.share and r.client == client.serial})
    categories = ["id.name", "id.address", "id.phone"] + (["id.customer_no"] if look.numbered else [])
    return {
        "party": client.title,
        "role": "entrusted",
        "path": f"{one.filed[0].path.split('/')[1]}/{client.folder}/",
        "access": "accessed" if read else "exposed",
        "categories": categories + (["fin.bank_account"] if look.bank else []),
        "records": sum(file.records for file in one.filed),
        "people": one.people,
        "also_customers_of_an_earlier_client": one.also_elsewhere,
        "key": look.heads["number"] if look.numbered else look.heads["meter"],
        "files": [{"path": file.path, "records": file.records} for file in one.filed],
        "files_read": read,
        "should_have_been_erased": look.erased_not,
    }


def _own(house: House, own: Own, intruder: Intrusion) -> dict[str, object]:
    read = sorted({reading.file.path for reading in intruder.readings if reading.share})
    return {
        "party": house.company,
        "role": "own",
        "path": f"{house.own_share.name}/",
        "access": "accessed" if read else "exposed",
        "categories": ["id.name", "id.dob", "id.phone", "id.email", "id.employee_no"],
        "records": own.employees + own.contacts,
        "people": own.employees + own.contacts,
        "employees": own.employees,
        "contacts": own.contacts,
        "files": [{"path": file.path, "records": file.records} for file in own.filed],
        "files_read": read,
    }


def _obligations(house: House, kept: Sequence[Kept], intruder: Intrusion) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for instant in (intruder.detected, intruder.stolen_known):
        aware = instant.date()
        rows += report_rows(house.company, aware, "applies", wrongful=True)
        rows += person_rows(house.company, aware, "applies")
        rows += client_rows([one.client.title for one in kept], aware)
    return rows


def _must_not(variant: str) -> list[str]:
    never = [
        "that the nightly backup's reads are the intruder's",
        "that staff reading their own clients' tables by day are the intruder",
        "that data was encrypted or a ransom asked",
        "that a vulnerability of the appliance was used (not in this evidence)",
    ]
    if variant == "viewable":
        return [*never, "that any table was read, copied or taken", "that listing a share's root is reading a table"]
    if variant == "read":
        return [*never, "that tables were read that are not in `reads`", "that data left the house as a matter of fact"]
    return [*never, "that tables were read that are not in `reads`"]


def _unknowns() -> list[dict[str, object]]:
    return [
        {"question": "how were the credentials stolen?"},
        {"question": "was a vulnerability of the appliance used?"},
        {"question": "did the intruder see data by ways that are not audited?"},
        {"question": "was anything done before the logs begin?"},
    ]
