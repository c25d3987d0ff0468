"""Finding the voucher's number in the QR code of a page.

First only the two places are looked at where the code of an upright and of an upside-down slip lies; the whole page
when it is in neither. A number counts only when the code's own correction, its text and its check digits are all right,
so a page is read right or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import zxingcpp
from PIL import Image, ImageFilter

from azukari.business.taxi import layout, serials
from azukari.business.taxi.scans import pages
from azukari.kernel.errors import BadInput

Pixels = tuple[int, int, int, int]

BLANK: Final = "白紙のようです。裏面を読み取っていないか、紙の束を確かめてください。"
NO_CODE: Final = "QR コードが見つかりません。券を見て、番号を手で入れてください。"
DAMAGED: Final = "QR コードが汚れや破れで読めません。券を見て、番号を手で入れてください。"
TORN: Final = "QR コードがなく、大きさが券と違います。破れた券でないか、ほかの紙でないか確かめてください。"
FOREIGN: Final = "券のものではない QR コードです。ほかの紙が混じっていないか確かめてください。"
WRONG_CHECK: Final = "QR コードの番号の検査数字が合いません。この券を区の担当者に回してください。"
TWO: Final = "番号の違う券が一つの画像に写っています。一枚ずつ読み取り直してください。"
MISPLACED: Final = (
    "番号は読めましたが、券が決まった向き・位置・大きさで写っていません。読み取り直すか、紙で確かめてください。"
)
INK: Final = 60  # grey levels darker than the paper
INKED: Final = 0.001  # share of a page that is written on
QUARTER: Final = 45  # degrees


@dataclass(frozen=True, slots=True)
class PageRead:
    """What was read from one page.

    `sha256` is that of the file's bytes in hex, empty when they could not be had. `serial` is the voucher's number, 0
    when none was read for sure. `turned` says the page lies upside down. `dpi` is 0 unless the code lies in its place:
    then nothing may be cut from the page. `note` tells a person what to do; empty when there is nothing to do. `box` is
    where the code lies (left, top, right, bottom, in pixels of the page as it lies).
    """

    sha256: str
    serial: int = 0
    turned: bool = False
    dpi: int = 0
    note: str = ""
    box: Pixels | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """One QR code on a page: its text (empty when it could not be corrected), where it lies, and how it is turned."""

    text: str
    box: Pixels
    degrees: int

    @property
    def serial(self) -> int | None:
        """The voucher's number; None when it is no voucher's code."""
        return serials.of_qr(self.text)


def read_page(page: Path | Image.Image) -> PageRead:
    """Read one page. A file that cannot be used gives a note, never an error; a picture has no `sha256`."""
    if isinstance(page, Image.Image):
        return _of_picture("", page)
    try:
        taken = pages.content(page)
    except BadInput as error:
        return unusable(pages.fingerprint(page), error)
    return read_content(taken, hashlib.sha256(taken).hexdigest())


def read_content(taken: bytes, sha256: str) -> PageRead:
    """Read one page from its file's bytes, whose fingerprint is known."""
    try:
        picture = pages.opened(taken, grey=True)
    except BadInput as error:
        return unusable(sha256, error)
    return _of_picture(sha256, picture)


def unusable(sha256: str, error: BadInput) -> PageRead:
    """A page of which nothing could be read."""
    return PageRead(sha256, note=error.what + error.next_step)


def in_place(picture: Image.Image, dpi: int) -> list[Code]:
    """The codes in the two places where a slip's code lies, upright and upside down; both, so that two are noticed."""
    upright, turned = _places(picture.size, dpi)
    return [*_codes(picture, upright), *_codes(picture, turned)]


def _of_picture(sha256: str, picture: Image.Image) -> PageRead:
    dpi = pages.resolution(picture)
    grey = picture if picture.mode == "L" else picture.convert("L")
    codes = in_place(grey, dpi) if dpi else []
    if not any(code.serial for code in codes):
        codes = _anywhere(grey)
    numbers = {code.serial for code in codes if code.serial}
    if len(numbers) > 1:
        return PageRead(sha256, note=TWO)
    if not numbers:
        return _unread(sha256, grey, dpi, codes)
    code = next(code for code in codes if code.serial)
    return _placed(sha256, code, picture.size, dpi)


def _placed(sha256: str, code: Code, size: tuple[int, int], dpi: int) -> PageRead:
    turned = _is_turned(code, size, dpi) if dpi else None
    number = code.serial or 0
    if turned is None:
        return PageRead(sha256, number, note=MISPLACED if number else DAMAGED, box=code.box)
    return PageRead(sha256, number, turned, dpi, "" if number else DAMAGED, code.box)


def _unread(sha256: str, grey: Image.Image, dpi: int, codes: list[Code]) -> PageRead:
    """No number: say why. A code that can be seen but not be corrected still tells how the slip lies."""
    texts = [code.text for code in codes if code.text]
    if any(text.startswith(serials.QR_MARK) for text in texts):
        return PageRead(sha256, note=WRONG_CHECK)
    if texts:
        return PageRead(sha256, note=FOREIGN)
    if codes:
        return _placed(sha256, codes[0], grey.size, dpi)
    if _is_blank(grey):
        return PageRead(sha256, note=BLANK)
    return PageRead(sha256, note=NO_CODE if dpi else TORN)


def _places(size: tuple[int, int], dpi: int) -> tuple[Pixels, Pixels]:
    """Where the code of an upright slip may lie, and that of one upside down; within the page."""
    width, height = size
    left, top, right, bottom = layout.QR.wider(pages.MARGIN).pixels(dpi)
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    return (left, top, right, bottom), (width - right, height - bottom, width - left, height - top)


def _is_turned(code: Code, size: tuple[int, int], dpi: int) -> bool | None:
    """Whether the slip lies upside down; None when its code lies neither here nor there, or turned some other way."""
    across, down = (code.box[0] + code.box[2]) // 2, (code.box[1] + code.box[3]) // 2
    for place, turned in zip(_places(size, dpi), (False, True), strict=True):
        within = place[0] <= across < place[2] and place[1] <= down < place[3]
        degrees = abs(code.degrees) if not turned else 180 - abs(code.degrees)
        if within and degrees < QUARTER:
            return turned
    return None


def _qr_only() -> zxingcpp.BarcodeFormats:
    """Made anew each time: one that lives as long as the module is reported as a leak when the process ends."""
    return zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def _codes(grey: Image.Image, place: Pixels) -> Iterator[Code]:
    """The codes that can be read in one place, without the searches that only a page of unknown kind needs."""
    found = zxingcpp.read_barcodes(
        np.asarray(grey.crop(place)),
        formats=_qr_only(),
        try_rotate=False,
        try_downscale=False,
        try_invert=False,
    )
    return (_code(one, place[0], place[1]) for one in found)


def _anywhere(grey: Image.Image) -> list[Code]:
    """The codes of the whole page, seen as it is and, when there is no voucher's, a little blurred against noise.

    Codes that were seen but could not be corrected are among them.
    """
    codes: list[Code] = []
    for picture in (grey, grey.filter(ImageFilter.BoxBlur(1))):
        found = zxingcpp.read_barcodes(np.asarray(picture), formats=_qr_only(), return_errors=True)
        codes += [_code(one, 0, 0) for one in found]
        if any(code.serial for code in codes):
            break
    return codes


def _code(one: zxingcpp.Barcode, left: int, top: int) -> Code:
    corners = one.position.top_left, one.position.top_right, one.position.bottom_right, one.position.bottom_left
    across, down = [corner.x + left for corner in corners], [corner.y + top for corner in corners]
    box = (min(across), min(down), max(across), max(down))
    return Code(one.text if one.valid else "", box, one.orientation)


def _is_blank(grey: Image.Image) -> bool:
    levels = np.asarray(grey.reduce(4))
    return float(np.mean(levels < np.median(levels) - INK)) < INKED
