"""Invented mails for a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.detect.case import jst

if TYPE_CHECKING:
    from tests.detect.case import Case

OWN = "univ.example"


def mail(case: Case, mid: str, when: str, sender: str, to: list[str], **more: Any) -> str:
    """Add a message in its sent form, with `subject`, `folder` and native `fields`; return its path."""
    path = f"{more.get('folder', 'sent')}/{mid}.eml"
    subject = more.get("subject", f"note {mid}")
    case.add(
        "mail.eml",
        more.get("action", "mail.sent"),
        jst(when),
        path=path,
        account=sender,
        dst="; ".join(to),
        message=subject,
        fields={
            "Message-ID": f"<{mid}@{OWN}>",
            "From": f"Someone <{sender}>",
            "To": ", ".join(to),
            "Subject": subject,
            **more.get("fields", {}),
        },
    )
    return path


def workbook(case: Case, mail_path: str, sheets: dict[str, tuple[int, tuple[str, ...], str]], sha: str = "") -> list[str]:
    """Attach a workbook with these sheets (name → records, categories, hidden); return the table ids."""
    path = f"{mail_path}!/2/list.xlsx"
    case.source(path, parent_file_id=case.source(mail_path), sha256=sha or path)
    return [
        case.table(path, name=name, records=records, categories=categories, hidden=hidden)
        for name, (records, categories, hidden) in sheets.items()
    ]
