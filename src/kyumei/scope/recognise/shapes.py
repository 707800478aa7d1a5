"""Forms of values, tested on whole Arrow arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    Digits = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]


def full(values: pa.StringArray, pattern: str) -> pa.BooleanArray:
    """Return whether each value matches the pattern (RE2) from end to end."""
    import pyarrow.compute as pc

    return pc.match_substring_regex(values, f"^(?:{pattern})$")


def found(values: pa.StringArray, pattern: str) -> pa.BooleanArray:
    """Return whether the pattern (RE2) occurs in each value."""
    import pyarrow.compute as pc

    return pc.match_substring_regex(values, pattern)


def with_digit(values: pa.StringArray) -> pa.BooleanArray:
    """Return whether each value has a digit 0 to 9."""
    import pyarrow as pa

    from kyumei.scope.strip import has

    return pa.array(has(values, b"0123456789"))


def where(
    condition: pa.BooleanArray, values: pa.StringArray, test: Callable[[pa.StringArray], pa.BooleanArray]
) -> pa.BooleanArray:
    """Return condition or test, the test made only where the condition does not hold."""
    import numpy as np
    import pyarrow as pa

    held = condition.to_numpy(zero_copy_only=False).astype(np.bool_)
    rest = np.flatnonzero(~held)
    if len(rest):
        held[rest] = test(values.take(pa.array(rest))).to_numpy(zero_copy_only=False)
    return pa.array(held)


def both(one: pa.BooleanArray, other: pa.BooleanArray) -> pa.BooleanArray:
    """Return one and other."""
    import pyarrow.compute as pc

    return pc.and_(one, other)


def never(values: pa.StringArray) -> pa.BooleanArray:
    """Return no for each value."""
    import pyarrow as pa

    return pa.repeat(pa.scalar(value=False), len(values))


def anything(values: pa.StringArray) -> pa.BooleanArray:
    """Return yes for each value."""
    import pyarrow as pa

    return pa.repeat(pa.scalar(value=True), len(values))


def only_digits(values: pa.StringArray) -> pa.StringArray:
    """Return the values without blanks, hyphens, dots and parentheses."""
    import pyarrow.compute as pc

    from kyumei.scope.strip import kept

    bare = kept(values, bytes(b for b in range(256) if b not in b"\t\n\f\r -.()"))
    return bare if pc.all(pc.string_is_ascii(bare)).as_py() else pc.replace_substring_regex(bare, "[ー－‐−–]", "")


def digits(values: pa.StringArray, length: int) -> tuple[Digits, Bools]:
    """Return the digits of the values that have just that many (one row each), and which values these are."""
    import numpy as np
    import pyarrow.compute as pc

    fits = full(values, rf"[0-9]{{{length}}}")
    mask = fits.to_numpy(zero_copy_only=False).astype(bool)
    text = "".join(pc.filter(values, fits).to_pylist())
    listed = np.frombuffer(text.encode("ascii"), np.uint8).reshape(-1, length).astype(np.int64) - 48
    return listed, mask


def spread(mask: Bools, passed: Bools) -> pa.BooleanArray:
    """Return yes where `mask` holds and the value among those passed."""
    import numpy as np
    import pyarrow as pa

    result = np.zeros(len(mask), np.bool_)
    result[np.flatnonzero(mask)[passed]] = True
    return pa.array(result)


def luhn(listed: Digits) -> Bools:
    """Return whether each row of digits passes the Luhn check (ISO/IEC 7812-1, annex B)."""
    doubled = listed[:, ::-1].copy()
    doubled[:, 1::2] *= 2
    doubled -= 9 * (doubled > 9)
    result: Bools = doubled.sum(axis=1) % 10 == 0
    return result
