r"""From bytes to text on purpose, by a stated rule, with the choice recorded.

Order of trial: byte-order mark → ISO-2022-JP escape → UTF-8 → CP932 → EUC-JP → UTF-16 by its zero bytes. Nothing is
ever dropped: what no codec takes is written as `\xNN` and counted.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ESCAPE: Final = re.compile(rb"\x1b\$[@B]|\x1b\([BJI]")
_VOTING_LINES: Final = 2000
_HALF_KANA: Final = re.compile("[\uff61-\uff9f]")
_NOT_CP932: Final = re.compile("[\x80\xa0\uf8f0-\uf8f3]")  # Python's codec lets the undefined bytes 80, A0, FD-FF through


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the codec that gave it, and how many bytes had to be escaped."""

    text: str
    encoding: str
    bad: int


def encoding_of(data: bytes) -> str:
    """Return the codec for these bytes (a whole file, or its beginning cut at a line end).

    EUC-JP is preferred to CP932 where the CP932 reading is mostly half-width kana, which is how EUC text misread looks.
    A few damaged lines do not change the choice. `latin-1` is never returned: bytes that fit nothing are read as UTF-8 with
    escapes.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    if _ESCAPE.search(data) and max(data, default=0) < 0x80:
        return "iso2022_jp_3"
    if _is(data, "utf-8"):
        return "utf-16-le" if _looks_utf16(data, 1) else "utf-16-be" if _looks_utf16(data, 0) else "utf-8"
    if _looks_utf16(data, 1):
        return "utf-16-le"
    if _looks_utf16(data, 0):
        return "utf-16-be"
    return _japanese(data)


def decode(data: bytes, encoding: str = "") -> Decoded:
    """Return the bytes as text; `encoding` fixes the codec, else `encoding_of` chooses."""
    name = encoding or encoding_of(data)
    try:
        return Decoded(data.decode(name), name, 0)
    except UnicodeDecodeError:
        text = data.decode(name, "backslashreplace")
        return Decoded(text, name, text.count("\\x") - data.count(b"\\x") if name != "utf-16" else 1)


def _is(data: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(data, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _looks_utf16(data: bytes, zero_at: int) -> bool:
    """Return whether every second byte is mostly zero, as in UTF-16 text of mostly ASCII."""
    sample = data[:4096]
    half = sample[zero_at::2]
    return len(sample) >= 16 and half.count(0) > 0.6 * len(half) and sample[1 - zero_at :: 2].count(0) < 0.1 * len(half)


def _japanese(data: bytes) -> str:
    """Return the Japanese codec that fits; where none fits the whole, the one that fits most lines that are not ASCII."""
    lines = [line for line in data.split(b"\n") if not line.isascii()][:_VOTING_LINES]
    if 2 * sum(_is(line, "utf-8") for line in lines) > len(lines):
        return "utf-8"
    whole = _one_of(data)
    if whole:
        return whole
    votes = [_one_of(line) for line in lines]
    best = max(("cp932", "euc_jp"), key=votes.count)
    return best if 2 * votes.count(best) > len(lines) else "utf-8"


def _one_of(data: bytes) -> str:
    """Return `cp932` or `euc_jp`, or nothing where the bytes are neither."""
    euc = _is(data, "euc_jp")
    text = data.decode("cp932", "ignore") if _is(data, "cp932") else "\x80"
    cp932 = not _NOT_CP932.search(text)
    if cp932 and euc:
        letters = sum(ch > "\x7f" for ch in text)
        return "euc_jp" if 2 * len(_HALF_KANA.findall(text)) > letters else "cp932"
    if cp932:
        return "cp932"
    return "euc_jp" if euc else ""


_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    r"""Return the text with every control, direction-changing and zero-width character written as `\xNN` or `\uNNNN`.

    For whatever shows text from evidence to people: a terminal obeys escape sequences, and U+202E turns `exe.txt` around.
    """
    return _UNSEEN.sub(lambda found: _escaped(ord(found[0])), text)


def _escaped(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
