"""Passwords, in clear or hashed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.scope.recognise.registry import recogniser
from kyumei.scope.recognise.schemes import scheme_of
from kyumei.scope.recognise.shapes import full
from kyumei.scope.scan.rules import labelled

if TYPE_CHECKING:
    import pyarrow as pa


_HASH: Final = (
    r"\$(?:1|2[abxy]?|5|6|7|y|gy|argon2(?:i|d|id)|pbkdf2[a-z0-9-]*|scrypt|P|H|S|sha1|apr1)\$[^ ]{8,}|"
    r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}|\*[0-9A-F]{40}|"
    r"(?:pbkdf2|bcrypt|argon2|scrypt|sha1|md5)[_a-z0-9]*\$[^ ]{8,}|"
    r"\{(?:SSHA|SHA|SMD5|MD5|CRYPT|SSHA256|SSHA512|PBKDF2[^}]*)\}[A-Za-z0-9+/=$.]{8,}|[0-9A-Fa-f]{32}:[0-9A-Fa-f]{32}"
)
_HEADER: Final = (
    r"パスワード|password|passwd|passwort|(^|_)pwd($|_)|(^|_)pass$|暗証番号|비밀번호|密码|パスコード|passcode|pass_?phrase"
)
_REFUSE: Final = r"更新|変更|期限|expir|changed|reset|last|date|日時|flag|フラグ|ヒント|hint|count|回数|質問|policy"


def _crypted(values: pa.StringArray) -> pa.BooleanArray:
    """Tell hashes that say what they are; bare hexadecimal digits may be anything."""
    return full(
        values, r"\$(?:1|2[abxy]?|5|6|7|y|argon2(?:i|d|id))\$[^ ]{20,}|\*[0-9A-F]{40}|\{S?SHA(?:256|512)?\}[A-Za-z0-9+/=]{20,}"
    )


@recogniser("password hash", "auth.password_hash", order=24, proof=_crypted)
def password_hash(values: pa.StringArray) -> pa.BooleanArray:
    """Tell password hashes: crypt(3) and PHC strings, LDAP schemes, and hexadecimal digits of the usual lengths."""
    return full(values, _HASH)


@recogniser("password", "auth.password", order=25, needs="header")
def password(values: pa.StringArray) -> pa.BooleanArray:
    """Tell words of four to sixty-four characters without blanks."""
    return full(values, r"[^\s]{4,64}")


_NOT_SECRET: Final = re.compile(
    r"^(?:null|none|nil|true|false|string|str|text|password|passwd|required|optional|secret|\\*+|x+|\.+|your.*|<.*|\$.*|%.*|\{.*|\(.*|"
    r"self.*|this.*|os\..*|get.*|config.*|settings.*|env.*|args.*|params.*|input.*|request.*|undefined|bytes|prompt.*|.*\(.*|.*\[.*|"
    r"and|or|not|is|the|for|to|of|in|with|field|hash|hint|reset|change.*|wrong|incorrect|invalid|must|required\W*|.{0,3})$",
    re.IGNORECASE,
)


def _is_secret(value: str) -> bool:
    """Accept words that could be passwords: no names of variables, no calls, no words of a program's messages."""
    varied = sum(bool(re.search(form, value)) for form in ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]"))
    code = re.search(r"^[A-Za-z_]+(?:[._][A-Za-z_]+)*[,;:]?$", value)
    return not _NOT_SECRET.match(value) and varied >= 2 and code is None and not scheme_of(value)[0]


def _is_hash(value: str) -> bool:
    return bool(scheme_of(value)[0])


labelled(
    "password_hash", "password hash", "auth.password_hash", "hash", r"(?P<v>[^\s\"',;<>]{16,200})", order=24,
    validator="scheme",
)(_is_hash)  # fmt: skip
labelled(
    "password_hash.labelled", "password hash", "auth.password_hash", "password", r"(?P<v>[^\s\"',;<>]{16,200})", order=24,
    validator="scheme",
)(_is_hash)  # fmt: skip
labelled("password", "password", "auth.password", "password", r"(?P<v>[^\s\"',;<>()]{4,64})(?=$|[\s\"',;<)])", order=25)(
    _is_secret
)
