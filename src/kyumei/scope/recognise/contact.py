"""E-mail addresses and telephone numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.scope.recognise.registry import recogniser
from kyumei.scope.recognise.shapes import both, found, full, only_digits

if TYPE_CHECKING:
    import pyarrow as pa

_JAPANESE: Final = r"0(?:[5789]0[0-9]{8}|[1-9][0-9]{8})|(?:\+?81)(?:[5789]0[0-9]{8}|[1-9][0-9]{8})"
_FOREIGN: Final = r"\+[1-9][0-9]{6,14}"


@recogniser(
    "email", "id.email", order=10
)  # fmt: skip
def email(values: pa.StringArray) -> pa.BooleanArray:
    """Tell addresses as they are used in practice (RFC 5321 without quoted local parts)."""
    return full(values, r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z]{2,}")


def _grouped(values: pa.StringArray) -> pa.BooleanArray:
    """Tell telephone numbers that are written as such: with separators, or mobile; ten bare digits prove nothing."""
    written = found(values, r"^\+|^\(?0[0-9]{1,4}[-() .]+[0-9]{1,4}[-() .]+[0-9]{3,4}$|^0[5789]0[0-9]{8}$|^0[1-9][0-9]{8}$")
    return both(phone(values), written)


@recogniser(
    "phone", "id.phone", order=100, proof=_grouped,
)  # fmt: skip
def phone(values: pa.StringArray) -> pa.BooleanArray:
    """Tell Japanese numbers of ten or eleven digits, and foreign ones in international form or in groups."""
    bare = only_digits(values)
    foreign = full(values, r"\+?[0-9][0-9 ().\-/]{6,20}(?:(?: ?ext\.?| ?x| ?内線)[0-9]{1,6})?")
    grouped = both(foreign, found(values, r"[0-9][ ().\-/]+[0-9]"))
    import pyarrow.compute as pc

    return pc.or_(full(bare, f"{_JAPANESE}|{_FOREIGN}"), grouped)
