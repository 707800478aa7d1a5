"""Accounts made and given rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.detect import names
from kyumei.detect.build import MARK, Said, Span, finding
from kyumei.detect.registry import analytic
from kyumei.model.finding import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.detect.run import Settings
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

NAME: Final = "account.made"
_ADMIN: Final = r"admin|\bwheel\b|\bsudo\b|\broot\b|(backup|account|server) operators|remote desktop users|管理者"
_MADE: Final = f"""
    with changed as (
        select action, account, host, coalesce(object, account) as target, ts, evidence_id, file_id, rec, message,
            {MARK} as mark
        from events where action in ('account.created', 'account.deleted', 'group.changed') and ts is not null
    ), made as (
        select host, folded(target) as who, min(ts) as ts, any_value(target order by ts, file_id, rec) as target
        from changed where action = 'account.created' and not is_machine(target) group by host, folded(target)
    )
    select m.host, m.target, list_sort(list(distinct c.account) filter (c.action = 'account.created')),
        coalesce(bool_or(c.action = 'account.deleted'), false),
        coalesce(bool_or(c.action = 'group.changed' and regexp_matches(lower(c.target), ?)), false),
        list_sort(list(distinct c.target) filter (c.action = 'group.changed')),
        count(*), min(epoch_us(c.ts)), max(epoch_us(c.ts)), min(c.mark, 50)
    from made m join changed c on c.host is not distinct from m.host and c.ts between m.ts and m.ts + interval 1 day
        and (folded(c.target) = m.who or (c.action = 'group.changed' and contains(lower(c.message), m.who)))
    group by m.host, m.target, m.ts order by min(c.ts), m.host, m.target
"""


@analytic(NAME, ja="アカウントの作成と権限付与", en="Account made and given rights", tags=("attack.t1136", "attack.t1098"))
def find(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out accounts that were made, above all those given administrators' rights or removed again within a day.

    What it asks:
        Which accounts came into being in the time of the evidence, and what became of them?

    Why it matters:
        A new account is the way back in; one that lives for hours is no employee's.

    How it decides:
        One finding for each new account of a person (no computers). Informational; medium where within a day it was put into a
        group of administrators, operators or remote desktop users; high where within a day it got such rights and was
        removed, medium where it was only removed.

    When it is wrong:
        Set-up of a machine; an administrator's own test.

    References:
        Microsoft, audit events 4720, 4726, 4728, 4732, 4756; MITRE ATT&CK T1136, T1098.
    """
    del settings
    names.prepare(store)
    for host, target, makers, removed, raised, groups, *span in store.rows(_MADE, _ADMIN):
        level = (Level.INFORMATIONAL, Level.MEDIUM, Level.HIGH)[removed + raised]
        said = Said(
            ja=f"アカウント {target} が作成された"
            + ("(管理者権限を付与)" if raised else "")
            + ("(1日以内に削除)" if removed else ""),
            en=f"Account {target} was made"
            + (", given rights" if raised else "")
            + (", removed within a day" if removed else ""),
            level=level,
            entities={"account": [target, *(makers or [])], "host": [host]},
            facts={"made": target, "by": makers or [], "groups": groups or [], "removed": removed, "raised": raised},
            tags=("attack.t1136", *(["attack.t1098"] if raised else [])),
        )
        yield finding(store, NAME, Span.of(*span), said)
