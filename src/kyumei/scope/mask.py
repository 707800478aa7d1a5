"""Values as they may be shown: enough to recognise the kind, too little to learn the value."""

from __future__ import annotations


def masked(value: str, kind: str) -> str:
    """Return the value with all but the first or the last characters hidden.

    Args:
        value: the plain value.
        kind: a recogniser's name, or any other word.
    """
    if kind in {"password", "password hash", "card security code", "health", "creed", "race", "criminal record"}:
        return "*" * 8
    if kind == "email" and "@" in value:
        local, _, domain = value.partition("@")
        return f"{local[:1]}***@***.{domain.rsplit('.', 1)[-1]}"
    if len(value) <= 2:
        return "*" * len(value)
    if value.isascii() and any(ch.isdigit() for ch in value):
        return "".join("*" if ch.isalnum() and n < len(value) - 2 else ch for n, ch in enumerate(value))
    return value[0] + "*" * min(len(value) - 1, 12)
