"""Katakana to Latin letters, as passports write them (Hepburn, long vowels not marked)."""

from __future__ import annotations

from typing import Final

_VOWELS: Final = "aiueo"
_ROWS: Final = {
    "アイウエオ": "",
    "カキクケコ": "k",
    "サシスセソ": "s",
    "タチツテト": "t",
    "ナニヌネノ": "n",
    "ハヒフヘホ": "h",
    "マミムメモ": "m",
    "ラリルレロ": "r",
    "ガギグゲゴ": "g",
    "ザジズゼゾ": "z",
    "ダヂヅデド": "d",
    "バビブベボ": "b",
    "パピプペポ": "p",
}
_SOUNDS: Final = {
    **{kana: row + vowel for kanas, row in _ROWS.items() for kana, vowel in zip(kanas, _VOWELS, strict=True)},
    "シ": "shi",
    "チ": "chi",
    "ツ": "tsu",
    "フ": "fu",
    "ジ": "ji",
    "ヂ": "ji",
    "ヅ": "zu",
    "ヤ": "ya",
    "ユ": "yu",
    "ヨ": "yo",
    "ワ": "wa",
    "ヲ": "o",
    "ン": "n",
    "ー": "",
}
_SMALL: Final = {"ャ": "ya", "ュ": "yu", "ョ": "yo"}
_SIBILANT: Final = ("sh", "ch", "j")


def romaji(kana: str) -> str:
    """Return lower-case Latin letters for a name in katakana: ショウタ is `shota`, ハットリ is `hattori`."""
    sounds: list[str] = []
    doubled = False
    for letter in kana:
        if letter == "ッ":
            doubled = True
        elif letter in _SMALL:
            sounds[-1] = _contracted(sounds[-1], _SMALL[letter])
        else:
            sound = _SOUNDS[letter]
            sounds.append(("t" if sound.startswith("ch") else sound[0]) + sound if doubled else sound)
            doubled = False
    return _without_long_vowels("".join(sounds))


def _contracted(sound: str, small: str) -> str:
    stem = sound[:-1]
    return stem + (small[1:] if stem.endswith(_SIBILANT) else small)


def _without_long_vowels(text: str) -> str:
    for long, short in (("ou", "o"), ("oo", "o"), ("uu", "u")):
        text = text.replace(long, short)
    return text
