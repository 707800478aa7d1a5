r"""Events that touched files, one row each, with how far each went: reached, read, or gone.

`prepare` makes the temporary table `lineage_acts`: `id`, `us`, `as_of` (instant whose content was touched), `reach`, `way`,
`account`, `host`, `src_ip`, `source`, `action`, `object`, `said` (the object as first named), `dst`, `bytes`, `whole` (files
in a folder were touched, not only its name), `hash`, and the place `evidence_id`, `file_id`, `rec`.

A share that was reached, or a folder that was opened, is exposed. A file that was opened, copied or packed is accessed. A file
that was uploaded, downloaded, sent, or written to a removable drive is taken; so is one that a web server gave out, told by its
address or by the number of bytes. A drive is removable where the log says so, or
where its letter is E or later and a device was connected to that machine in the 24 hours before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.scope.lineage.files.commands import SEEN, folder_of, said
from kyumei.store.connect import name, text

if TYPE_CHECKING:
    from kyumei.store.query import Store

DAY_US: Final = 86_400_000_000
_HASHES: Final = ("sha256", "hash", "hashes", "filehash", "filesha256", "sha256hash", "file_sha256", "contenthash")
_COMMANDS: Final = (
    "commandline", "command_line", "processcommandline", "cmdline", "proctitle", "command", "scriptblocktext", "payload",
)  # fmt: skip
_RAN: Final = ("command.run", "process.started")
_TABLE: Final = """
    create temp table lineage_acts (
        id bigint, us bigint, as_of bigint, reach varchar, way varchar, account varchar, host varchar, src_ip varchar,
        source varchar, action varchar, object varchar, said varchar, dst varchar, bytes bigint, whole boolean,
        hash varchar, evidence_id varchar, file_id varchar, rec bigint
    );
    create temp sequence lineage_number
"""
_REMOVABLE: Final = r"(?i)usb|removable|リムーバブル|外部|外付|sd card|mtp|portable"
_AWAY: Final = r"^(/media/|/run/media/|/volumes/|//tsclient/|\\\\tsclient\\|[a-z][a-z0-9+.-][a-z0-9+.-]+://)"
_SYNCED: Final = r"(?i)[\\/](onedrive|dropbox|google drive|my drive|box sync|box)[\\/]"
_FILES: Final = f"""
    insert into lineage_acts
    with plugged as (select distinct host, epoch_us(ts) as us from events where action = 'device.connected' and ts is not null),
    acts as (
        select *, epoch_us(ts) as us,
            coalesce(dst, case when action in ('file.created', 'file.written') then object end) as goes
        from {{view}} where object is not null and coalesce(outcome, '') <> 'failure'
            and (action like 'file.%' or action in ('share.accessed', 'page.printed')) and action <> 'file.deleted'
    ),
    told as (
        select a.*, regexp_matches(coalesce(device, ''), '{_REMOVABLE}') or regexp_matches(lower(coalesce(goes, '')), '{_AWAY}')
            or regexp_matches(coalesce(goes, ''), '{_SYNCED}')
            or (regexp_matches(lower(coalesce(goes, '')), '^[e-z]:')
                and exists (select 1 from plugged p where p.host is not distinct from a.host
                    and p.us between a.us - {DAY_US} and a.us)) as away
        from acts a
    )
    select nextval('lineage_number'), us, us,
        case when action in ('share.accessed', 'file.shared') then 'exposed'
            when action in ('file.uploaded', 'file.downloaded') or away then 'taken' else 'accessed' end,
        case when source like 'cloud.%' then 'cloud' when action = 'share.accessed' then 'share'
            when action = 'page.printed' then 'print' when action in ('file.uploaded', 'file.downloaded') then 'network'
            when away then 'drive' else 'file' end,
        account, host, src_ip, source, action, object, object, dst, bytes, action <> 'file.opened', {{hash}},
        evidence_id, file_id, rec
    from told where away or action not in ('file.created', 'file.written')
"""


_WEB: Final = """
    insert into lineage_acts
    select nextval('lineage_number'), epoch_us(ts), epoch_us(ts), 'taken', 'web', account, host, src_ip, source, action, object,
        object, null, bytes, true, null, evidence_id, file_id, rec
    from {view} where action = 'web.request' and object is not null and {success} and (
        bytes in (select size from lineage_copies where size >= 4096 and file_id in (select file_id from lineage_content))
        or object in (select object from object_links where kind = 'file' and components > 1
            and file_id in (select file_id from lineage_content)))
"""
_CARRIED: Final = f"""
    update lineage_acts set reach = 'taken', way = 'drive' where way in ('copy', 'archive') and dst is not null and (
        regexp_matches(lower(dst), '{_AWAY}') or regexp_matches(dst, '{_SYNCED}') or (regexp_matches(lower(dst), '^[e-z]:')
            and exists (select 1 from events p where p.action = 'device.connected' and p.host is not distinct from
                lineage_acts.host and epoch_us(p.ts) between us - {DAY_US} and us)))
"""


def prepare(store: Store) -> bool:
    """Make the table; return whether any event touched a file."""
    store.rows(_TABLE)
    touching = "action like 'file.%' or action in ('share.accessed', 'page.printed')"
    for (reader,) in store.rows(f"select distinct source from events where {touching} order by 1"):
        store.rows(_FILES.format(view=name(reader), hash=_native(store, reader, _HASHES)))
    for (reader,) in store.rows("select distinct source from events where action = 'web.request' order by 1"):
        fields = {f.lower(): f for f in store.fields(reader)}
        status = next((name(fields[f]) for f in ("status", "sc-status", "sc_status") if f in fields), None)
        success = f"{status} like '2%'" if status else "outcome = 'success'"
        store.rows(_WEB.format(view=name(reader), success=success))
    _commands(store)
    store.rows(_CARRIED)
    return bool(store.rows("select 1 from lineage_acts limit 1"))


def _native(store: Store, reader: str, wanted: tuple[str, ...]) -> str:
    fields = {f.lower().replace(" ", ""): f for f in store.fields(reader)}
    found = [name(fields[w]) for w in wanted if w in fields]
    return f"lower(concat_ws(' ', {', '.join(found)}))" if found else "null"


def _commands(store: Store) -> None:
    import pyarrow as pa

    listed = ", ".join(text(a) for a in _RAN)
    rows: list[dict[str, Any]] = []
    for (reader,) in store.rows(f"select distinct source from events where action in ({listed}) order by 1"):
        fields = {f.lower(): f for f in store.fields(reader)}
        line = "concat_ws(' ', {})".format(", ".join([*(name(fields[w]) for w in _COMMANDS if w in fields), "''"]))
        sql = (
            "select epoch_us(ts) as us, account, host, src_ip, source, action, evidence_id, file_id, rec,"
            f" case when trim({line}) = '' then coalesce(object, message) else {line} end as line from {name(reader)}"
            f" where action in ({listed}) and regexp_matches(line, {text(SEEN)}) order by us, file_id, rec"
        )
        for batch in store.batches(sql):
            for event in batch.to_pylist():
                rows += _read(event)
    if rows:
        store.give("lineage_ran", pa.Table.from_pylist(rows))
        store.rows("insert into lineage_acts by name select nextval('lineage_number') as id, * from lineage_ran")
        store.rows("drop table lineage_ran")


def _read(event: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for one in said(event["line"]):
        for path in one.sources:
            cut, is_folder = folder_of(path)
            own = {k: v for k, v in event.items() if k != "line"}
            went = one.way == "send"
            found.append(
                own
                | {"as_of": event["us"], "reach": "taken" if went else "accessed", "way": "network" if went else one.way}
                | {"object": cut + ("\\" if is_folder else ""), "said": path, "dst": one.target, "whole": True}
            )
    return found
