"""What is out of the ordinary about an outgoing message with personal data, compared with the sender's earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.detect import messages
from kyumei.detect.attached import outgoing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kyumei.detect.attached import Outgoing, Sheet
    from kyumei.detect.run import Settings
    from kyumei.store.query import Store

REPORTABLE: Final = 1000
"""More people than this must be reported whatever the data (APPI Enforcement Rules Art. 7 (iv), checked 2026-11-23)."""
WEIGHT: Final = {
    "hidden_sheet": 3,
    "sheet_not_in_earlier_mails": 3,
    "much_larger_than_the_other_sheets": 2,
    "more_than_1000_records": 2,
    "ten_times_earlier_mails": 2,
    "sensitive_categories": 2,
    "more_than_100_records": 1,
    "four_or_more_categories": 1,
    "several_organisations": 1,
    "personal_mailboxes": 1,
}
_SENSITIVE: Final = ("sens.", "fin.", "auth.", "id.mynumber", "id.gov_id")


def rated(store: Store, settings: Settings) -> list[tuple[Outgoing, tuple[str, ...]]]:
    """Return the outgoing messages with personal data attached and the reasons of each, earliest first."""
    sent = outgoing(store, settings)
    return [(message, unusual(message, sent[:n])) for n, message in enumerate(sent) if message.personal]


def weight(reasons: Iterable[str]) -> int:
    """Return the sum of the reasons' weights."""
    return sum(WEIGHT[reason] for reason in reasons)


def unusual(message: Outgoing, earlier: Sequence[Outgoing]) -> tuple[str, ...]:
    """Return the reasons for which this message is out of the ordinary, gravest first; the keys of `WEIGHT`."""
    alike = [e for e in earlier if e.sender == message.sender and set(e.domains) & set(message.domains)]
    series = [e for e in earlier if e.sender == message.sender and message.pattern and e.pattern == message.pattern]
    most = max((e.records for e in alike), default=0)
    usual = most > 0 and message.records <= 3 * most
    categories = {c for s in message.personal for c in s.categories}
    said = {
        "hidden_sheet": any(s.hidden for s in message.personal),
        "sheet_not_in_earlier_mails": _extra(message, series or alike),
        "much_larger_than_the_other_sheets": _outgrown(message.sheets),
        "more_than_1000_records": not usual and message.records > REPORTABLE,
        "ten_times_earlier_mails": most > 0 and message.records >= 10 * most and message.records > 50,
        "sensitive_categories": any(c.startswith(_SENSITIVE) for c in categories) and not usual,
        "more_than_100_records": not usual and 100 < message.records <= REPORTABLE,
        "four_or_more_categories": len(categories) >= 4 and not usual,
        "several_organisations": len(message.domains) >= 2 and not usual,
        "personal_mailboxes": any(d in messages.FREE_MAIL for d in message.domains) and not usual,
    }
    return tuple(reason for reason in WEIGHT if said[reason])


def _extra(message: Outgoing, before: Sequence[Outgoing]) -> bool:
    """Return whether a workbook holds more tables with personal data than any comparable one did before."""
    most = max((_largest_workbook(e) for e in before), default=0)
    return bool(before) and _largest_workbook(message) > max(most, 1)


def _largest_workbook(message: Outgoing) -> int:
    files = [s.file_id for s in message.personal]
    return max((files.count(f) for f in files), default=0)


def _outgrown(sheets: Sequence[Sheet]) -> bool:
    """Return whether a table with personal data is ten times larger than all others in its workbook together."""
    for sheet in sheets:
        others = [s.records for s in sheets if s.file_id == sheet.file_id and s is not sheet and s.records]
        if sheet.personal and others and sheet.records >= 10 * sum(others):
            return True
    return False
