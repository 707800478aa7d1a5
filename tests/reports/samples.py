"""Invented diagnoses of the three shapes that matter: a mis-sent mail, data that was only viewable, and nothing found."""

from __future__ import annotations

from typing import Any, Final

_JST: Final = "+09:00"


def both(ja: str, en: str) -> dict[str, str]:
    return {"ja": ja, "en": en}


def said(ja: str, en: str, *findings: str, assumed: bool = False) -> dict[str, Any]:
    return {"text": both(ja, en), "findings": list(findings), "assumed": assumed}


def count(best: int, low: int | None = None, high: int | None = None, method: str = "") -> dict[str, Any]:
    bounds = {"low": best if low is None else low, "best": best, "high": best if high is None else high}
    return bounds | ({"method": method} if method else {})


def cite(path: str, *offsets: int, evidence: str = "E-0123456789ab") -> list[dict[str, Any]]:
    return [{"evidence": evidence, "path": path, "offset": o} for o in offsets]


def finding(id_: str, rule: str, ja: str, en: str, **rest: Any) -> dict[str, Any]:
    return {"id": id_, "rule": rule, "title": both(ja, en), "level": "high", "count": 1, "start": None, "end": None} | rest


def duty(id_: str, ja: str, en: str, verdict: str = "applies", **rest: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "law": "個人情報保護法",
        "article": "法26条1項、規則7条・8条",
        "duty": "mandatory",
        "to": "個人情報保護委員会",
        "title": both(ja, en),
        "verdict": verdict,
        "because": [],
        "undecided_by": [],
        "deadlines": [],
        "notes": [],
        "due": None,
        "aware": f"2024-06-07T10:00:00{_JST}",
        "basis_level": "primary",
    } | rest


def deadline(name: str, day: str, ja: str, en: str, **rest: Any) -> dict[str, Any]:
    due = f"{day}T23:59:59{_JST}" if day else None
    return {"name": name, "due": due, "target": None, "arithmetic": both(ja, en), "kind": "statutory"} | rest


def missent() -> dict[str, Any]:
    """A list sent to three universities with the master sheet left in the workbook."""
    own = {"party": "例大学", "dataset": "派遣学生一覧.xlsx / マスタ", "role": "own"}
    ids = ("id.student_no", "id.name", "id.dob", "id.nationality", "id.email", "id.sex")
    kept_mail = "mail/sent/2024-05-16-001.eml"
    return {
        "schema": "kyumei.diagnosis/1",
        "case": {"name": "2024-006 誤送信(架空)", "aware": [f"2024-06-07T10:00:00{_JST}"], "zone": "Asia/Tokyo"},
        "leak": {"status": "confirmed", "because": ["F-aaaaaaaaa1", "F-aaaaaaaaa2"]},
        "people": count(13949, method="学生番号、完全一致"),
        "hypotheses": [
            {
                "id": "H1",
                "cause": "error.missent",
                "likelihood": "high",
                "score": 0.94,
                "actors": [{"account": "exchange-office@univ.example.jp", "person": "国際交流課"}],
                "source": {"hosts": ["mx1"], "objects": ["派遣学生一覧.xlsx"]},
                "window": {
                    "first": f"2024-05-16T14:02:11{_JST}",
                    "last": f"2024-05-16T14:02:13{_JST}",
                    "basis": both("送信時刻", "time of sending"),
                },
                "access_means": [],
                "channels": ["mail.attachment"],
                "destinations": ["a@uni-a.example", "b@uni-b.example", "c@uni-c.example"],
                "supports": [
                    said(
                        "個人データのあるシートを含む添付が外部の 3 宛先に送られた。",
                        "An attachment with a sheet of personal data went to three outside recipients.",
                        "F-aaaaaaaaa1",
                        "F-aaaaaaaaa2",
                    ),
                    said(
                        "受信側サーバは 3 通とも受け取った。",
                        "The receiving servers accepted all three messages.",
                        "F-aaaaaaaaa3",
                    ),
                ],
                "contradicts": [],
                "unanswered": [said("受信者は添付を開いたか。", "Did a recipient open the attachment?")],
            },
            {
                "id": "H2",
                "cause": "insider.takeout",
                "likelihood": "low",
                "score": 0.12,
                "actors": [{"account": "exchange-office@univ.example.jp"}],
                "source": {"hosts": [], "objects": ["派遣学生一覧.xlsx"]},
                "window": {"first": f"2024-05-16T14:02:11{_JST}", "last": None, "basis": ""},
                "access_means": [],
                "channels": ["mail"],
                "destinations": ["a@uni-a.example"],
                "supports": [
                    said("宛先は組織の外にある。", "The recipients are outside the organisation.", "F-aaaaaaaaa1", assumed=True)
                ],
                "contradicts": [
                    said(
                        "宛先は過去 12 回の正規の送付先と同じ。",
                        "The recipients are those of 12 earlier regular mails.",
                        "F-aaaaaaaaa4",
                    )
                ],
                "unanswered": [],
            },
        ],
        "path": {
            "nodes": [
                {"id": "a", "kind": "actor", "label": "exchange-office@univ.example.jp", "count": 1},
                {"id": "h", "kind": "host", "label": "mx1", "count": 3},
                {"id": "o", "kind": "object", "label": "派遣学生一覧.xlsx / マスタ", "count": 13949},
                {"id": "c", "kind": "channel", "label": "メールの添付", "count": 3},
                *({"id": f"d{x}", "kind": "destination", "label": f"{x}@uni-{x}.example", "count": 1} for x in "abc"),
            ],
            "edges": [
                {
                    "from": "a",
                    "to": "h",
                    "first": f"2024-05-16T14:02:11{_JST}",
                    "last": f"2024-05-16T14:02:13{_JST}",
                    "citations": cite(kept_mail, 0),
                },
                {
                    "from": "h",
                    "to": "o",
                    "first": f"2024-05-16T14:02:11{_JST}",
                    "last": None,
                    "bytes": 1_843_200,
                    "citations": cite(kept_mail, 2112),
                },
                {"from": "o", "to": "c", "first": None, "last": None, "bytes": 1_843_200, "citations": cite(kept_mail, 2112)},
                *(
                    {
                        "from": "c",
                        "to": f"d{x}",
                        "first": f"2024-05-16T14:02:13{_JST}",
                        "last": None,
                        "citations": cite("logs/maillog", 88_100 + n),
                    }
                    for n, x in enumerate("ab")
                ),
                {"from": "c", "to": "dc", "first": None, "last": None, "citations": []},
            ],
        },
        "holdings": [
            own
            | {
                "access": "taken",
                "categories": [{"id": c, "status": "confirmed"} for c in ids],
                "records": count(13949),
                "people": count(13949, method="学生番号、完全一致"),
            }
        ],
        "obligations": [
            duty(
                "jp.appi.ppc.prelim",
                "個人情報保護委員会への報告(速報)",
                "Report to the PPC (preliminary)",
                **own,
                because=["規則7条4号 千人超"],
                due=f"2024-06-11T23:59:59{_JST}",
                deadlines=[
                    deadline(
                        "速報",
                        "2024-06-11",
                        "知った日 2024-06-07 を 1 日目として 5 日目",
                        "fifth day, 2024-06-07 counted as the first",
                        kind="guideline",
                        target=f"2024-06-09T23:59:59{_JST}",
                    )
                ],
            ),
            duty(
                "jp.appi.ppc.final",
                "個人情報保護委員会への報告(確報)",
                "Report to the PPC (final)",
                **own,
                because=["規則7条4号 千人超"],
                due=f"2024-07-08T23:59:59{_JST}",
                deadlines=[
                    deadline(
                        "確報",
                        "2024-07-08",
                        "30 日目 2024-07-06 は土曜のため次の開庁日",
                        "thirtieth day 2024-07-06 is a Saturday: next open day",
                    )
                ],
            ),
            duty(
                "jp.appi.person",
                "本人への通知",
                "Notice to the people affected",
                **own,
                because=["規則7条4号 千人超"],
                deadlines=[deadline("", "", "状況に応じて速やかに", "without delay", kind="asap")],
            ),
            duty(
                "jp.pmark",
                "プライバシーマーク 事故等の報告",
                "Report under the Privacy Mark",
                "undecided",
                **own,
                undecided_by=["org.sectors"],
                basis_level="memory",
            ),
            duty("jp.mynumber.ppc", "特定個人情報の漏えい等報告", "Report of a My Number leak", "does_not", **own),
        ],
        "findings": [
            finding(
                "F-aaaaaaaaa1",
                "mail.personal_data_out",
                "個人データを含む添付を外部の 3 宛先へ送信",
                "Attachment with personal data sent to three outside recipients",
                start=f"2024-05-16T14:02:11{_JST}",
                end=f"2024-05-16T14:02:13{_JST}",
                count=3,
                citations=cite(kept_mail, 0, 2112),
            ),
            finding(
                "F-aaaaaaaaa2",
                "scope.forgotten_sheet",
                "添付の最後のシート「マスタ」に 13,949 件の学生記録",
                "Last sheet “マスタ” of the attachment has 13,949 student records",
                count=13949,
                citations=[c | {"sha256": "ab" * 32} for c in cite(f"{kept_mail}!/2/派遣学生一覧.xlsx", 1, 2, 13949)],
            ),
            finding(
                "F-aaaaaaaaa3",
                "mail.delivered",
                "3 通とも相手のサーバが受領",
                "All three accepted by the recipients' servers",
                level="medium",
                count=3,
                citations=cite("logs/maillog", 88_100, 88_101, 90_000),
            ),
            finding(
                "F-aaaaaaaaa4",
                "mail.regular_correspondence",
                "同じ宛先への過去の送信 12 通",
                "Twelve earlier mails to the same recipients",
                level="informational",
                count=12,
                citations=cite("logs/maillog", 5, 400, 9000),
            ),
        ],
        "coverage": {
            "evidence": 1,
            "bytes": 48_212_991,
            "sources_read": 214,
            "sources_unreadable": [{"path": "mail/old/legacy.dat", "reason": "no reader recognises the content"}],
            "events": 18_402,
            "carved": 0,
            "faults": 2,
            "gaps": [
                {
                    "host": "mx1",
                    "from": f"2024-05-19T00:00:00{_JST}",
                    "to": f"2024-05-20T06:25:00{_JST}",
                    "why": both("ログが回転で失われた", "log lost in rotation"),
                }
            ],
            "clock_skew": [],
            "looked_at": [
                {"what": both("メール(送受信)", "mails sent and received"), "count": 1_204},
                {"what": both("添付の表", "tables in attachments"), "count": 96},
            ],
            "not_looked_at": [{"what": both("受信者側の端末", "the recipients' machines"), "count": None}],
        },
        "evidence": [{"id": "E-0123456789ab", "name": "evidence", "sha256": "cd" * 32, "bytes": 48_212_991}],
        "unknowns": [
            said(
                "受信者 3 名が添付を開いたかは、この証拠からは分からない。",
                "Whether the three recipients opened it cannot be told from this evidence.",
                "F-aaaaaaaaa3",
            ),
            said("削除の完了は確認されていない。", "Deletion has not been confirmed."),
        ],
        "next_actions": [
            said(
                "3 宛先に削除を依頼し、書面で確認を得る。",
                "Ask the three recipients to delete it and to confirm in writing.",
                "F-aaaaaaaaa1",
            )
            | {"owner": both("国際交流課", "exchange office")},
            said("速報の下書きを法務が確かめる。", "Have legal check the draft of the preliminary report.")
            | {"owner": both("法務", "legal")},
            said("送信前確認の仕組みを入れる。", "Introduce a check before sending."),
        ],
        "versions": {"kyumei": "0.1.0", "rules": "2026-11", "laws": "2026-11-23"},
    }


def viewable() -> dict[str, Any]:
    """An intruder could reach the data of 51 clients; no trace that it was read. Two instants of awareness."""
    base = missent()
    clients = [f"例ガス{n:02d}" for n in range(1, 52)]
    entrusted = ("id.name", "id.address", "id.phone", "id.customer_no")
    holdings = [
        {
            "party": c,
            "role": "entrusted",
            "dataset": f"clients/{n:02d}/customers.csv",
            "access": "exposed",
            "categories": [{"id": i, "status": "suspected"} for i in entrusted],
            "records": count(900 + 17 * n),
            "people": count(880 + 16 * n, 870 + 16 * n, 900 + 16 * n, "氏名+住所"),
        }
        for n, c in enumerate(clients, 1)
    ]
    own = {"party": "例エンジニアリング", "role": "own", "dataset": "hr/employees.xlsx"}
    holdings.append(
        own
        | {
            "access": "exposed",
            "categories": [{"id": "id.name", "status": "suspected"}, {"id": "id.mynumber", "status": "ruled_out"}],
            "records": count(30),
            "people": count(30, method="社員番号"),
        }
    )
    obligations = []
    for aware, day, final in (("2024-06-26", "2024-06-30", "2024-08-26"), ("2024-07-09", "2024-07-13", "2024-09-06")):
        at: dict[str, Any] = {
            "aware": f"{aware}T09:00:00{_JST}",
            "aware_reason": both("検知日" if aware < "2024-07" else "可能性が判明した日", "candidate"),
        }
        obligations += [
            duty(
                "jp.appi.processor_to_client",
                "委託元への通知",
                "Notice to the client",
                party=c,
                role="entrusted",
                dataset=f"clients/{n:02d}/customers.csv",
                to="委託元",
                **at,
                deadlines=[
                    deadline(
                        "",
                        day,
                        f"知った日 {aware} を 1 日目として 5 日目",
                        f"fifth day, {aware} counted as the first",
                        kind="guideline",
                    )
                ],
            )
            for n, c in enumerate(clients, 1)
        ]
        obligations.append(
            duty(
                "jp.appi.ppc.final",
                "個人情報保護委員会への報告(確報)",
                "Report to the PPC (final)",
                **own,
                **at,
                because=["規則7条3号 不正の目的のおそれ"],
                deadlines=[
                    deadline("確報", final, "60 日目が閉庁日のため次の開庁日", "sixtieth day, moved to the next open day")
                ],
            )
        )
        obligations.append(
            duty(
                "jp.appi.ppc.prelim",
                "個人情報保護委員会への報告(速報)",
                "Report to the PPC (preliminary)",
                "undecided",
                party="例ガス01",
                role="entrusted",
                dataset="clients/01",
                **at,
                undecided_by=["clients.notified_at", "event.recovered_before_viewing"],
            )
        )
    hosts = [f"fs{n:02d}" for n in range(1, 4)]
    nodes = [
        {"id": "a", "kind": "actor", "label": "203.0.113.70", "count": 1},
        {"id": "u", "kind": "actor", "label": r"EXAMPLE\svc-backup", "count": 4},
        *({"id": h, "kind": "host", "label": h, "count": 9} for h in ["vpn-gw", "dc01", *hosts]),
        *({"id": c, "kind": "object", "label": f"{c} 顧客台帳", "count": 900} for c in clients),
        {"id": "x", "kind": "channel", "label": "VPN", "count": 2},
    ]
    edges = [
        {
            "from": "a",
            "to": "vpn-gw",
            "first": f"2024-06-24T02:11:09{_JST}",
            "last": f"2024-06-26T03:40:00{_JST}",
            "citations": cite("logs/vpn.log", *range(9)),
        },
        *(
            {
                "from": "u",
                "to": h,
                "first": f"2024-06-25T01:00:00{_JST}",
                "last": f"2024-06-25T01:30:00{_JST}",
                "citations": cite("evtx/dc01/Security.evtx", 10, 20),
            }
            for h in ["dc01", *hosts]
        ),
        {"from": "vpn-gw", "to": "dc01", "first": None, "last": None, "citations": []},
        *({"from": hosts[n % 3], "to": c, "first": None, "last": None, "citations": []} for n, c in enumerate(clients)),
    ]
    hypothesis = base["hypotheses"][0] | {
        "cause": "external.intrusion",
        "likelihood": "high",
        "actors": [{"account": r"EXAMPLE\svc-backup"}, {"account": r"EXAMPLE\suzuki"}],
        "source": {"hosts": hosts, "objects": [f"clients/{n:02d}/customers.csv" for n in range(1, 52)]},
        "window": {
            "first": f"2024-06-24T02:11:09{_JST}",
            "last": f"2024-06-26T03:40:00{_JST}",
            "basis": both("VPN 接続", "VPN sessions"),
        },
        "access_means": ["vpn", "stolen_credentials"],
        "channels": ["rdp"],
        "destinations": [],
        "contradicts": [
            said(
                "共有フォルダの読取りの記録はない(監査は有効だった)。",
                "No read of the share is recorded, and auditing was on.",
                "F-aaaaaaaaa3",
            )
        ],
    }
    return base | {
        "case": {
            "name": "2024-007 VPN 侵入(架空)",
            "aware": [f"2024-06-26T09:00:00{_JST}", f"2024-07-09T09:00:00{_JST}"],
            "zone": "Asia/Tokyo",
        },
        "leak": {"status": "suspected", "because": ["F-aaaaaaaaa1"]},
        "people": count(65_100, 64_000, 66_200, "氏名+住所、委託元をまたぐ名寄せ"),
        "hypotheses": [hypothesis],
        "path": {"nodes": nodes, "edges": edges},
        "holdings": holdings,
        "obligations": obligations,
    }


def nothing() -> dict[str, Any]:
    """Nothing found, nobody said when they became aware, and the case has no name."""
    base = missent()
    coverage = base["coverage"] | {
        "looked_at": [
            {"what": both("ログイン", "logins"), "count": 88_412},
            {"what": both("外向きメール", "outbound mails"), "count": 0},
        ],
        "not_looked_at": [{"what": both("プロキシのログ(証拠にない)", "proxy logs (not in the evidence)"), "count": 0}],
    }
    empty: dict[str, Any] = {k: [] for k in ("hypotheses", "holdings", "obligations", "findings", "next_actions", "unknowns")}
    return {
        "schema": base["schema"],
        "leak": {"status": "not_found", "because": []},
        "people": None,
        "path": {"nodes": [], "edges": []},
        "coverage": coverage,
        "versions": base["versions"],
    } | empty
