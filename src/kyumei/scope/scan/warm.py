"""Compile the kernels, once at installation: `python -m kyumei.scope.scan.warm`.

The compiled code lies beside the package, or in the user's cache folder where the package cannot be written to
(`NUMBA_CACHE_DIR` names another place).
"""

from __future__ import annotations

from kyumei.model.source import Source

_TEXT = "氏名：架空 太郎様、電話０９０－１２３４－５６７８、t@mail.example、昭和60年3月12日、東京都千代田区1-2、AB123"

_TABLE = "氏名,生年月日,電話番号\n" + "架空 太郎,1985-03-12,090-1234-5678\n" * 3


def warm() -> None:
    """Pass over a text with a token of each kind in both encodings with kernels of their own, and over a small table."""
    from kyumei.scope.profile import Out, profile, recognise
    from kyumei.scope.text import tally

    for encoding in ("utf-8", "cp932"):
        tally(Source.memory(_TEXT.encode(encoding)))
    source = Source.memory(_TABLE.encode(), "table.csv")
    extractor, _ = recognise(source)
    if extractor is not None:
        profile(source, extractor, Out(lambda _: None, lambda _: None, lambda _: None))


if __name__ == "__main__":
    warm()
