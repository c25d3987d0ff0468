"""Japanese text: keys for searching, and counting characters as people do.

A stored name is never folded. `fold` makes the other thing, a key that two spellings of one name share, and keys are
compared with keys only.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

# What only chooses a shape: standardised variation selectors, and the ones of 異体字 (IVS).
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_CLUSTER = re.compile("[\r]?.[\u0300-\u036f\u3099\u309a\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]*", re.DOTALL)
_DROPPED = re.compile(r"[\s・･=゠\u2010-\u2015\u2212\-ー~〜'’`´.,]+")
_HIRAGANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_KANA = str.maketrans("ァィゥェォッャュョヮヵヶヲヂヅヰヱ", "アイウエオツヤユヨワカケオジズイエ")


def fold(text: str) -> str:
    """One spelling for many: width, case, kana script and size, long marks, 異体字 and spaces no longer matter.

    For search keys only. Folding twice changes nothing more.
    """
    plain = unicodedata.normalize("NFKC", _SELECTORS.sub("", text)).casefold()
    kana = plain.translate(_HIRAGANA).translate(_KANA)
    return unicodedata.normalize("NFKC", _DROPPED.sub("", kana.translate(_variants())))


def graphemes(text: str) -> list[str]:
    """The characters a reader counts: a base with its selectors and combining marks is one."""
    return _CLUSTER.findall(text)


def length(text: str) -> int:
    """How many characters a reader counts; 邉 with an IVS is one."""
    return len(graphemes(text))


def has_selector(text: str) -> bool:
    """Whether a character carries a variation selector, so that the font must have that very shape."""
    return bool(_SELECTORS.search(text))


@cache
def _variants() -> dict[int, str]:
    """異体字 → common form, from variants.tsv beside this file."""
    table = files(__package__).joinpath("variants.tsv").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {ord(variant): common for common, variants in lines for variant in variants.split()}
