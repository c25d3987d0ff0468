"""Codes that machines read, drawn as one path each: QR, カスタマバーコード and GS1-128 for 公共料金等代理収納. Plain Python.

A `Drawing` is set in a template as an SVG of its own; its quiet zone is the template's business (`QR_QUIET` modules,
`POSTAL_QUIET` mm; that of a `gs1_128` lies within its width).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import accumulate
from typing import Final, Literal, NamedTuple

import zxingcpp

from azukari.core.documents import postal
from azukari.kernel.errors import BadInput

QR_QUIET: Final = 4  # modules of paper around, ISO/IEC 18004
POSTAL_QUIET: Final = (
    2.0  # mm of paper around, between it and the edge of a window too (バーコードマニュアル「印字位置」)
)
POSTAL_SIZES: Final = (8.0, 11.5)  # points; 10 points are bars 3.6 mm high, 1.2 mm apart
COLLECTION_WIDTH: Final = 60.0  # mm, the most a symbol may take with its quiet zones
_DARK: Final = re.compile(b"\x01+")
_FINEST: Final = 0.3  # mm a module
_SMALLEST_QR: Final = 21  # modules of version 1
_UNIT: Final = 0.06  # mm a point: the width of a bar, and of the space beside it
# Characters of a カスタマバーコード in the order of the numbers they count as in the check, and their three bars:
# 1 long, 2 upper, 3 lower, 4 timing.
_CHARACTERS: Final = (*"0123456789-", *(f"CC{number}" for number in range(1, 9)))
_PATTERNS: Final = "144114132312123141321213231411414324342234432243423441111"
_BARS: Final = {one: _PATTERNS[3 * at : 3 * at + 3] for at, one in enumerate(_CHARACTERS)}
_START, _STOP, _FILL = "13", "31", "CC4"
_POSTAL_COLUMNS: Final = 2 * (2 + 3 * (7 + postal.LENGTH + 1) + 2) - 1  # 67 bars and the spaces between them
_EXTENT: Final = {"1": (0, 6), "2": (0, 4), "3": (2, 4), "4": (2, 2)}  # top and height of a bar, in its widths
# Code 128 (ISO/IEC 15417): widths of bars and spaces of the values 0 to 105 and of the stop.
_CODE128: Final = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221"
    "223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321"
    "112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131"
    "311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114"
    "122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232"
)
_START_C, _FNC1, _END = 105, 102, "2331112"
_QUIET128: Final = 10  # modules on either side
MODULE: Final = 0.1905  # mm, three dots of 400 dpi: 308 modules take 58.7 mm. Not confirmed with a ward's bank.
COLLECTION_HEIGHT: Final = 12.0  # mm, at least 10


@dataclass(frozen=True, slots=True)
class Drawing:
    """A code as an SVG path in a box of `columns` × `rows` units, to be printed `width` × `height` mm large."""

    path: str
    columns: int
    rows: int
    width: float
    height: float


class Mark(NamedTuple):
    """A code that is not drawn yet: `qr` of a text `size` mm wide, `postal` of a postcode and 住所表示番号 in `size` points.

    Small enough to be laid out in one process and drawn in another.
    """

    kind: Literal["qr", "postal", "gs1"]
    text: str
    size: float

    @property
    def room(self) -> tuple[float, float]:
        """Width and height in mm."""
        if self.kind == "postal":
            return postal_width(self.size), 6 * _UNIT * self.size
        return (self.size, self.size) if self.kind == "qr" else (gs1_width(self.text), self.size)

    @property
    def quiet(self) -> float:
        """How much paper must be left around, in mm. A QR code's is that of the smallest version, whose modules are largest."""
        return {"qr": QR_QUIET * self.size / _SMALLEST_QR, "postal": POSTAL_QUIET, "gs1": 0.0}[self.kind]

    def draw(self) -> Drawing:
        """The code."""
        if self.kind == "postal":
            return _customer_bars(self)
        return qr(self.text, self.size) if self.kind == "qr" else gs1_128(self.text, self.size)


@dataclass(frozen=True, slots=True)
class Collection:
    """What a payment slip's code says (標準料金代理収納ガイドライン): `amount` in 円, `due` the last day it can be paid.

    `company` are the 6 digits of the issuer's GS1 code without its leading 4, `own` up to 21 digits of the issuer's,
    `reissued` how many times the slip was issued again (0 to 9).
    """

    company: str
    own: str
    amount: int
    due: date
    reissued: int = 0
    stamp_duty: bool = False


def qr(text: str, width: float) -> Drawing:
    """A QR code, level M, in the smallest version that holds the text (ISO/IEC 18004), `width` mm wide.

    Raises ValueError for a text so long that a scanner would not tell the modules apart.
    """
    path, side = _qr_path(text)
    if width / side < _FINEST:
        raise ValueError(f"QR コードの文字が多すぎます（{len(text)}字、幅 {width} mm）。")
    return Drawing(path, side, side, width, width)


@lru_cache(maxsize=4)
def _qr_path(text: str) -> tuple[str, int]:
    """A code's path and modules a side; a letter says the same in its window and at its foot."""
    import numpy as np  # a tenth of a second: where a code is drawn, not where a page starts

    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    dark = np.asarray(made.to_image(scale=1, add_quiet_zones=False)) < 128
    return "".join(_bar(*run) for row in range(len(dark)) for run in _runs(dark[row].tobytes(), row)), len(dark)


def customer_barcode(address: str, size: float) -> Drawing:
    """The カスタマバーコード of an address that begins with its postcode, in `size` points (8 to 11.5).

    Raises BadInput, saying why, for an address that has none; see `postal.display_number`.
    """
    return customer_mark(address, size).draw()


def customer_mark(address: str, size: float) -> Mark:
    """The same, to be drawn later."""
    if not POSTAL_SIZES[0] <= size <= POSTAL_SIZES[1]:
        raise ValueError(f"カスタマバーコードは8から11.5ポイントです: {size}")
    postcode, rest = postal.split(address)
    return Mark("postal", postcode + postal.display_number(postcode, rest), size)


def _customer_bars(mark: Mark) -> Drawing:
    bars = _bars(postal_characters(mark.text[:7], mark.text[7:]))
    path = "".join(_bar(2 * at, *_EXTENT[bar]) for at, bar in enumerate(bars))
    return Drawing(path, _POSTAL_COLUMNS, 6, *mark.room)


def postal_width(size: float) -> float:
    """How wide a カスタマバーコード is, in mm, without its quiet zone; `size` in points."""
    return _POSTAL_COLUMNS * _UNIT * size


def postal_characters(postcode: str, number: str) -> tuple[str, ...]:
    """The 20 characters and the check digit of a postcode (7 digits) and a 住所表示番号, which is cut or filled to 13."""
    spelt = [one for character in postcode + number for one in _spelt(character)][: len(postcode) + postal.LENGTH]
    body = spelt + [_FILL] * (len(postcode) + postal.LENGTH - len(spelt))
    total = sum(_CHARACTERS.index(one) for one in body)
    return (*body, _CHARACTERS[-total % len(_CHARACTERS)])


def collection_digits(slip: Collection) -> str:
    """The 44 digits of a payment slip: (91), company, own, reissued, due, stamp duty, amount, check digit.

    The check digit is that of GS1 (weights 3 and 1) over the 43 digits before it; not confirmed with a ward's bank.
    Raises BadInput for an amount of more than six digits, and for what has too many digits or is none.
    """
    if not 0 < slip.amount < 1_000_000:
        raise BadInput(
            f"{slip.amount:,}円の納付書にはバーコードを付けられません。",
            "バーコードの金額は6桁までです。",
            "銀行や郵便局で納める納付書にしてください。",
        )
    if not (
        re.fullmatch("[0-9]{6}", slip.company) and re.fullmatch("[0-9]{1,21}", slip.own) and 0 <= slip.reissued <= 9
    ):
        raise BadInput(
            f"納付書の番号「{slip.company}」「{slip.own}」「{slip.reissued}」が正しくありません。",
            "企業コードは6桁、自由使用欄は21桁まで、再発行の回数は9回までの数字です。",
            "番号を確かめてください。",
        )
    body = (
        f"91{slip.company}{slip.own.ljust(21, '0')}{slip.reissued}"
        f"{slip.due:%y%m%d}{int(slip.stamp_duty)}{slip.amount:06d}"
    )
    return body + _check_digit(body)


def collection_words(digits: str) -> tuple[str, str]:
    """The 44 digits as they stand under the symbol, in two lines (目視文字)."""
    return f"(91){digits[2:8]}-{digits[8:30]}", f"{digits[30:36]}-{digits[36]}-{digits[37:43]}-{digits[43]}"


def gs1_128(digits: str, height: float = COLLECTION_HEIGHT) -> Drawing:
    """An even number of digits as GS1-128 in code set C with FNC1 first, its quiet zones within the width.

    Raises ValueError for other texts, and for so many digits that a shop's scanner would not see all of them.
    """
    if len(digits) % 2 or not digits.isascii() or not digits.isdigit() or gs1_width(digits) > COLLECTION_WIDTH:
        raise ValueError(f"GS1-128 にできるのは、幅が {COLLECTION_WIDTH:g} mm に収まる偶数桁の数字です。")
    values = [_START_C, _FNC1, *(int(digits[at : at + 2]) for at in range(0, len(digits), 2))]
    check = (values[0] + sum(at * value for at, value in enumerate(values))) % 103
    widths = [int(one) for value in (*values, check) for one in _CODE128[6 * value : 6 * value + 6]] + [
        int(one) for one in _END
    ]
    edges = list(accumulate([_QUIET128, *widths]))
    path = "".join(_bar(left, 0, 1, right - left) for left, right in zip(edges[:-1:2], edges[1::2], strict=True))
    return Drawing(path, edges[-1] + _QUIET128, 1, gs1_width(digits), height)


def gs1_width(digits: str) -> float:
    """How wide the GS1-128 symbol of so many digits is, in mm, with its quiet zones."""
    characters = 2 + len(digits) // 2 + 1  # start, FNC1, a pair each, check
    return (11 * characters + 13 + 2 * _QUIET128) * MODULE


def _spelt(character: str) -> tuple[str, ...]:
    """A letter is a control code and a digit: A to J with CC1, K to T with CC2, U to Z with CC3."""
    if character.isalpha():
        group, digit = divmod(ord(character) - ord("A"), 10)
        return f"CC{group + 1}", str(digit)
    return (character,)


def _bars(characters: tuple[str, ...]) -> str:
    return _START + "".join(_BARS[one] for one in characters) + _STOP


@cache  # there are only so many in a code of a size that can be printed
def _bar(left: int, top: int, height: int, width: int = 1) -> str:
    return f"M{left} {top}h{width}v{height}h-{width}z"


def _check_digit(body: str) -> str:
    weighted = (int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(body)))
    return str(-sum(weighted) % 10)


def _runs(row: bytes, top: int) -> Iterator[tuple[int, int, int, int]]:
    """Dark modules that lie side by side in a row, a byte each: left, top, height and width."""
    for run in _DARK.finditer(row):
        yield run.start(), top, 1, run.end() - run.start()
