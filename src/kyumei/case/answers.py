"""What people answered about the case: an append-only file, each answer with who gave it and when.

`facts.jsonl` in the case folder holds one answer a line, in the order given. Nothing in it is changed: a later answer
about the same fact of the same holding takes the place of an earlier one, and `unknown` withdraws it. Each answer is also
entered into the custody ledger with the digest of its line, so that none can be added, changed or removed unseen.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from kyumei.errors import UserError
from kyumei.evidence.custody import LEDGER, Ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from kyumei.model.holding import Holding

FILE: Final = "facts.jsonl"
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """One fact as a person stated it.

    Attributes:
        at: ISO 8601 with offset. who: the person who answers, not the one who types.
        fact: dotted name of `duties/laws/facts.yaml`, or an entry of the documents, `reports/entries.toml`. value: as in a
            sheet of facts, text for an entry; `unknown` withdraws.
        status: confirmed or suspected. note: what the answer rests on.
        party, dataset: the holding it is about; empty for every one.
    """

    at: str
    who: str
    fact: str
    value: Any
    status: str = "confirmed"
    note: str = ""
    party: str = ""
    dataset: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what a later answer must share to take this one's place."""
        return (self.fact, self.party, self.dataset)


def read(case: Path) -> tuple[Answer, ...]:
    """Return all answers in the order given, none where the case has no such file.

    Raises:
        UserError: a line is not an answer.
    """
    path = case / FILE
    if not path.exists():
        return ()
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            found.append(Answer(**json.loads(line)))
        except (ValueError, TypeError) as wrong:
            raise UserError(f"{path}, line {number}: no answer can be read there", hint="restore it from a copy") from wrong
    return tuple(found)


def record(case: Path, answer: Answer, *, at: datetime) -> None:
    """Append the answer to the file and enter it into the ledger."""
    line = json.dumps(asdict(answer), ensure_ascii=False, sort_keys=True) + "\n"
    with (case / FILE).open("a", encoding="utf-8") as stream:
        stream.write(line)
    facts = {"fact": answer.fact, "line_sha256": hashlib.sha256(line.encode()).hexdigest()}
    Ledger(case / LEDGER).append("fact.stated", at=at, who=answer.who, why=answer.note, facts=facts)


def current(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Return the last answer about each fact of each holding, withdrawn ones left out, in the order of facts."""
    last = {answer.key: answer for answer in answers}
    return tuple(answer for _, answer in sorted(last.items()) if answer.value != UNKNOWN)


def awares(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Return the answers that say when the organisation knew."""
    return tuple(answer for answer in answers if answer.fact == "t.aware")


def over(stated: Mapping[str, Any], answers: Iterable[Answer], holding: Holding | None = None) -> dict[str, Any]:
    """Return the facts with the answers laid over them, those about one holding last.

    Args:
        stated: facts by dotted name.
        answers: current ones.
        holding: answers about other parties or data sets are left out; None keeps only those about every holding.
    """
    found = dict(stated)
    for answer in sorted(answers, key=lambda a: bool(a.party) + bool(a.dataset)):
        if answer.fact != "t.aware" and _is_about(answer, holding):
            found[answer.fact] = {"value": answer.value, "status": answer.status}
    return found


def _is_about(answer: Answer, holding: Holding | None) -> bool:
    party, dataset = (holding.party, holding.dataset) if holding is not None else ("", "")
    return answer.party in ("", party) and answer.dataset in ("", dataset)
