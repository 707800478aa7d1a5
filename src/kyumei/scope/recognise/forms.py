"""The commonest forms of cells told by compiled kernels; what they do not tell is left to the patterns of the recognisers.

Each says yes only where the pattern of its recogniser would, and no to much that the pattern takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    Bools = npt.NDArray[np.bool_]

_LOCAL: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+/=?^_`{|}~-"
"""Bytes of the local part of an address of mail."""


def _told(kernel: str, values: pa.StringArray, *tables: Bools) -> pa.BooleanArray:
    import numpy as np
    import pyarrow as pa

    from kyumei.scope import form_kernels
    from kyumei.scope.strip import parts

    out = np.zeros(len(values), np.bool_)
    getattr(form_kernels, kernel)(*parts(values), *tables, out)
    return pa.array(out)


def _table(letters: bytes) -> Bools:
    import numpy as np

    table = np.zeros(256, np.bool_)
    table[np.frombuffer(letters, np.uint8)] = True
    return table


def is_mail(values: pa.StringArray) -> pa.BooleanArray:
    """Tell addresses of mail; an array without offset (not a slice), as for all of these."""
    return _told("mail", values, _table(_LOCAL))


def is_telephone(values: pa.StringArray) -> pa.BooleanArray:
    """Tell Japanese telephone numbers of digits and hyphens."""
    return _told("telephone", values)


def is_day(values: pa.StringArray) -> pa.BooleanArray:
    """Tell days such as 1985-03-12 and 1985/3/12."""
    return _told("day", values)


def is_postal(values: pa.StringArray) -> pa.BooleanArray:
    """Tell seven digits, with a hyphen after three or without."""
    return _told("postal", values)


def is_number(values: pa.StringArray) -> pa.BooleanArray:
    """Tell values that are digits, at most 32."""
    return _told("number", values)


def is_municipal(values: pa.StringArray) -> pa.BooleanArray:
    """Tell texts with one of 市 区 町 村 郡."""
    return _told("municipal", values)


def is_reading(values: pa.StringArray) -> pa.BooleanArray:
    """Tell readings in kana."""
    return _told("reading", values)


def is_name(values: pa.StringArray) -> pa.BooleanArray:
    """Tell Japanese names by form."""
    return _told("name", values)


def is_mobile(values: pa.StringArray) -> pa.BooleanArray:
    """Tell eleven digits of a mobile telephone; these and no others."""
    return _told("mobile", values)


def first_word(values: pa.StringArray, words: tuple[str, ...]) -> pa.Int32Array:
    """Return for each text the number of the word with which it begins, null for none."""
    import numpy as np
    import pyarrow as pa

    from kyumei.scope import form_kernels
    from kyumei.scope.strip import parts

    raw = [word.encode() for word in words]
    ends = np.cumsum([0, *map(len, raw)]).astype(np.int32)
    out = np.empty(len(values), np.int32)
    form_kernels.first_word(*parts(values), np.frombuffer(b"".join(raw), np.uint8), ends, out)
    return pa.array(out, mask=out < 0)


def begins(values: pa.StringArray, letters: str) -> pa.BooleanArray:
    """Tell texts that begin with one of these letters, none of them beyond U+FFFF."""
    import numpy as np

    table = np.zeros(65536, np.bool_)
    table[[ord(letter) for letter in letters]] = True
    return _told("begun", values, table)
