"""Compile the kernels, once at installation: `python -m kyumei.scope.scan.warm`.

The compiled code lies beside the package, or in the user's cache folder where the package cannot be written to
(`NUMBA_CACHE_DIR` names another place).
"""

from __future__ import annotations

from kyumei.model.source import Source

_TEXT = "氏名：架空 太郎様、電話０９０－１２３４－５６７８、t@mail.example、昭和60年3月12日、東京都千代田区1-2、AB123"


def warm() -> None:
    """Pass over a text with a token of each kind, in both encodings that have kernels of their own."""
    from kyumei.scope.text import tally

    for encoding in ("utf-8", "cp932"):
        tally(Source.memory(_TEXT.encode(encoding)))


if __name__ == "__main__":
    warm()
