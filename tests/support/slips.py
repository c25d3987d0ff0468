"""Pictures of vouchers as a scanner makes them: printed, worn, skewed, stamped, torn. Nothing here is a real voucher."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import segno
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

from azukari.business.taxi import layout, serials

MODULES = 21 + 2 * 4
PAPER, INK, STAMP = 250, 20, 90
RED = (200, 30, 40)
LINES = (
    (layout.Box(6, 6, 100, 8), "SETAGAYA TAXI VOUCHER 500"),
    (layout.Box(6, 16, 100, 6), "VALID 2019.4.1 - 2020.3.31"),
    (layout.NAME, "SETAGAYA TARO"),
    (layout.USED_ON, "2019.6.14"),
    (layout.FARE, "1,230"),
    (layout.NUMBER, "01234567"),
)


@dataclass(frozen=True, slots=True)
class Wear:
    """What happened to a slip: degrees, millimetres, grey levels, pixels, a share of the code's width, JPEG quality."""

    skew: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    noise: float = 0.0
    blur: float = 0.0
    brightness: float = 1.0
    stamp: float = 0.0
    upside_down: bool = False
    jpeg: int | None = None


@lru_cache(maxsize=64)
def code(text: str, dpi: int) -> Image.Image:
    """A QR code of level Q with its quiet zone, as large as the place for it, edges softened as by a scanner."""
    # Any of the eight masks makes a right code; weighing which is best takes longer than all the rest.
    made = segno.make(text, error="q", boost_error=False, micro=False, mask=zlib.crc32(text.encode()) % 8)
    matrix = np.array([list(row) for row in made.matrix], bool)
    modules = np.pad(matrix, 4)
    left, top, right, bottom = layout.QR.pixels(dpi)
    fine = np.kron(np.where(modules, INK, PAPER).astype(np.uint8), np.ones((16, 16), np.uint8))
    return Image.fromarray(fine).resize((right - left, bottom - top), Image.Resampling.BOX)


@lru_cache(maxsize=8)
def paper(dpi: int) -> Image.Image:
    """The slip without its code."""
    image = Image.new("L", layout.SLIP.pixels(dpi)[2:], PAPER)
    draw = ImageDraw.Draw(image)
    for box, words in LINES:
        left, top, _, bottom = box.pixels(dpi)
        draw.text((left, top), words, fill=INK, font=ImageFont.load_default((bottom - top) * 0.7))
    draw.rectangle(layout.FOUR_ITEMS.pixels(dpi), outline=INK, width=2)
    return image


def slip(number: int, dpi: int = 300) -> Image.Image:
    """A clean voucher of that number, grey."""
    return with_code(serials.qr_text(number), dpi)


def with_code(text: str, dpi: int = 300, at: layout.Box = layout.QR, on: Image.Image | None = None) -> Image.Image:
    """A slip whose code says something else, or stands elsewhere."""
    image = (on or paper(dpi)).copy()
    image.paste(code(text, dpi), at.pixels(dpi)[:2])
    return image


def worn(image: Image.Image, wear: Wear, dpi: int = 300, seed: int = 0) -> Image.Image:
    """The slip after all that."""
    image = _moved(_stamped(image, wear.stamp, dpi), wear, dpi)
    return _turned(_seen(image, wear, seed), wear)


def worn_near_code(number: int, wear: Wear, dpi: int = 300, seed: int = 0) -> Image.Image:
    """The same around the code only, where the reading looks first; the rest of the slip stays clean. For large runs."""
    image = _stamped(slip(number, dpi), wear.stamp, dpi)
    left, top, right, bottom = layout.QR.wider(14).pixels(dpi)
    place = (left, max(top, 0), min(right, image.width), bottom)
    image.paste(_seen(_moved(image.crop(place), wear, dpi), wear, seed), place[:2])
    return _turned(image, wear)


def red(image: Image.Image, dpi: int = 300) -> Image.Image:
    """In colour, with a red seal beside the code."""
    image = image.convert("RGB")
    x, y = layout.QR.pixels(dpi)[:2]
    size = dpi // 3
    ImageDraw.Draw(image).ellipse((x - 2 * size, y, x - size, y + size), outline=RED, width=dpi // 50)
    return image


def torn(image: Image.Image) -> Image.Image:
    """The left half, without the code."""
    return image.crop((0, 0, image.width // 2, image.height))


def encoded(image: Image.Image, kind: str = "PNG", dpi: int | None = 300, quality: int = 75) -> bytes:
    """The bytes of an image file."""
    told = {"dpi": (dpi, dpi)} if dpi else {}
    target = io.BytesIO()
    image.save(target, kind, quality=quality, **told)
    return target.getvalue()


def folder(place: Path, numbers: list[int], kind: str = "PNG", dpi: int = 300) -> list[Path]:
    """One clean page a number, in the order of their names."""
    paths = [place / f"{index:05d}.{kind.lower()}" for index in range(len(numbers))]
    for path, number in zip(paths, numbers, strict=True):
        path.write_bytes(encoded(slip(number, dpi), kind, dpi))
    return paths


def _stamped(image: Image.Image, share: float, dpi: int) -> Image.Image:
    """A round stamp's ink over the lower right corner of the code, so wide a share of it."""
    if not share:
        return image
    image = image.copy()
    _, _, right, bottom = layout.QR.wider(-2.5).pixels(dpi)
    size = round((layout.QR.width - 5) * share * dpi / 25.4)
    ImageDraw.Draw(image).ellipse((right - size, bottom - size, right, bottom), fill=STAMP)
    return image


def _moved(image: Image.Image, wear: Wear, dpi: int) -> Image.Image:
    if not wear.skew and wear.shift == (0.0, 0.0):
        return image
    across, down = (millimetres * dpi / 25.4 for millimetres in wear.shift)
    return image.rotate(wear.skew, Image.Resampling.BILINEAR, translate=(round(across), round(down)), fillcolor=PAPER)


def _seen(image: Image.Image, wear: Wear, seed: int) -> Image.Image:
    """As the scanner sees it: out of focus, too dark or bright, with noise, kept as a JPEG."""
    if wear.blur:
        image = image.filter(ImageFilter.GaussianBlur(wear.blur))
    if wear.brightness != 1.0:
        image = ImageEnhance.Brightness(image).enhance(wear.brightness)
    if wear.noise:
        image = _noisy(image, wear.noise, seed)
    if wear.jpeg is None:
        return image
    with Image.open(io.BytesIO(encoded(image, "JPEG", quality=wear.jpeg))) as kept:
        return kept.convert("L")


def _noisy(image: Image.Image, sigma: float, seed: int) -> Image.Image:
    grey = np.asarray(image)
    start = seed * 7919 % 100_003
    noise = _noise()[start : start + grey.size].reshape(grey.shape)
    return Image.fromarray((grey + noise * np.float32(sigma)).clip(0, 255).astype(np.uint8))


@lru_cache(maxsize=1)
def _noise() -> NDArray[np.float32]:
    return np.random.default_rng(2019).standard_normal(4_000_000, np.float32)


def _turned(image: Image.Image, wear: Wear) -> Image.Image:
    return image.transpose(Image.Transpose.ROTATE_180) if wear.upside_down else image
