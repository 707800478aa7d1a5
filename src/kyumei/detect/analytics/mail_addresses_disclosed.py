"""Many outside addresses in To or Cc of one message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.detect import messages
from kyumei.detect.build import Said, finding
from kyumei.detect.registry import analytic
from kyumei.model.finding import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.detect.run import Settings
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

NAME: Final = "mail.addresses_disclosed"
MANY: Final = 20
VERY_MANY: Final = 50
_SENT: Final = """
    select key, sender, shown, coalesce(subject, ''), sent from messages
    where sender is not null and len(shown) >= ? order by coalesce(sent, 0), key
"""


@analytic(NAME, ja="多数の宛先を互いに開示したメール", en="Mail that shows many recipients to each other")
def find(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out each message from inside that shows its many outside recipients each other's addresses.

    What it asks:
        Which messages name at least 20 addresses outside in To or Cc?

    Why it matters:
        Bcc forgotten is a leak of names and addresses to every recipient, and a frequent one.

    How it decides:
        Distinct outside addresses in To and Cc of the message itself (server logs cannot tell Cc from Bcc). From 20
        addresses of at least five domains, or of mailbox providers, medium; from 50 high; below five domains low, because
        the people of a few organisations who work together mostly know each other. Of addresses that the same sender
        already wrote to together, in To or Cc of an earlier message, only the new ones count.

    When it is wrong:
        A project with many parties that knows its members looks the same at the first message.

    References:
        PPC guidance on reports of mis-sent mail.
    """
    if not messages.prepare(store):
        return
    domains = messages.internal_domains(store, settings)
    known: dict[str, set[str]] = {}
    for key, sender, shown, subject, sent in store.rows(_SENT, 5):
        outside = {a for a in shown if not messages.is_internal(a, domains)}
        together = known.setdefault(sender, set())
        fresh = sorted(outside - together)
        together |= outside
        if messages.is_internal(sender, domains) and len(fresh) >= MANY:
            yield _finding(store, (key, sender, subject, sent), fresh)


def _finding(store: Store, message: tuple[str, str, str, int | None], outside: list[str]) -> Finding:
    key, sender, subject, sent = message
    listed = {a.rsplit("@", 1)[-1] for a in outside}
    spread = len(listed) >= 5 or bool(listed & messages.FREE_MAIL)
    level = (Level.HIGH if len(outside) >= VERY_MANY else Level.MEDIUM) if spread else Level.LOW
    said = Said(
        ja=f"{sender} のメールが組織外の {len(outside)} 個のアドレスを宛先欄(To/Cc)で互いに開示",
        en=f"A message of {sender} shows {len(outside)} outside addresses to each other in To or Cc",
        level=level,
        entities={"account": [sender], "destination": outside, "channel": ["mail"]},
        facts={
            "message_id": key,
            "subject": subject,
            "sender": sender,
            "addresses": len(outside),
            "recipient_domains": sorted(listed),
            "sent": sent,
        },
    )
    return finding(store, NAME, messages.span(store, key), said)
