"""The truth about this seed's mistake, for checking what an analysis says."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyumei.replay.duties import person_rows, report_rows
from kyumei.replay.scene import stamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kyumei.replay.incidents.sophia_2024.aftermath import Aftermath, Reply
    from kyumei.replay.incidents.sophia_2024.everyday import World
    from kyumei.replay.incidents.sophia_2024.mistake import Mistake
    from kyumei.replay.scene import Wish
    from kyumei.replay.writers.eml import Letter
    from kyumei.replay.writers.postfix import Transit

_RULE = "one person for each student number; every participant is also in the master sheet"
_CATEGORIES = ("id.name", "id.dob", "id.nationality", "id.student_no")


@dataclass(frozen=True, slots=True)
class Written:
    """Where things came to lie in the evidence."""

    sent_path: str
    copies: tuple[str, ...]
    share_path: str
    transit: Transit
    harmless: tuple[str, ...]
    mails: Mapping[str, int]


def truth(wish: Wish, world: World, wrong: Mistake, after: Aftermath, where: Written) -> dict[str, object]:
    """Return what `truth.json` holds for this replay."""
    people = len(world.students)
    cast, letter = world.cast, wrong.letter
    last = max(attempt.after_s for way in where.transit.deliveries for attempt in way.tries)
    return {
        "schema": "kyumei.truth/1",
        "replay": wish.name,
        "seed": wish.seed,
        "scale": wish.scale,
        "variant": wish.variant,
        "cause": "error.missent",
        "leak_status": "confirmed",
        "window": {"first": stamp(letter.sent), "last": stamp(where.transit.arrived), "delivered_within_s": round(last)},
        "accounts": [cast.office[0].account],
        "actor": {"account": cast.office[0].account, "name": cast.office[0].name.kanji, "mail": cast.office[0].box.address},
        "hosts": [f"{cast.mail_host}.{cast.domain}", cast.office[0].address],
        "entry_point": None,
        "message": _message(letter, where),
        "recipients": [_recipient(reply, letter, where.transit) for reply in after.replies],
        "internal_copies": [box.address for box in wrong.inside],
        "attachment": _attachment(wrong, where),
        "holdings": [
            {
                "party": cast.university, "role": "own", "access": "taken", "categories": list(_CATEGORIES),
                "records": sum(wrong.book.records), "records_master_sheet": people, "people": people,
            }
        ],
        "categories": list(_CATEGORIES),
        "people": {"best": people, **_namesakes(world), "rule": _RULE},
        "aware": [{"at": stamp(after.found_at), "why": "found while another list was made"}],
        "obligations": _obligations(after, cast.university, people),
        "must_not_claim": _must_not(),
        "unknowns": _unknowns(after.replies),
        "legitimate_messages_with_people": list(where.harmless),
        "mails": dict(where.mails),
    }  # fmt: skip


def _namesakes(world: World) -> dict[str, int]:
    """Return how many students share their written name, or name and birth date, with another student."""
    names = Counter((s.name.family, s.name.given) for s in world.students)
    births = Counter((s.name.family, s.name.given, s.birth) for s in world.students)
    return {
        "share_a_name": sum(n for n in names.values() if n > 1),
        "share_name_and_birth_date": sum(n for n in births.values() if n > 1),
    }


def _message(letter: Letter, where: Written) -> dict[str, object]:
    return {
        "message_id": letter.message_id,
        "subject": letter.subject,
        "date": stamp(letter.sent),
        "queue_id": where.transit.queue_id,
        "sent_copy": where.sent_path,
        "received_copies": list(where.copies),
    }


def _recipient(reply: Reply, letter: Letter, transit: Transit) -> dict[str, object]:
    place = reply.partner
    way = next(way for way in transit.deliveries if way.to == place.contact.address)
    field = next(name for name in ("to", "cc", "bcc") if place.contact in getattr(letter, name))
    return {
        "mail": place.contact.address,
        "name": place.contact.name,
        "university": place.title,
        "country": place.country,
        "domain": place.contact.domain,
        "field": field,
        "relay": way.relay,
        "attempts": len(way.tries),
        "deletion_confirmed": reply.answer.startswith("deleted"),
        "answer": reply.answer,
        "answer_message_id": reply.letter.message_id if reply.letter else None,
    }


def _attachment(wrong: Mistake, where: Written) -> dict[str, object]:
    data = wrong.letter.attachments[0].data
    sheets = [
        {
            "name": sheet.name,
            "state": sheet.state,
            "records": records,
            "intended": sheet.name == wrong.how.list_name,
            "heading_row": sheet.heading,
            "columns": list(sheet.rows[sheet.heading]),
        }
        for sheet, records in zip(wrong.book.sheets, wrong.book.records, strict=True)
    ]
    return {
        "name": wrong.file_name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "share_path": where.share_path,
        "sheets": sheets,
        "forgotten_sheet": wrong.how.master_name,
        "forgotten_state": wrong.how.master_state,
    }


def _obligations(after: Aftermath, party: str, people: int) -> list[dict[str, object]]:
    aware = after.found_at.date()
    verdict = "applies" if people > 1000 else "does_not"  # 規則7条4号: more than 1,000 persons; nothing else applies here
    rows = report_rows(party, aware, verdict, wrongful=False)
    return [*rows, *person_rows(party, aware, verdict)]


def _must_not() -> list[str]:
    return [
        "that anyone meant harm (規則7条3号)",
        "that nationality alone is sensitive data (要配慮個人情報)",
        "that the data was viewed, used or passed on",
        "that lists sent to partners, insurers or agencies with reason are part of the leak",
        "that recipients at the university are recipients of the leak",
    ]


def _unknowns(replies: Sequence[Reply]) -> list[dict[str, object]]:
    silent = [reply.partner.contact.address for reply in replies if not reply.answer.startswith("deleted")]
    unsaid = [reply.partner.contact.address for reply in replies if reply.answer not in {"deleted_unopened", "deleted_opened"}]
    return [
        {"question": "did the recipient open the file?", "about": unsaid},
        {"question": "is deletion confirmed?", "about": silent},
        {"question": "do copies exist in backups, forwards or downloads at the recipients?", "about": "all"},
    ]
