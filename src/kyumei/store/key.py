"""The key of a case: 32 random bytes in a file that the organisation keeps apart from the case folder.

Which file is said by the environment variable `KYUMEI_KEY_FILE` (`kyumei --key-file FILE …` sets it), so that worker processes
know it without being given the bytes. With a key, data about persons are sealed (`kyumei.store.sealed`) and digests of values
are keyed (`kyumei.scope.digest`).
"""

from __future__ import annotations

import hmac
import os
import secrets
from functools import cache
from pathlib import Path
from typing import Final

from kyumei.errors import UserError

VARIABLE: Final = "KYUMEI_KEY_FILE"
BYTES: Final = 32


def current() -> bytes | None:
    """Return the key that holds for this process, None where none is set.

    Raises:
        UserError: the file is missing or is no key.
    """
    named = os.environ.get(VARIABLE, "")
    return _read(named) if named else None


@cache
def _read(named: str) -> bytes:
    try:
        key = Path(named).read_bytes()
    except OSError as wrong:
        raise UserError(f"the key file {named} cannot be read", hint="check --key-file and KYUMEI_KEY_FILE") from wrong
    if len(key) != BYTES:
        raise UserError(f"{named} is no key: it has {len(key)} bytes, not {BYTES}", hint="make one: kyumei key new FILE")
    return key


def new(path: Path) -> str:
    """Write a new key that only the owner may read, and return its id.

    Raises:
        UserError: the file exists or cannot be made.
    """
    key = secrets.token_bytes(BYTES)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(key)
    except OSError as wrong:
        raise UserError(
            f"{path} cannot be made: {wrong.strerror}", hint="give the name of a file that does not exist"
        ) from wrong
    return id_of(key)


def derived(key: bytes, purpose: str, content: bytes = b"") -> bytes:
    """Return 32 bytes for one purpose (HMAC-SHA-256); none of them tells anything about the key or the others."""
    return hmac.digest(key, b"kyumei\0" + purpose.encode() + b"\0" + content, "sha256")


def id_of(key: bytes | None) -> str:
    """Return sixteen hex digits by which a key is told without giving it away; empty for none."""
    return derived(key, "id")[:8].hex() if key else ""


def check(wanted: str, what: str) -> None:
    """See that the key that is set is the one with this id.

    Args:
        wanted: id of the key, empty for none.
        what: what it belongs to, for the message.

    Raises:
        UserError: no key is set, or another one, or one where there should be none.
    """
    given = id_of(current())
    if given == wanted:
        return
    if not given:
        raise UserError(f"{what} is encrypted and no key is set", hint=f"give --key-file FILE; the key's id is {wanted}")
    if not wanted:
        raise UserError(
            f"{what} was made without a key", hint=f"leave out --key-file and {VARIABLE}, or make a new case with it"
        )
    raise UserError(f"the key set is {given}, but {what} needs {wanted}", hint="give the right --key-file")
