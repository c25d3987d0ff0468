"""What a voucher looks like: one list of words and frames, from which the printed sheet and the made-up scan are drawn.

Places are millimetres from the upper left corner of the slip, as in `layout`. Plain Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import segno
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from azukari.business.taxi import layout, serials
from azukari.business.taxi.layout import Box
from azukari.business.taxi.types import Kind
from azukari.core.documents import api as documents
from azukari.core.documents.types import Word
from azukari.kernel import era
from azukari.kernel.fiscal import FiscalYear

WARD: Final = "世田谷区"
QUIET: Final = 4  # modules of paper around the code, ISO/IEC 18004
MODULES: Final = 21 + 2 * QUIET  # version 1 with its quiet zone
# Any of the eight masks makes a valid code. Choosing the best for each voucher takes six times as long as the rest of
# its printing; this one is the best of the eight most often.
MASK: Final = 0
PAPER, INK, PEN = 255, 20, 70  # grey levels
MILLIMETRES: Final = 25.4
MIDDLE: Final = 0.37  # how far a baseline lies below the middle of its line, in sizes
LABEL: Final = 18.0  # width of the words before a box
FIELDS: Final = (
    ("氏名", layout.NAME),
    ("利用日", layout.USED_ON),
    ("代金", layout.FARE),
    ("認定番号", layout.NUMBER),
)
HOW_TO: Final = (
    "1. 氏名・利用日・代金を書きます。",
    "2. 降りるときに、乗務員に渡します。",
    "本人だけが、有効期間の中で使えます。",
)


class Frame(NamedTuple):
    """A rectangle and the width of its line, in millimetres; a filled one has no line."""

    left: float
    top: float
    width: float
    height: float
    line: float
    filled: bool = False


@dataclass(frozen=True, slots=True)
class VoucherFace:
    """What is printed on one voucher. `face` in yen; valid on `valid_from` and up to, not on, `valid_until`."""

    serial: int
    kind: Kind
    face: int
    fiscal_year: int
    holder_number: str
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class Entries:
    """What was written into the four boxes of a voucher (諮問815 §5), as written; empty when nothing was."""

    name: str
    used_on: str
    fare: str
    number: str


FRAMES: Final = (
    Frame(*layout.SLIP, 0.2),
    Frame(4, 5.2, 1.6, 12.6, 0, filled=True),
    Frame(*layout.FOUR_ITEMS, 0.2),
    *(Frame(*box, 0.5) for _, box in FIELDS),
)


def common_words(kind: Kind, face: int, fiscal_year: int) -> Iterator[Word]:
    """What all vouchers of a kind, face value (yen) and fiscal year say."""
    yield Word(8, 8.4, 60, 3.2, f"{WARD}　{FiscalYear(fiscal_year).label}")
    yield Word(8, 16.6, 68, 5.6, str(kind), bold=True)
    yield Word(74, 18.2, 37, 13, f"{face:,}", bold=True, align="right")
    yield Word(111.4, 18.2, 8, 6, "円", bold=True)
    for label, box in FIELDS:
        yield _beside(label, box)
    yield Word(92, 35.8, 50, 2.8, "使い方", bold=True)
    for line, words in enumerate(HOW_TO):
        yield Word(92, 40.2 + 4.2 * line, 52, 2.6, words)
    yield Word(4, 69, 140, 2.2, f"{WARD}（障害者地域生活課）交付", align="right")


def own_words(voucher: VoucherFace) -> Iterator[Word]:
    """What only this voucher, or only its holder's, say."""
    first, last = era.long(voucher.valid_from), era.long(voucher.valid_until - timedelta(days=1))
    yield Word(8, 26.4, 100, 3.2, f"有効期間　{first}から{last}まで")
    yield Word(104, 28.2, 40, 3, f"券番号 {serials.written(voucher.serial)}", align="right")
    if voucher.holder_number:
        yield _within(voucher.holder_number, layout.NUMBER, 5)


def modules(serial: int) -> NDArray[np.uint8]:
    """The QR code of a voucher: 29 × 29 modules, 1 is dark, version 1 level Q and its quiet zone (ISO/IEC 18004)."""
    code = segno.make(serials.qr_text(serial), version=1, error="q", mask=MASK, micro=False, boost_error=False)
    return np.pad(np.array(code.matrix, np.uint8), QUIET)


def runs(dark: NDArray[np.uint8]) -> Iterator[tuple[int, int, int]]:
    """Dark modules that lie side by side: column, row and how many."""
    edges = np.diff(dark.astype(np.int8), axis=1, prepend=0, append=0)
    starts, ends = np.argwhere(edges == 1).tolist(), np.argwhere(edges == -1).tolist()
    for (row, start), (_, end) in zip(starts, ends, strict=True):
        yield start, row, end - start


def slip_image(voucher: VoucherFace, entries: Entries, dpi: int) -> Image.Image:
    """One filled-in voucher as a clean scan of it: grey (L), 148 × 70 mm at `dpi` dots per inch.

    Every module of the code is the same whole number of pixels. Raises BadInput for an entry with a character that the
    fonts do not have.
    """
    written = (entries.name, entries.used_on, entries.fare, entries.number)
    documents.require_glyphs(written)
    picture = _empty_slip(voucher.kind, voucher.face, voucher.fiscal_year, dpi).copy()
    picture.paste(_code_image(voucher.serial, dpi), _code_corner(dpi))
    draw = ImageDraw.Draw(picture)
    for words in own_words(voucher):
        if not entries.number or words.text != voucher.holder_number:
            _write(draw, words, dpi)
    for (_, box), text in zip(FIELDS, written, strict=True):
        _write(draw, _within(text, box, 5.4), dpi, PEN)
    return picture


def _beside(label: str, box: Box) -> Word:
    """The words before a box."""
    size = 3.6
    return Word(box.left - LABEL - 2, _baseline(box, size), LABEL, size, label, align="right")


def _within(text: str, box: Box, size: float) -> Word:
    """A line in a box, smaller where it would not fit; every character is taken as full width."""
    fitting = min(size, (box.width - 4) / max(len(text), 1))
    return Word(box.left + 2, _baseline(box, fitting), box.width - 4, fitting, text)


def _baseline(box: Box, size: float) -> float:
    return box.top + box.height / 2 + MIDDLE * size


@lru_cache(maxsize=32)
def _empty_slip(kind: Kind, face: int, fiscal_year: int, dpi: int) -> Image.Image:
    """What all vouchers of a kind, face value and year have in common."""
    picture = Image.new("L", layout.SLIP.pixels(dpi)[2:], PAPER)
    draw = ImageDraw.Draw(picture)
    for left, top, width, height, line, filled in FRAMES[1:]:  # the first is where the slip is cut
        place = Box(left, top, width, height).wider(line / 2).pixels(dpi)
        draw.rectangle(place, INK if filled else None, INK, max(1, round(line * dpi / MILLIMETRES)))
    for words in common_words(kind, face, fiscal_year):
        _write(draw, words, dpi)
    return picture


def _write(draw: ImageDraw.ImageDraw, words: Word, dpi: int, ink: int = INK) -> None:
    scale = dpi / MILLIMETRES
    share = {"left": 0.0, "center": 0.5, "right": 1.0}[words.align]
    at = ((words.left + words.width * share) * scale, words.baseline * scale)
    anchor = {"left": "ls", "center": "ms", "right": "rs"}[words.align]
    draw.text(at, words.text, ink, _font(words.bold, words.size * scale), anchor)


@lru_cache(maxsize=64)
def _font(bold: bool, pixels: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(documents.BOLD if bold else documents.REGULAR, pixels)


def _code_image(serial: int, dpi: int) -> Image.Image:
    pixels = np.kron(modules(serial), np.ones((_module(dpi), _module(dpi)), np.uint8))
    return Image.fromarray(np.where(pixels, 0, PAPER).astype(np.uint8))


def _module(dpi: int) -> int:
    """The side of a module in whole pixels, the nearest to its printed size."""
    return max(1, round(layout.QR.width * dpi / MILLIMETRES / MODULES))


def _code_corner(dpi: int) -> tuple[int, int]:
    """Where the code's upper left pixel lies, so that it stands in the middle of its box."""
    left, top, right, bottom = layout.QR.pixels(dpi)
    side = _module(dpi) * MODULES
    return left + (right - left - side) // 2, top + (bottom - top - side) // 2
