"""Attacks on web applications, and downloads in bulk from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.detect import requests
from kyumei.detect.build import Said, Span, finding
from kyumei.detect.registry import analytic
from kyumei.model.finding import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.detect.run import Settings
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

NAME: Final = "web.attack"
BULK: Final = "web.bulk_download"
EXECUTED: Final = 3
"""So many sizes of answers to commands at one path are no page that answers everything alike."""
GRAVE: Final = frozenset({"code", "command", "sqli", "traversal", "webshell"})
_BY_SOURCE: Final = """
    select src_ip, list_sort(list(distinct host)), list_sort(list_distinct(flatten(list(families)))),
        count(*) filter (status between 200 and 299),
        count(*) filter (status between 200 and 299 and not list_has_all(['scanner', 'xss'], families)),
        coalesce(sum(bytes), 0)::bigint, list_sort(list(distinct split_part(object, '?', 1)))[:20],
        list_sort(list(distinct object) filter (status between 200 and 299))[:20], count(distinct object),
        count(*), min(us), max(us), min(mark, 50)
    from web_attacks group by src_ip order by min(us), src_ip
"""
_FAMILIES: Final = """
    select family, count(*) from (select unnest(families) as family from web_attacks where src_ip is not distinct from ?)
    group by family order by family
"""
_EXECUTED: Final = """
    select coalesce(max(sizes), 0) from (
        select count(distinct bytes) as sizes from web_attacks
        where src_ip is not distinct from ? and status between 200 and 299
            and list_has_any(families, ['code', 'command', 'webshell']) group by host, split_part(object, '?', 1))
"""
FLOOR_OBJECTS: Final = 300
FLOOR_BYTES: Final = 200_000_000
FACTOR: Final = 20
_BULK: Final = f"""
    with got as (
        select *, ts::date as day, regexp_replace(object, '\\d+', 'N', 'g') as template from web_rows
        where status between 200 and 299 and coalesce(method, 'GET') in ('GET', 'POST') and src_ip is not null
            and ts is not null
            and not regexp_matches(lower(split_part(object, '?', 1)), '\\.(js|css|png|jpe?g|gif|svg|ico|woff2?|ttf|map|webp)$')
    ), by_template as (
        select src_ip, day, template, count(distinct object) as ids from got where template <> object group by all
    ), daily as (
        select src_ip, day, count(distinct object) as objects, coalesce(sum(bytes), 0)::bigint as bytes from got group by all
    ), usual as (
        select quantile_disc(objects, 0.95) as objects, quantile_disc(bytes, 0.95) as bytes, count(distinct src_ip) as clients
        from daily
    ), high as (
        select d.*, u.objects as usual_objects, u.bytes as usual_bytes from daily d, usual u
        where u.clients >= 20 and ((d.objects >= {FLOOR_OBJECTS} and d.objects >= {FACTOR} * u.objects)
            or (d.bytes >= {FLOOR_BYTES} and d.bytes >= {FACTOR} * u.bytes))
    )
    select g.src_ip, list_sort(list(distinct g.host)), count(distinct g.object), coalesce(sum(g.bytes), 0)::bigint,
        any_value(h.usual_objects), any_value(h.usual_bytes), mode(lower(g.agent)), arg_max(t.template, t.ids), max(t.ids),
        list_sort(list(distinct g.object))[:20],
        exists (select 1 from web_attacks a where a.src_ip = g.src_ip and list_has_any(a.families, ['sqli', 'traversal', 'code',
            'command', 'webshell'])),
        count(*), min(g.us), max(g.us), min(g.mark, 50)
    from high h join got g on g.src_ip = h.src_ip and g.day = h.day
    left join by_template t on t.src_ip = h.src_ip and t.day = h.day and t.template = g.template
    group by g.src_ip order by min(g.us), g.src_ip
"""


@analytic(NAME, ja="Webアプリケーションへの攻撃", en="Attack on a web application", tags=("attack.t1190",))
def find_attacks(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out sources whose requests carry strings of attacks.

    What it asks:
        Who tried SQL injection, script injection, path traversal, commands, code, web shells or scanners, and was any of it
        answered?

    Why it matters:
        Customer data behind web applications is mostly lost this way; attempts alone are daily noise.

    How it decides:
        Request targets and clients' names, percent-decoded up to twice, are matched with the weighted patterns of
        `web_patterns.toml`; from a weight of 2 in one family the request is an attack. One source is one finding: low
        below 5 such requests, medium from 5, high where 20 or more targets of a grave family (SQL, command, code,
        traversal, web shell) brought 5 or more successful answers, or where commands to one path were answered in three
        or more different sizes: a page that answers everything alike has one. `facts.succeeded` counts answers 2xx: many
        applications answer so to everything, so it is a question to look at, not proof. `facts.executed` is the number
        of sizes.

    When it is wrong:
        Searches and articles about attacks; own security tests. What is sent in a request's body is in no access log.

    References:
        OWASP Core Rule Set 4 (families 930 to 944), used as yardstick; MITRE ATT&CK T1190, T1505.003.
    """
    del settings
    for row in store.rows(_BY_SOURCE) if requests.prepare(store) else []:
        yield _attack(store, row)


def _attack(store: Store, row: tuple[Any, ...]) -> Finding:
    source, hosts, families, succeeded, graver, size, paths, answered, targets, *span = row
    grave = sorted(GRAVE & set(families))
    level = Level.MEDIUM if span[0] >= 5 else Level.LOW
    executed = int(store.rows(_EXECUTED, source)[0][0])
    if (grave and targets >= 20 and graver >= 5) or executed >= EXECUTED:
        level = Level.HIGH
    named = ", ".join(families)
    said = Said(
        ja=f"{source or '不明な接続元'} からのWeb攻撃 {span[0]:,} リクエスト({named})、うち成功応答 {succeeded:,} 件",
        en=f"{span[0]:,} attacking requests from {source or 'an unknown source'} ({named}), {succeeded:,} answered",
        level=level,
        entities={"src_ip": [source], "host": hosts, "object": paths, "channel": ["web"]},
        facts={
            "families": dict(store.rows(_FAMILIES, source)),
            "requests": span[0],
            "succeeded": succeeded,
            "executed": executed,
            "bytes_out": size,
            "paths": paths,
            "answered": answered,
        },
        tags=("attack.t1190", *(["attack.t1505.003"] if "webshell" in families else [])),
    )
    return finding(store, NAME, Span.of(*span), said)


@analytic(BULK, ja="Webからの大量取得", en="Bulk download from a web server", tags=("attack.t1213",))
def find_bulk(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out clients that fetch far more from a web server than any other.

    What it asks:
        Which client got an unusual number of different pages, or of bytes, in one day?

    Why it matters:
        Pages numbered one after the other are how records are taken out through a web application.

    How it decides:
        Successful answers per client address and UTC day, without styles, scripts and pictures. Flagged from 300 different
        targets or 200 MB, and 20 times what 95 % of all clients' days stay under; needs 20 clients. Medium; high where
        the same source also attacked (`web.attack`); low for clients that call themselves crawlers.
        `facts.enumerated` is the path whose numbers were gone through, and how many.

    When it is wrong:
        Crawlers, mirrors, monitoring; many people behind one address.

    References:
        OWASP API Security 2023, API1 (object level authorisation); MITRE ATT&CK T1213.
    """
    del settings
    for row in store.rows(_BULK) if requests.prepare(store) else []:
        source, hosts, objects, size, usual, usual_size, agent, template, ids, sample, attacked, *span = row
        crawler = any(word in (agent or "") for word in ("bot", "crawl", "spider", "slurp"))
        level = Level.HIGH if attacked else Level.LOW if crawler else Level.MEDIUM
        said = Said(
            ja=f"{source} がWebサーバから {objects:,} 種のページを取得({size:,} バイト、他の利用者は {usual:,} 種まで)",
            en=f"{source} fetched {objects:,} different pages ({size:,} bytes; others up to {usual:,})",
            level=level,
            entities={"src_ip": [source], "host": hosts, "object": sample, "channel": ["web"]},
            facts={
                "requests": span[0],
                "files": objects,
                "bytes": size,
                "bytes_out": size,
                "baseline": {"objects": usual, "bytes": usual_size},
                "enumerated": {"path": template, "ids": ids} if ids else None,
                "agent": agent,
            },
            tags=("attack.t1213",),
        )
        yield finding(store, BULK, Span.of(*span), said)
