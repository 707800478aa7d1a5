"""A case is a folder: where things lie in it, and its own facts in `case.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.errors import UserError
from kyumei.store import key
from kyumei.store.write import write_bytes

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

CASE: Final = "case.toml"
RESULT_FOLDERS: Final = ("events", "faults", "objects", "people", "reports")
"""Folders that hold results and nothing else; `work/` holds what is only needed to go on."""


@dataclass(frozen=True, slots=True)
class Case:
    """An open case folder.

    Attributes:
        zone: IANA name of the zone assumed where evidence carries none.
        created: ISO 8601 instant.
    """

    path: Path
    name: str
    zone: str
    created: str

    @property
    def jobs(self) -> Path:
        """Return the folder of finished jobs' records."""
        return self.path / "work" / "jobs"


def open_or_create(path: Path, *, zone: str, at: datetime) -> Case:
    """Return the case in this folder, made now if the folder is empty or missing.

    Raises:
        UserError: the folder holds something else, the zone is unknown or differs from the case's, or the key does.
    """
    _check_zone(zone)
    file = path / CASE
    if not file.exists():
        if path.exists() and any(p for p in path.iterdir() if not p.name.startswith(f".{CASE}")):
            raise UserError(f"{path} is not empty and holds no case", hint="give a new folder, or one that kyumei made")
        path.mkdir(parents=True, exist_ok=True)
        created = at.isoformat(timespec="seconds")
        sealed = f'key = "{id_}"\n' if (id_ := key.id_of(key.current())) else ""
        write_bytes(file, f'name = {_quoted(path.name)}\nzone = "{zone}"\ncreated = "{created}"\n{sealed}'.encode())
    return _read(path, zone)


def _read(path: Path, zone: str) -> Case:
    try:
        facts = tomllib.loads((path / CASE).read_text("utf-8"))
        case = Case(path, str(facts["name"]), str(facts["zone"]), str(facts["created"]))
    except (tomllib.TOMLDecodeError, KeyError, UnicodeDecodeError) as wrong:
        raise UserError(f"{path / CASE} cannot be read: {wrong}", hint="restore it from a copy of the case") from wrong
    key.check(str(facts.get("key", "")), str(path))
    if case.zone != zone:
        raise UserError(f"the case assumes the zone {case.zone}, not {zone}", hint=f"use --zone {case.zone} or a new case")
    return case


def _check_zone(zone: str) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(zone)
    except (KeyError, OSError, ValueError):
        raise UserError(f"{zone!r} is not a time zone", hint="use an IANA name such as Asia/Tokyo") from None


def _quoted(value: str) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)
