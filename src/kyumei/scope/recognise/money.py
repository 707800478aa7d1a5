"""Payment cards and bank accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.scope.recognise.registry import recogniser
from kyumei.scope.recognise.shapes import digits, full, luhn, only_digits, spread
from kyumei.scope.scan.rules import always, labelled, text_rule

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.scope.scan.rules import Bools, Tokens

ISSUERS: Final = {16: r"(?:4|5[1-5]|35|2[2-7]|6)[0-9]*", 15: r"3[47][0-9]*", 14: r"3[068][0-9]*"}


@recogniser(
    "card number", "fin.card_number", order=12,
)  # fmt: skip
def card_number(values: pa.StringArray) -> pa.BooleanArray:
    """Tell card numbers by length, issuer prefix and the Luhn check."""
    import numpy as np
    import pyarrow.compute as pc

    bare = only_digits(values)
    result = spread(np.zeros(len(values), np.bool_), np.zeros(0, np.bool_))
    for length, issuer in ISSUERS.items():
        listed, mask = digits(bare, length)
        result = pc.or_(result, pc.and_(spread(mask, luhn(listed)), full(bare, issuer)))
    return result


@recogniser(
    "card security code", "fin.card_cvv", order=13, needs="header",
)  # fmt: skip
def card_security_code(values: pa.StringArray) -> pa.BooleanArray:
    """Tell three or four digits."""
    return full(values, r"[0-9]{3,4}")


@recogniser(
    "bank account", "fin.bank_account", order=20, needs="header only",
)  # fmt: skip
def bank_account(values: pa.StringArray) -> pa.BooleanArray:
    """Tell account numbers: seven digits in Japan, up to seventeen elsewhere, or an IBAN."""
    return full(values, r"[0-9]{4,17}|[0-9]{3,5}-[0-9]{3,8}(?:-[0-9]{1,8})?|[A-Z]{2}[0-9]{2}[A-Z0-9 ]{11,36}")


@text_rule(
    "card", "card number", "fin.card_number", "16", "15", "14", "13", validator="luhn", context="card", needs=True, order=12
)
def card_in_text(tokens: Tokens) -> Bools:
    """Accept unseparated numbers of a known brand that pass Luhn, after a word for cards."""
    from kyumei.scope.recognise.brands import is_card

    return tokens.free() & is_card(tokens)


@text_rule(
    "card.grouped", "card number", "fin.card_number", "4-4-4-4", "4-6-5", "4-6-4", validator="luhn", context="card", order=11,
)  # fmt: skip
def grouped_card_in_text(tokens: Tokens) -> Bools:
    """Accept numbers grouped as on the card, of a known brand, that pass Luhn."""
    from kyumei.scope.recognise.brands import is_card

    return tokens.free() & tokens.separated_by("- ") & is_card(tokens)


labelled("card.cvv", "card security code", "fin.card_cvv", "cvv", r"(?P<v>[0-9]{3,4})(?![0-9A-Za-z.-])", order=13)(always)
labelled(
    "card.expiry", "card expiry", "fin.card_number", "expiry",
    r"(?P<v>(?:0[1-9]|1[0-2]) ?/ ?(?:20)?[2-4][0-9])(?![0-9/])", order=14, validator="calendar",
)(always)  # fmt: skip


@text_rule(
    "bank.account", "bank account", "fin.bank_account", "7", "3-7", "4-3-7", context="bank", needs=True, near=40, order=210,
)  # fmt: skip
def account_in_text(tokens: Tokens) -> Bools:
    """Accept seven digits, a branch's three before them or not, after a word for accounts."""
    return tokens.free()


@text_rule(
    "bank.yucho", "bank account", "fin.bank_account", "5-8", "5-7", "5-1-8", "5-1-7", context="yucho", order=205,
)  # fmt: skip
def yucho_in_text(tokens: Tokens) -> Bools:
    """Accept 記号 (1, three digits, 0) and 番号 (up to eight digits that end in 1) of the Japan Post Bank."""
    symbol = tokens.digits(5)
    number = tokens.number(13)
    ends = (tokens.value == 13) & (number % 10 == 1)
    result: Bools = tokens.free() & (symbol[:, 0] == 1) & (symbol[:, 4] == 0) & (tokens.context | ends)
    return result


def _yucho(value: str) -> bool:
    return value[0] == "1" and value[4] == "0"


labelled(
    "bank.yucho_labelled", "bank account", "fin.bank_account", "yucho",
    r"(?P<v>1[0-9]{3}0(?: ?[-ー] ?[0-9])?[ 、,]*(?:番号)?[ :]*[0-9]{2,8})(?![0-9])", loose=True, order=204,
)(_yucho)  # fmt: skip


def iban_valid(value: str) -> bool:
    """Return whether an IBAN passes ISO 7064 MOD 97-10."""
    bare = value.replace(" ", "").upper()
    turned = bare[4:] + bare[:4]
    return 15 <= len(bare) <= 34 and turned.isalnum() and int("".join(str(int(ch, 36)) for ch in turned)) % 97 == 1


labelled(
    "bank.iban", "bank account", "fin.bank_account", "iban",
    r"(?P<v>[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?)(?![A-Za-z0-9])",
    loose=True, validator="check digit", order=200,
)(iban_valid)  # fmt: skip


@text_rule(
    "bank.iban_bare", "bank account", "fin.bank_account", "L2D20", "L2D18", "L2D22", "L2D24", "L2D25", "L2D16", "L2D14",
    "L2D2L4D14", "L2D2L4D10", "L2D2L4D16", "L2D12L1D10", "L2D2L1D22", validator="check digit", context="iban", order=201,
)  # fmt: skip
def bare_iban_in_text(tokens: Tokens) -> Bools:
    """Accept IBANs without blanks by country form and check digits."""
    import numpy as np

    from kyumei.scope.scan import marks

    free = tokens.free() & tokens.has(marks.UPPER)
    valid = np.zeros(len(free), np.bool_)
    for n in np.flatnonzero(free).tolist():
        start, end = tokens.rows[n, 1:3].tolist()
        valid[n] = iban_valid(tokens.data[start:end].tobytes().decode("ascii"))
    return valid
