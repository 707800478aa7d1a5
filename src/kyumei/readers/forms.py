"""What programs write in the message part of their log lines: forms kept as data, applied to whole columns.

A set of forms is a TOML file:

| key | says |
|---|---|
| `program` | regular expression that the program's whole name must match; absent = any program |
| `needs` | RE2 expression found in every message that any of the forms can match; makes looking cheap |
| `[[form]]` | one sentence the program writes; the first form that matches a message decides |
| `has` | text that every such message contains; makes looking cheap |
| `match` | RE2 expression; its named groups become columns: those of `kyumei.model.event.COLUMNS`, else native fields |
| `action`, `outcome` | as in `kyumei.model.actions`; without `outcome` the column stays null |
| `also` | common columns to be filled from a native field as well: `{ dst = "to" }` |

A native field whose name has hyphens is written with a double underscore: `message__id` is stored as `message-id`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kyumei.model.event import GIVEN
from kyumei.readers.match import bools, constant, ints

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Form:
    """One sentence of a program; see the module's table."""

    match: str
    action: str
    has: str = ""
    outcome: str | None = None
    also: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Forms:
    """The sentences of one program or family of programs."""

    program: re.Pattern[str] | None
    needs: str
    forms: tuple[Form, ...]


@cache
def load(package: str) -> tuple[Forms, ...]:
    """Return the sets of forms in a package, those for named programs first, then by file name."""
    found: list[tuple[bool, str, Forms]] = []
    for entry in files(package).iterdir():
        if entry.name.endswith(".toml"):
            data = tomllib.loads(entry.read_text("utf-8"))
            program = data.get("program")
            sentences = tuple(Form(**form) for form in data["form"])
            needs = data.get("needs") or ("" if program else _needed(sentences))
            forms = Forms(re.compile(program) if program else None, needs, sentences)
            found.append((program is None, entry.name, forms))
    return tuple(forms for *_, forms in sorted(found, key=lambda each: each[:2]))


def _needed(forms: Sequence[Form]) -> str:
    """Return an expression for what every form's messages contain, "" where a form does not say."""
    return "|".join(re.escape(form.has) for form in forms) if all(form.has for form in forms) else ""


class Reading:
    """Columns that grow by parts: each part fills some of the rows.

    Args:
        rows: how many rows there are.
    """

    def __init__(self, rows: int) -> None:
        import numpy as np

        self.rows = rows
        self.open = np.ones(rows, bool)
        self._parts: dict[str, list[tuple[Any, pa.Array]]] = {}

    def fill(self, places: np.ndarray[Any, Any], columns: Mapping[str, pa.Array]) -> None:
        """Fill the given rows; they are no longer open."""
        self.open[places] = False
        for name, values in columns.items():
            self._parts.setdefault(name, []).append((places, values))

    def columns(self) -> dict[str, pa.Array]:
        """Return every column that any part filled, null where none did."""
        return {name: self._joined(parts) for name, parts in self._parts.items()}

    def _joined(self, parts: Sequence[tuple[Any, pa.Array]]) -> pa.Array:
        import numpy as np
        import pyarrow as pa

        where = np.full(self.rows, -1, np.int64)
        begin = 0
        for places, values in parts:
            where[places] = np.arange(begin, begin + len(values))
            begin += len(values)
        return pa.concat_arrays([values for _, values in parts]).take(ints(np.maximum(where, 0), where >= 0))


def interpret(sets: Sequence[Forms], programs: pa.Array, messages: pa.Array, reading: Reading) -> None:
    """Fill the open rows of `reading` with what the sets of forms read out of the messages, set by set."""
    import numpy as np
    import pyarrow.compute as pc

    coded = pc.fill_null(programs, "").dictionary_encode()
    names = coded.dictionary.to_pylist()
    codes = coded.indices.to_numpy(zero_copy_only=False)
    for forms in sets:
        concerned = reading.open
        if forms.program is not None:
            wanted = np.array([forms.program.fullmatch(name) is not None for name in names], bool)
            concerned = concerned & wanted[codes]
        places = np.flatnonzero(concerned)
        if forms.needs and len(places):
            likely = pc.match_substring_regex(messages.take(ints(places)), forms.needs)
            places = places[likely.to_numpy(zero_copy_only=False)]
        if len(places):
            _apply(forms.forms, places, messages, reading)


def _apply(forms: Sequence[Form], places: np.ndarray[Any, Any], messages: pa.Array, reading: Reading) -> None:
    import pyarrow.compute as pc

    texts = messages.take(ints(places))
    for form in forms:
        candidates = places
        these = texts
        if form.has:
            likely = pc.match_substring(texts, form.has)
            if not pc.any(likely).as_py():
                continue
            candidates, these = places[likely.to_numpy(zero_copy_only=False)], texts.filter(likely)
        if form.match.startswith("^"):  # RE2 is slow to say that there are no groups, and quick to say that nothing matches
            likely = pc.match_substring_regex(these, form.match)
            candidates, these = candidates[likely.to_numpy(zero_copy_only=False)], these.filter(likely)
        found = pc.extract_regex(these, form.match)
        matched = pc.is_valid(found)
        hits = candidates[matched.to_numpy(zero_copy_only=False)]
        if not len(hits):
            continue
        reading.fill(hits, _columns(form, found.filter(matched)))
        still = reading.open[places]
        if not still.any():
            return
        places, texts = places[still], texts.filter(bools(still))


def _columns(form: Form, found: pa.Array) -> dict[str, pa.Array]:
    import pyarrow as pa
    import pyarrow.compute as pc

    nothing, empty = constant(None), constant("")
    groups = {f.name.replace("__", "-"): found.field(f.name) for f in found.type}
    groups |= {common: groups[native] for common, native in form.also.items()}
    columns = {name: pc.if_else(pc.equal(values, empty), nothing, values) for name, values in groups.items()}
    columns["action"] = pa.repeat(constant(form.action), len(found))
    if form.outcome:
        columns["outcome"] = pa.repeat(constant(form.outcome), len(found))
    return columns


def split(columns: Mapping[str, pa.Array]) -> tuple[dict[str, pa.Array], dict[str, pa.Array]]:
    """Return common columns and native fields apart, addresses in one spelling and numbers as numbers."""
    import pyarrow.compute as pc

    from kyumei.readers.addresses import normalised
    from kyumei.readers.match import whole

    common = {name: values for name, values in columns.items() if name in GIVEN}
    fields = {name: values for name, values in columns.items() if name not in GIVEN}
    if "src_ip" in common:
        common["src_ip"] = normalised(common["src_ip"])
    if "dst" in common:  # sendmail: `<a@example.jp>,<b@example.jp>`
        common["dst"] = pc.replace_substring_regex(pc.replace_substring_regex(common["dst"], "[<>]", ""), " *, *", "; ")
    for name in ("bytes", "rows", "event_id"):
        if name in common:
            common[name] = whole(common[name])
    return common, fields
