"""A voucher's scanned page, as a screen may show it: the four items alone to the contractor, the whole to the ward."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import HttpResponse

from azukari.core.intake.api import originals
from azukari.kernel.errors import BadInput


def four_items(image: str) -> bytes:
    """The four items of 諮問815 §5 and nothing else of the page, as a PNG. `image` is the SHA-256 of the page.

    How the page lies is read from the page itself and from nowhere else: a cut that is only a little off would show the
    kind and the number of the voucher. Raises BadInput when it does not lie in its place, or cannot be read.
    """
    # Loaded with the first picture: a server that starts has no need of what reads them.
    from azukari.business.taxi import scans

    path = _path(image)
    read = scans.read_page(path)
    if not read.dpi:
        raise BadInput(
            "画像から四つの項目だけを切り抜けません。",
            "券が決まった向き・位置・大きさで写っていません。",
            "紙の券を見て入力するか、「読めない」を押してください。",
        )
    return scans.four_items_crop(path, read.turned, read.dpi)


def can_show_four_items(image: str) -> bool:
    """Whether `four_items` has a picture to give."""
    try:
        four_items(image)
    except BadInput:
        return False
    return True


def whole(image: str, turned: bool) -> bytes:
    """The whole page, as a PNG. `turned` says that it lies upside down. Raises BadInput when it cannot be read."""
    from azukari.business.taxi import scans

    return scans.whole(_path(image), turned)


def answer(png: bytes) -> HttpResponse:
    """A picture that no cache keeps: it was recorded as seen once, and may not be allowed the next time."""
    return HttpResponse(png, content_type="image/png", headers={"Cache-Control": "no-store"})


def _path(image: str) -> Path:
    return originals.path(Path(settings.ORIGINALS), image)
