"""What was looked at and what was not: the honest frame around every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.case.assemble import iso
from kyumei.detect import skew
from kyumei.store.schema import TEXT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

FAMILIES: Final = {
    "mail": ("メール", "mail"),
    "windows": ("Windows イベントログ", "Windows event logs"),
    "linux": ("Linux ログ・ログイン記録", "Linux logs and login records"),
    "web": ("Web アクセスログ", "web access logs"),
    "network": ("VPN・ファイアウォールのログ", "VPN and firewall logs"),
    "database": ("データベースの監査ログ", "database audit logs"),
    "cloud": ("クラウドサービスの監査ログ", "cloud audit logs"),
    "endpoint": ("端末の操作記録・接続機器", "endpoint traces and devices"),
}
OTHERS: Final = {
    "text": ("形式の知られていないログ(推定で読んだもの)", "logs of unknown form (read by guess)"),
    "interchange": ("他のツールの出力", "output of other tools"),
}
"""Named where there are some; that there are none says nothing."""
_BASIS: Final = {
    "mail": ("メールの中継記録", "mail hops"),
    "vpn": ("VPN とファイアウォールの記録", "VPN and firewall records"),
    "logon": ("認証サーバとログオンの記録", "tickets and logons"),
}
UNREADABLE_SHOWN: Final = 200
GAPS: Final = {"log.cleared", "log.gap", "log.rotation", "log.sequence", "log.silent", "log.wiped"}
"""Findings that say about which time nothing can be said."""


def coverage(store: Store, findings: Sequence[Finding], zone: str) -> dict[str, Any]:
    """Return the `coverage` object of diagnosis.json."""
    (sources, size, events, carved, faults) = store.rows(
        "select count(*), coalesce(sum(bytes) filter (parent_file_id is null), 0)::bigint, coalesce(sum(events), 0)::bigint,"
        " coalesce(sum(carved), 0)::bigint, coalesce(sum(faults), 0)::bigint from sources"
    )[0]
    by_status = dict(store.rows("select status, count(*) from sources group by status order by status"))
    evidence = [r[0] for r in store.rows("select distinct evidence_id from sources order by 1")]
    first, last = store.rows("select epoch_us(min(ts)), epoch_us(max(ts)) from events")[0]
    return {
        "evidence": evidence,
        "bytes": size,
        "sources": sources,
        "sources_read": sources - by_status.get("unrecognised", 0) - by_status.get("unreadable", 0),
        "by_status": by_status,
        "sources_not_read": by_status.get("unrecognised", 0) + by_status.get("unreadable", 0),
        "sources_unreadable": _unreadable(store),
        "not_read_by_reason": _reasons(store),
        "events": events,
        "carved": carved,
        "faults": faults,
        "first": iso(first, zone),
        "last": iso(last, zone),
        "gaps": [_gap(f, zone) for f in findings if f.rule in GAPS],
        "clock_skew": skewed(store),
        **_families(store),
    }


def skewed(store: Store) -> list[dict[str, Any]]:
    """Return how far clocks are apart, where pairs of records tell it; no time of any event is changed by it."""
    found = []
    for each in skew.estimates(store):
        numbers = {"seconds": each.seconds, "low": each.low, "high": each.high, "pairs": each.pairs}
        found.append(
            {"hosts": [each.one, each.other], "basis": each.basis, "apart": each.apart, **numbers, "text": _said(each)}
        )
    return found


def _said(each: skew.Skew) -> dict[str, str]:
    ja, en = _BASIS[each.basis]
    size = f"{abs(each.seconds):g}"
    inside = f"{each.low:g} … {each.high:g}"
    if not each.apart:
        return {
            "ja": f"{each.one} と {each.other} の時計はほぼ一致({inside} 秒、{ja} {each.pairs} 組)",
            "en": f"The clocks of {each.one} and {each.other} agree ({inside} s, {each.pairs} pairs of {en})",
        }
    late, early = ("進んで", "ahead of") if each.seconds > 0 else ("遅れて", "behind")
    return {
        "ja": f"{each.other} の時計は {each.one} より {size} 秒{late}いる({inside} 秒、{ja} {each.pairs} 組)。"
        "時刻は補正していない",
        "en": f"The clock of {each.other} is {size} s {early} that of {each.one} ({inside} s, {each.pairs} pairs of {en});"
        " times were not corrected",
    }


def _unreadable(store: Store) -> list[dict[str, Any]]:
    sql = (
        "select path, bytes, status, reason from sources where status in ('unrecognised', 'unreadable')"
        f" order by path limit {UNREADABLE_SHOWN}"
    )
    return [{"path": p, "bytes": b, "status": s, "reason": r} for p, b, s, r in store.rows(sql)]


def _reasons(store: Store) -> list[dict[str, Any]]:
    """Return how many sources were not read for each reason, the most frequent first; unlike the list of them it is whole."""
    sql = (
        "select status, reason, count(*) from sources where status in ('unrecognised', 'unreadable')"
        " group by status, reason order by count(*) desc, status, reason"
    )
    return [{"status": status, "reason": reason, "count": count} for status, reason, count in store.rows(sql)]


def _families(store: Store) -> dict[str, list[dict[str, Any]]]:
    read = dict(store.rows("select split_part(source, '.', 1), count(*) from events group by 1 order by 1"))
    ((tables, texts),) = store.rows("select count(*) filter (name <> ?), count(*) filter (name = ?) from tables", TEXT, TEXT)
    seen = [{"what": {"ja": ja, "en": en}, "count": read[f]} for f, (ja, en) in {**FAMILIES, **OTHERS}.items() if f in read]
    if tables:
        seen.append({"what": {"ja": "表形式のデータ(ファイル・ダンプ)", "en": "tables (files and dumps)"}, "count": tables})
    if texts:
        seen.append(
            {"what": {"ja": "個人情報の記載がある文書・文章", "en": "documents and texts with personal data"}, "count": texts}
        )
    unseen = [{"what": {"ja": ja, "en": en}, "count": 0} for f, (ja, en) in FAMILIES.items() if f not in read]
    return {"looked_at": seen, "not_looked_at": unseen}


def _gap(finding: Finding, zone: str) -> dict[str, Any]:
    hosts = finding.of("host")
    start, end = iso(finding.start, zone), iso(finding.end, zone)
    return {"host": hosts[0] if hosts else "", "from": start, "to": end, "why": dict(finding.title)}
