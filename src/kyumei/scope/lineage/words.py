"""The lineage in words for people, in Japanese and English."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOWN: Final = 100
_WORDS: Final = {
    "exposed": ("到達可能だった人数", "people who could be reached"),
    "accessed": ("閲覧された人数", "people whose data was read"),
    "taken": ("持ち出された人数", "people whose data left"),
    "exact": ("確定", "exact"),
    "interval": ("幅あり", "interval"),
    "not replayed": ("再現できず", "not replayed"),
    "nobody shown": ("個人の値は表示されず", "nobody shown"),
    "no rows in evidence": ("証拠に表なし", "no table in evidence"),
    "people": ("人", "people"),
    "accounts": ("アカウント別", "by account"),
    "reads": ("読み出した文", "statements that read"),
    "web": ("Web の要求で名指しされ応答された人数", "people whose rows were asked for and answered on the web"),
    "files": ("ファイルの操作", "files touched"),
    "people_by_files": ("ファイルの内容による人数", "people by the content of files"),
    "unknown": ("証拠に写しがない持ち出し", "left without a copy in evidence"),
    "why": ("理由", "why"),
    "assumed": ("前提", "assumed"),
    "skipped": ("反映できなかった変更", "changes not applied"),
    "more": ("ほか {n} 件", "{n} more"),
}
_REASONS: Final = (
    (r"rows tie where the page is cut", "順序が決まらず、どの行までが表示されたか定まらない"),
    (r"the database may sort this text in another order", "文字列の並び順がデータベースと異なる可能性がある"),
    (r"the clock is taken from the log, a day more or less", "現在時刻をログの時刻とし、前後 1 日の幅をみた"),
    (r"a smallest or largest value is shown: of which row is not told", "最小・最大の値が表示されたが、どの行かは分からない"),
    (r"table not in evidence: (.*)", r"表 \1 が証拠にない"),
    (r"not understood.*", "文を解釈できない"),
    (r"column or form not known: (.*)", r"列または書き方が分からない(\1)"),
    (
        r"changes of (\d+) h between the backup and the beginning of the log are not known",
        r"バックアップからログ開始までの \1 時間の変更が分からない",
    ),
    (r"nothing is recorded of (\d+) h between two files of the log", r"ログのファイルの間に \1 時間の記録の空白がある"),
    (r"the only backup is later than the statement", "この文より後のバックアップしかない"),
    (r"the log counts (\d+) rows, the replay gives (\d+)", r"ログの行数は \1 行だが、再現では \2 行"),
    (r"a change could not be applied: (.*)", r"反映できない変更があった(\1)"),
    (r"a bound value is not in the log", "埋め込まれた値がログにない"),
    (r"cursor: how many rows were fetched is not known", "カーソルから何行取り出されたか分からない"),
    (
        r"writes are logged, none between the older copy and the event: that copy is taken",
        "書き込みの記録はあるが、古い写しから操作までの間にはないため、その写しの内容とした",
    ),
    (
        r"between the older copy and a later change nothing tells of other changes: the older copy is taken",
        "古い写しとその後の変更との間に別の変更があったかは分からない。古い写しの内容を最有力とした",
    ),
    (r"a change is logged between the older copy and the event", "古い写しから操作までの間に変更の記録がある"),
    (
        r"the only copies are older than the event; later changes are not known",
        "操作より前の写ししかなく、その後の変更が分からない",
    ),
    (
        r"the file was changed after the event; what it held then is not known",
        "操作の後にファイルが変更されており、当時の内容が分からない",
    ),
    (r"when the copies were last changed is not known", "写しの最終更新時刻が分からない"),
    (
        r"the only copy in evidence; when it was last changed is not known",
        "証拠にある唯一の写し。最終更新時刻は分からない",
    ),
    (r"several files fit the name", "同じ名前のファイルが複数ある"),
    (r"told by the size alone", "大きさの一致だけによる"),
    (r"rows loaded from a file are not in the log", "ファイルから読み込まれた行はログにない"),
    (r"rows are chosen by a number whose order is not certain", "番号で選ばれた行だが、番号の振られる順序が定まらない"),
    (r"a procedure was called: (.*)", r"手続き \1 が呼ばれた。その中の文はログにない"),
    (r"a block of statements", "文のまとまり(手続き型)で、解釈できない"),
    (r"statement too long", "文が長すぎる"),
    (
        r"(.*): when the backup was made is not known; it is taken to be older than the log",
        r"\1: バックアップの取得時点が不明のため、ログより前とした",
    ),
)  # fmt: skip


def word(key: str, lang: str) -> str:
    """Return the word in that language; the key itself where there is none."""
    pair = _WORDS.get(key)
    return key if pair is None else pair[0 if lang == "ja" else 1]


def reason(text: str, lang: str) -> str:
    """Return why rows are not certain, in that language."""
    if lang != "ja":
        return text
    for pattern, japanese in _REASONS:
        if found := re.fullmatch(pattern, text):
            return found.expand(japanese)
    return text


def table(found: Mapping[str, Any], lang: str) -> str:
    """Return the document as lines of text."""
    reach = found["people_by_reach"]
    lines = [f"{word(r, lang)}: {people(reach[r], lang)}" for r in ("exposed", "accessed", "taken") if r in reach]
    lines += ["", f"{word('accounts', lang)}:"]
    lines += [f"  {a['account'] or '?'}: {people(a['people'], lang)}" for a in found["accounts"]]
    if found.get("web"):
        lines += ["", f"{word('web', lang)}: {people(found['people_by_web'], lang)}"]
        lines += [f"  {_asked(each, lang)}" for each in found["web"][:SHOWN]]
    lines += _files(found, lang)
    lines += ["", f"{word('reads', lang)}:"]
    lines += [_line(read, lang) for read in found["reads"][:SHOWN]]
    lines += _more(len(found["reads"]), lang)
    for key, listed in (("assumed", found["assumptions"]), ("skipped", [c["reason"] for c in found["changes_not_applied"]])):
        if listed:
            lines += [
                "",
                f"{word(key, lang)}:",
                *(f"  {reason(text, lang)}" for text in listed[:SHOWN]),
                *_more(len(listed), lang),
            ]
    return "\n".join(lines)


def people(count: Mapping[str, Any], lang: str) -> str:
    """Return the count with its bounds where they differ."""
    unit = word("people", lang)
    best = f"{count['best']} {unit}"
    if count["low"] == count["high"]:
        return best
    return f"{best}({count['low']}〜{count['high']})" if lang == "ja" else f"{best} ({count['low']} to {count['high']})"


def _files(found: Mapping[str, Any], lang: str) -> list[str]:
    """Return what was done with files, and what left without a copy in evidence."""
    if not found.get("files") and not found.get("unknown_content"):
        return []
    reach = found["people_by_files"]
    lines = ["", f"{word('people_by_files', lang)}:"]
    lines += [f"  {word(r, lang)}: {people(reach[r], lang)}" for r in reach]
    lines += ["", f"{word('files', lang)}:"]
    for each in found["files"][:SHOWN]:
        said = (each["first"] or "?", each["account"] or "?", word(each["reach"], lang), people(each["people"], lang))
        lines.append("  " + "  ".join((*said, each["object"], *((f"→ {each['to']}",) if each["to"] else ()))))
        lines += [f"      {word('why', lang)}: {reason(w, lang)}" for w in each["why"]]
    lines += _more(found["files_in_all"], lang)
    if found["unknown_content"]:
        lines += ["", f"{word('unknown', lang)}:"]
        lines += [
            f"  {u['object']}  {u['bytes'] if u['bytes'] is not None else '?'} B" for u in found["unknown_content"][:SHOWN]
        ]
    return lines


def _asked(each: Mapping[str, Any], lang: str) -> str:
    named = ", ".join(each["ranges"])
    return f"{each['client']}  {each['table']}.{each['column']}  {people(each['people'], lang)}  {named[:120]}"


def _more(length: int, lang: str) -> list[str]:
    return [f"  {word('more', lang).format(n=length - SHOWN)}"] if length > SHOWN else []


def _line(read: Mapping[str, Any], lang: str) -> str:
    text = re.sub(r"\s+", " ", read["statement"])
    said = (read["ts"] or "?", read["account"] or "?", word(read["status"], lang), people(read["people"], lang), text[:90])
    head = "  " + "  ".join(said)
    why = "; ".join(reason(r, lang) for r in read["reasons"])
    return head + (f"\n      {word('why', lang)}: {why}" if why else "")
