"""What people changed in the list of affected persons: an append-only file, each change with who made it, when and why.

`affected.jsonl` in the case folder holds one change a line. Nothing in it is altered: `undo` takes back an earlier line by its
number. Records are named by table and place in it, which stay the same when the case is diagnosed anew. Each change is also
entered into the custody ledger with the digest of its line. Corrected values are enciphered where the case has a key.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, Literal

from kyumei.case import clock, results
from kyumei.errors import UserError
from kyumei.evidence.custody import LEDGER, Ledger
from kyumei.store import key as keys

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FILE: Final = "affected.jsonl"
Act = Literal["remove", "correct", "merge", "split", "undo"]
Place = tuple[str, int]
_SEALED: Final = "sealed:"


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        at: ISO 8601 with offset.
        places: table's id and place in it; of the person removed or corrected, the two merged, or the records split off.
        field, value: of a correction. line: number of the change that is taken back.
    """

    at: str
    who: str
    why: str
    act: Act
    places: tuple[Place, ...] = ()
    field: str = ""
    value: str = ""
    line: int = 0


def read(case: Path) -> tuple[Change, ...]:
    """Return all changes in order, values in plain text.

    Raises:
        UserError: a line is no change, or its value was enciphered with another key.
    """
    path = case / FILE
    found: list[Change] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines() if path.exists() else (), 1):
        try:
            said = json.loads(line)
            said["places"] = tuple((str(t), int(n)) for t, n in said["places"])
            said["value"] = _opened(said["value"])
            found.append(Change(**said))
        except (ValueError, TypeError, KeyError) as wrong:
            raise UserError(f"{path}, line {number}: no change can be read there", hint="restore it from a copy") from wrong
    return tuple(found)


def current(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes that hold: those that no later undo takes back."""
    taken: set[int] = set()
    for number in range(len(changes), 0, -1):
        if number not in taken and changes[number - 1].act == "undo":
            taken.add(changes[number - 1].line)
    return tuple(c for n, c in enumerate(changes, 1) if n not in taken and c.act != "undo")


def removed(changes: Sequence[Change]) -> int:
    """Return how many persons were removed by hand."""
    return len({c.places for c in current(changes) if c.act == "remove"})


def record(case: Path, change: Change) -> int:
    """Append the change, enter it into the ledger, seal the results anew, and return the number of its line.

    Raises:
        UserError: it takes back what is not there.
    """
    made = read(case)
    if change.act == "undo" and not 1 <= change.line <= len(made):
        raise UserError(f"there is no change {change.line}", hint="kyumei affected history --case DIR")
    line = json.dumps(asdict(change) | {"value": _closed(change.value)}, ensure_ascii=False, sort_keys=True) + "\n"
    with (case / FILE).open("a", encoding="utf-8") as stream:
        stream.write(line)
    facts = {"act": change.act, "line_sha256": hashlib.sha256(line.encode()).hexdigest()}
    Ledger(case / LEDGER).append("affected.changed", at=clock.now(), who=change.who, why=change.why, facts=facts)
    results.reseal(case, who=change.who, why="affected persons changed")
    return len(made) + 1


def _closed(value: str) -> str:
    key = keys.current()
    if key is None or not value:
        return value
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = keys.derived(key, "text nonce", value.encode())[:12]
    return _SEALED + base64.b64encode(nonce + AESGCM(keys.derived(key, "text")).encrypt(nonce, value.encode(), None)).decode()


def _opened(value: str) -> str:
    key = keys.current()
    if key is None or not value.startswith(_SEALED):
        return value
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    data = base64.b64decode(value.removeprefix(_SEALED))
    try:
        return AESGCM(keys.derived(key, "text")).decrypt(data[:12], data[12:], None).decode()
    except InvalidTag as wrong:
        msg = "another key"
        raise ValueError(msg) from wrong
