"""Under which bytes each pattern on texts is filed: where these bytes are not, it need not be compared."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from kyumei.detect.sigma.tree import ANY, DASH, DASHES, ONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kyumei.detect.sigma.tree import Text

EXACT, PREFIX, SUFFIX, CONTAINS, PLACED, GLOB = range(6)
"""What shape a pattern has; PLACED: anywhere, with dashes or `?`. GLOB: any other, or too short for an anchor."""
ALWAYS, WHOLE, HEAD8, HEAD4, HEAD2, TAIL8, TAIL4, TAIL2, RUN4, RUN3, RUN2, BYTE = range(12)
"""Where the bytes of an anchor stand: in the whole value, at its beginning, at its end, anywhere. ALWAYS: no such bytes.

BYTE: the pattern is nothing but this byte anywhere."""
SIZES: Final = {HEAD8: 8, HEAD4: 4, HEAD2: 2, TAIL8: 8, TAIL4: 4, TAIL2: 2, RUN4: 4, RUN3: 3, RUN2: 2}
_RUNS: Final = {4: RUN4, 3: RUN3, 2: RUN2}
_MOST_DASHES: Final = 2
_COMMON: Final = (
    rb"c:\windows\system32\ c:\windows\syswow64\ c:\program files\ c:\program files (x86)\ c:\users\ \appdata\local\ "
    rb"\appdata\roaming\microsoft\windows\start menu\programs\ \microsoft.net\framework64\v4.0.30319\ c:\programdata\ "
    rb"hklm\software\microsoft\windows\currentversion\ hklm\system\currentcontrolset\services\ hku\s-1-5-21- "
    rb"nt authority\system microsoft-windows- microsoft corporation microsoft windows operating system windowspowershell\v1.0\ "
    rb"powershell.exe cmd.exe svchost.exe explorer.exe rundll32.exe services.exe .dll .exe /c -k -command http:// https:// "
    rb".com .microsoft.com localservice networkservice administrator desktop version= sha256= md5= imphash= 0000 process "
    rb"string name value system user data file path type host"
)
"""Words that event logs are full of: runs of bytes in them are no good as anchors."""
_WEIGHT: Final = 20


@dataclass(frozen=True, slots=True)
class Anchor:
    """Bytes that a value must have for a pattern to hold.

    Attributes:
        where: one of ALWAYS to RUN2.
        run: the bytes, ASCII letters lower case.
        offset: of a run: where it stands in the literal text it was taken from, a dash or `?` counted as one.
        part: of a run: number of that text among the pattern's parts; -1 where there are dashes or `?` in it.
    """

    where: int
    run: bytes = b""
    offset: int = 0
    part: int = -1


def raw(text: str) -> bytes:
    """Return a literal text as it stands in values."""
    return text.encode("utf-8", "surrogateescape")


def shape(text: Text) -> int:
    """Return EXACT, PREFIX, SUFFIX, CONTAINS or GLOB."""
    kinds = {(): EXACT, (0,): EXACT, (0, ANY): PREFIX, (ANY, 0): SUFFIX, (ANY, 0, ANY): CONTAINS}
    form = tuple(part if isinstance(part, int) else 0 for part in text.parts)
    kind = kinds.get(form, GLOB)
    if len(form) > 2 and form[0] == form[-1] == ANY and ANY not in form[1:-1]:
        if not any(_windows(text)):
            return GLOB
        return CONTAINS if kind == CONTAINS else PLACED
    return kind


def anchors(texts: Sequence[Text]) -> list[list[Anchor]]:
    """Return for each pattern its anchors: where none is in a value, the pattern does not hold."""
    runs: Counter[bytes] = Counter()
    for part in (part for text in texts for part in text.parts if isinstance(part, str)):
        folded = raw(part).lower()
        runs.update({folded[i : i + size] for size in _RUNS for i in range(len(folded) - size + 1)})
    for i in range(len(_COMMON)):
        for size in _RUNS:
            runs[_COMMON[i : i + size]] += _WEIGHT
    return [_of(text, runs) for text in texts]


def _of(text: Text, runs: Counter[bytes]) -> list[Anchor]:
    kind = shape(text)
    literal = b"".join(raw(part).lower() for part in text.parts if isinstance(part, str))
    if kind == EXACT:
        return [Anchor(WHOLE, literal)]
    if kind in {PREFIX, SUFFIX}:
        for where in (HEAD8, HEAD4, HEAD2) if kind == PREFIX else (TAIL8, TAIL4, TAIL2):
            size = SIZES[where]
            if len(literal) >= size:
                return [Anchor(where, literal[:size] if kind == PREFIX else literal[-size:])]
        return [Anchor(ALWAYS)]
    if text.parts == (ANY, literal.decode("utf-8", "replace"), ANY) and len(literal) == 1 and not text.cased:
        return [Anchor(BYTE, literal)]
    windows = list(_windows(text))
    if not windows:
        return [Anchor(ALWAYS)]
    return min(windows, key=lambda found: (-len(found[0].run), sum(runs[one.run] for one in found), len(found)))


def _windows(text: Text) -> Iterator[list[Anchor]]:
    """Yield sets of anchors of which any one set will do: each run of each text, with every way to write a dash."""
    for first, codes in _segments(text):
        plain = all(len(code) == 1 for code in codes)
        for at, size in product(range(len(codes)), _RUNS):
            window = codes[at : at + size]
            dashes = sum(len(code) > 1 for code in window)
            if len(window) < size or dashes > _MOST_DASHES or () in window:
                continue
            written = sorted({b"".join(way)[:size] for way in product(*window)})
            yield [Anchor(_RUNS[size], run, at, first if plain else -1) for run in written]


def _segments(text: Text) -> Iterator[tuple[int, list[tuple[bytes, ...]]]]:
    """Yield stretches without `*`: number of the first part, and for each place the bytes that may stand there, () for `?`."""
    codes: list[tuple[bytes, ...]] = []
    first = 0
    for number, part in enumerate((*text.parts, ANY)):
        if part == ONE:
            codes.append(())
        elif part == ANY:
            if codes:
                yield first, codes
            codes, first = [], number + 1
        elif part == DASH:
            codes.append(tuple(raw(dash) for dash in DASHES))
        elif isinstance(part, str):
            codes += [(bytes([byte]),) for byte in raw(part).lower()]
