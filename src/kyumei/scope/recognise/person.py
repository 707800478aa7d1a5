"""Names of persons, their reading, sex, nationality and relations."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kyumei.scope.recognise.forms import is_name, is_reading
from kyumei.scope.recognise.registry import recogniser
from kyumei.scope.recognise.shapes import both, found, full, where
from kyumei.scope.scan.rules import always, labelled, text_rule

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.scope.scan.rules import Bools, Tokens

_HAN: Final = r"[\p{Han}々ヶヵノ〆]"
_KANA: Final = r"[\p{Hiragana}\p{Katakana}ー・]"
_LATIN: Final = r"[\p{Latin}][\p{Latin}\p{Mn}'’.-]*"
READING: Final = rf"{_KANA}(?:{_KANA}|[ 　]){{1,39}}|[A-Za-z][A-Za-z ,.'-]{{1,39}}"
_NOT_NAMES: Final = (
    r"(?:都|道|府|県|市|区|町|村|郡|駅|線|店|部|課|科|係|室|校|学|院|館|社|庁|局|署|所|園|組合|会|様分|営業所|センター|合計|小計|計)$"
    r"|株式|有限|合同|財団|社団|^(?:不明|なし|無し|該当|未定|その他|男性|女性|有効|無効|完了|対象)"
)


def _known(values: pa.StringArray) -> pa.BooleanArray:
    """Tell Japanese names that begin with one of the commonest surnames and are no names of places or offices."""
    import pyarrow.compute as pc

    begun = full(values, rf"(?:{surnames()})[ 　]?(?:{_HAN}|{_KANA}){{1,4}}")
    return both(begun, pc.invert(found(values, _NOT_NAMES)))


def _known_surname(values: pa.StringArray) -> pa.BooleanArray:
    return full(values, surnames())


@cache
def surnames() -> str:
    """Return the commonest surnames as alternatives of a pattern, longer ones first."""
    listed = Path(__file__).with_name("surnames.txt").read_text("utf-8").split()
    return "|".join(sorted(listed, key=lambda name: (-len(name), name)))


def _two_parts(values: pa.StringArray) -> pa.BooleanArray:
    """Tell readings of surname and given name; a single word in kana may be any word."""
    return full(values, r"[\p{Katakana}ー]{1,12} [\p{Katakana}ー]{1,12}|[\p{Hiragana}ー]{1,12} [\p{Hiragana}ー]{1,12}")


@recogniser(
    "kana", "id.name", order=60, threshold=0.8, proof=_two_parts,
)  # fmt: skip
def kana(values: pa.StringArray) -> pa.BooleanArray:
    """Tell readings: two to forty letters of kana (half-width ones are full-width after NFKC), or romaji."""
    return where(is_reading(values), values, lambda rest: full(rest, READING))


@recogniser(
    "family name", "id.name", order=120, threshold=0.7, proof=_known_surname,
)  # fmt: skip
def family_name(values: pa.StringArray) -> pa.BooleanArray:
    """Tell surnames by form: one to five kanji, kana or a Latin name."""
    return full(values, rf"(?:{_HAN}|{_KANA}){{1,8}}|{_LATIN}(?: {_LATIN}){{0,3}}|[\p{{Hangul}}]{{1,2}}")


@recogniser(
    "given name", "id.name", order=130, needs="header",
)  # fmt: skip
def given_name(values: pa.StringArray) -> pa.BooleanArray:
    """Tell given names by form."""
    return full(values, rf"(?:{_HAN}|{_KANA}){{1,8}}|{_LATIN}(?: {_LATIN}){{0,4}}|[\p{{Hangul}}]{{1,3}}")


@recogniser(
    "name", "id.name", order=140, threshold=0.35, proof=_known,
)  # fmt: skip
def name(values: pa.StringArray) -> pa.BooleanArray:
    """Tell full names by form: kanji and kana, Hangul, or two to six words in Latin letters."""
    return where(is_name(values), values, _named_otherwise)


def _named_otherwise(values: pa.StringArray) -> pa.BooleanArray:
    japanese = rf"(?:{_HAN}|{_KANA}){{1,6}}[ 　・]?(?:{_HAN}|{_KANA}){{1,10}}"
    latin = rf"{_LATIN}(?:,? {_LATIN}){{1,5}}"
    foreign = rf"(?:{_KANA}|[・=＝. A-Za-z]){{3,40}}|[\p{{Hangul}}]{{2,5}}"
    import pyarrow.compute as pc

    return both(full(values, f"{japanese}|{latin}|{foreign}"), pc.invert(found(values, r"株式会社|有限会社|合計|^合?計$")))


@text_rule("name", "name", "id.name", "name", validator="dictionary", context="name", order=140)
def name_in_text(tokens: Tokens) -> Bools:
    """Accept surname and given name of the dictionary; of one character, or unknown, only beside a word or honorific."""
    from kyumei.scope.scan import marks

    given = tokens.value
    listed = tokens.has(marks.IN_DICTIONARY)
    said = tokens.has(marks.SUFFIX) | tokens.context
    tied = tokens.has(marks.KANJI_BEFORE | marks.KANJI_AFTER)
    known = listed & (said | (~tied & (given >= 2)))
    return known | (~listed & tokens.has(marks.SUFFIX) & (~tokens.has(marks.KANJI_BEFORE)))


@text_rule("name.analysed", "name", "id.name", validator="morphology", order=141)
def name_by_analysis(tokens: Tokens) -> Bools:
    """Accept nothing: `kyumei.scope.names` finds these where somebody asks for them."""
    return tokens.context


@text_rule("name.learned", "name", "id.name", validator="model", order=142)
def name_by_model(tokens: Tokens) -> Bools:
    """Accept nothing: `kyumei.scope.tagger` finds these where somebody asks for them and has it learned."""
    return tokens.context


def _is_name(value: str) -> bool:
    return not re.search(
        r"株式会社|有限会社|不明|なし|一覧|番号|入力|確認|必須|変更|登録|null|none|true|false|string|required",
        value,
        re.IGNORECASE,
    )


labelled(
    "name.labelled", "name", "id.name", "name_label",
    r"(?P<v>[一-鿿々ヶぁ-ゖァ-ヺー]{1,8}[ ・]?[一-鿿々ヶぁ-ゖァ-ヺー]{1,8}|"
    r"[A-Z][a-zA-Z'’-]{1,20}(?: [A-Z][a-zA-Z'’.-]{0,20}){1,3}|"
    r"[가-힣]{2,5})"
    r"(?=$|[\s、。,;:(<\"'|/)」】様殿]|さん|の)",
    order=139,
)(_is_name)  # fmt: skip
labelled(
    "name.kana",
    "kana",
    "id.name",
    "kana",
    r"(?P<v>[ァ-ヺーｦ-ﾟ]{1,12}[ ]?[ァ-ヺーｦ-ﾟ]{1,12}|[ぁ-ゖー]{1,12} [ぁ-ゖー]{1,12})(?=$|[\s、。,;(<\"'|/)」】])",
    order=138,
)(always)
