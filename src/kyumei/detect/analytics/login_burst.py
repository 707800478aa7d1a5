"""Guessing of passwords, and success after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.detect import bursts
from kyumei.detect.build import Said, Span, finding
from kyumei.detect.registry import analytic
from kyumei.model.finding import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.detect.run import Settings
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

NAME: Final = "login.burst"
AFTER: Final = "login.success_after_burst"
_TAGS: Final = ("attack.t1110",)
_BURSTS: Final = f"""
    with all_bursts as (
        select *, {bursts.QUALIFIED} as guessing from bursts
        union all by name select *, true as guessing from bursts_by_account
    )
    select place, sum(n)::bigint, max(accounts), max(peak), bool_or(guessing), arg_max(way, n), min(first), max(last),
        list_distinct(flatten(list(account_names))), list_distinct(flatten(list(host_names))),
        list_distinct(flatten(list(addresses))), list_sort(flatten(list(marks)))[:50],
        list_count(list_distinct(flatten(list(folded_names))))
    from all_bursts group by place, guessing order by min(first), place, guessing
"""
_AFTER: Final = f"""
    with won as (
        select b.place, b.n as failures, b.accounts as tried, b.first as began, b.way as by_way, g.*
        from bursts b join logins g on g.origin = b.place and g.kind <> 'failed' and not g.machine
            and g.us between b.first and b.last + {bursts.HOUR_US}
            and (list_contains(b.folded_names, g.who) or b.accounts >= {bursts.SPRAYED})
        where {bursts.QUALIFIED}
    )
    select place, any_value(failures), any_value(tried), min(began), list_sort(list(distinct account)),
        list_sort(list(distinct host)), list_sort(list(distinct src_ip)), list_sort(list(distinct way)),
        count(distinct who), count(*), min(us), max(us), min(mark, 50)
    from won group by place, began order by min(us), place
"""


@analytic(NAME, ja="ログイン失敗の集中", en="Burst of failed logins", tags=_TAGS)
def find_bursts(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out sources that fail to log in too often, or for too many accounts, to be people typing.

    What it asks:
        From where were passwords guessed, against which accounts and hosts?

    Why it matters:
        Guessing precedes most break-ins with credentials, and its source is worth following even where it failed.

    How it decides:
        Failures of one source (address, else workstation, else account and host) with at most an hour between two are one
        episode. It is guessing (medium) from 10 failures within five minutes, which nobody types, or 10 failures over
        five accounts or more; and only where failures are at least four times the successes from there, because behind
        one address of a whole office people mistype too. A source with 10 failures that is neither is low: mostly a
        device with an old password. One account failing 20 times from five sources or more is guessing from many places.
        All episodes of one source are one finding.

    When it is wrong:
        A script with a changed password can fail fast. Guessing slower than one try an hour is not seen.

    References:
        MITRE ATT&CK T1110 (001 guessing, 003 spraying, 004 stuffing).
    """
    del settings
    for row in store.rows(_BURSTS) if bursts.prepare(store) else []:
        place, n, accounts, peak, guessing, way, first, last, names, hosts, addresses, marks, folded = row
        minutes = round((last - first) / 60_000_000, 1)
        spray = accounts >= bursts.SPRAYED
        said = Said(
            ja=f"{place} からのログイン失敗 {n:,} 回({folded} アカウント、{_lasting(minutes, 'ja')})",
            en=f"{n:,} failed logins from {place} ({folded} accounts, {_lasting(minutes, 'en')})",
            level=Level.MEDIUM if guessing else Level.LOW,
            entities={"account": names[:200], "host": hosts[:200], "src_ip": addresses[:200]},
            facts={
                "failures": n,
                "accounts": folded,
                "minutes": minutes,
                "peak_in_5_minutes": peak,
                "kind": "spraying" if spray else "guessing" if guessing else "repeated",
                "channel": way,
            },
            tags=("attack.t1110.003" if spray else "attack.t1110.001",),
        )
        yield finding(store, NAME, Span.of(n, first, last, marks), said)


def _lasting(minutes: float, lang: str) -> str:
    """Return a span as people say it: minutes, or from two hours on hours."""
    if minutes < 120:
        return f"{minutes:g} 分間" if lang == "ja" else f"{minutes:g} minutes"
    return f"{minutes / 60:.0f} 時間" if lang == "ja" else f"{minutes / 60:.0f} hours"


@analytic(AFTER, ja="ログイン失敗の集中後の成功", en="Success after a burst of failed logins", tags=_TAGS)
def find_success(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out successful logins from a source that was guessing passwords.

    What it asks:
        Did the guessing succeed?

    Why it matters:
        From here on the account is the intruder's.

    How it decides:
        A success from the source of a burst that is guessing (see `login.burst`), from its first failure to an hour after
        its last, for an account that was tried (any account where five or more were). High. Where the source is one slow
        device with one account there is no finding.

    When it is wrong:
        A penetration test, or a person whose script retried with the old password fast and was then put right.

    References:
        MITRE ATT&CK T1110, T1078.
    """
    del settings
    for row in store.rows(_AFTER) if bursts.prepare(store) else []:
        place, failures, tried, began, names, hosts, addresses, ways, accounts, *span = row
        said = Said(
            ja=f"{place} からの失敗 {failures:,} 回の後、{'、'.join(names[:5])} としてログインに成功",
            en=f"After {failures:,} failures {place} logged in as {', '.join(names[:5])}",
            level=Level.HIGH,
            entities={"account": names, "host": hosts, "src_ip": addresses},
            facts={
                "failures": failures,
                "accounts": accounts,
                "accounts_tried": tried,
                "burst_start": began,
                "channel": ways[0] if len(ways) == 1 else (next((w for w in ways if w != "network"), ways[0])),
            },
            tags=("attack.t1110", "attack.t1078"),
        )
        yield finding(store, AFTER, Span.of(*span), said)
