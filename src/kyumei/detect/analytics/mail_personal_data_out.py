"""Outgoing mail with personal data attached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.detect import messages, unusual
from kyumei.detect.build import Said, finding
from kyumei.detect.registry import analytic
from kyumei.model.finding import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.detect.attached import Outgoing
    from kyumei.detect.run import Settings
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

NAME: Final = "mail.personal_data_out"
_BY_WEIGHT: Final = (Level.INFORMATIONAL, Level.LOW, Level.MEDIUM, Level.HIGH)
_DELIVERY: Final = """
    select list_sort(list_distinct(recipients)), action, coalesce(max(status), '') from mail_rows
    where key = ? and not is_file and action in ('mail.delivered', 'mail.bounced')
    group by recipients, action order by action desc, 1
"""


@analytic(
    NAME, ja="個人データを添付した組織外へのメール", en="Outgoing mail with personal data attached", tags=("attack.t1048",)
)
def find(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out each message from inside to outside whose attachments hold personal data.

    What it asks:
        Which messages carried tables with personal data to addresses outside the organisation, and which of them were out
        of the ordinary?

    Why it matters:
        A mis-sent attachment is the most frequent leak reported in Japan. The sheet nobody thought of is often hidden, or
        was only meant to be there while the list was made.

    How it decides:
        Sender inside, at least one recipient outside (see `kyumei.detect.messages.internal_domains`), and a table with
        personal data in a file below the message. All copies and log lines of one Message-ID are one finding. Each
        message gets points for what is unusual about it (`facts.unusual`): 3 for a hidden sheet with personal data or one
        that earlier mails of that sender in the same series, or to the same domains, did not have; 2 for more than 1,000
        records (the number from which every leak is reportable), for ten times the records of the sender's earlier mails
        to the same domains, for a sheet ten times larger than the others beside it, and for sensitive, financial or
        password columns; 1 for more than 100 records, four or more categories, two or more organisations, or a mailbox
        provider. Volume counts nothing where the sender has sent as many records to the same domains before. 3 points
        are high, 2 medium, 1 low. The comparison looks at earlier messages only.

    When it is wrong:
        A first, intended delivery of a large list to a contractor looks like a mistake. A mistake that repeats an earlier
        one looks ordinary. Text in the message itself, pictures and encrypted archives are not seen.

    References:
        APPI Enforcement Rules Art. 7; PPC annual report on reported leaks; MITRE ATT&CK T1048.
    """
    for message, reasons in unusual.rated(store, settings):
        yield _finding(store, message, reasons)


def _finding(store: Store, message: Outgoing, reasons: tuple[str, ...]) -> Finding:
    level = _BY_WEIGHT[min(unusual.weight(reasons), 3)]
    count, to = len(message.outside), "、".join(message.domains)
    personal = message.personal
    attachments = sorted({s.path for s in message.sheets})
    said = Said(
        ja=f"{message.sender} が個人データ {message.records:,} 件を含む添付ファイルを組織外 {count} 名({to})へ送信",
        en=f"{message.sender} sent an attachment with {message.records:,} records of personal data to {count}"
        f" outside recipient{'s'[: count != 1]} ({', '.join(message.domains)})",
        level=level,
        entities={
            "account": [message.sender],
            "destination": message.outside,
            "object": {s.path for s in personal},
            "file_id": {s.file_id for s in personal} | set(message.files),
            "table_id": [s.table_id for s in personal],
            "channel": ["mail"],
        },
        facts=_facts(store, message, reasons) | {"attachments": attachments},
        tags=("attack.t1048",),
    )
    return finding(store, NAME, messages.span(store, message.key), said)


def _facts(store: Store, message: Outgoing, reasons: tuple[str, ...]) -> dict[str, Any]:
    personal = message.personal
    return {
        "message_id": message.key,
        "subject": message.subject,
        "sender": message.sender,
        "recipients": list(message.outside),
        "recipient_domains": list(message.domains),
        "sheets": [
            {"name": s.name, "hidden": s.hidden, "table_id": s.table_id, "records": s.records, "personal": s.personal}
            for s in message.sheets
        ],
        "table_ids": [s.table_id for s in message.sheets],
        "personal_table_ids": [s.table_id for s in personal],
        "copies_table_ids": sorted({s.table_id for s in message.copies}),
        "categories": sorted({c for s in personal for c in s.categories}),
        "sent": message.sent,
        "delivered": delivered(store, message.key),
        "delivered_log": message.logged,
        "people_hint": max((s.records for s in personal), default=0),
        "records": message.records,
        "unusual": list(reasons),
    }


def delivered(store: Store, key: str) -> dict[str, str]:
    """Return what the server logs say of each recipient: `delivered`, `bounced` or the log's own word."""
    found: dict[str, str] = {}
    for recipients, action, status in store.rows(_DELIVERY, key):
        word = "bounced" if action == "mail.bounced" else "delivered"
        for recipient in recipients:
            found[recipient] = status if status in {"deferred", "expired"} else word
    return dict(sorted(found.items()))
