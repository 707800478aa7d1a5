"""Names of members: decoded by a stated rule, made safe, made unique. They are never used as paths on disk."""

from __future__ import annotations

from kyumei.model.evidence import escape


def decoded(name: bytes) -> str:
    r"""Return a member's name as text: UTF-8, else CP932, else UTF-8 with `\xNN` for the bytes that do not fit.

    Japanese Windows writes CP932 into ZIP files without a mark, macOS writes UTF-8 without a mark.
    """
    for encoding in ("utf-8", "cp932"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode("utf-8", "backslashreplace")


def safe(name: str) -> str:
    """Return the name as a relative path with `/`: no root, no `..`, no control characters; never empty.

    A backslash is a separator where the name has no `/`, as old Windows packers write it.
    """
    if "/" not in name:
        name = name.replace("\\", "/")
    parts = [part for part in name.split("/") if part not in {"", "."}]
    return "/".join("\\x2e\\x2e" if part == ".." else _plain(part) for part in parts) or "unnamed"


def _plain(part: str) -> str:
    return escape(part.encode("utf-8", "surrogateescape"))


class Names:
    """The names given out in one container; a second one of the same name gets `~2`."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def unique(self, name: str) -> str:
        """Return the safe name, with a number where it was given out before."""
        name = safe(name)
        count = self._given.get(name, 0) + 1
        self._given[name] = count
        if count == 1:
            return name
        return self.unique(f"{name}~{count}")
