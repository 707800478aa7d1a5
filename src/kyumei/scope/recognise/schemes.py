"""How a password was hashed, and how long the hash holds against somebody who tries passwords."""

from __future__ import annotations

import re
from typing import Final, Literal

Strength = Literal["strong", "weak", "broken", ""]

_SCHEMES: Final[tuple[tuple[str, Strength, str], ...]] = (
    ("argon2", "strong", r"\$argon2(?:i|d|id)\$.{20,}|argon2\$argon2(?:i|d|id)\$.{20,}"),
    ("scrypt", "strong", r"\$(?:scrypt|7)\$.{20,}|scrypt(?::|\$).{20,}"),
    ("yescrypt", "strong", r"\$(?:y|gy)\$.{20,}"),
    ("bcrypt", "strong", r"\$2[abxy]?\$[0-9]{2}\$[./A-Za-z0-9]{53}|bcrypt(?:_sha256)?\$.{20,}"),
    ("pbkdf2", "strong", r"\$?pbkdf2[-_a-z0-9]*(?::[a-z0-9]+)*\$.{20,}|\{PBKDF2[^}]*\}.{20,}"),
    ("sha512-crypt", "strong", r"\$6\$.{20,}"),
    ("sha256-crypt", "strong", r"\$5\$.{20,}"),
    ("phpass", "weak", r"\$[PH]\$[./A-Za-z0-9]{31}"),
    ("md5-crypt", "weak", r"\$(?:1|apr1)\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}"),
    ("sha1-salted", "weak", r"sha1\$[A-Za-z0-9]+\$[0-9a-f]{40}"),
    ("md5-salted", "broken", r"md5\$[A-Za-z0-9]*\$[0-9a-f]{32}|[0-9A-Fa-f]{32}:[^\s:]{2,32}"),
    ("ldap-salted-sha", "weak", r"\{SSHA(?:256|384|512)?\}[A-Za-z0-9+/=]{28,}"),
    ("ldap-sha", "broken", r"\{SHA(?:256|384|512)?\}[A-Za-z0-9+/=]{28,}"),
    ("ldap-md5", "broken", r"\{S?MD5\}[A-Za-z0-9+/=]{24,}"),
    ("ldap-crypt", "weak", r"\{CRYPT\}.{13,}"),
    ("mysql-native", "broken", r"\*[0-9A-F]{40}"),
    ("mssql", "weak", r"0x0[12]00[0-9A-Fa-f]{48,}"),
    ("oracle-11g", "weak", r"S:[0-9A-F]{60}"),
    ("postgres-scram", "strong", r"SCRAM-SHA-256\$[0-9]+:.{40,}"),
    ("lm-ntlm", "broken", r"[0-9A-Fa-f]{32}:[0-9A-Fa-f]{32}(?::::)?"),
    ("des-crypt", "broken", r"[./0-9A-Za-z]{13}(?=$)(?=.*[./])"),
    ("md5-or-ntlm", "broken", r"[0-9a-f]{32}|[0-9A-F]{32}"),
    ("sha1", "broken", r"[0-9a-f]{40}|[0-9A-F]{40}"),
    ("sha224", "weak", r"[0-9a-f]{56}"),
    ("sha256", "weak", r"[0-9a-f]{64}|[0-9A-F]{64}"),
    ("sha384", "weak", r"[0-9a-f]{96}"),
    ("sha512", "weak", r"[0-9a-f]{128}|[0-9A-F]{128}"),
)
"""Scheme, strength, form. `strong` is slow and salted, `weak` is fast or little salted, `broken` fast and unsalted.

NIST SP 800-63B section 3.1.1.2 asks for salted, slow hashing; unsalted fast hashes of usual passwords are reversed in hours.
"""
_PATTERNS: Final = tuple((name, strength, re.compile(form)) for name, strength, form in _SCHEMES)


def scheme_of(value: str) -> tuple[str, Strength]:
    """Return the scheme of a password hash and its strength; empty where it has the form of none."""
    for name, strength, form in _PATTERNS:
        if form.fullmatch(value):
            return name, strength
    return "", ""
