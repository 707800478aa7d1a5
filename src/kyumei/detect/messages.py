"""Mails as one row each, whatever copies and server log lines there are of them.

`prepare` makes two temporary tables from all `mail.*` events:

`mail_rows`, one row per event: `us`, place, `action`, `status`, `key`, `is_file` (a message itself, not a log line), `sender`,
`recipients`, `shown` (those in To and Cc), `subject`, `answers` (ids it replies to), `kind` (content type).

`messages`, one row per message: `key` (its Message-ID, lower case, without brackets; of a message without one, its file),
`sender`, `recipients[]`, `shown[]`, `subject`, `answers`, `kind`, `sent` (µs UTC), `files[]` (the sender's copy first),
`logged`, and `n`, the number of its rows (`span` gives their places).

and the view `mail_texts` (`file_id`, `rec`, `note`): subject and what the reader kept of the text.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kyumei.detect import names
from kyumei.detect.build import CITED, MARK, Span
from kyumei.store.connect import name, text

if TYPE_CHECKING:
    from kyumei.detect.run import Settings
    from kyumei.store.query import Store

ACTIONS: Final = ("mail.bounced", "mail.delivered", "mail.received", "mail.sent")
FREE_MAIL: Final = frozenset(Path(__file__).with_name("free_mail.txt").read_text("ascii").split())
"""Domains whose mailboxes belong to people, not to organisations."""
_MESSAGE_ID: Final = ("message-id", "messageid", "internet-message-id", "msgid")
_QUEUE_ID: Final = ("queue_id", "queueid", "qid")
_ADDRESS: Final = r"[^\s<>\",;:()]+@[^\s<>\",;:()]+"
_FILES: Final = r"eml|mbox|msg|mime|rfc822|pst|message"
_LOGS: Final = r"track|trace|log|postfix|exchange|exim|smtp"
_TABLE: Final = """
    create temp table mail_rows (
        us bigint, evidence_id varchar, file_id varchar, rec bigint, host varchar, action varchar, status varchar,
        key varchar, queue varchar, is_file boolean, rank integer, sender varchar, recipients varchar[], shown varchar[],
        subject varchar, answers varchar, kind varchar, mark struct(us bigint, e varchar, f varchar, r bigint)
    )
"""
_QUEUE: Final = """
    update mail_rows set key = known.key from (
        select r.file_id, r.rec, q.key from mail_rows r asof join mail_queues q
            on q.host = coalesce(r.host, '') and q.queue = r.queue and r.us + 5000000 >= q.us
        where r.key is null and r.queue is not null
    ) known
    where mail_rows.file_id = known.file_id and mail_rows.rec = known.rec and mail_rows.key is null
"""
"""A server log names the Message-ID once and its own queue id on every line; queue ids come again, so the last one counts."""
_MESSAGES: Final = """
    create temp table messages as
    select key,
        arg_min(sender, (rank, us, file_id, rec)) filter (sender is not null) as sender,
        list_sort(list_distinct(flatten(list(recipients)))) as recipients,
        list_sort(list_distinct(flatten(list(shown) filter (is_file)))) as shown,
        arg_min(subject, (rank, us, file_id, rec)) filter (subject is not null) as subject,
        arg_min(answers, (rank, us, file_id, rec)) filter (answers is not null) as answers,
        arg_min(kind, (rank, us, file_id, rec)) filter (kind is not null) as kind,
        arg_min(us, (rank, us, file_id, rec)) filter (us is not null) as sent,
        list(file_id order by rank, path, file_id) filter (is_file) as files,
        bool_or(not is_file) as logged,
        count(*) as n
    from mail_rows left join (select file_id, path from sources) using (file_id)
    where key is not null group by key
"""


def prepare(store: Store) -> bool:
    """Make both tables once a session; return whether there is any mail."""
    if not names.has(store, "messages"):
        _rows(store)
        store.rows(_QUEUE)
        store.rows("update mail_rows set key = 'file:' || file_id || ':' || rec where key is null and is_file")
        store.rows(_MESSAGES)
    return bool(store.rows("select 1 from messages limit 1"))


def span(store: Store, key: str) -> Span:
    """Return the events of one message."""
    sql = f"select count(*), min(us), max(us), min(mark, {CITED}) from mail_rows where key = ?"
    return Span.of(*store.rows(sql, key)[0])


def _rows(store: Store) -> None:
    store.rows(_TABLE)
    store.rows("create temp table mail_queues (host varchar, queue varchar, us bigint, key varchar)")
    readers = names.readers_of(store, ACTIONS)
    texts = [_texts(store, reader) for reader in readers] or ["select '' as file_id, 0 as rec, '' as note where false"]
    store.rows("create temp view mail_texts as " + " union all ".join(texts))
    for reader in readers:
        store.rows(f"insert into mail_rows {_select(store, reader)}")
        queue, key = names.native(store, reader, *_QUEUE_ID), _key(names.native(store, reader, *_MESSAGE_ID))
        store.rows(
            f"insert into mail_queues select coalesce(host, ''), {queue}, epoch_us(ts), {key} from {name(reader)}"
            f" where {queue} is not null and {key} is not null and ts is not null"
        )


def _texts(store: Store, reader: str) -> str:
    body = names.native(store, reader, "body", "text", "snippet", "preview", "body_text")
    listed = ", ".join(text(a) for a in ACTIONS)
    return f"select file_id, rec, concat_ws(' ', message, {body}) as note from {name(reader)} where action in ({listed})"


def _key(message_id: str) -> str:
    return f"nullif(lower(trim({message_id}, ' <>')), '')"


def _select(store: Store, reader: str) -> str:
    def field(*wanted: str) -> str:
        return names.native(store, reader, *wanted)

    listed = ", ".join(text(a) for a in ACTIONS)
    is_file = f"(regexp_matches(source, {text(_FILES)}) and not regexp_matches(source, {text(_LOGS)}))"
    shown = f"concat_ws('; ', {field('to', 'header_to')}, {field('cc', 'header_cc')})"
    sent_first = "case action when 'mail.sent' then 0 when 'mail.received' then 1 else 2 end"
    return f"""
        select epoch_us(ts), evidence_id, file_id, rec, host, action,
            lower(coalesce({field("status", "delivery_status", "recipient_status", "dsn")}, outcome)),
            {_key(field(*_MESSAGE_ID))}, {field(*_QUEUE_ID)},
            {is_file}, case when {is_file} then {sent_first} else 3 end,
            nullif(regexp_extract(lower(coalesce({field("from", "header_from", "sender")}, account)), {text(_ADDRESS)}), ''),
            regexp_extract_all(lower(coalesce(dst, '')), {text(_ADDRESS)}),
            regexp_extract_all(lower({shown}), {text(_ADDRESS)}),
            coalesce({field("subject", "message-subject", "header_subject")}, case when {is_file} then message end),
            lower(concat_ws(' ', {field("in-reply-to", "inreplyto")}, {field("references")})),
            lower({field("content-type", "contenttype", "content_type")}),
            {MARK}
        from {name(reader)} where action in ({listed})
    """


def internal_domains(store: Store, settings: Settings) -> tuple[str, ...]:
    """Return the organisation's mail domains: those stated, else inferred.

    Every message in an organisation's evidence has one of its people at an end. So the first domain is the one that is at
    an end of most messages (sending counts more, then the name decides); a further one is added where it covers most of
    what is left and that is a tenth of all. Mailbox providers are never the organisation.
    """
    if settings.internal_domains:
        return tuple(sorted(d.lower().lstrip("@") for d in settings.internal_domains))
    prepare(store)
    found: list[str] = []
    total = store.rows("select count(*) from messages where len(list_append(recipients, sender)) > 0")[0][0]
    while len(found) < 5:
        best = _next_domain(store, found)
        if best is None or (found and best[1] * 10 < total):
            break
        found.append(best[0])
    return tuple(sorted(found))


def _next_domain(store: Store, found: list[str]) -> tuple[str, int] | None:
    rows = store.rows(
        """
        with ends as (
            select key, split_part(sender, '@', 2) as domain, 1 as sends from messages where sender is not null
            union all select key, split_part(unnest(recipients), '@', 2), 0 from messages
        ), covered as (select distinct key from ends where list_contains(?::varchar[], domain))
        select domain, count(distinct key), sum(sends) from ends where key not in (select key from covered) group by domain
        """,
        found,
    )
    left = store.rows("select count(*) from messages")[0][0] - _covered(store, found)
    ends, sends = Counter({d: n for d, n, _ in rows}), {d: int(s) for d, _, s in rows}
    ranked = sorted((d for d in ends if d and d not in FREE_MAIL), key=lambda d: (-(2 * ends[d] + sends[d]), d))
    if not ranked or (found and ends[ranked[0]] * 2 < left):
        return None
    return ranked[0], ends[ranked[0]]


def _covered(store: Store, found: list[str]) -> int:
    sql = """
        select count(*) from messages where len(list_intersect(?::varchar[],
            list_transform(list_append(recipients, coalesce(sender, '')), lambda a : split_part(a, '@', 2)))) > 0
    """
    return int(store.rows(sql, found)[0][0])


def is_internal(address: str, domains: tuple[str, ...]) -> bool:
    """Return whether the address belongs to one of the domains or to a part of one."""
    domain = address.rsplit("@", 1)[-1]
    return any(domain == d or domain.endswith(f".{d}") for d in domains)
