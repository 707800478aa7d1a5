"""What the table of Windows events says of many rows at once: `kyumei.readers.windows.mapping`, column by column.

A rule's columns are put together by Arrow for all of its rows; only what is no plain field (shares, expressions, addresses in
another spelling) is worked out in Python, once for each distinct value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kyumei.case.hunt import look
from kyumei.readers.addresses import normal
from kyumei.readers.windows import mapping
from kyumei.readers.windows.fields import integer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    import pyarrow as pa

    from kyumei.readers.windows.mapping import Condition, Picked, Rule
    from kyumei.store.columns import Columns

_BYTE: Final = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4: Final = rf"^(?:{_BYTE}\.){{3}}{_BYTE}$"
"""An address as the store spells it."""
_PLAIN: Final = r"^[!-$&-9;-Z\\^-~]*$"
"""Text that holds no address in another spelling: ASCII without space, per cent, colon and brackets."""
_BREAKS: Final = r"[\n\r\t]"


@dataclass(slots=True)
class Fields:
    """The fields of a batch by row, as texts without the missing ones.

    Attributes:
        columns: the batch.
    """

    columns: Columns
    _codes: dict[str, np.ndarray] = field(default_factory=dict)

    def codes(self, name: str, rows: np.ndarray) -> np.ndarray:
        """Return the field's code in each of these rows, -1 where a row does not have it."""
        import numpy as np

        if name not in self._codes:
            codes = np.full(self.columns.n, -1, np.int32)
            column = self.columns.fields.get(name)
            if column is not None:
                codes[column.rows] = column.codes
            self._codes[name] = codes
        return np.asarray(self._codes[name][rows])

    def texts(self, name: str, rows: np.ndarray) -> pa.Array:
        """Return the field's text in each of these rows, null where a row does not have it or where it says nothing."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        if name not in self.columns.fields:
            return pa.nulls(len(rows), pa.string())
        codes = self.codes(name, rows)
        found = self.columns.fields[name].values.take(pa.array(codes, mask=codes < 0))
        at = _maybe_blank(found)
        if not len(at):
            return found
        blank = pc.is_in(pc.utf8_trim_whitespace(found.take(pa.array(at))), pa.array(sorted(mapping.MISSING)))
        at = at[blank.to_numpy(zero_copy_only=False)]
        if not len(at):
            return found
        there = np.ones(len(rows), np.bool_)
        there[at] = False
        return pc.if_else(pa.array(there), found, None)

    def distinct(self, names: tuple[str, ...], rows: np.ndarray) -> tuple[list[dict[str, str]], np.ndarray]:
        """Return the distinct combinations of these fields in the rows, without what is missing, and which each row has."""
        import numpy as np

        back = np.zeros(len(rows), np.int64)
        first = np.zeros(min(1, len(rows)), np.int64)
        for name in names:
            if name in self.columns.fields:
                codes = self.codes(name, rows).astype(np.int64) + 1
                _, first, back = np.unique(back * (codes.max(initial=0) + 1) + codes, return_index=True, return_inverse=True)
        found: list[dict[str, str]] = [{} for _ in first]
        for name in names:
            for fields, value in zip(found, look.texts(self.columns, (name,), rows[first]).to_pylist(), strict=True):
                if value:
                    fields[name] = value
        return found, back


def _maybe_blank(texts: pa.Array) -> np.ndarray:
    """Return the places of texts that are empty or begin with what may be a space or a hyphen."""
    import numpy as np

    _, ends, data = texts.buffers()
    starts = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    raw = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
    head = raw[np.minimum(starts[:-1], len(raw) - 1)]
    odd = (head <= 32) | (head == 45) | ((head >= 0xC2) & (head <= 0xE3)) | (starts[1:] == starts[:-1])
    return np.flatnonzero(odd & texts.is_valid().to_numpy(zero_copy_only=False))


def ruled(fields: Fields, rules: list[Rule], rows: np.ndarray) -> Iterator[tuple[Rule, np.ndarray]]:
    """Yield each rule and its rows: those of which it is the first whose conditions hold."""
    import numpy as np

    for rule in rules:
        if not len(rows):
            return
        holds = np.ones(len(rows), np.bool_)
        for test in rule.tests:
            holds &= _holding(fields, test, rows)
        if holds.any():
            yield rule, rows[holds]
        rows = rows[~holds]


def _holding(fields: Fields, test: Condition, rows: np.ndarray) -> np.ndarray:
    import numpy as np

    if test.name == "outcome":
        found, back = fields.distinct((mapping.KEYWORDS,), rows)
        results = [mapping.audit(one.get(mapping.KEYWORDS)) for one in found]
        return np.asarray(np.array([test.holds({}, result) for result in results], np.bool_)[back])
    found, back = fields.distinct((test.name,), rows)
    return np.asarray(np.array([test.holds(one, None) for one in found], np.bool_)[back])


def columns(fields: Fields, rule: Rule, rows: np.ndarray) -> dict[str, pa.Array]:
    """Return the columns that a rule fills in these rows, `bytes` as numbers."""
    import pyarrow as pa

    found: dict[str, pa.Array] = {"action": pa.repeat(rule.action, len(rows))}
    if rule.outcome == "audit":
        found["outcome"] = _mapped(fields, (mapping.KEYWORDS,), rows, lambda one: mapping.audit(one.get(mapping.KEYWORDS)))
    elif rule.outcome:
        found["outcome"] = pa.repeat(rule.outcome, len(rows))
    for pick in rule.picks:
        found[pick.column] = _picked(fields, pick, rows)
    found["message"] = _message(fields, rule, rows, found)
    if "bytes" in found:
        found["bytes"] = pa.array([integer(text) for text in found["bytes"].to_pylist()], pa.int64())
    return found


def _picked(fields: Fields, pick: Picked, rows: np.ndarray) -> pa.Array:
    import pyarrow.compute as pc

    made: pa.Array | None = None
    for text in pick.cell.split("|"):
        value = _one(fields, text, rows)
        if pick.column == "src_ip":
            value = _each(value, _IPV4, mapping.address)
        made = value if made is None else pc.coalesce(made, value)
        if not made.null_count:
            break
    return _each(made, _PLAIN, normal) if pick.column == "dst" else made


def _one(fields: Fields, text: str, rows: np.ndarray) -> pa.Array:
    """Return what one alternative of a cell says in these rows; `mapping` describes the forms."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = mapping.named(text)
    if text.startswith("="):
        return pa.repeat(text[1:], len(rows))
    if text in names:
        return fields.texts(text, rows)
    if "\\" in text and len(names) == 2 and text == "\\".join(names):
        before, last = (fields.texts(name, rows) for name in names)
        return pc.coalesce(pc.binary_join_element_wise(before, last, "\\"), last)
    return _mapped(fields, names, rows, mapping.alternative(text))


def _mapped(fields: Fields, names: tuple[str, ...], rows: np.ndarray, work: Callable[[dict[str, str]], str | None]) -> pa.Array:
    """Return what is worked out for each distinct combination of these fields."""
    import pyarrow as pa

    found, back = fields.distinct(names, rows)
    return pa.array([work(one) for one in found], pa.string()).take(pa.array(back))


def _each(values: pa.Array, usual: str, work: Callable[[str], str | None]) -> pa.Array:
    """Return texts with those that are not of the usual form replaced by what is worked out, once for each distinct one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    odd = pc.fill_null(pc.invert(pc.match_substring_regex(values, usual)), fill_value=False)
    if not pc.any(odd).as_py():
        return values
    coded = pc.filter(values, odd).dictionary_encode()
    made = pa.array([work(text) for text in coded.dictionary.to_pylist()], pa.string())
    return pc.replace_with_mask(values, odd, made.take(coded.indices))


def _message(fields: Fields, rule: Rule, rows: np.ndarray, known: dict[str, pa.Array]) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    parts: list[pa.Array | str] = []
    for literal, names in rule.message:
        parts += [literal] if literal else []
        if names:
            options = [option for name in names for option in (known.get(name), fields.texts(name, rows)) if option is not None]
            parts.append(pc.coalesce(*options, "-"))
    if all(isinstance(part, str) for part in parts):
        return pa.repeat(mapping.line("".join(map(str, parts))), len(rows))
    text = pc.binary_join_element_wise(*parts, "")
    odd = pc.or_(pc.greater(pc.utf8_length(text), mapping.MESSAGE_LENGTH), pc.match_substring_regex(text, _BREAKS))
    if not pc.any(odd).as_py():
        return text
    lines = pa.array([mapping.line(one) for one in pc.filter(text, odd).to_pylist()], pa.string())
    return pc.replace_with_mask(text, odd, lines)
