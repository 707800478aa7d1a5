"""Text of pictures by tesseract (an optional program; in Debian `tesseract-ocr` and `tesseract-ocr-jpn`)."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kyumei.model.source import Source

_SECONDS: Final = 120
_LANGUAGES: Final = "jpn+eng"
_JAPANESE: Final = r"[ぁ-ゖァ-ヺー々〇一-鿿]"
_SPACED: Final = re.compile(rf"(?<={_JAPANESE}) (?={_JAPANESE})")
_HEADS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"GIF8", b"BM")


def is_picture(source: Source) -> bool:
    """Return whether the source begins as PNG, JPEG, TIFF, GIF or BMP."""
    return source.head.startswith(_HEADS)


def recognised(picture: bytes) -> str | None:
    """Return what tesseract reads in a picture, blanks that it puts between Japanese letters taken out.

    Args:
        picture: PNG, JPEG, TIFF, GIF, BMP or PNM.

    Returns:
        None where there is no tesseract, or it fails.
    """
    program = shutil.which("tesseract")
    if program is None:
        return None
    command = [program, "stdin", "stdout", "-l", _LANGUAGES]
    try:
        done = subprocess.run(command, input=picture, capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603  # fixed words
    except (OSError, subprocess.SubprocessError):
        return None
    return _SPACED.sub("", bytes(done.stdout).decode("utf-8", "backslashreplace"))
