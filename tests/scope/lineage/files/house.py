"""A house with shares, backups and logs of what was done with its files; nothing here is shared with the analyser."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from kyumei.case.triage import Options, triage
from kyumei.store.query import Store

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FAMILY: Final = [
    "佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤",
    "吉田", "山田", "佐々木", "山口", "松本", "井上", "木村", "林", "清水", "斎藤",
]  # fmt: skip
GIVEN: Final = [
    "太郎", "花子", "一郎", "美咲", "健太", "由美", "翔太", "陽子", "直樹", "恵子",
    "大輔", "真由", "拓也", "裕子", "和也", "明美", "誠", "千尋", "悠斗", "さくら",
]  # fmt: skip
HEADER: Final = "会員番号,氏名,メールアドレス,電話番号"
LOG: Final = "日時,クライアント名,ログオンユーザー名,操作,ファイルパス,コピー先,ドライブ種別,ファイルサイズ"
JAPAN: Final = timedelta(hours=9)


def when(said: str) -> datetime:
    """Return an instant from local time in Japan."""
    return datetime.fromisoformat(said).replace(tzinfo=UTC) - JAPAN


def rows(people: Iterable[int]) -> str:
    """Return the members of these numbers as CSV."""
    listed = [
        f"M{n:06d},{FAMILY[n % 20]} {GIVEN[n // 20 % 20]},member{n}@example.jp,090-{1000 + n // 10000:04d}-{n % 10000:04d}"
        for n in sorted(people)
    ]
    return "\n".join([HEADER, *listed]) + "\n"


@dataclass
class House:
    """Evidence that grows."""

    root: Path
    lines: list[str] = field(default_factory=list)

    @property
    def evidence(self) -> Path:
        return self.root / "evidence"

    def put(self, path: str, content: str | bytes, changed: str) -> Path:
        """Write a file with its time of last change."""
        target = self.evidence / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        at = when(changed).timestamp()
        os.utime(target, (at, at))
        return target

    def say(self, at: str, account: str, what: str, path: str, to: str = "", **more: str) -> None:
        """Log one operation of an endpoint product."""
        cells = (at.replace("-", "/").replace("T", " "), more.get("host", "PC-07"), account, what, path, to)
        self.lines.append(",".join((*cells, more.get("drive", ""), more.get("size", ""))))

    def store(self) -> Store:
        """Triage the evidence and open the store."""
        if self.lines:
            self.put("logs/operations.csv", "\n".join([LOG, *self.lines]) + "\n", "2025-06-30T00:00:00")
        triage([self.evidence], self.root / "case", Options(workers=1), lambda _: None)
        return Store.open(self.root / "case")
