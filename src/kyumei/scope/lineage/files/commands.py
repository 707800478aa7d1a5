r"""Command lines that pack, copy or send files: which paths they read, and where the result went.

Known are 7z, rar, zip, tar, Compress-Archive, copy, xcopy, robocopy, move, Copy-Item, cp, rsync, scp, pscp, rclone,
`aws s3 cp|sync|mv`, gsutil, curl -T. Words follow the rules of the Windows command line: quotes keep blanks, `\` is no escape.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

Way = Literal["archive", "copy", "send"]
_WORD: Final = re.compile(r'(?:[^\s"\']|"[^"]*"|\'[^\']*\')+')
_PROGRAM: Final = re.compile(
    r"(?i)(?:^|[\\/])(7z[arg]?|rar|winrar|zip|tar|bsdtar|robocopy|xcopy|copy|move|cp|mv|scp|pscp|rsync|rclone|aws|gsutil|curl|"
    r"copy-item|move-item|compress-archive)(?:\.exe)?$"
)
SEEN: Final = (
    r"(?i)\b(7z[arg]?|rar|winrar|zip|tar|robocopy|xcopy|copy|move|cp|mv|p?scp|rsync|rclone|aws|gsutil|curl|copy-item|move-item|"
    r"compress-archive)(\.exe)?[\"']?\s"
)
"""SQL: lines that are worth a closer look."""
_REMOTE: Final = re.compile(r"(?i)^(?:[a-z][\w+.-]+://|[\w.-]+@[\w.-]+:|[A-Za-z][\w-]+:(?![\\/]))")
_PACKED: Final = re.compile(r"(?i)\.(7z|zip|rar|tar|tgz|tar\.\w+|cab)$")


@dataclass(frozen=True, slots=True)
class Said:
    """What one command did: `sources` as written, without quotes; `target` null where it is not told."""

    way: Way
    sources: tuple[str, ...]
    target: str | None


def said(line: str) -> list[Said]:
    """Return what the commands of a line pack, copy or send, in order."""
    found = []
    for part in re.split(r"\s*(?:&&|\|\||[;&|])\s*(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", line):
        words = [re.sub(r"[\"']", "", w) for w in _WORD.findall(part)]
        at = next((n for n, w in enumerate(words) if _PROGRAM.search(w)), None)
        if at is not None:
            match = _PROGRAM.search(words[at])
            one = _of(match[1].lower() if match else "", words[at + 1 :])
            if one and one.sources:
                found.append(one)
    return found


def _of(program: str, words: list[str]) -> Said | None:
    plain = [w for w in words if not _is_option(program, w)]
    if program in {"7z", "7za", "7zr", "7zg", "rar", "winrar"}:
        packs = plain[:1] and plain[0].lower() in {"a", "u", "m", "mf"}
        return Said("archive", tuple(plain[2:]), plain[1]) if packs and len(plain) > 1 else None
    if program == "zip":
        return Said("archive", tuple(plain[1:]), plain[0]) if plain else None
    if program in {"tar", "bsdtar"}:
        return _tar(words)
    if program.endswith(("-item", "-archive")):
        return _powershell(program, words)
    if program == "curl":
        return _curl(words)
    return _copied(program, plain)


def _copied(program: str, plain: list[str]) -> Said | None:
    """Return the files of programs that take sources and a target last."""
    if program in {"aws", "gsutil", "rclone"}:
        verb = next((n for n, w in enumerate(plain) if w in {"cp", "sync", "mv", "copy", "move", "copyto"}), None)
        plain = plain[verb + 1 :] if verb is not None else []
    if len(plain) < 2 or _REMOTE.match(plain[0]):
        return None
    if program == "robocopy":
        return _sent(plain[:1], plain[1])
    return _sent(plain[:-1], plain[-1])


def _sent(sources: list[str], target: str) -> Said:
    return Said("send" if _REMOTE.match(target) else "copy", tuple(sources), target)


def _is_option(program: str, word: str) -> bool:
    windows = program in {"robocopy", "xcopy", "copy", "move"}
    return word.startswith("-") or (windows and bool(re.match(r"/[A-Za-z0-9:+-]+$", word)))


def _tar(words: list[str]) -> Said | None:
    if not words or "c" not in words[0].lstrip("-") or words[0].startswith("--"):
        return None
    folder = next((words[n + 1] for n, w in enumerate(words[:-1]) if w == "-C"), None)
    plain = [w for n, w in enumerate(words[1:], 1) if not w.startswith("-") and words[n - 1] != "-C"]
    target = plain[0] if plain and _PACKED.search(plain[0]) else None
    inside = plain[1:] if target else plain
    return Said("archive", tuple(f"{folder.rstrip('/')}/{w}" if folder and w[:1] != "/" else w for w in inside), target)


def _powershell(program: str, words: list[str]) -> Said:
    given: dict[str, str] = {}
    bare: list[str] = []
    name = ""
    for word in words:
        if re.match(r"-[A-Za-z]", word):
            name = word.lstrip("-").lower()
        elif name in {"path", "literalpath", "destinationpath", "destination"}:
            given["to" if name.startswith("dest") else "from"] = word
            name = ""
        else:
            bare.append(word)
            name = ""
    sources = given.get("from") or (bare.pop(0) if bare else "")
    target = given.get("to") or (bare.pop(0) if bare else None)
    listed = tuple(s.strip() for s in sources.split(",") if s.strip())
    return Said("archive" if program == "compress-archive" else "copy", listed, target)


def _curl(words: list[str]) -> Said | None:
    given = [w for n, w in enumerate(words) if n and words[n - 1] in {"-T", "--upload-file"}]
    formed = [w for n, w in enumerate(words) if n and words[n - 1] in {"-F", "-d", "--data-binary"} and "@" in w]
    given += [w.split("@", 1)[1].split(";")[0] for w in formed]
    target = next((w for w in words if re.match(r"(?i)(https?|ftps?|sftp)://", w)), None)
    return Said("send", tuple(given), target) if given else None


def folder_of(path: str) -> tuple[str, bool]:
    r"""Return the path without a mask for all files (`\*`, `\*.*`), and whether it must be a folder."""
    cut = re.sub(r"[\\/]\*(?:\.\*)?$", "", path)
    return cut, cut != path or path.endswith(("\\", "/"))
