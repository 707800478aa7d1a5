"""Cells brought to one form before anything is told of them, once for each distinct cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

_NOTHING: Final = (
    r"^(?i:[-ー―—–_.・?？*＊]+|不明|なし|無し|無|未定|未登録|未記入|未入力|非公開|該当なし|同上|n/?a|null|none|nil|\(null\)|unknown|#n/a|"
    r"\\n|undefined|nan)$"
)


_TRIED: Final = 2_000
"""Cells from which it is told whether a column repeats itself."""


def distinct(column: pa.StringArray) -> pa.DictionaryArray:
    """Return the column as codes into its distinct cells, these NFKC, trimmed, and null where they say nothing.

    Two cells that differ in form only have two codes with equal text.
    """
    return _in_one_form(column.dictionary_encode())


def coded(column: pa.StringArray) -> pa.DictionaryArray:
    """Return the same, but where nearly every cell is another one, each has a code of its own: to compare them is not worth it.

    Args:
        column: cells of a batch, an array without offset (not a slice).
    """
    import numpy as np
    import pyarrow as pa

    if len(column) > 2 * _TRIED and len(column[:_TRIED].unique()) > 0.9 * _TRIED:
        return _in_one_form(pa.DictionaryArray.from_arrays(pa.array(np.arange(len(column), dtype=np.int32)), column))
    return distinct(column)


def _in_one_form(coded: pa.DictionaryArray) -> pa.DictionaryArray:
    import pyarrow as pa

    from kyumei.scope.strip import plain

    usual = plain(coded.dictionary)
    if usual.all():
        return coded
    if usual.sum() * 2 > len(usual):  # most need nothing done
        return pa.DictionaryArray.from_arrays(coded.indices, _mended(coded.dictionary, usual))
    return pa.DictionaryArray.from_arrays(coded.indices, _cleaned(coded.dictionary))


def _mended(texts: pa.StringArray, usual: npt.NDArray[np.bool_]) -> pa.StringArray:
    """Return the texts, all but the usual ones in one form."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.replace_with_mask(texts, pa.array(~usual), _cleaned(texts.take(pa.array(np.flatnonzero(~usual)))))


def _cleaned(dictionary: pa.StringArray) -> pa.StringArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.utf8_trim_whitespace(pc.utf8_normalize(dictionary, form="NFKC"))
    empty = pc.or_(pc.equal(texts, ""), pc.match_substring_regex(texts, _NOTHING))
    return pc.if_else(empty, pa.scalar(None, pa.string()), texts)


def filled(column: pa.DictionaryArray) -> int:
    """Return how many cells say something."""
    import pyarrow.compute as pc

    return len(column) - int(pc.take(column.dictionary, column.indices).null_count)
