"""Make the fonts that the reports carry from Noto Sans CJK, so that anybody can repeat and check them.

Needs fontTools and the two collections of the Debian package fonts-noto-cjk (1:20220127+repack1-1). The Japanese face is cut
into three: Regular and Bold with the letters of JIS X 0213, code page 932 and Adobe-Japan1 with their variation sequences
(IVS), and Wide with the rarer ideographs in one weight. Hangul is left out. The outlines are untouched; the family is renamed,
because a cut font under the old name would deceive. Licence: SIL Open Font License 1.1 (OFL.txt beside the fonts).

    python tools/fonts.py /usr/share/fonts/opentype/noto src/kyumei/reports/fonts
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

HANGUL: Final = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF))
EPOCH: Final = 3_600_000_000  # seconds since 1904: a fixed time, so that the same collection gives the same bytes


def main(collections: Path, out: Path) -> None:
    """Write the fonts and the list of all letters they have."""
    for family, weight in (("Kyumei Sans JP", "Regular"), ("Kyumei Sans JP", "Bold"), ("Kyumei Sans JP Wide", "Regular")):
        font = _japanese(collections / f"NotoSansCJK-{weight}.ttc")
        every = [c for c in sorted(font.getBestCmap()) if not _hangul(c)]
        varied = {
            base for table in font["cmap"].tables if table.format == 14 for of in table.uvsDict.values() for base, _ in of
        }
        letters = [c for c in every if (c in varied or _common(c)) != family.endswith("Wide")]
        _cut(font, letters)
        _rename(font, family, weight)
        font.save(out / f"{family.replace(' ', '')}-{weight}.otf")
        (out / "letters.txt").write_text(_ranges(every), "ascii")


def _japanese(path: Path) -> Any:
    from fontTools.ttLib import TTCollection

    return next(f for f in TTCollection(path).fonts if f["name"].getDebugName(1) == "Noto Sans CJK JP")


def _hangul(code: int) -> bool:
    return any(low <= code <= high for low, high in HANGUL)


def _common(code: int) -> bool:
    if code < 0x3000:
        return True
    for codec in ("euc_jis_2004", "cp932"):
        try:
            chr(code).encode(codec)
        except UnicodeEncodeError:
            continue
        return True
    return False


def _cut(font: Any, letters: list[int]) -> None:
    from fontTools.subset import Options, Subsetter

    options = Options()
    options.layout_features = ["ccmp"]
    options.hinting = False
    options.desubroutinize = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.drop_tables += ["DSIG", "VORG", "vhea", "vmtx", "BASE"]
    subsetter = Subsetter(options)
    variants = [t for t in font["cmap"].tables if t.format == 14]
    sequences = [selector for t in variants for selector in t.uvsDict]
    subsetter.populate(unicodes=[*letters, *sequences])
    subsetter.subset(font)
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = EPOCH


def _rename(font: Any, family: str, weight: str) -> None:
    plain = f"{family.replace(' ', '')}-{weight}"
    names = font["name"]
    for record in list(names.names):
        said = {1: family, 3: f"{family} {weight} 1", 4: f"{family} {weight}", 6: plain}
        if record.nameID in said:
            record.string = said[record.nameID]
    top = font["CFF "].cff
    top.fontNames = [plain]
    top.topDictIndex[0].FamilyName = family
    top.topDictIndex[0].FullName = f"{family} {weight}"


def _ranges(letters: list[int]) -> str:
    """Return the letters as lines `4e00-9fff`."""
    lines: list[list[int]] = []
    for code in letters:
        if lines and lines[-1][1] == code - 1:
            lines[-1][1] = code
        else:
            lines.append([code, code])
    return "".join(f"{low:x}-{high:x}\n" for low, high in lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
