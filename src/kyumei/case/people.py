"""The two lists an organisation hands over: parties (whose data lies where) and roster (whose account is whose).

`parties.csv` has the columns `party`, `role` (own or entrusted) and `path`; `roster.csv` has `account` and any of `name`,
`role`, `employer`, `left`, `mail`, `number` (of the employee) and `accounts` (further ones, parted by `;`), or the Japanese
words for them (アカウント, 氏名, 役割, 所属, 退職日, メール, 社員番号, 他アカウント). Both are UTF-8 or CP932 with a header.
Given on the command line, or found in the evidence by these names and headers.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from kyumei.diagnose.view import Party, Person
from kyumei.errors import UserError
from kyumei.model.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kyumei.model.evidence import Item

SMALL = 64 * 1024 * 1024
_WORDS = {
    **dict.fromkeys(("アカウント", "アカウント名", "ログイン名", "user", "username", "login"), "account"),
    **dict.fromkeys(("氏名", "名前", "社員名", "full name"), "name"),
    **dict.fromkeys(("役割", "役職", "職名"), "role"),
    **dict.fromkeys(("所属", "雇用元", "会社", "department"), "employer"),
    **dict.fromkeys(("退職日", "退職年月日", "left on", "leaving date"), "left"),
    **dict.fromkeys(("メール", "メールアドレス", "email", "e-mail"), "mail"),
    **dict.fromkeys(("社員番号", "従業員番号", "職員番号", "employee number", "employee no", "employee_no"), "number"),
    **dict.fromkeys(("他アカウント", "その他アカウント", "other accounts"), "accounts"),
}
_ROLES = {"own": "own", "自社": "own", "entrusted": "entrusted", "委託": "entrusted", "受託": "entrusted"}


def parties(text: bytes, name: str) -> tuple[Party, ...]:
    """Return the parties in a file.

    Raises:
        UserError: a column is missing or a role is not one of own and entrusted.
    """
    rows = _rows(text, name, ("party", "role", "path"))
    wrong = [row["role"] for row in rows if row["role"].strip().lower() not in _ROLES]
    if wrong:
        raise UserError(f"{name}: {wrong[0]!r} is not a role", hint="write own or entrusted")
    return tuple(
        Party(row["party"], "own" if _ROLES[row["role"].strip().lower()] == "own" else "entrusted", row["path"].strip("/"))
        for row in rows
    )


def roster(text: bytes, name: str) -> tuple[Person, ...]:
    """Return the people in a file.

    Raises:
        UserError: there is no column `account`.
    """
    return tuple(_person(row) for row in _rows(text, name, ("account",)))


def _person(row: dict[str, str]) -> Person:
    fields = ("account", "name", "role", "employer", "left", "mail", "number")
    others = tuple(part for part in _parts(row.get("accounts", "")) if part)
    account, name, role, employer, left, mail, number = (row.get(f) or "" for f in fields)
    return Person(account, name, role, employer, left, mail, number, others)


def _parts(listed: str) -> list[str]:
    return [part.strip() for part in listed.replace("；", ";").replace("、", ";").split(";")]


def found(items: Iterable[tuple[Item, Path]], name: str) -> list[tuple[str, bytes]]:
    """Return path and bytes of the small files of this name in the items' folders of files."""
    listed = []
    for item, folder in items:
        for entry in item.files:
            if entry.path.rsplit("/", 1)[-1].lower() == name and entry.sha256 and entry.size <= SMALL:
                path = folder / entry.path
                if path.is_file():
                    listed.append((f"{item.id}:{entry.path}", path.read_bytes()))
    return listed


def _rows(text: bytes, name: str, needed: tuple[str, ...]) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(decode(text).text.lstrip("\ufeff"), newline=""))
    header = [_WORDS.get((c or "").strip().lower(), (c or "").strip().lower()) for c in reader.fieldnames or []]
    missing = [c for c in needed if c not in header]
    if missing:
        raise UserError(f"{name} has no column {missing[0]!r}", hint=f"its header must name {', '.join(needed)}")
    reader.fieldnames = header
    return [{k: (v or "").strip() for k, v in row.items() if k} for row in reader]
