"""What people wrote after a mis-sent mail: requests to delete, answers to them, read receipts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.detect import messages, unusual
from kyumei.detect.build import Said, finding
from kyumei.detect.registry import analytic
from kyumei.model.finding import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kyumei.detect.run import Settings
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

REQUESTED: Final = "mail.recall_requested"
DELETED: Final = "mail.deletion_confirmed"
OPENED: Final = "mail.read_receipt"
_ASKS: Final = (
    r"(削除|破棄|廃棄)(の|を|して|いただ|くださ)*(お願い|依頼|要請|頂け|いただけ|ください|下さい)|誤送信|誤って(送|お送り)"
    r"|誤配信|送信(取り?消し|の取消)|誤添付|添付(ファイル)?(の)?誤り"
    r"|(please|kindly|request(ed)? to|ask you to|urgent(ly)?)[^.]{0,60}\b(delete|destroy|discard)"
    r"|request for deletion|deletion request"
    r"|(sent|attached|e-?mailed)( to you)? (in|by) (error|mistake)|(mistakenly|erroneously|inadvertently) (sent|attached)"
    r"|would like to recall|^recall:|misdirected|mis-?sent|wrong (attachment|recipient|file)"
)
_DONE: Final = (
    r"(削除|破棄|廃棄)(いた|致)?し(まし)?た|(削除|破棄|廃棄)(を)?(完了|済)|(削除|破棄)(の)?(完了)?(報告|連絡)"
    r"|\b(deleted|destroyed|discarded)\b|deletion (is |was )?(confirm|complet)|confirm\w* (the |of )?delet"
)
_OPENED: Final = r"^(開封済み|既読|開封確認|開封通知|read|read receipt|gelesen|lu)\s*[:：]|disposition-notification"
_REPLY: Final = re.compile(r"^((re|aw|sv|返信)(\[\d+\])?[:：]\s*)+", re.IGNORECASE)
_CANDIDATES: Final = """
    with told as (
        select r.key, any_value(t.note order by r.rank, r.file_id, r.rec) as note
        from mail_texts t join mail_rows r on r.file_id = t.file_id and r.rec = t.rec
        where r.is_file and r.key is not null and (regexp_matches(t.note, ?, 'i') or r.key in (
            select key from messages where len(list_intersect(regexp_extract_all(answers, '[^\\s<>]+'), ?::varchar[])) > 0))
        group by r.key
    )
    select m.key, sender, recipients, coalesce(subject, ''), coalesce(t.note, ''), coalesce(answers, ''), sent
    from messages m left join told t on t.key = m.key
    where sender is not null and (t.key is not null or regexp_matches(coalesce(subject, ''), ?, 'i')
        or regexp_matches(coalesce(kind, ''), 'disposition-notification'))
    order by coalesce(sent, 0), m.key
"""
_EARLIER_TO_THE_SAME: Final = """
    select key, coalesce(subject, '') from (
        select key, subject, sent, len(list_intersect(recipients, shared)) as same
        from messages, (select ?::bigint as before, ? as self, ?::varchar[] as domains, ?::varchar[] as shared)
        where sent < before and key <> self and list_contains(domains, split_part(sender, '@', 2))
    ) where same > 0 order by same desc, sent desc, key limit 1000
"""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message that may ask for deletion, confirm it, or be a receipt."""

    key: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    note: str
    answers: tuple[str, ...]
    sent: int

    @property
    def text(self) -> str:
        """Return subject and what is known of the text."""
        return f"{self.subject} {self.note}"


@analytic(REQUESTED, ja="メールの削除依頼・誤送信の連絡", en="Request to delete a mail, notice of a mis-sent one")
def find_requests(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out messages from inside that ask people outside to delete what they got.

    What it asks:
        Did the organisation call a message back, when, and from whom?

    Why it matters:
        It shows that the sending was a mistake, and when it was noticed: awareness starts the legal clocks.

    How it decides:
        Sender inside, a recipient outside, and words of calling back in subject or text (削除のお願い, 誤送信, "please
        delete", "sent in error", "recall"). `facts.message_id` is the message meant, `facts.meant_by` how that is known: the
        one replied to (reply); else, of the organisation's earlier messages to the same people, the last one whose subject
        the request names (subject), else the most unusual one with personal data (personal data), else the last one (same
        recipients). A reply to a request is not a request.

    When it is wrong:
        Mail about deleting something else ("please delete the old version") reads the same.

    References:
        PPC Q&A 6-1: a mis-sent mail deleted unread, and confirmed to be, may be no leak.
    """
    domains = messages.internal_domains(store, settings) if messages.prepare(store) else ()
    for mail in _requests(store, domains):
        meant, by = _meant(store, mail, settings)
        outside = [a for a in mail.recipients if not messages.is_internal(a, domains)]
        said = Said(
            ja=f"{mail.sender} が組織外 {len(outside)} 名に送信済みデータの削除を依頼",
            en=f"{mail.sender} asked {len(outside)} outside recipient{'s'[: len(outside) != 1]} to delete what had been sent",
            level=Level.INFORMATIONAL,
            entities={"account": [mail.sender], "destination": outside, "channel": ["mail"]},
            facts={
                "message_id": meant,
                "meant_by": by,
                "request_id": mail.key,
                "subject": mail.subject,
                "recipients": outside,
                "sent": mail.sent or None,
            },
        )
        yield finding(store, REQUESTED, messages.span(store, mail.key), said)


@analytic(DELETED, ja="削除依頼への回答", en="Answer to a request to delete")
def find_answers(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out messages from outside that answer a request to delete, and say whether they state that it was done.

    What it asks:
        Who confirmed the deletion?

    Why it matters:
        Recipients who did not confirm are still open; deletion unread can mean that there was no leak.

    How it decides:
        From an address outside that was asked, to the organisation, after the request, and either replying to the
        request or with its subject. It counts as confirmed only where subject or text say that it was deleted; a reply
        whose text says nothing of that is not pointed out.

    When it is wrong:
        Where a reader gives no text, a confirmation in the text alone is missed. What a recipient states is not proof.

    References:
        PPC Q&A 6-1.
    """
    domains = messages.internal_domains(store, settings) if messages.prepare(store) else ()
    requests = _requests(store, domains)
    for mail in _candidates(store, [r.key for r in requests]) if requests else []:
        asked = [r for r in requests if _answers(mail, r)]
        if messages.is_internal(mail.sender, domains) or not asked or not re.search(_DONE, _said_anew(mail), re.IGNORECASE):
            continue
        meant, _ = _meant(store, asked[-1], settings)
        said = Said(
            ja=f"{mail.sender} が削除したと回答",
            en=f"{mail.sender} answered that the data was deleted",
            level=Level.INFORMATIONAL,
            entities={"account": [mail.sender], "channel": ["mail"]},
            facts={
                "message_id": meant,
                "request_id": asked[-1].key,
                "recipient": mail.sender,
                "confirmed": True,
                "sent": mail.sent or None,
            },
        )
        yield finding(store, DELETED, messages.span(store, mail.key), said)


@analytic(OPENED, ja="開封通知", en="Read receipt")
def find_receipts(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out receipts by which people outside say that they opened a message.

    What it asks:
        Who opened which message?

    Why it matters:
        Opened is not deleted unread.

    How it decides:
        From outside, and a disposition notification (RFC 8098) or a receipt's subject (開封済み:, Read:).
        `facts.message_id` is the message it answers, where it says so.

    When it is wrong:
        Most people send none: no receipt does not mean unopened. "Read:" may begin an ordinary subject.

    References:
        RFC 8098.
    """
    domains = messages.internal_domains(store, settings) if messages.prepare(store) else ()
    for mail in _candidates(store, []) if domains else []:
        if messages.is_internal(mail.sender, domains) or not _is_receipt(store, mail):
            continue
        said = Said(
            ja=f"{mail.sender} がメールを開封したとの通知",
            en=f"A receipt says that {mail.sender} opened a message",
            level=Level.INFORMATIONAL,
            entities={"account": [mail.sender], "channel": ["mail"]},
            facts={
                "message_id": mail.answers[-1] if mail.answers else None,
                "recipient": mail.sender,
                "subject": mail.subject,
                "sent": mail.sent or None,
            },
        )
        yield finding(store, OPENED, messages.span(store, mail.key), said)


def _requests(store: Store, domains: tuple[str, ...]) -> list[Mail]:
    """Return the requests, earliest first."""
    if not domains:
        return []
    return [
        m
        for m in _candidates(store, [])
        if messages.is_internal(m.sender, domains)
        and any(not messages.is_internal(a, domains) for a in m.recipients)
        and re.search(_ASKS, m.text, re.IGNORECASE)
        and not (_REPLY.match(m.subject) and re.search(_ASKS, m.subject, re.IGNORECASE))
    ]


def _candidates(store: Store, answered: Sequence[str]) -> list[Mail]:
    rows = store.rows(_CANDIDATES, f"{_ASKS}|{_DONE}", list(answered), f"{_ASKS}|{_DONE}|{_OPENED}")
    return [_mail(*row) for row in rows]


def _mail(key: str, sender: str, recipients: list[str], subject: str, *rest: object) -> Mail:
    note, answers, sent = rest
    ids = tuple(a.strip("<>") for a in str(answers).split())
    return Mail(key, sender, tuple(recipients), subject, str(note), ids, int(str(sent or 0)))


def _meant(store: Store, request: Mail, settings: Settings) -> tuple[str | None, str]:
    """Return the message that a request means, and how that is known."""
    domains = messages.internal_domains(store, settings)
    senders = dict(store.rows("select key, sender from messages where list_contains(?::varchar[], key)", list(request.answers)))
    for answered in reversed(request.answers):
        if messages.is_internal(senders.get(answered) or "@", domains):
            return answered, "reply"
    outside = [a for a in request.recipients if not messages.is_internal(a, domains)]
    earlier = store.rows(_EARLIER_TO_THE_SAME, request.sent, request.key, list(domains), outside)
    said = request.text.lower()
    named = [key for key, subject in earlier if len(subject.strip()) >= 6 and subject.strip().lower() in said]
    if named:
        return named[0], "subject"
    keys = {key for key, _ in earlier}
    personal = [(unusual.weight(reasons), m.sent or 0, m.key) for m, reasons in unusual.rated(store, settings) if m.key in keys]
    if personal:
        return max(personal)[-1], "personal data"
    return (earlier[0][0], "same recipients") if earlier else (None, "unknown")


def _answers(mail: Mail, request: Mail) -> bool:
    if mail.sender not in request.recipients or mail.sent < request.sent:
        return False
    return request.key in mail.answers or _REPLY.sub("", mail.subject).strip() == request.subject.strip()


def _said_anew(mail: Mail) -> str:
    """Return the text without a quoted original and without the request's own subject behind `Re:`."""
    subject = "" if _REPLY.match(mail.subject) else mail.subject
    own = mail.note.replace(mail.subject, " ")
    return f"{subject} " + re.split(r"(?m)^\s*(>|-{2,} ?original|on .{5,80} wrote:|-{3,}|\d{4}年.{5,60}:$)", own, maxsplit=1)[0]


def _is_receipt(store: Store, mail: Mail) -> bool:
    kind = store.rows("select coalesce(kind, '') from messages where key = ?", mail.key)[0][0]
    return bool(re.search(_OPENED, mail.subject.strip(), re.IGNORECASE)) or "disposition-notification" in kind
