"""Rows of a database read in bulk: page by page, a whole table at once, or far more rows than usual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.detect import calendar, names
from kyumei.detect.build import MARK, Said, Span, finding
from kyumei.detect.registry import analytic
from kyumei.model.finding import Level
from kyumei.store.connect import name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.detect.run import Settings
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

NAME: Final = "data.bulk_read"
PAGES: Final = 20
"""So many statements of one form, in rising order, are no person looking up customers."""
ROWS: Final = 1_000
FACTOR: Final = 10
KNOWN_DAYS: Final = 5
"""Days a log must cover before a form of statement can be called new."""
_FORM: Final = r"""left(regexp_replace(regexp_replace(
    regexp_replace(lower({0}), '''(?:[^'']|'''')*''', '?', 'g'), '\d+', 'n', 'g'),
    '\(\s*[?n](?:\s*,\s*[?n])*\s*\)', '(n)', 'g'), 400)"""
"""SQL: a statement without its values, so that pages of one table look alike."""
_LARGEST: Final = r"list_max(list_transform(regexp_extract_all({0}, '\d{{1,18}}'), lambda x : x::bigint))"
_WHOLE: Final = r"regexp_matches(lower({0}), '^\W*select\b') and not regexp_matches(lower({0}), '\b(where|limit|top|fetch|rownum|count|sum|min|max|avg|group|join)\b')"  # noqa: E501
_EACH: Final = f"""
    select account, src_ip, host, object, rows, ts, message, {{session}} as session, {MARK} as mark from {{reader}}
    where action in ('data.read', 'data.exported') and ts is not null and message is not null
        and coalesce(outcome, '') <> 'failure'
"""
_READS: Final = f"""
    create temp table db_reads as
    with said as (
        select *, {_FORM.format("message")} as form, {_LARGEST.format("message")} as largest,
            {_WHOLE.format("message")} as whole
        from (select distinct message from db_statements)
    ), personal as (
        select distinct lower(coalesce(nullif(t.name, ''), regexp_replace(s.name, '[.][^.]*$', ''))) as name
        from tables t join sources s using (file_id) where t.personal
    )
    select coalesce(folded(e.account), '?') as who, e.account, coalesce(e.src_ip, '') as client, e.host, e.object, e.rows,
        e.session, epoch_us(e.ts) as us, work_day(e.ts) as day, s.form, s.largest, s.whole, e.mark,
        exists (select 1 from personal p where list_contains(string_split(lower(coalesce(e.object, '')), '; '), p.name)
            or lower(split_part(coalesce(e.object, ''), '.', -1)) = p.name) as personal
    from db_statements e join said s using (message)
"""
_FORMS: Final = f"""
    create temp table db_forms as
    with stepped as (
        select *, largest - lag(largest) over (partition by who, client, form order by us, mark) as step from db_reads
    ), habit as (
        select who, form, count(distinct day) as days from db_reads group by who, form
    ), covered as (
        select count(distinct day) as days, max(us) - min(us) as span from db_reads
    ), grouped as (
        select who, client, form, count(*) as n, count(distinct largest) as places, max(us) - min(us) as span,
            count(*) filter (step > 0) as up, count(*) filter (step < 0) as down, count(step) as steps,
            bool_or(whole) as whole, bool_or(personal) as personal, coalesce(max(rows), 0) as most
        from stepped group by who, client, form
    )
    select g.*, places >= {PAGES} and greatest(up, down) >= 0.9 * steps
            and (c.days >= {KNOWN_DAYS} or 3 * g.span <= c.span) as paged,
        whole and c.days >= {KNOWN_DAYS} and (personal or most >= {ROWS}) as entire
    from grouped g join habit h on h.who = g.who and h.form = g.form, covered c
    where h.days <= 2 or c.days < {KNOWN_DAYS}
"""
_BUSY: Final = f"""
    create temp table db_busy as
    with daily as (
        select who, client, day, sum(rows)::bigint as rows from db_reads where rows > 0 group by who, client, day
    ), compared as (
        select *, count(*) over mine as own_days, max(rows) over mine as own_most from daily
        window mine as (partition by who order by day range between unbounded preceding and interval 1 day preceding)
    ), others as (
        select c.who, c.client, c.day, count(*) as all_days, quantile_disc(d.rows, 0.99) as all_most
        from compared c join daily d on d.day < c.day where c.rows >= {ROWS} group by all
    )
    select c.* from compared c join others o on o.who = c.who and o.client = c.client and o.day = c.day
    where c.rows >= {ROWS} and o.all_days >= 10 and ((c.own_days >= {KNOWN_DAYS} and c.rows >= {FACTOR} * c.own_most)
        or (c.own_days < {KNOWN_DAYS} and c.rows >= {FACTOR} * o.all_most))
"""
_FLAGGED: Final = """
    with flagged as (
        select r.*, f.paged, f.entire, b.day is not null as busy from db_reads r
        left join db_forms f on f.who = r.who and f.client = r.client and f.form = r.form
        left join db_busy b on b.who = r.who and b.client = r.client and b.day = r.day
        where coalesce(f.paged, false) or coalesce(f.entire, false) or b.day is not null
    )
    select who, client, list_sort(list(distinct account)), list_sort(list(distinct host)),
        list_sort(list(distinct object))[:20],
        bool_or(coalesce(paged, false)), bool_or(coalesce(entire, false)), bool_or(busy), bool_or(personal),
        sum(rows)::bigint, any_value(form order by us), list_sort(list(distinct session))[:50],
        count(*), min(us), max(us), min(mark, 50)
    from flagged group by who, client order by min(us), who, client
"""


def prepare(store: Store, settings: Settings) -> bool:
    """Make the tables of reads in databases once a session; return whether there is any."""
    readers = [r for r in names.readers_of(store, ("data.read", "data.exported")) if r.startswith("database.")]
    if readers and not names.has(store, "db_reads"):
        names.prepare(store)
        calendar.prepare(store, settings)
        each = [_EACH.format(session=names.native(store, r, "session"), reader=name(r)) for r in readers]
        store.rows("create temp view db_statements as " + " union all ".join(each))
        for sql in (_READS, _FORMS, _BUSY):
            store.rows(sql)
    return bool(readers)


@analytic(NAME, ja="データベースの大量読み取り", en="Rows read in bulk from a database", tags=("attack.t1213.006",))
def find_bulk(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out who read a table page by page, as a whole, or far more rows than ever before.

    What it asks:
        Which account, from which client, gathered rows of a database, in a way that is not its habit?

    Why it matters:
        The rows leave by the database's own doors: an application's account used by hand, a report's account, a dump.

    How it decides:
        Statements without their values are forms. Paged: 20 or more statements of a form whose largest number rises (or falls)
        in nine of ten steps, where the account used the form on at most two days of five or more that the logs cover (in
        shorter logs: in a third of the time at most). Whole: a `select` without condition or limit, new in the same way, of
        a table that holds personal data in this evidence or that gave 1,000 rows. Busy: where logs count rows, a day of 1,000
        rows at ten times the most of five earlier days of the account, or ten times what 99 % of all accounts' days stay
        under. One finding for an account and client. High where the table is known to hold personal data and the reading was
        paged or busy; else medium.

    When it is wrong:
        A migration, a new report, a first backup by a new account.

    References:
        MITRE ATT&CK T1213.006; OWASP API Security 2023, API6.
    """
    for row in store.rows(_FLAGGED) if prepare(store, settings) else []:
        yield _said(store, row)


def _said(store: Store, row: tuple[Any, ...]) -> Finding:
    who, client, accounts, hosts, objects, paged, entire, busy, personal, rows, form, sessions, *span = row
    how = [w for w, is_so in (("paged", paged), ("entire", entire), ("busy", busy)) if is_so]
    counted_ja = f"、計 {rows:,} 行" if rows else ""
    counted_en = f", {rows:,} rows" if rows else ""
    words = {
        "paged": (f"順に {span[0]:,} 回に分けて", f"page by page, {span[0]:,} statements"),
        "entire": ("表ごと", "whole tables"),
        "busy": ("通常をはるかに超える行数を", "far more rows than usual"),
    }
    place_ja, place_en = (f"({client} から)", f" from {client}") if client else ("", "")
    tables = ", ".join(objects[:3]) or "?"
    said = Said(
        ja=f"{who}{place_ja} がデータベースの {tables} を{words[how[0]][0]}読み取り{counted_ja}",
        en=f"{who}{place_en} read {tables} {words[how[0]][1]}{counted_en}",
        level=Level.HIGH if personal and (paged or busy) else Level.MEDIUM,
        entities={"account": accounts, "host": hosts, "src_ip": [client] if client else [], "object": objects},
        facts={"how": how, "statements": span[0], "rows": rows, "form": form, "personal": personal, "sessions": sessions},
        tags=("attack.t1213.006",),
    )
    return finding(store, NAME, Span.of(*span), said)
