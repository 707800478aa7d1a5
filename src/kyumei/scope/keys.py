"""From the cells of a record to the digests by which it is linked to other records of the same person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.scope import fold
from kyumei.scope.clean import distinct
from kyumei.scope.digest import MOBILE, combined, digests, keyed, mixed, seed
from kyumei.scope.recognise.forms import begins, is_mobile
from kyumei.scope.recognise.words import of_another, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from kyumei.scope.classify import Column

    Digests = npt.NDArray[np.uint64]
    Bools = npt.NDArray[np.bool_]
    Coded = Sequence[pa.DictionaryArray]

KEYS: Final = ("number", "official", "name", "reading", "given", "dob", "email", "phone", "address", "postal", "row")
IDENTIFYING: Final = ("number", "official", "name", "reading", "email", "phone", "address")
"""A record that has none of these is about nobody who can be told, or is no record at all (a total, a note)."""

_NUMBERS: Final = ("student number", "employee number", "customer number")
_OFFICIAL: Final = ("my number", "passport", "licence", "residence card", "social insurance", "national id")
_NOT_RECORDS: Final = (
    r"(?i:^[(（\[【<]?(?:記入例|記載例|入力例|例|サンプル|見本|sample|example|dummy|ダミー|テスト|test)[)）\]】>]?(?:[0-9０-９\s:：].*)?$|"
    r"^(?:合計|小計|総計|計|総合計|total|subtotal|grand total|件数|平均)[:： ]?[0-9,件名人]*$|^[※＊*].+)"
)

_MAY_BE_NO_RECORD: Final = "(（[【<記入例サ見SsEeDdダテTtſ合小総計Gg件平※＊*"
"""Letters with which such cells begin."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which columns give which key, by their ordinals; `scope` is the digest of the number's numbering."""

    scope: int
    number: int | None
    official: tuple[int, ...]
    names: tuple[int, ...]
    parts: tuple[int, ...]
    kana: tuple[int, ...]
    dob: int | None
    email: tuple[int, ...]
    phone: tuple[int, ...]
    address: tuple[int, ...]
    postal: tuple[int, ...] = ()


def plan(columns: Sequence[Column], dataset: str) -> Plan:
    """Return how the records of a table are linked.

    Columns about another person (a guardian, the clerk in charge) are used only where there is none about the person.

    Args:
        columns: all columns of the table, classified.
        dataset: what the numbering of persons belongs to: the file.
    """
    number = next((c for part in _NUMBERS for c in columns if c.part == part), None)
    return Plan(
        scope=_signed(seed(f"{dataset}\0{number.part}")) if number else 0,
        number=number.ordinal if number else None,
        official=_of(columns, *_OFFICIAL),
        names=_own(columns, "name"),
        parts=_own(columns, "family name", "given name"),
        kana=_own(columns, "kana"),
        dob=next(iter(_own(columns, "dob")), None),
        email=_own(columns, "email"),
        phone=tuple(c for c in _own(columns, "phone") if "fax" not in plain(columns[c].header)),
        address=tuple(sorted(_own(columns, "address", "place", "country"))),
        postal=_own(columns, "postal"),
    )


def _of(columns: Sequence[Column], *parts: str) -> tuple[int, ...]:
    return tuple(c.ordinal for part in parts for c in columns if c.part == part)


def _own(columns: Sequence[Column], *parts: str) -> tuple[int, ...]:
    found = _of(columns, *parts)
    return tuple(n for n in found if not of_another(columns[n].header)) or found


def keys(plan: Plan, columns: Coded) -> dict[str, Digests]:
    """Return each record's keys by name, 0 where it has none; a record that is none has no key at all.

    Args:
        plan: see `plan`.
        columns: all columns of the table, as `kyumei.scope.clean.distinct` gives them.
    """
    own = _full_names(plan, columns)
    readings = [*(columns[n] for n in plan.kana[:1]), *own] if len(plan.kana) < 2 else [_kana(plan, columns), *own]
    numbers = [columns[plan.number]] if plan.number is not None else []
    address = [_joined([columns[n] for n in plan.address])] if plan.address else []
    length = len(columns[0])
    found = {
        "number": _first(numbers, fold.numbers, "number", length),
        "official": _first([columns[n] for n in plan.official], fold.numbers, "official", length),
        "name": _first(own, fold.names, "name", length),
        "reading": _first(readings, fold.readings, "reading", length),
        "given": _first(readings, fold.given, "given", length),
        "dob": _dates(columns[plan.dob]) if plan.dob is not None else _none(length),
        "email": _first([columns[n] for n in plan.email], fold.emails, "email", length),
        "phone": _phones([columns[n] for n in plan.phone], length),
        "address": _first(address, fold.addresses, "address", length),
        "postal": _first([columns[n] for n in plan.postal], fold.postals, "postal", length),
        "row": combined([_cells(column) for column in columns]),
    }
    void = _not_records([*columns[:2], *own])
    for digests_of_key in found.values():
        digests_of_key[void] = 0
    return found


def value_digests(key: str, values: Sequence[str]) -> list[int | None]:
    """Return the digests that single values have under a key, as signed numbers; None for what has no such form.

    Args:
        key: one of `IDENTIFYING`; any other word for values that are compared as they are.
        values: plain values, NFKC or not.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    column = distinct(pa.array(values, pa.string()))
    forms = {"name": fold.names, "reading": fold.readings, "email": fold.emails, "address": fold.addresses}
    if key == "phone":
        found = _phones([column], len(values))
    else:
        texts = pa.DictionaryArray.from_arrays(column.indices, pc.fill_null(column.dictionary, ""))
        found = _folded(column if key in forms else texts, forms.get(key, fold.numbers), key)
    return [int(v) or None for v in found.view(np.int64).tolist()]


def identified(found: dict[str, Digests]) -> Bools:
    """Return which records have a key that identifies."""
    import numpy as np

    known = np.zeros(len(found["row"]), np.bool_)
    for key in IDENTIFYING:
        known |= found[key] != 0
    return known


def _full_names(plan: Plan, columns: Coded) -> list[pa.DictionaryArray]:
    """Return the columns of full names; surname and given name are put together where there is no column of both."""
    if plan.names:
        return [columns[n] for n in plan.names]
    return [_joined([columns[n] for n in plan.parts])] if plan.parts else []


def _kana(plan: Plan, columns: Coded) -> pa.DictionaryArray:
    """Return the reading put together from two columns, unless the first already has both parts."""
    import pyarrow.compute as pc

    first = columns[plan.kana[0]]
    both = pc.sum(pc.match_substring(first.dictionary, " ")).as_py() or 0
    return first if both > 0.5 * max(1, len(first.dictionary)) else _joined([columns[n] for n in plan.kana[:2]])


def _joined(columns: Coded) -> pa.DictionaryArray:
    """Return the cells of several columns joined by blanks, empty ones left out."""
    import pyarrow.compute as pc

    if len(columns) == 1:
        return columns[0]
    texts = [pc.take(column.dictionary, column.indices) for column in columns]
    texts[0] = pc.fill_null(texts[0], "")  # pyarrow 26 drops a row of nulls only, and every later row moves up
    joined = pc.binary_join_element_wise(*texts, " ", null_handling="skip")
    return distinct(joined)


def _first(columns: Coded, form: Callable[[pa.StringArray], pa.StringArray], kind: str, length: int) -> Digests:
    """Return the digests of the first column that has one, for each record."""
    import numpy as np

    result = _none(length)
    for column in columns:
        missing = result == 0
        if missing.any():
            result = np.where(missing, _folded(column, form, kind), result)
    return result


def _phones(columns: Coded, length: int) -> Digests:
    """Return the digests of the first telephone number of each record, `MOBILE` set in those of mobile telephones."""
    import numpy as np

    result = _none(length)
    for column in columns:
        texts = fold.phones(column.dictionary)
        found = digests(texts, "phone")
        mobile = is_mobile(texts)
        marked = np.where(mobile.to_numpy(zero_copy_only=False), found | np.uint64(MOBILE), found & ~np.uint64(MOBILE))
        result = np.where(result == 0, _spread(np.where(found == 0, found, marked), column), result)
    return result


def _folded(column: pa.DictionaryArray, form: Callable[[pa.StringArray], pa.StringArray], kind: str) -> Digests:
    return _spread(digests(form(column.dictionary), kind), column)


def _cells(column: pa.DictionaryArray) -> Digests:
    found = _spread(digests(column.dictionary, "cell"), column)
    found[found == 0] = 1
    return found


def _dates(column: pa.DictionaryArray) -> Digests:
    """Return year, month and day as three digests of 21 bits, none of them 0, so that dates can be compared by parts."""
    import numpy as np

    from kyumei.scope.days import days

    found = days(column.dictionary)
    parts = np.stack([found // 10000, found // 100 % 100, found % 100], axis=1).astype(np.uint64)
    packed = np.zeros(len(parts), np.uint64)
    for n, kind in enumerate(("year", "month", "day")):
        part = keyed(mixed(parts[:, n] ^ np.uint64(seed(kind)))) & np.uint64(0x1FFFFF)
        packed |= (part | np.uint64(1)) << np.uint64(21 * n)
    packed[parts[:, 0] == 0] = 0
    return _spread(packed, column)


def _not_records(columns: Coded) -> Bools:
    """Return which records are totals, notes or examples by what stands in these columns."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    void = np.zeros(len(columns[0]), np.bool_)
    for column in columns:
        marks = begins(column.dictionary, _MAY_BE_NO_RECORD).to_numpy(zero_copy_only=False).copy()
        asked = np.flatnonzero(marks)
        if len(asked):
            marks[asked] = pc.match_substring_regex(column.dictionary.take(pa.array(asked)), _NOT_RECORDS)
            void |= _spread(marks.astype(np.uint64), column) != 0
    return void


def _spread(values: Digests, column: pa.DictionaryArray) -> Digests:
    """Return for each cell the value of its code, 0 for null."""
    import numpy as np

    if not column.indices.null_count:
        known: Digests = values[column.indices.to_numpy()]
        return known
    codes = column.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
    result: Digests = np.concatenate([values, np.zeros(1, np.uint64)])[codes]
    return result


def _none(length: int) -> Digests:
    import numpy as np

    return np.zeros(length, np.uint64)


def _signed(digest: int) -> int:
    return digest - (1 << 64) if digest >> 63 else digest
