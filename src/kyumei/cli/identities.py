"""Show who is whom in a case, and which machine an address was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kyumei.cli.common.zone import known_zone
from kyumei.errors import UserError
from kyumei.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SAY: Final = {
    "ja": {
        "left": "退職",
        "by": {"record": "記録", "roster": "名簿", "name": "名前の一致"},
        "open": "結び付けていない名前",
        "none": "該当なし",
    },
    "en": {
        "left": "left",
        "by": {"record": "record", "roster": "roster", "name": "same name"},
        "open": "Names not joined",
        "none": "nothing found",
    },
}


@click.command()
@click.option("--case", "case", required=True, type=click.Path(path_type=Path, file_okay=False), help="Case folder.")
@click.option("--who", metavar="NAME", help="Only the identity with this name, account, mail address, SID or employee number.")
@click.option("--address", metavar="IP", help="Which machine or whose session this address was, and when.")
@click.option("--at", "instant", metavar="TIME", help="With --address: only at this instant.")
@click.option("--tz", "zone", default="Asia/Tokyo", show_default=True, help="Zone of times given and shown.")
@click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
def command(**given: Any) -> int:
    """Show which accounts, addresses and numbers are one person's, each with why and where that is written.

    Names that may be several persons' are not joined; they are listed at the end.
    """
    from kyumei.case import identities

    lang = given["lang"]
    if given["address"]:
        rows = list(_addresses(given))
        click.echo("\n".join(rows) if rows else _SAY[lang]["none"], err=not rows)
        return 0
    known = identities.read(given["case"])
    chosen = list(known.identities)
    if given["who"]:
        one = known.of(given["who"])
        if one is None:
            raise UserError(f"no single identity is called {given['who']!r}", hint="kyumei identities --case … lists all")
        chosen = [one]
    if given["form"] == "jsonl":
        for row in chosen:
            click.echo(json.dumps({"schema": "kyumei.identities/1", **row}, ensure_ascii=False))
        return 0
    for row in chosen:
        for line in _table(row, lang):
            click.echo(visible(line))
    if not given["who"] and known.ambiguous:
        click.echo(f"\n{_SAY[lang]['open']}:")
        for doubt in known.ambiguous:
            click.echo(visible(f"  {doubt['name']['value']}: {doubt['why'][lang]} ({', '.join(doubt['could_be'])})"))
    return 0


def _table(row: Mapping[str, Any], lang: str) -> Iterator[str]:
    said = _SAY[lang]
    head = [row["id"], row["name"], row["number"], f"{said['left']} {row['left']}" if row["left"] else ""]
    yield "  ".join(part for part in head if part)
    for alias in row["aliases"]:
        seen = f"  {alias['events']:,}  {alias['first']} – {alias['last']}" if alias["events"] else ""
        yield f"  {alias['kind']:8} {alias['value']}{seen}"
    for each in row["joins"]:
        at = each["citation"]
        where = f" [{at['path']}:{at['offset']}]" if at["path"] else ""
        yield f"    {each['one']} = {each['other']}: {said['by'][each['by']]}, {each['why'][lang]}{where}"  # type: ignore[index]


def _addresses(given: Mapping[str, Any]) -> Iterator[str]:
    from kyumei.case import identities
    from kyumei.case.assemble import iso
    from kyumei.cli.timeline import instant
    from kyumei.detect.whereabouts import told

    zone = known_zone(given["zone"])
    at = instant(given["instant"], zone) if given["instant"] else None
    for holder in identities.holders(given["case"]).of(given["address"]):
        if at is None or holder.began <= at <= holder.ended:
            begin, end = iso(holder.began, zone), iso(holder.ended, zone)
            if given["form"] == "jsonl":
                said = {"address": holder.address, "was": told(holder), "from": begin, "to": end, "basis": holder.basis}
                yield json.dumps(
                    {"schema": "kyumei.whereabouts/1", **said, "path": holder.file, "offset": holder.rec}, ensure_ascii=False
                )
            else:
                yield f"{begin} – {end}  {holder.address}  {told(holder)}  [{holder.file}:{holder.rec}]"
