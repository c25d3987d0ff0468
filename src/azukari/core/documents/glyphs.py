"""Which characters the fonts have, so that a name is refused rather than printed with a blank in it.

Reads the `cmap` table of the font files (OpenType 1.9, formats 4, 12 and 14). A base character with a variation selector
counts as one: printing 葛󠄀 as 葛 would be printing another name.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from PIL import ImageFont

from azukari.kernel.errors import BadInput

FONTS: Final = Path(__file__).with_name("fonts")
REGULAR: Final = FONTS / "BIZUDGothic_400Regular.ttf"
BOLD: Final = FONTS / "BIZUDGothic_700Bold.ttf"
_CHARACTER = re.compile("(.)([\ufe00-\ufe0f\U000e0100-\U000e01ef]?)", re.DOTALL)
_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_LAYOUT_ONLY: Final = frozenset("\n")


def missing_glyphs(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Each text that cannot be printed as it is, with the first character in it that the fonts do not have."""
    found = ((text, next(_missing(text), "")) for text in texts)
    return [(text, character) for text, character in found if character]


def require_glyphs(texts: Iterable[str]) -> None:
    """Raise BadInput, naming texts and characters, when there is one that cannot be printed as it is."""
    missing = missing_glyphs(texts)
    if missing:
        named = "、".join(f"「{text}」の「{character}」（{_codes(character)}）" for text, character in missing)
        raise BadInput(
            f"{named}を印刷できません。",
            "この文字が印刷用の書体にありません。",
            "手書きにするか、本人に確かめて別の字で登録してください。",
        )


def _codes(character: str) -> str:
    return " ".join(f"U+{ord(one):04X}" for one in character)


def _missing(text: str) -> Iterator[str]:
    characters = _characters()
    if characters.issuperset(text):  # most texts, and the long ones of codes, without looking at selectors
        return
    for base, selector in _CHARACTER.findall(text):
        if base + selector not in characters and base not in _LAYOUT_ONLY:
            yield base + selector


@cache
def _characters() -> frozenset[str]:
    """What both weights have: characters, and pairs of a character and a selector."""
    return frozenset(_of_font(REGULAR.read_bytes()) & _of_font(BOLD.read_bytes()))


def _of_font(font: bytes) -> set[str]:
    (tables,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4sLLL", font, 12 + 16 * index) for index in range(tables))
    cmap = next(font[offset : offset + length] for tag, _, offset, length in records if tag == b"cmap")
    (count,) = struct.unpack_from(">H", cmap, 2)
    starts = {struct.unpack_from(">L", cmap, 8 + 8 * index)[0] for index in range(count)}
    readers = {4: _format4, 12: _format12}
    subtables = [(struct.unpack_from(">H", cmap, start)[0], cmap[start:]) for start in starts]
    characters = {chr(code) for kind, table in subtables if kind in readers for code in readers[kind](table)}
    pairs = {pair for kind, table in subtables if kind == 14 for pair in _format14(table, characters)}
    return characters | pairs


def _format4(table: bytes) -> Iterator[int]:
    """Characters up to U+FFFF, in segments."""
    size = struct.unpack_from(">H", table, 6)[0]
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{size // 2}H", table, at) for at in (14, 16 + size, 16 + 2 * size, 16 + 3 * size)
    )
    for index, (start, end, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for code in range(start, end + 1 if end < 0xFFFF else end):
            at = 16 + 3 * size + 2 * index + offset + 2 * (code - start)
            glyph = struct.unpack_from(">H", table, at)[0] if offset else code
            if glyph and (glyph + delta) % 0x10000:
                yield code


def _format12(table: bytes) -> Iterator[int]:
    """All characters, in groups of consecutive glyphs."""
    (groups,) = struct.unpack_from(">L", table, 12)
    for index in range(groups):
        start, end, glyph = struct.unpack_from(">LLL", table, 16 + 12 * index)
        yield from range(start + (glyph == 0), end + 1)


def _format14(table: bytes, characters: set[str]) -> Iterator[str]:
    """Characters with a selector: those whose usual shape it means, and those that have a shape of their own for it."""
    (records,) = struct.unpack_from(">L", table, 6)
    for index in range(records):
        high, low, usual, own = struct.unpack_from(">BHLL", table, 10 + 11 * index)
        selector = chr(high << 16 | low)
        for at, width in ((usual, 4), (own, 5)):
            for entry in range(struct.unpack_from(">L", table, at)[0] if at else 0):
                high, low, more = struct.unpack_from(">BHB", table, at + 4 + width * entry)
                first = high << 16 | low
                bases = range(first, first + more + 1) if at == usual else (first,)
                yield from (chr(base) + selector for base in bases if chr(base) in characters)


def width(text: str) -> float:
    """How wide a line is set, in sizes of its type: 1 for a full and 0.5 for a half-width character, in both weights."""
    return sum(map(_advance, text))


@cache
def _advance(character: str) -> float:
    return 0.0 if _SELECTOR.match(character) else _measure().getlength(character) / 1000


@cache
def _measure() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(REGULAR, 1000, layout_engine=ImageFont.Layout.BASIC)
