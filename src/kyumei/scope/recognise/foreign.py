"""Identifiers that other countries give to persons, with their check digits; after a word that names them.

Sources are the issuing authorities' published algorithms, as far as they are public: SSA (SSN), HMRC (NINO), NHS Digital,
INSEE (NIR), BZSt (Steuer-ID), Agenzia delle Entrate (codice fiscale), Ministerio del Interior (DNI, NIE), Rijksdienst (BSN),
PESEL act, Belgian national register, Skatteverket, DVV (HETU), CPR, GB 11643-1999 (China), ICA (Singapore), Taiwan MOI,
Hong Kong ImmD, UIDAI (Verhoeff), ATO (TFN), Services Australia (Medicare).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.scope.recognise.checks import is_day, luhn_text, verhoeff, weighted
from kyumei.scope.recognise.registry import recogniser
from kyumei.scope.recognise.shapes import full
from kyumei.scope.scan.rules import labelled

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

_END: Final = r"(?![A-Za-z0-9_-])"
_O: Final = "[0-9LMNPQRSTUV]"
"""A digit of the codice fiscale, or the letter that replaces it where two persons would have the same."""
_DNI: Final = "TRWAGMYFPDXBNJZSQVHLCKE"
_HETU: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_CF_ODD: Final = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_TW: Final = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


_COLUMN_FORMS: Final = (
    r"[0-9]{17}[0-9X]", r"[STFGMXYZ][0-9]{7}[A-Z]", r"[0-9]{8}[A-Z]", r"[A-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]",
    r"[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]", r"[A-Z][1289][0-9]{8}", r"[A-Z]{1,2}[0-9]{6}\(?[0-9A]\)?",
    r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", r"[0-9]{8,13}", r"[0-9]{6}(?:[0-9]{2})?[-+A-FU-Y][0-9]{3}[0-9A-Y]",
    r"[0-9]{4} ?[0-9]{4} ?[0-9]{4}", r"[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[0-9A-Z][0-9]",
)  # fmt: skip
"""China, Singapore and Spain, Spain, United Kingdom, Italy, Taiwan, Hong Kong, Brazil, many, the North, India, Mexico."""


@recogniser("national id", "id.gov_id", order=44, needs="header")
def national_id(values: pa.StringArray) -> pa.BooleanArray:
    """Tell identifiers of other countries by form, where the header names one."""
    return full(values, "(?i:" + "|".join(_COLUMN_FORMS) + ")")


def _bare(value: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", value).upper()


def ssn_valid(value: str) -> bool:
    """Return whether area, group and serial are ones that the SSA gives (no 000, 666, 9xx; no 00; no 0000; no specimens)."""
    d = _bare(value)
    given = d[:3] not in {"000", "666"} and d[0] != "9" and d[3:5] != "00" and d[5:] != "0000"
    return given and d not in {"078051120", "219099999", "123456789", "987654321"}


def itin_valid(value: str) -> bool:
    """Return whether the number lies in the ranges of the IRS."""
    return _bare(value)[0] == "9" and 50 <= int(_bare(value)[3:5]) <= 99


def nino_valid(value: str) -> bool:
    """Return whether the prefix is one that HMRC gives; QQ stands in its examples."""
    d = _bare(value)
    return d[:2] not in {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"} and d[0] not in "DFIQUV" and d[1] not in "DFIQUVO"


def nhs_valid(value: str) -> bool:
    """Return whether the tenth digit is the check of modulus 11."""
    check = 11 - weighted(_bare(value)[:9], range(10, 1, -1)) % 11
    return check != 10 and int(_bare(value)[9]) == check % 11


def nir_valid(value: str) -> bool:
    """Return whether the key is 97 less the number modulo 97; Corsica's 2A and 2B count as 19 and 18."""
    d = _bare(value).replace("2A", "19").replace("2B", "18")
    return len(d) == 15 and d.isdigit() and int(d[13:]) == 97 - int(d[:13]) % 97


def steuer_valid(value: str) -> bool:
    """Return whether the eleventh digit is that of ISO 7064 MOD 11,10, and one digit repeats as the BZSt says."""
    d = _bare(value)
    product = 10
    for ch in d[:10]:
        total = (int(ch) + product) % 10 or 10
        product = total * 2 % 11
    repeats = max(d[:10].count(ch) for ch in d[:10])
    return d[0] != "0" and repeats in {2, 3} and int(d[10]) == (11 - product) % 10


def cf_valid(value: str) -> bool:
    """Return whether the last letter is the check of the codice fiscale."""
    d = value.upper()
    total = 0
    for n, ch in enumerate(d[:15]):
        at = int(ch) if ch.isdigit() else ord(ch) - 65
        total += _CF_ODD[at] if n % 2 == 0 else at
    return chr(65 + total % 26) == d[15]


def dni_valid(value: str) -> bool:
    """Return whether the letter is that of the number modulo 23; NIE's X, Y, Z stand for 0, 1, 2."""
    d = _bare(value)
    return _DNI[int(d[:-1].translate(str.maketrans("XYZ", "012"))) % 23] == d[-1]


def bsn_valid(value: str) -> bool:
    """Return whether the number passes the Dutch eleven test."""
    d = _bare(value).zfill(9)
    return weighted(d, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0 and int(d) > 0


def pesel_valid(value: str) -> bool:
    """Return whether the check digit and the date (month + 20 from 2000, + 80 before 1900) are right."""
    d = _bare(value)
    return (10 - weighted(d[:10], (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10) % 10 == int(d[10]) and is_day(
        2000 + int(d[:2]), int(d[2:4]) % 20, int(d[4:6])
    )


def belgian_valid(value: str) -> bool:
    """Return whether the last two digits are 97 less the rest modulo 97, a 2 before it for those born from 2000."""
    d = _bare(value)
    return any(97 - int(before + d[:9]) % 97 == int(d[9:]) for before in ("", "2"))


def swedish_valid(value: str) -> bool:
    """Return whether the last ten digits pass Luhn and begin with a day (60 more for a coordination number)."""
    d = _bare(value)[-10:]
    return luhn_text(d) and is_day(2000 + int(d[:2]), int(d[2:4]), int(d[4:6]) % 60)


def hetu_valid(value: str) -> bool:
    """Return whether the control character is that of the nine digits modulo 31."""
    return _HETU[int(value[:6] + value[7:10]) % 31] == value[10].upper()


def cpr_valid(value: str) -> bool:
    """Return whether the number begins with a day; its modulus 11 no longer binds since 2007."""
    d = _bare(value)
    return is_day(2000 + int(d[4:6]), int(d[2:4]), int(d[:2]))


def rrn_valid(value: str) -> bool:
    """Return whether the number begins with a day and has a digit for sex and century; its check ended in October 2020."""
    d = _bare(value)
    century = {"1": 1900, "2": 1900, "3": 2000, "4": 2000, "5": 1900, "6": 1900, "7": 2000, "8": 2000, "9": 1800, "0": 1800}
    return is_day(century[d[6]] + int(d[:2]), int(d[2:4]), int(d[4:6]))


def chinese_valid(value: str) -> bool:
    """Return whether day and check character (ISO 7064 MOD 11-2) are right."""
    d = value.upper()
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[weighted(d[:17], weights) % 11] == d[17] and is_day(int(d[6:10]), int(d[10:12]), int(d[12:14]))


def nric_valid(value: str) -> bool:
    """Return whether the last letter is the check of S, T, F, G and M numbers."""
    d = value.upper()
    total = weighted(d[1:8], (2, 7, 6, 5, 4, 3, 2)) + {"T": 4, "G": 4, "M": 3}.get(d[0], 0)
    listed = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK", "M": "KLJNPQRTUWX"}[d[0]]
    return (listed[10 - total % 11] if d[0] == "M" else listed[total % 11]) == d[8]


def taiwanese_valid(value: str) -> bool:
    """Return whether the last digit is the check of letter and digits."""
    d = value.upper()
    number = _TW.index(d[0]) + 10
    return (number // 10 + number % 10 * 9 + weighted(d[1:10], (8, 7, 6, 5, 4, 3, 2, 1, 1))) % 10 == 0


def hkid_valid(value: str) -> bool:
    """Return whether the digit in parentheses is the check of letters and digits."""
    d = _bare(value)
    letters = [36, *(ord(ch) - 55 for ch in d[:-7])][-2:]
    total = letters[0] * 9 + letters[1] * 8 + weighted(d[-7:-1], (7, 6, 5, 4, 3, 2))
    return "0A987654321"[total % 11] == d[-1] if total % 11 != 1 else d[-1] == "A"


def tfn_valid(value: str) -> bool:
    """Return whether the weighted sum is a multiple of 11."""
    return weighted(_bare(value), (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0


def medicare_valid(value: str) -> bool:
    """Return whether the ninth digit is the check of the first eight."""
    d = _bare(value)
    return d[0] in "23456" and weighted(d[:8], (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == int(d[8])


def _any(value: str) -> bool:
    return any(ch.isdigit() for ch in value)


def _aadhaar(value: str) -> bool:
    return _bare(value)[0] > "1" and verhoeff(_bare(value))


_FORMS: Final[tuple[tuple[str, str, str, Callable[[str], bool], str], ...]] = (
    ("us.ssn", "ssn", r"[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}", ssn_valid, "range"),
    ("us.itin", "itin", r"9[0-9]{2}[- ]?[0-9]{2}[- ]?[0-9]{4}", itin_valid, "range"),
    ("us.licence", "us_licence", r"[A-Z]{0,2}[0-9]{3}[0-9-]{3,14}|[A-Z][0-9]{7,14}", _any, "form"),
    ("uk.nino", "nino", r"[A-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]", nino_valid, "prefix"),
    ("uk.nhs", "nhs", r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}", nhs_valid, "check digit"),
    ("fr.nir", "fr_nir", r"[1-478] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}", nir_valid, "check digit"),
    ("de.steuer_id", "de_steuer", r"[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}", steuer_valid, "check digit"),
    ("it.codice_fiscale", "it_cf", rf"(?i:[A-Z]{{6}}{_O}{{2}}[A-Z]{_O}{{2}}[A-Z]{_O}{{3}}[A-Z])", cf_valid, "check digit"),
    ("es.dni", "es_dni", r"[0-9]{8}-?[A-Z]|[XYZ]-?[0-9]{7}-?[A-Z]", dni_valid, "check digit"),
    ("nl.bsn", "nl_bsn", r"[0-9]{9}|[0-9]{4}\.[0-9]{2}\.[0-9]{3}", bsn_valid, "check digit"),
    ("pl.pesel", "pl_pesel", r"[0-9]{11}", pesel_valid, "check digit"),
    ("be.national_number", "be_nn", r"[0-9]{2}\.?[0-9]{2}\.?[0-9]{2}-?[0-9]{3}\.?[0-9]{2}", belgian_valid, "check digit"),
    ("se.personnummer", "se_pn", r"(?:19|20)?[0-9]{6}[-+]?[0-9]{4}", swedish_valid, "luhn"),
    ("fi.hetu", "fi_hetu", r"[0-9]{6}[-+ABCDEFYXWVU][0-9]{3}[0-9A-Y]", hetu_valid, "check digit"),
    ("dk.cpr", "dk_cpr", r"[0-9]{6}-?[0-9]{4}", cpr_valid, "calendar"),
    ("eu.other", "eu_id", r"[A-Z]{0,2}[0-9]{6,13}[A-Z]{0,2}|[0-9]{6}/[0-9]{3,4}", _any, "form"),
    ("kr.rrn", "kr_rrn", r"[0-9]{6}-?[0-9]{7}", rrn_valid, "calendar"),
    ("cn.resident_id", "cn_id", r"[1-9][0-9]{16}[0-9Xx]", chinese_valid, "check digit"),
    ("sg.nric", "sg_nric", r"[STFGM][0-9]{7}[A-Z]", nric_valid, "check digit"),
    ("tw.national_id", "tw_id", r"[A-Z][1289][0-9]{8}", taiwanese_valid, "check digit"),
    ("hk.hkid", "hk_id", r"[A-Z]{1,2}[0-9]{6} ?\(?[0-9A]\)?", hkid_valid, "check digit"),
    ("in.aadhaar", "in_aadhaar", r"[0-9]{4}[- ]?[0-9]{4}[- ]?[0-9]{4}", _aadhaar, "check digit"),
    ("in.pan", "in_pan", r"[A-Z]{3}[ABCFGHLJPT][A-Z][0-9]{4}[A-Z]", _any, "form"),
    ("au.tfn", "au_tfn", r"[0-9]{3} ?[0-9]{3} ?[0-9]{3}", tfn_valid, "check digit"),
    ("au.medicare", "au_medicare", r"[0-9]{4} ?[0-9]{5} ?[0-9](?:[ /-]?[0-9])?", medicare_valid, "check digit"),
)  # fmt: skip
"""Rule, group of context words, form, check, what the check is called."""

for _name, _words, _form, _check, _said in _FORMS:
    labelled(_name, "social insurance", "id.gov_id", _words, rf"(?P<v>{_form}){_END}", loose=True, validator=_said, order=300)(
        _check
    )
