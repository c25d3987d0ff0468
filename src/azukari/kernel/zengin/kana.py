"""Names turned into the half-width characters a 全銀 file permits. Nothing is guessed, nothing is cut.

Small kana become large, ー and what looks like it becomes a hyphen, ガ becomes two bytes, Latin letters become capitals,
and the kind of a juridical person its abbreviation (`forms.tsv`). A kanji has more than one reading, and so has 「・」
among banks: they are refused, as is whatever has no permitted character. Source: 付録1 使用文字 (see `records`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum
from functools import cache
from importlib.resources import files

from azukari.kernel.errors import BadInput
from azukari.kernel.zengin.records import PERMITTED, STRANDED, Chars
from azukari.kernel.zengin.rules import why_not

_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_HALF = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in (0xFF66, *range(0xFF71, 0xFF9E))}
_MARKS = {"\u3099": "ﾞ", "\u309a": "ﾟ", "゛": "ﾞ", "゜": "ﾟ", "ﾞ": "ﾞ", "ﾟ": "ﾟ"}
_HYPHENS = "ーｰ‐‑‒–—―⁻−─━﹘﹣－"
_WIDTHS = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_SIGNS = {"¥": "\\", "￥": "\\", "「": "｢", "」": "｣", "\u3000": " ", "\u00a0": " "}
_AS_THEY_ARE = "".join(map(chr, range(0x20, 0x7F))) + "｢｣"


class Where(Enum):
    """Which item a text is for: its name, its characters and its length in bytes."""

    OFFICE = ("銀行名・支店名", Chars.OFFICE, 15)
    PAYER = ("依頼人名", Chars.PARTY, 40)
    HOLDER = ("受取人名", Chars.PARTY, 30)
    EDI = ("EDI情報", Chars.EDI, 20)
    CUSTOMER = ("顧客コード", Chars.NUMBER, 10)

    def __init__(self, title: str, chars: Chars, length: int) -> None:
        self.title = title
        self.length = length
        self.permitted = PERMITTED.get(chars, "0-9")
        self.has_forms = chars is Chars.PARTY


def kana(text: str, where: Where) -> str:
    """A text as it stands in a file, without its filling; blanks around it are dropped. Doing it twice changes nothing.

    Raises BadInput, with the character and its place, for what cannot be written, and for a text that is too long.
    """
    written, places = _written(text, where)
    stranded = STRANDED.search(written)
    if stranded:
        raise _refusal(text, where, places[stranded.start()], "濁点・半濁点が、付かないカナに付いています。")
    short = _abbreviated(written) if where.has_forms else written
    if len(short) > where.length:
        what = f"{where.title}「{text}」は長すぎます ({len(short)} バイト)。"
        why = (
            f"{where.length} バイトまでです。濁点と半濁点も 1 バイトです。切り詰めると別の名義になるので、切りません。"
        )
        raise BadInput(what, why, "口座の名義を銀行に確かめ、略した書き方で登録してください。")
    return short


def _written(text: str, where: Where) -> tuple[str, list[int]]:
    """The text in half-width characters, and for each the place in `text` it came from."""
    written: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text.strip(), len(text) - len(text.lstrip())):
        half = _characters().get(char, "")
        wrong = next((one for one in half if not re.match(f"[{where.permitted}]", one)), None)
        if not half or wrong:
            raise _refusal(text, where, place, why_not(wrong or char))
        written += half
        places += [place] * len(half)
    return "".join(written), places


def _refusal(text: str, where: Where, place: int, why: str) -> BadInput:
    char = text[place]
    shown = f"「{char}」" if char.isprintable() and not unicodedata.combining(char) else f"U+{ord(char):04X}"
    what = f"{where.title}「{text}」の {place + 1} 文字目の {shown} は書けません。"
    return BadInput(what, why, "カナの読みで書き直してください。口座の名義のとおりにします。")


@cache
def _characters() -> dict[str, str]:
    """Every character that can be written → one or two half-width characters, of which a class may permit less."""
    table = {char: char.upper() for char in _AS_THEY_ARE} | _SIGNS | _MARKS | dict.fromkeys(_HYPHENS, "-")
    table |= {wide: narrow.upper() for wide, narrow in _WIDTHS.items() if wide not in table}
    for code in range(0x30A1, 0x30FB):
        if half := _half(chr(code)):
            table[chr(code)] = half
            table |= {chr(code - 0x60): half} if code <= 0x30F6 else {}
    return table | {chr(code): _half(unicodedata.normalize("NFKC", chr(code))) for code in _HALF_WIDTH}


_HALF_WIDTH = (*range(0xFF66, 0xFF70), *range(0xFF71, 0xFF9E))


def _half(char: str) -> str:
    """ガ → ｶﾞ, ャ → ﾔ; empty for ヰ and ヱ, which have no half-width form, and for ヷ, whose ﾞ no file may hold."""
    parts = unicodedata.normalize("NFD", char)
    half = _HALF.get(parts[0].translate(_SMALL), "")
    whole = half + "".join(_MARKS[mark] for mark in parts[1:])
    return "" if not half or STRANDED.search(whole) else whole


def _abbreviated(name: str) -> str:
    """The first kind of juridical person in a name as its abbreviation, written for where it stands."""
    if _has_form().fullmatch(name):
        return name
    for place, pattern in _patterns():
        found = pattern.fullmatch(name)
        if found:
            before, after = found["before"].rstrip(" "), found["after"].lstrip(" ")
            short = _forms()[place][found["form"]]
            return f"{before}{'(' if before else ''}{short}{')' if after else ''}{after}"
    return name


@cache
def _has_form() -> re.Pattern[str]:
    """A name that has its abbreviation, or is nothing but the kind of a juridical person."""
    forms = [form for table in _forms().values() for form in table.items()]
    short = "|".join(sorted({re.escape(short) for _, short in forms}))
    alone = "|".join(sorted({re.escape(reading) for reading, _ in forms}))
    return re.compile(rf"(?:{short})\).*|.*\((?:{short})|.+\((?:{short})\).+|{alone}")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((place, re.compile(_pattern(place))) for place in ("front", "end", "middle"))


def _pattern(place: str) -> str:
    """The longest reading, or the abbreviation with brackets on both sides, at a place with something beside it."""
    forms = sorted(_forms()[place], key=len, reverse=True)
    before = "(?P<before>)" if place == "front" else "(?P<before>.+?)"
    after = "(?P<after>)" if place == "end" else "(?P<after>.+)"
    return f"{before}(?P<form>{'|'.join(map(re.escape, forms))}){after}"


@cache
def _forms() -> dict[str, dict[str, str]]:
    """By place: readings → abbreviation, in half-width kana; at the front and the end also `(ｶ)` → ｶ, a usual slip."""
    table: dict[str, dict[str, str]] = {"front": {}, "end": {}, "middle": {}}
    for short, places, readings in _lines():
        for place in places:
            slip = {f"({short})": short} if place != "middle" else {}
            table[place] |= dict.fromkeys(readings, short) | slip
    return table


def _lines() -> Iterator[tuple[str, list[str], list[str]]]:
    for line in files(__package__).joinpath("forms.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            short, places, _, _, readings = line.split("\t")
            yield _narrow(short), places.split(), [_narrow(reading) for reading in readings.split()]


def _narrow(text: str) -> str:
    return "".join(_characters()[char] for char in text)
