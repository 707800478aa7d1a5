r"""What the rendered message of a Windows event says, back to the names of its EventData fields.

Event Viewer writes the fields into a text in the language of the machine: sections (`新しいログオン:`), below them labels
and values (`\tアカウント名:\t\tyamada`). `messages.csv` holds the labels in Japanese and English: a `section` gives the
front of the name (`Target`), a `suffix` its end (`UserName`), a `label` the whole name, a `pattern` finds names inside a
sentence. Labels that are not listed are left in the message, which is kept whole.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

_TABLE: Final = Path(__file__).with_name("messages.csv")
_LINE: Final = re.compile(r"(?P<indent>[ \t]*)(?P<label>[^:：\t]{1,60}?) ?[:：](?!//)[ \t]*(?P<value>.*)")
_LIST: Final = {"PrivilegeList", "AccessList"}
"""Fields whose values go on over several lines."""


@dataclass(slots=True)
class _Words:
    sections: dict[tuple[str, str], str] = field(default_factory=dict)
    suffixes: dict[str, str] = field(default_factory=dict)
    labels: dict[tuple[str, str, str], str] = field(default_factory=dict)
    patterns: dict[str, list[re.Pattern[str]]] = field(default_factory=dict)


def fields_of(message: str, event_id: int | None) -> dict[str, str]:
    """Return EventData name → value for what is recognised in the message; of a name that comes twice the first counts."""
    event = "" if event_id is None else str(event_id)
    found: dict[str, str] = {}
    for pattern in _words().patterns.get(event, ()):
        if hit := pattern.search(message):
            found |= {name: value for name, value in hit.groupdict().items() if value}
    section, last = "", ""
    for line in message.splitlines():
        hit = _LINE.match(line)
        if hit is None:
            if last in _LIST and line.strip() and line[0] in " \t":
                found[last] += f" {line.strip()}"
            else:
                last = ""
            continue
        label, value = hit["label"].strip(), hit["value"].strip()
        if not hit["indent"]:
            section = "" if value else label
        last = _name(event, section, label)
        if last and value:
            found.setdefault(last, value)
        else:
            last = ""
    return found


def _name(event: str, section: str, label: str) -> str:
    """Return the EventData name of a label in a section, empty where it is not known; what names the event goes first."""
    words = _words()
    for key in ((event, section, label), (event, "", label), ("", section, label)):
        if key in words.labels and (key[0] or key[1]):
            return words.labels[key]
    front = words.sections.get((event, section)) or words.sections.get(("", section))
    if front and label in words.suffixes:
        return front + words.suffixes[label]
    return words.labels.get(("", "", label), "")


@cache
def _words() -> _Words:
    words = _Words()
    with _TABLE.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            match row["kind"]:
                case "section":
                    words.sections[row["event_id"], row["text"]] = row["name"]
                case "suffix":
                    words.suffixes[row["text"]] = row["name"]
                case "label":
                    words.labels[row["event_id"], row["section"], row["text"]] = row["name"]
                case _:
                    words.patterns.setdefault(row["event_id"], []).append(re.compile(row["text"]))
    return words
