"""Preparation and signs of encryption for ransom, and tools that take data out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.detect import commands, names
from kyumei.detect.build import CITED, MARK, Said, Span, finding
from kyumei.detect.registry import analytic
from kyumei.model.finding import Level
from kyumei.store.connect import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.detect.run import Settings
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

SIGNS: Final = "ransomware.signs"
TOOL: Final = "exfil.tool"
_BACKUPS: Final = (
    r"vssadmin(\.exe)?\W?\s+(delete\s+shadows|resize\s+shadowstorage)|wmic(\.exe)?\W?\s.*shadowcopy\s+(delete|call\s+delete)"
    r"|win32_shadowcopy.*(delete|remove-)|wbadmin(\.exe)?\W?\s+delete\s+(catalog|backup|systemstatebackup)"
    r"|bcdedit(\.exe)?\W?\s.*(recoveryenabled\s+\W?no|bootstatuspolicy\s+ignoreallfailures)"
    r"|diskshadow(\.exe)?\s.*delete\s+shadows|esxcli\s+vm\s+process\s+kill|vim-cmd\s+vmsvc/(power\.off|snapshot\.removeall)"
)
_NOTES: Final = (
    r"(^|[\\/])[!_#.\s+-]*(how[ _-]?to[ _-]?(decrypt|recover|restore|back)"
    r"|readme[ _!-]*(to[ _-]?)?(decrypt|restore|recover|unlock)"
    r"|(de|un)crypt[ _-]?(my|your|all|instructions?|files?|info)|recover(y)?[ _-]?(my|your|files?|instructions?|key|manual)"
    r"|restore[ _-]?(my|your|files?)|your[ _-]?files[ _-]?(are|have)|(files?[ _-]?)?encrypted[ _-]?(readme|note|files?)"
    r"|ransom[ _-]?note|#?decrypt_?readme|読んで.*復号|復号(方法|手順)|身代金)[^\\/]*\.(txt|html?|hta|rtf|bmp|url)$"
    r"|(^|[\\/])[a-z0-9]{6,10}[-.]readme\.txt$|(^|[\\/])readme\.(blacksuit|royal|akira|lockbit|phobos|conti)\.txt$"
)
_BY_COMMAND: Final = """
    select host, list_sort(list(distinct account)), list_sort(list(distinct line[1:200]))[:10],
        count(*), min(us), max(us), min(mark, 50)
    from commands where regexp_matches(line, ?) group by host order by min(us), host
"""
RENAMED: Final = 200
"""So many files given one ending that no file had before, within an hour, are no person's work."""
_RENAMES: Final = f"""
    with changed as (
        select *, lower(regexp_extract(object, '\\.([^.\\\\/ ]{{2,32}})$', 1)) as ending, date_trunc('hour', ts) as hour,
            {MARK} as mark
        from events where action in ('file.renamed', 'file.created', 'file.written') and ts is not null and object is not null
    ), hourly as (
        select host, ending, hour, count(distinct object) as files from changed where ending <> '' group by all
    ), big as (
        select host, ending, min(hour) as began, max(hour) as ended from hourly where files >= {RENAMED} group by host, ending
    ), fresh as (
        select b.* from big b where not exists (
            select 1 from events e where e.ts < b.began and ends_with(lower(e.object), '.' || b.ending))
            and not exists (select 1 from known_endings k where k.ending = b.ending)
    )
    select f.host, f.ending, list_sort(list(distinct c.account)), count(distinct c.object),
        list_sort(list(distinct c.object))[:20], count(*), min(epoch_us(c.ts)), max(epoch_us(c.ts)), min(c.mark, 50)
    from fresh f join changed c on c.host is not distinct from f.host and c.ending = f.ending
        and c.hour between f.began and f.ended
    group by f.host, f.ending order by 7, 1, 2
"""
_KNOWN: Final = """
    create or replace temp table known_endings as select unnest(string_split(
        'tmp temp log txt csv tsv xml json html htm js css png jpg jpeg gif svg webp pdf doc docx xls xlsx ppt pptx zip gz 7z'
        || ' rar tar bak old new cache dat db sqlite pyc class jar dll exe sys ini cfg conf lnk ps1 py java c h cs cpp o obj md'
        || ' yml yaml eml msg pst ost mp3 mp4 wav avi mov dwg dxf sql parquet evtx etl pf crdownload part partial download msi'
        || ' cab manifest', ' ')) as ending
"""
_NOTED: Final = f"""
    select host, count(*), min(epoch_us(ts)), max(epoch_us(ts)), min({MARK}, {CITED}), list_sort(list(distinct object))[:20],
        count(distinct object)
    from events where action like 'file.%' and object is not null and regexp_matches(lower(object), ?)
    group by host order by 3, 1
"""
_NOTE_FILES: Final = """
    select evidence_id, file_id, path from sources where regexp_matches(lower(path), ?) order by path, file_id
"""
_TOOLS: Final = {
    "rclone": r"\brclone(\.exe)?\b.*\b(copy|sync|move|config|mega|sftp|--)|\brclone\.exe",
    "mega": r"\bmega(sync|cmd|-put|-login)\w*(\.exe)?\b|megacmdserver|megatools",
    "winscp": r"\bwinscp(\.exe|\.com)?\b",
    "filezilla": r"\bfilezilla(\.exe)?\b|\b(psftp|pscp)(\.exe)?\b",
    "anydesk": r"\banydesk(\.exe)?\b",
    "teamviewer": r"\bteamviewer(_service)?(\.exe)?\b",
    "atera": r"\b(ateraagent|splashtop\w*|screenconnect\w*|connectwise\w*|rustdesk|meshagent|logmein\w*|supremo)(\.exe)?\b",
    "psexec": r"\bpsexe(c|svc)\w*(\.exe)?\b|\bpaexec(\.exe)?\b",
    "restic": r"\b(restic|freefilesync|stealbit|exmatter|megasync|gdrive|azcopy)(\.exe)?\b",
    "tunnel": r"\b(ngrok|chisel|cloudflared|plink|ligolo\w*|frpc)(\.exe)?\b",
    "archive": r"\b(rar|winrar|7z|7za|7zg)(\.exe)?\b.*\s-(hp|p)\S+",
}
_GRAVE_TOOLS: Final = frozenset({"rclone", "mega", "restic", "tunnel"})
_USED: Final = """
    select host, list_sort(list(distinct account)), list_sort(list(distinct line[1:200]))[:10],
        min(us) >= ?, count(*), min(us), max(us), min(mark, 50)
    from tool_uses where regexp_matches(line, ?) group by host order by min(us), host
"""


@analytic(SIGNS, ja="ランサムウェアの兆候", en="Signs of ransomware", tags=("attack.t1486", "attack.t1490"))
def find_signs(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out deleted backups, files renamed in masses, and ransom notes.

    What it asks:
        Were backups destroyed, files encrypted, notes left?

    Why it matters:
        Encryption is a loss of personal data by itself (APPI Rules Art. 7 (iii) covers it), whether or not data was also taken.

    How it decides:
        Commands that delete shadow copies, backups and recovery (high; nobody needs them in daily work); 200 files or more
        within an hour given one ending that no event had before and that is no common one (critical); names of ransom notes
        in file events, three or more, or in the evidence's own files (high). One finding a host and sign.

    When it is wrong:
        Backup software that prunes shadow copies; a migration to a new file format.

    References:
        MITRE ATT&CK T1486, T1490; CISA #StopRansomware guides.
    """
    del settings
    for host, accounts, lines, *span in store.rows(_BY_COMMAND, _BACKUPS) if commands.prepare(store) else []:
        yield _sign(store, ("backups_deleted", host, accounts, lines), Span.of(*span), {"commands": lines})
    names.prepare(store)
    store.rows(_KNOWN)
    for host, ending, accounts, files, sample, *span in store.rows(_RENAMES):
        yield _sign(store, ("mass_rename", host, accounts, sample), Span.of(*span), {"ending": ending, "files": files})
    for host, n, first, last, marks, listed, different in store.rows(_NOTED, _NOTES):
        if n >= 3:
            yield _sign(store, ("ransom_note", host, [], listed), Span.of(n, first, last, marks), {"notes": different})
    if noted := store.rows(_NOTE_FILES, _NOTES):
        marks = [{"us": None, "e": e, "f": f, "r": 0} for e, f, _ in noted]
        paths = [path for _, _, path in noted][:20]
        yield _sign(
            store, ("ransom_note", None, [], paths), Span.of(len(noted), None, None, marks[:CITED]), {"notes": len(noted)}
        )


@analytic(
    TOOL,
    ja="持出し・遠隔操作ツールの実行",
    en="Tools that take data out or give remote control",
    tags=("attack.t1567", "attack.t1219"),
)
def find_tools(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out programs that intruders take data out with, or control machines with.

    What it asks:
        Did rclone, MEGA, WinSCP, AnyDesk, PsExec, tunnels or their like run, where and since when?

    Why it matters:
        It shows by what way data may have left, and asks whether the organisation itself uses the tool.

    How it decides:
        Names and options in command lines, services and tasks. Programs for cloud copying and tunnels that were first seen at
        least 3 days after the log begins are high, other tools new in that sense medium; what was there from the
        beginning is low: then it is probably the organisation's own. One finding a host and tool.

    When it is wrong:
        The help desk's remote control; administrators' tools brought in lately. Renamed programs are missed.

    References:
        MITRE ATT&CK T1567.002, T1219, T1570.
    """
    del settings
    if not commands.prepare(store):
        return
    began = store.rows("select min(us) from commands")[0][0] or 0
    every = text("|".join(_TOOLS.values()))
    store.rows(f"create or replace temp table tool_uses as select * from commands where regexp_matches(line, {every})")
    for tool, pattern in _TOOLS.items():
        for host, accounts, lines, is_new, *span in store.rows(_USED, began + 3 * 86_400_000_000, pattern):
            level = (Level.HIGH if tool in _GRAVE_TOOLS else Level.MEDIUM) if is_new else Level.LOW
            said = Said(
                ja=f"{host or '不明なホスト'} で {tool} が実行された",
                en=f"{tool} ran on {host or 'an unknown host'}",
                level=level,
                entities={"host": [host], "account": accounts, "channel": [tool]},
                facts={"tool": tool, "commands": lines, "new": is_new},
                tags=("attack.t1567" if tool in _GRAVE_TOOLS else "attack.t1219",),
            )
            yield finding(store, TOOL, Span.of(*span), said)


_TITLES: Final = {
    "backups_deleted": ("でバックアップ・復旧機能を無効化するコマンドが実行された", "Commands that destroy backups ran on"),
    "mass_rename": ("で多数のファイルの拡張子が一斉に変更された", "Many files were given one new ending on"),
    "ransom_note": ("に身代金要求の文書がある", "Ransom notes on"),
}


def _sign(store: Store, row: tuple[Any, ...], span: Span, facts: dict[str, object]) -> Finding:
    sign, host, accounts, objects = row
    ja, en = _TITLES[sign]
    said = Said(
        ja=f"{host or '証拠'}{ja}",
        en=f"{en} {host or 'files of the evidence'}",
        level=Level.CRITICAL if sign == "mass_rename" else Level.HIGH,
        entities={"host": [host], "account": accounts, "object": objects if sign != "backups_deleted" else []},
        facts={"sign": sign} | facts,
        tags=("attack.t1490",) if sign == "backups_deleted" else ("attack.t1486",),
    )
    return finding(store, SIGNS, span, said)
