"""Compare what triage answered with what a replay's truth says; each difference is one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


OURS = {"id.customer_no"}
"""Categories that the law file does not know; a meter number may or may not count as one."""


def sophia(truth: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the answer for a mis-sent mail."""
    first = said["hypotheses"][0]
    yield from _equal("status", said["leak"]["status"], truth["leak_status"])
    yield from _equal("cause", (first["cause"], first["likelihood"]), (truth["cause"], "high"))
    yield from _equal("people", _bounds(said["people"]), [truth["people"]["best"]] * 3)
    yield from _equal("holdings", len(said["holdings"]), 1)
    categories = sorted(c["id"] for h in said["holdings"] for c in h["categories"])
    yield from _equal("categories", categories, sorted(truth["categories"]))
    yield from _equal("recipients", sorted(first["destinations"]), sorted(r["mail"] for r in truth["recipients"]))
    yield from _equal("message", first["facts"].get("message_id"), truth["message"]["message_id"].strip("<>"))
    yield from _equal("day", first["window"]["first"][:10], truth["window"]["first"][:10])
    actors = [a["account"] for a in first["actors"]]
    if not any(truth["actor"]["mail"] == a or truth["actor"]["account"] == a for a in actors):
        yield f"the sender is {truth['actor']['mail']}, not {actors}"
    yield from _duties(truth, said)
    asked = " ".join(u["text"]["en"] for u in said["unknowns"])
    if "open the attachment" not in asked:
        yield "it is not asked whether anyone opened the file"
    for recipient in truth["recipients"]:
        named = "deletion confirmed" in asked and recipient["mail"] in asked.split("deletion confirmed", 1)[1].split(")")[0]
        if named == recipient["deletion_confirmed"]:
            yield f"deletion by {recipient['mail']}: asked {named}, confirmed {recipient['deletion_confirmed']}"


def _duties(truth: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[str]:
    for wanted in truth["obligations"]:
        found = [o for o in said["obligations"] if o["id"] == wanted["id"] and (o["aware"] or "")[:10] == wanted["aware"][:10]]
        if not found:
            yield f"{wanted['id']} was not judged"
        for duty in found:
            yield from _equal(wanted["id"], duty["verdict"], wanted["verdict"])
            if wanted.get("due"):
                yield from _equal(f"{wanted['id']} due", (duty["due"] or "")[:10], wanted["due"][:10])
            if "because" in wanted and duty["id"].startswith("jp.appi.ppc"):
                wrong = [b for b in duty["because"] if wanted["because"] not in b]
                if wrong or not duty["because"]:
                    yield f"{wanted['id']} because of {duty['because']}"


def _bounds(count: Mapping[str, Any]) -> list[int]:
    return [count["low"], count["best"], count["high"]]


def _equal(what: str, found: object, wanted: object) -> Iterator[str]:
    if found != wanted:
        yield f"{what}: {found!r} instead of {wanted!r}"


def tges(truth: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the answer for an intrusion at a processor."""
    first = said["hypotheses"][0]
    yield from _equal("cause", (first["cause"], first["likelihood"]), (truth["cause"], "high"))
    yield from _equal("status", said["leak"]["status"], truth["leak_status"])
    yield from _equal("accounts", sorted({_bare(a["account"]) for a in first["actors"]}), sorted(truth["accounts"]))
    yield from _equal("first", first["window"]["first"][:16], truth["window"]["first"][:16])
    yield from _equal("last", first["window"]["last"][:13], truth["window"]["last"][:13])
    if truth["entry_point"]["device"].lower() not in {h.split(".")[0].lower() for h in first["source"]["hosts"]}:
        yield f"the entry point {truth['entry_point']['device']} is not among {first['source']['hosts']}"
    yield from _equal("addresses", first["facts"]["addresses"], sorted(truth["entry_point"]["remote_addresses"]))
    yield from _clients(truth, said)
    people = said["people"]
    if not people["low"] <= truth["people"]["best"] <= people["high"]:
        yield f"people {people} do not hold {truth['people']['best']}"
    yield from _duties_of_parties(truth, said)


def _clients(truth: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[str]:
    found = {(h["party"], h["role"]): h for h in said["holdings"]}
    wanted = {(h["party"], h["role"]): h for h in truth["holdings"]}
    yield from _equal("parties", sorted(found), sorted(wanted))
    for key in sorted(wanted.keys() & found.keys()):
        yield from _equal(f"people of {key}", found[key]["people"]["best"], wanted[key]["people"])
        yield from _equal(f"records of {key}", found[key]["records"]["best"], wanted[key]["records"])
        yield from _equal(f"access of {key}", found[key]["access"], wanted[key]["access"])
        categories = {c["id"] for c in found[key]["categories"]} - OURS
        yield from _equal(f"categories of {key}", sorted(categories), sorted(set(wanted[key]["categories"]) - OURS))


def _duties_of_parties(truth: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[str]:
    for wanted in truth["obligations"]:
        found = [
            o
            for o in said["obligations"]
            if o["id"] == wanted["id"] and o["party"] == wanted["party"] and (o["aware"] or "")[:10] == wanted["aware"][:10]
        ]
        if not found:
            yield f"{wanted['id']} of {wanted['party']} was not judged for {wanted['aware']}"
        for duty in found:
            yield from _equal(f"{wanted['id']} of {wanted['party']}", duty["verdict"], wanted["verdict"])
            if wanted.get("due"):
                yield from _equal(f"{wanted['id']} of {wanted['party']} due", (duty["due"] or "")[:10], wanted["due"][:10])


def _bare(account: str) -> str:
    return account.rsplit("\\", 1)[-1].split("@", 1)[0].lower()


def psn(truth: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the answer for a database read through an application server."""
    first = said["hypotheses"][0]
    yield from _equal("cause", (first["cause"], first["likelihood"]), (truth["cause"], "high"))
    yield from _equal("status", said["leak"]["status"], truth["leak_status"])
    yield from _equal("addresses", first["facts"]["addresses"], truth["entry_point"]["remote_addresses"])
    database = first["facts"].get("database", {})
    wanted = ([truth["database"]["account"]], [truth["database"]["client"]])
    yield from _equal("read by", (database.get("accounts"), database.get("clients")), wanted)
    if truth["destination"]["address"] not in first["destinations"]:
        yield f"the data went to {truth['destination']['address']}, not to {first['destinations']}"
    yield from _equal("people held", _bounds(said["people"]), [truth["held"]["people"]] * 3)
    yield from _equal("people read", _bounds(said["people_by_reach"]["accessed"]), [truth["read"]["people"]] * 3)
    yield from _equal("people taken", _bounds(said["people_by_reach"]["taken"]), [truth["read"]["people"]] * 3)
    residents = _folded({r["place"]: r["best"] for r in said["residents"]})
    yield from _equal("residents", residents, _folded(truth["held"]["by_residence"]))
    missing = set(truth["categories"]) - {c["id"] for h in said["holdings"] for c in h["categories"]}
    yield from _equal("categories missing", sorted(missing), [])
    gaps = [g for g in said["coverage"]["gaps"] if g["host"] == truth["logs_wiped"]["host"]]
    if not gaps:
        yield f"the wiped log of {truth['logs_wiped']['host']} is not among {said['coverage']['gaps']}"


def _folded(residents: Mapping[str, int]) -> dict[str, int]:
    """Return Japan as one: invented postal codes do not always tell its prefectures apart."""
    found: dict[str, int] = {}
    for place, people in sorted(residents.items()):
        key = "JP" if place.startswith("JP") else place
        found[key] = found.get(key, 0) + people
    return found
