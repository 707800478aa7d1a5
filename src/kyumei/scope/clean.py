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


def distinct(column: pa.StringArray) -> pa.DictionaryArray:
    """Return the column as codes into its distinct cells, these NFKC, trimmed, and null where they say nothing.

    Two cells that differ in form only have two codes with equal text.
    """
    import pyarrow as pa

    from kyumei.scope.strip import plain

    coded = column.dictionary_encode()
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
