"""Folded keys of whole columns: what `kernel.text.fold` says of one text, said of a million at once.

Keys only. No stored value is ever folded.
"""

from __future__ import annotations

from functools import cache
from unicodedata import is_normalized

import polars as pl

from azukari.kernel.text import fold

_SELECTORS = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
# The planes names are written in; no character beyond them is folded to another.
_CHARACTERS = (range(1, 0xD800), range(0xE000, 0x30000))
# か and が, は, ば and ぱ are one letter to whom a name was only spelt out to; so are い and ヰ, already folded.
_VOICED = "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴ"
_PLAIN = "カキクケコサシスセソタチツテトハヒフヘホハヒフヘホウ"


def folded(text: pl.Expr) -> pl.Expr:
    """`fold` of every value: the same keys, as a test holds. A missing value stays missing."""
    table = _table()
    plain = text.str.replace_all(_SELECTORS, "").str.normalize("NFKC").str.to_lowercase()
    return plain.str.replace_many(list(table), list(table.values())).str.normalize("NFKC")


def unvoiced(kana: pl.Expr) -> pl.Expr:
    """A folded kana without 濁点 and 半濁点, and without オ after オ or ウ (おおの, おうの, おの are heard alike)."""
    return kana.str.replace_many(list(_VOICED), list(_PLAIN)).str.replace_all("([オコソトノホモヨロ])[ウオ]", "$1")


@cache
def _table() -> dict[str, str]:
    """Every character that folding changes (after NFKC and lower case), and what it becomes."""
    characters = (chr(code) for codes in _CHARACTERS for code in codes)
    letters = [letter for letter in characters if is_normalized("NFKC", letter) and letter == letter.lower()]
    keys = fold("\0".join(letters)).split("\0")
    return {letter: key for letter, key in zip(letters, keys, strict=True) if key != letter}
