"""The files of a rule pack, out of a folder, a ZIP or a tar archive that nobody vouches for.

Nothing is written here and no name leads outside: a name that is absolute, climbs (`..`), or holds a drive or control
character makes the whole pack refused, for no honest packer writes one. Links and devices are left out. What an archive
unpacks to is bounded before it is read: members, bytes of one, bytes of all.
"""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

RULE_ENDINGS: Final = (".yml", ".yaml")
_LICENCES: Final = ("license", "licence", "copying", "notice", "copyright")
_TEXTS: Final = ("", ".md", ".txt", ".rst")
MOST_MEMBERS: Final = 200_000
MOST_BYTES: Final = 4 << 20
"""No rule and no licence is longer."""
MOST_TOTAL: Final = 1 << 30
"""All members together, those that are passed over too."""
_BROKEN: Final = (OSError, EOFError, ValueError, NotImplementedError, zipfile.BadZipFile, tarfile.TarError, zlib.error)


def members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name (with `/`, relative) and content of each rule and licence file, in the order of the archive.

    Raises:
        UserError: the path is neither, or is damaged, encrypted, too large, or holds a name that leads outside.
    """
    try:
        if path.is_dir():
            yield from _folder(path)
        elif zipfile.is_zipfile(path):
            yield from _zip(path)
        elif path.suffix.lower() in RULE_ENDINGS:
            yield path.name, _bounded(path.open("rb"), path.name)
        else:
            yield from _tar(path)
    except UserError:
        raise
    except _BROKEN as wrong:
        said = " ".join(str(wrong).split())[:160] or type(wrong).__name__
        raise UserError(
            f"{path}: no rule pack can be read there: {said}", hint="give a folder, a ZIP or a tar archive with .yml files"
        ) from wrong
    except RuntimeError as wrong:  # what zipfile raises for an encrypted member
        raise UserError(f"{path}: {wrong}", hint="unpack it first, and give the folder") from wrong


def is_licence(name: str) -> bool:
    """Return whether a file of this name tells the licence of what lies beside it."""
    last = Path(name.rsplit("/", 1)[-1].lower())
    return last.stem.startswith(_LICENCES) and last.suffix in _TEXTS


def _is_wanted(name: str) -> bool:
    return name.lower().endswith(RULE_ENDINGS) or is_licence(name)


def _folder(root: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if _is_wanted(name) and not _through_link(path, root) and path.is_file():
            yield _checked(name, root), _bounded(path.open("rb"), name)


def _through_link(path: Path, root: Path) -> bool:
    return any(each.is_symlink() for each in (path, *path.parents[: len(path.relative_to(root).parts) - 1]))


def _zip(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        count = _Count(path)
        for info in archive.infolist():
            name = _checked(info.filename, path)
            count.add(info.file_size)
            mode = info.external_attr >> 28
            if not info.is_dir() and mode in {0, 8} and _is_wanted(name):  # 8: a plain file by its Unix mode
                yield name, _bounded(archive.open(info), name)


def _tar(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path, "r|*") as archive:
        count = _Count(path)
        for member in archive:
            name = _checked(member.name, path)
            count.add(member.size)
            if member.isreg() and _is_wanted(name) and (file := archive.extractfile(member)) is not None:
                yield name, _bounded(file, name)


class _Count:
    """What was seen of an archive so far, kept within bounds."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._members = 0
        self._bytes = 0

    def add(self, size: int) -> None:
        self._members += 1
        self._bytes += size
        if self._members > MOST_MEMBERS or self._bytes > MOST_TOTAL:
            raise UserError(
                f"{self._path}: it unpacks to more than {MOST_MEMBERS:,} files or {MOST_TOTAL >> 20:,} MB",
                hint="that is no rule pack; unpack it yourself and give the folder with the rules",
            )


def _bounded(file: IO[bytes], name: str) -> bytes:
    with file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise UserError(f"{name}: longer than {MOST_BYTES >> 20} MB, which no rule is", hint="take it out of the pack")
    return data


def _checked(name: str, path: Path) -> str:
    """Return the name with `/` between its parts and without `.` ones.

    Raises:
        UserError: it would lead outside of the pack.
    """
    parts = [part for part in name.replace("\\", "/").split("/") if part not in {"", "."}]
    refused: tuple[Callable[[], bool], ...] = (
        lambda: name.startswith(("/", "\\")),
        lambda: ".." in parts,
        lambda: bool(parts) and ":" in parts[0],
        lambda: any(ord(sign) < 32 for sign in name),
    )
    if any(is_so() for is_so in refused):
        raise UserError(f"{path}: it holds the name {name!r}, which leads outside", hint="do not use this pack")
    return "/".join(parts)
