"""One scanned page as an image: what may be opened, how large it is on paper, and what may be cut from it."""

from __future__ import annotations

import hashlib
import io
import math
import struct
import zlib
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from azukari.business.taxi import layout
from azukari.kernel.errors import BadInput

FORMATS: Final = ("PNG", "JPEG", "TIFF")
MAX_BYTES: Final = 64 * 2**20
MAX_PIXELS: Final = 40_000_000  # A4 at 600 dpi and a little more
MARGIN: Final = 6.0  # mm a slip may lie off its place, and a page be larger or smaller than a slip
WEB_WIDTH: Final = 1200
DPI_RANGE: Final = (100, 1200)
USUAL_DPI: Final = (300, 200, 400, 600, 240, 150)
PDF_START: Final = b"%PDF"
MILLIMETRES: Final = 25.4
ORIENTATION: Final = 0x0112
# What Pillow and its decoders raise on bytes that are not what they say. A warning counts where warnings are errors.
DAMAGE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    EOFError,
    MemoryError,
    RuntimeError,
    Warning,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
AGAIN: Final = "読み取り直してください。"


def content(path: Path) -> bytes:
    """The bytes of an image file. Raises BadInput when it is no plain file, too large, empty or cannot be read."""
    if not _is_plain(path):
        raise BadInput("画像のファイルがありません。", "普通のファイルだけを読みます。", "置き場所を確かめてください。")
    try:
        if (size := path.stat().st_size) > MAX_BYTES:
            raise _too_large(f"{size / 2**20:,.0f} MB")
        taken = path.read_bytes()
    except OSError as error:
        raise BadInput("ファイルを読み込めません。", str(error), "読む許可と媒体を確かめてください。") from error
    if not taken:
        raise BadInput("ファイルが空です。", "0 バイトです。", AGAIN)
    return taken


def fingerprint(path: Path) -> str:
    """SHA-256 of a file of any size, in hex; empty when there is no plain file that can be read."""
    if not _is_plain(path):
        return ""
    try:
        with path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except OSError:
        return ""


def opened(taken: bytes, *, grey: bool = False) -> Image.Image:
    """The page as a picture, grey (L) or colour (RGB), turned as the file says. `grey` decodes a colour JPEG faster.

    A file of several pages is refused: which of them is the voucher must not be guessed.
    Raises BadInput when it is not one whole PNG, JPEG or TIFF (by its bytes, whatever its name) of `MAX_PIXELS` at most.
    """
    try:
        with Image.open(io.BytesIO(taken), formats=FORMATS) as image:
            _check_size(image)
            if grey:
                image.draft("L", image.size)
            image.load()
            plain = _plain(image)
            return plain.convert("L") if grey else plain
    except UnidentifiedImageError as error:
        raise _not_an_image(taken) from error
    except Image.DecompressionBombError as error:
        raise _too_large(f"{MAX_PIXELS:,} 画素超") from error
    except DAMAGE as error:
        raise BadInput("画像が壊れているか、途中で切れています。", str(error), AGAIN) from error


def resolution(image: Image.Image) -> int:
    """Dots per inch at which the picture has the size of a slip, within `MARGIN`; 0 when there is none.

    What the file says is tried first, then what scanners usually do, then what the width would mean.
    """
    guesses = (_told(image), *USUAL_DPI, round(image.width * MILLIMETRES / layout.SLIP.width))
    return next((dpi for dpi in guesses if fits(image.size, dpi)), 0)


def fits(size: tuple[int, int], dpi: int) -> bool:
    """Whether so many pixels at so many dots per inch are a slip lying upright or upside down."""
    if not DPI_RANGE[0] <= dpi <= DPI_RANGE[1]:
        return False
    width, height = (pixels * MILLIMETRES / dpi for pixels in size)
    return abs(width - layout.SLIP.width) <= MARGIN and abs(height - layout.SLIP.height) <= MARGIN


def upright(image: Image.Image, turned: bool) -> Image.Image:
    """The page as it is to be read."""
    return image.transpose(Image.Transpose.ROTATE_180) if turned else image


def four_items_crop(path: Path, turned: bool, dpi: int) -> bytes:
    """The four items of 諮問815 §5 and nothing else of the page, as a PNG without any data of the file it came from.

    Raises BadInput when the page is not a slip at `dpi`: then nobody knows what would be in the cut.
    """
    page = opened(content(path))
    if not fits(page.size, dpi):
        raise BadInput(
            "この画像から四項目だけを切り抜けません。",
            "券が決まった向き・位置・大きさで写っていません。",
            "区の担当者が紙か画像の全体で確かめてください。",
        )
    return _png(upright(page, turned).crop(layout.FOUR_ITEMS.pixels(dpi)))


def whole(path: Path, turned: bool) -> bytes:
    """The whole page, `WEB_WIDTH` pixels wide at most, as a PNG. Raises BadInput as `opened` does."""
    return _png(upright(opened(content(path)), turned))


def _png(image: Image.Image) -> bytes:
    """Small enough for a page of the web; a fresh picture, so that no metadata or thumbnail comes along."""
    image.thumbnail((WEB_WIDTH, WEB_WIDTH * 2), reducing_gap=2.0)
    image.info = {}
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def _is_plain(path: Path) -> bool:
    """A link may lead anywhere, and a pipe would never end."""
    return path.is_file() and not path.is_symlink()


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise _too_large(f"{image.width:,} × {image.height:,} 画素")
    pages = getattr(image, "n_frames", 1)
    if pages != 1:
        raise BadInput(
            f"一つのファイルに {pages} 枚入っています。",
            "どれがこの券か決められません。",
            "一枚ずつの画像にしてください。",
        )


def _plain(image: Image.Image) -> Image.Image:
    """Grey or colour on white paper, and turned as the file says (TIFF turns itself when loaded)."""
    if image.getexif().get(ORIENTATION, 1) != 1:
        image = ImageOps.exif_transpose(image)
    if image.has_transparency_data:
        over = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", over.size, "white"), over)
    if image.mode in {"L", "RGB"}:
        return image
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    return image.convert("L" if image.mode in {"1", "I", "F"} else "RGB")


def _told(image: Image.Image) -> int:
    """Dots per inch as the file says; 0 when it says nothing sensible."""
    try:
        dpi = float(image.info["dpi"][0])
    except DAMAGE:
        return 0
    return round(dpi) if math.isfinite(dpi) else 0


def _too_large(size: str) -> BadInput:
    return BadInput(
        f"画像が大きすぎます({size})。", "券一枚の画像ではありません。", "300 dpi で読み取り直してください。"
    )


def _not_an_image(taken: bytes) -> BadInput:
    what = "PDF です。" if taken.startswith(PDF_START) else "画像ではありません。"
    return BadInput(what, "PNG・JPEG・TIFF だけを読みます。", "一枚ずつの画像にしてください。")
