"""Which row of a table is its header."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.scope.recognise.registry import ordered
from kyumei.scope.recognise.words import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    Row = Sequence[str | None]

_TITLE_ROWS: Final = 30
_BODY_ROWS: Final = 100
_DATA: Final = re.compile(
    r"[-+]?[\d,]+(?:\.\d+)?%?|\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T].*)?|[^@\s]+@[^@\s]+\.[A-Za-z]+|[\d\-() +]{6,}|"
    r"\d{1,2}:\d{2}(?::\d{2})?|https?://\S+|[\d.]+ ?(?:円|%|kg|cm)|NULL|N/A|-|(?i:true|false)"
)
_GENERAL: Final = re.compile(
    r"^(?:id|no|key|code|type|date|time|status|name|title|value|amount|price|total|count|note|memo|remark|description|seq|num|number|"
    r"日付|日時|年月日?|番号|項番|連番|通番|種別|種類|区分|備考|摘要|金額|数量|単価|合計|件名|内容|名称|コード|所属|部署|会社名|担当|状態|状況|登録日|更新日|作成日)$|"
    r"_(?:id|no|cd|code|date|at|time|flg|flag|type|name|kbn|num|count)$|日時?$|番号$|コード$|区分$|名称?$|№"
)
_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_ ]{0,40}")


def find_header(rows: Sequence[Row]) -> tuple[tuple[str, ...], int]:
    """Return the header and how many rows stand before the first record.

    Title lines, fewer cells than the table is wide, are passed over. Without a header the first value is empty and the
    second counts the title lines.

    Args:
        rows: the first rows, blank ones left out.
    """
    filled = [sum(bool(cell and cell.strip()) for cell in row) for row in rows[:_BODY_ROWS]]
    if not filled:
        return (), 0
    usual = sorted(filled)[len(filled) // 2] if len(filled) > 2 else max(filled)
    for number, row in enumerate(rows[:_TITLE_ROWS]):
        if filled[number] < max(min(2, usual), 0.5 * usual):
            continue
        body = rows[number + 1 : number + 1 + _BODY_ROWS]
        if is_header(row, body):
            return tuple((cell or "") for cell in row), number + 1
        return (), number if number and filled[0] <= 1 else 0
    return (), 0


def is_header(row: Row, body: Sequence[Row]) -> bool:
    """Return whether the row names the columns of the rows below it."""
    cells = [(n, cell.strip()) for n, cell in enumerate(row) if cell and cell.strip()]
    if not cells or sum(bool(_DATA.fullmatch(cell)) for _, cell in cells) > 0.2 * len(cells):
        return False
    below = [{(r[n] or "").strip() for r in body if n < len(r)} for n in range(len(row))]
    fresh = [(n, cell) for n, cell in cells if cell not in below[n]]
    if len(fresh) < 0.8 * len(cells):
        return False
    if any(names_something(cell) for _, cell in fresh):
        return True
    if any(_contrast(cell, below[n] - {""}) for n, cell in fresh):
        return True
    words = {cell for _, cell in cells}
    return len(body) >= 3 and len(words) == len(cells) and all(_IDENTIFIER.fullmatch(word) for word in words)


def names_something(cell: str) -> bool:
    """Return whether the text is a word that heads columns."""
    word = plain(cell)
    if not word or len(word) > 40:
        return False
    return bool(_GENERAL.search(word)) or any(r.named_by(cell) for r in ordered())


def named(header: Sequence[str], width: int) -> tuple[str, ...]:
    """Return a name for each column: the header's words, or `column n` where it says nothing."""
    words = [re.sub(r"\s+", " ", cell).strip() for cell in header]
    words += [""] * (width - len(words))
    return tuple(word or f"column {n}" for n, word in enumerate(words, 1))


def _contrast(cell: str, below: set[str]) -> bool:
    """Return whether the cells below are dates, numbers or addresses of mail and this one is not."""
    if not below or _DATA.fullmatch(cell):
        return False
    return sum(bool(_DATA.fullmatch(other)) for other in below) > 0.8 * len(below)
