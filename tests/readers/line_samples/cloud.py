"""Exports of cloud services."""

from __future__ import annotations

import json
from typing import Any

from tests.readers.make_line_samples import Log


def _quoted(record: dict[str, Any]) -> str:
    return '"' + json.dumps(record, ensure_ascii=False, separators=(",", ":")).replace('"', '""') + '"'


def _audit(operation: str, user: str, name: str, minute: int) -> str:
    stamp = f"2024-06-17T01:{minute:02}:00"
    record = {
        "CreationTime": stamp,
        "Id": f"00000000-0000-0000-0000-0000000000{minute:02}",
        "Operation": operation,
        "RecordType": 6,
        "UserId": user,
        "Workload": "OneDrive",
        "ClientIP": "192.0.2.10",
        "ObjectId": f"https://example-my.sharepoint.com/personal/{name}",
        "SourceFileName": name,
        "FileSizeBytes": 40960,
    }
    return f"{record['Id']},{stamp}.0000000Z,6,{operation},{user},{_quoted(record)}"


def _kubernetes(verb: str, user: str, name: str) -> dict[str, Any]:
    return {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "auditID": "1a2b",
        "stage": "ResponseComplete",
        "requestURI": f"/api/v1/namespaces/shop/secrets/{name}",
        "verb": verb,
        "user": {"username": user},
        "sourceIPs": ["192.0.2.10"],
        "objectRef": {"resource": "secrets", "namespace": "shop", "name": name},
        "responseStatus": {"code": 200},
        "requestReceivedTimestamp": "2024-06-17T01:00:00.123456Z",
    }


def _inside(key: str, record: dict[str, Any]) -> str:
    inner = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    outer: dict[str, Any] = {"timestamp": 1718586000123}
    if key == "properties.log":
        outer |= {"category": "kube-audit", "properties": {"log": inner, "pod": "kube-apiserver"}}
    else:
        outer |= {"logStream": "kube-apiserver-audit-1", key: inner}
    return json.dumps(outer, ensure_ascii=False, separators=(",", ":"))


# ruff: noqa: E501  # log lines are as long as they are

LOGS = (
    Log(
        "cloud.m365_audit_csv",
        "audit.csv",
        (
            _audit("FileDownloaded", "hanako@example.jp", "list.csv", 0),
            _audit("AnonymousLinkCreated", "hanako@example.jp", "list.csv", 5),
        ),
        (
            _audit("FileDownloaded", "yamada@example.jp", "顧客名簿.xlsx", 10),
            _audit("FileAccessed", "yamada@example.jp", "名簿.xlsx", 11),
        ),
        ("RecordId,CreationDate,RecordType,Operation,UserId,AuditData",),
    ),
    Log(
        "cloud.kubernetes_audit_wrapped",
        "audit.json",
        (
            _inside("message", _kubernetes("get", "hanako@example.jp", "db")),
            _inside("properties.log", _kubernetes("list", "system:serviceaccount:shop:app", "tls")),
        ),
        (_inside("message", _kubernetes("get", "山田", "顧客")),),
    ),
    Log(
        "cloud.box_csv",
        "user_activity.csv",
        (
            '2024-06-17 10:00:00,花子,hanako@example.jp,192.0.2.10,Downloaded,list.csv,11,All Files/Sales,40960,"Downloaded list.csv"',
            "2024-06-17 10:00:05,花子,hanako@example.jp,192.0.2.10,Created shared link,list.csv,11,All Files/Sales,40960,",
            "2024-06-17 10:00:09,,admin@example.jp,203.0.113.5,Failed login,,,,,",
        ),
        ("2024-06-17 10:01:00,山田太郎,yamada@example.jp,192.0.2.11,Downloaded,顧客名簿.xlsx,12,All Files/営業,40960,",),
        ("Date,User Name,User Email,IP Address,Action,Item Name,Item ID,Path,Size (bytes),Details",),
    ),
    Log(
        "cloud.google_drive_csv",
        "drive_logs.csv",
        (
            "2024-06-17T10:00:00+09:00,1a2b,list,Google Sheets,Download,hanako downloaded list,hanako@example.jp,hanako@example.jp,Private,192.0.2.10,",
            "2024-06-17T10:00:05+09:00,1a2b,list,Google Sheets,User sharing permissions change,shared,hanako@example.jp,hanako@example.jp,Shared externally,192.0.2.10,partner@example.com",
            "2024-06-17T10:00:09+09:00,1a2b,list,Google Sheets,View,viewed,guest@example.com,hanako@example.jp,Shared externally,,",
        ),
        (
            "2024-06-17T10:01:00+09:00,1a2c,顧客名簿,Google Sheets,Copy,コピー,yamada@example.jp,yamada@example.jp,Private,192.0.2.11,",
        ),
        ("Date,Document ID,Title,Document type,Event,Description,Actor,Owner,Visibility,IP address,Target",),
    ),
)
