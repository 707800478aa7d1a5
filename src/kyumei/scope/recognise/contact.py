"""E-mail addresses and telephone numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.scope.recognise.forms import is_mail, is_telephone
from kyumei.scope.recognise.registry import recogniser
from kyumei.scope.recognise.shapes import both, found, full, only_digits, where
from kyumei.scope.scan.rules import text_rule

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.scope.scan.rules import Bools, Tokens

_JAPANESE: Final = r"0(?:[5789]0[0-9]{8}|[1-9][0-9]{8})|(?:\+?81)(?:[5789]0[0-9]{8}|[1-9][0-9]{8})"
MAIL: Final = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z]{2,}"
_FOREIGN: Final = r"\+[1-9][0-9]{6,14}"


@recogniser(
    "email", "id.email", order=10
)  # fmt: skip
def email(values: pa.StringArray) -> pa.BooleanArray:
    """Tell addresses as they are used in practice (RFC 5321 without quoted local parts)."""
    return where(is_mail(values), values, lambda rest: full(rest, MAIL))


def _grouped(values: pa.StringArray) -> pa.BooleanArray:
    """Tell telephone numbers that are written as such: with separators, or mobile; ten bare digits prove nothing."""
    written = found(values, r"^\+|^\(?0[0-9]{1,4}[-() .]+[0-9]{1,4}[-() .]+[0-9]{3,4}$|^0[5789]0[0-9]{8}$|^0[1-9][0-9]{8}$")
    return both(phone(values), written)


@recogniser(
    "phone", "id.phone", order=100, proof=_grouped,
)  # fmt: skip
def phone(values: pa.StringArray) -> pa.BooleanArray:
    """Tell Japanese numbers of ten or eleven digits, and foreign ones in international form or in groups."""
    return where(is_telephone(values), values, _written_otherwise)


def _written_otherwise(values: pa.StringArray) -> pa.BooleanArray:
    bare = only_digits(values)

    def grouped(rest: pa.StringArray) -> pa.BooleanArray:
        foreign = full(rest, r"\+?[0-9][0-9 ().\-/]{6,20}(?:(?: ?ext\.?| ?x| ?内線)[0-9]{1,6})?")
        return both(foreign, found(rest, r"[0-9][ ().\-/]+[0-9]"))

    return where(full(bare, f"{_JAPANESE}|{_FOREIGN}"), values, grouped)


@text_rule("email", "email", "id.email", "mail", order=10)
def mail_in_text(tokens: Tokens) -> Bools:
    """Accept what has the form of an address."""
    result: Bools = tokens.value == 0
    return result


def _prefix(tokens: Tokens, *wanted: int) -> Bools:
    import numpy as np

    return np.isin(tokens.number(3), wanted)


@text_rule("phone.mobile", "phone", "id.phone", "11", "3-4-4", validator="area code", context="phone", order=100)
def mobile_in_text(tokens: Tokens) -> Bools:
    """Accept 050, 060, 070, 080 and 090 and eight digits after them (Telecommunications Numbering Plan)."""
    return tokens.free() & _prefix(tokens, 50, 60, 70, 80, 90) & (tokens.digits(4)[:, 3] > 0)


@text_rule(
    "phone.fixed", "phone", "id.phone", "2-4-4", "3-3-4", "4-2-4", "5-1-4", "3-4-4",
    validator="area code", context="phone", order=101,
)  # fmt: skip
def fixed_in_text(tokens: Tokens) -> Bools:
    """Accept numbers in groups whose area code exists; 0120, 0800 and 0570 are lines of firms and not taken."""
    from kyumei.scope.recognise.areas import is_area

    return tokens.free() & tokens.separated_by("-()") & is_area(tokens) | (tokens.free() & tokens.context & is_area(tokens))


@text_rule("phone.bare", "phone", "id.phone", "10", validator="area code", context="phone", needs=True, order=102)
def bare_in_text(tokens: Tokens) -> Bools:
    """Accept ten digits with an existing area code after a word for telephone."""
    from kyumei.scope.recognise.areas import is_area

    return tokens.free() & is_area(tokens)


@text_rule(
    "phone.international", "phone", "id.phone", "2-2-4-4", "2-3-4-4", "2-1-4-4", "2-2-3-4", "2-3-3-4", "12", "11", "13",
    "1-3-3-4", "2-4-3-3", "2-3-3-3", "2-2-4-3", "3-2-3-4", "2-4-6", "2-2-8", "2-10", "2-4-4", "3-4-4", "3-3-4", "2-3-7",
    validator="country code", context="phone", order=99,
)  # fmt: skip
def international_in_text(tokens: Tokens) -> Bools:
    """Accept `+`, a country code of one to three digits and seven to twelve more (ITU-T E.164)."""
    from kyumei.scope.scan import marks

    plus = tokens.has(marks.PLUS_BEFORE)
    tied = tokens.has(marks.LETTER_AFTER | marks.JOINED_AFTER)
    first = tokens.digits(1)[:, 0]
    return plus & ~tied & (first > 0)


@text_rule("phone.grouped_foreign", "phone", "id.phone", "3-3-4", context="phone", needs=True, order=110)
def north_american_in_text(tokens: Tokens) -> Bools:
    """Accept NANP numbers after a word for telephone: area and exchange begin with 2 to 9."""
    listed = tokens.digits(4)
    return tokens.free() & (listed[:, 0] > 1) & (listed[:, 3] > 1)
