"""What the tagger sees of a word: itself and its neighbours, their parts of speech and kinds of letters, and the dictionaries.

Each feature is a string; a linear-chain conditional random field (Lafferty, McCallum and Pereira 2001) gives it a weight for
each label. The set is the usual one for names in Japanese (Asahara and Matsumoto 2003): a window of words,
tags and shapes, the longer word around a short one, beginnings and endings, and what stands before and after a run of katakana.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kyumei.scope.tagger.words import Word

_EDGE: Final = "_"
_WINDOW: Final = range(-3, 4)
_NEAR: Final = range(-2, 3)
_LONGEST: Final = 7
"""Words of which a listed name may consist."""


def features(words: Sequence[Word], listed: Mapping[str, str]) -> list[list[str]]:
    """Return the features of each word of a sentence.

    Args:
        words: of the sentence.
        listed: what dictionaries say of a word, see `kyumei.scope.tagger.listed`.
    """
    n = len(words)
    columns = {
        "w": [w.surface for w in words],
        "p": [w.tag for w in words],
        "s": [w.shape for w in words],
        "g": [_said(w.surface, listed) for w in words],
        "m": _marks(words, listed),
    }
    padded = {name: [_EDGE] * 3 + column + [_EDGE] * 4 for name, column in columns.items()}
    rows = [_around(padded, at + 3) for at in range(n)]
    for at, word in enumerate(words):
        rows[at] += _alone(word)
        if at:
            rows[at] += ["pc=" + words[at - 1].whole, "ps1=" + words[at - 1].surface[-1]]
        if at + 1 < n:
            rows[at] += ["nc=" + words[at + 1].whole, "ns1=" + words[at + 1].surface[0]]
    _runs(words, padded["w"], rows)
    return rows


def _around(of: Mapping[str, Sequence[str]], i: int) -> list[str]:
    w, p, s, g, m = of["w"], of["p"], of["s"], of["g"], of["m"]
    row = ["bias", f"ppp={p[i - 1]}|{p[i]}|{p[i + 1]}", f"wp={w[i - 1]}|{p[i]}", f"pw={p[i]}|{w[i + 1]}"]
    row += [f"w{d}={w[i + d]}" for d in _WINDOW]
    row += [f"p{d}={p[i + d]}" for d in _WINDOW]
    row += [f"s{d}={s[i + d]}" for d in _NEAR]
    row += [f"g{d}={g[i + d]}" for d in _NEAR]
    row += [f"m{d}={m[i + d]}" for d in (-1, 0, 1)]
    row += [f"pp{d}={p[i + d]}|{p[i + d + 1]}" for d in (-2, -1, 0, 1)]
    row += [f"ss{d}={s[i + d]}|{s[i + d + 1]}" for d in (-2, -1, 0, 1)]
    row += [f"ww{d}={w[i + d]}|{w[i + d + 1]}" for d in (-1, 0)]
    row += [f"gg={g[i]}|{g[i + 1]}", f"gh={g[i - 1]}|{g[i]}", f"gp={g[i]}{p[i]}", f"gs={g[i]}{s[i]}{min(len(w[i]), 4)}"]
    row += [f"gw={g[i]}|{w[i + 1]}", f"wg={w[i - 1]}|{g[i]}", f"mw={m[i]}|{w[i + 1]}", f"wm={w[i - 1]}|{m[i]}"]
    return row


def _alone(word: Word) -> list[str]:
    text, unknown = word.surface, int(word.unknown)
    return [
        "n=" + word.normal, "c=" + word.whole, f"cb={word.whole}{word.part}", f"oovs={unknown}{word.shape}{min(len(text), 5)}",
        "pre1=" + text[0], "pre2=" + text[:2], "suf1=" + text[-1], "suf2=" + text[-2:], "suf3=" + text[-3:], f"oov={unknown}",
    ]  # fmt: skip


def _runs(words: Sequence[Word], padded: Sequence[str], rows: Sequence[list[str]]) -> None:
    """Add what stands before and after a run of katakana and middle dots, which a foreign name is."""
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and words[end].shape[0] in "KM":
            end += 1
        if end > at:
            joined = any(w.shape[0] == "M" for w in words[at:end])
            left, right, after = padded[at + 2], padded[end + 3], padded[end + 4]
            said = [f"kl={left}", f"kr={right}", f"kr2={right}|{after}", f"kn={min(end - at, 8)}", f"km={int(joined)}"]
            for place in range(at, end):
                rows[place] += [*said, f"kpos={place - at}"]
        at = max(end, at + 1)


def _said(word: str, listed: Mapping[str, str]) -> str:
    return "1" if len(word) == 1 and "ぁ" <= word <= "ん" else listed.get(word, "-")


def _marks(words: Sequence[Word], listed: Mapping[str, str]) -> list[str]:
    """Return for each word whether it begins or goes on in the longest listed name, and of which kind."""
    marks, at = ["O"] * len(words), 0
    while at < len(words):
        last, kind, text = at - 1, "", ""
        for end in range(at, min(len(words), at + _LONGEST)):
            text += words[end].surface
            if len(text) > 1 and text in listed and not all("ぁ" <= ch <= "ん" for ch in text):
                last, kind = end, listed[text]
        for place in range(at, last + 1):
            marks[place] = ("B" if place == at else "I") + ("1" if last == at else "") + kind
        at = max(last + 1, at + 1)
    return marks
