"""The scanned slips of a claim: one picture a voucher, one of them upside down, and blotted where it cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from PIL import Image

from azukari.business.taxi.api import Entries, VoucherFace, checked, slip_image
from azukari.demo.taxi.composing import Claim, Made
from azukari.demo.taxi.known import EPOCH, KINDS
from azukari.demo.taxi.rides import DAY, FARE, NO_NUMBER

RESOLUTIONS = (300, 200)
UPSIDE_DOWN = 1
# Over the code, in millimetres from the upper left corner: left, top, right, bottom; and its grey level.
BLOT, BLOT_GREY = (120, 3, 146, 29), 40
APRIL = 4


def draw_pages(made: Made, claim: Claim, names: Sequence[str], folder: Path) -> None:
    """Write `0001.png` and so on, in the order of the claim's vouchers. A company scans all at 300 or at 200 dpi."""
    folder.mkdir()
    dpi = RESOLUTIONS[claim.company % len(RESOLUTIONS)]
    for nth, row in enumerate(range(claim.first, claim.end)):
        image = slip_image(_face(made, row), _entries(made, row, names[row]), dpi)
        if made.rows.digits[row] == NO_NUMBER:
            left, top, right, bottom = (round(edge * dpi / 25.4) for edge in BLOT)
            image.paste(BLOT_GREY, (left, top, right, bottom))
        if nth == UPSIDE_DOWN:
            image = image.transpose(Image.Transpose.ROTATE_180)
        image.save(folder / f"{nth + 1:04d}.png", dpi=(dpi, dpi), compress_level=1)


def _face(made: Made, row: int) -> VoucherFace:
    rows, known = made.rows, made.known
    payload, holder, sort = int(rows.payload[row]), int(rows.holder[row]), int(rows.sort[row])
    year, lots = 2000 + payload // 100_000_000, known.lots
    if lots.booklet[holder, sort] <= payload <= lots.last[holder, sort]:
        since, until = (_date(int(days[holder, sort])) for days in (lots.valid_from, lots.valid_until))
    else:
        since, until = date(year, APRIL, 1), date(year + 1, APRIL, 1)
    return VoucherFace(
        serial=checked(payload),
        kind=KINDS[rows.kind[row]],
        face=int(rows.face[row]),
        fiscal_year=year,
        holder_number=known.numbers[holder],
        valid_from=since,
        valid_until=until,
    )


def _entries(made: Made, row: int, name: str) -> Entries:
    rows = made.rows
    used = _date(int(rows.day[row]))
    return Entries(
        name=name,
        used_on="" if rows.blank[row] == DAY else f"{used.year}年{used.month}月{used.day}日",
        fare="" if rows.blank[row] == FARE else f"{int(rows.fare[row]):,}円",
        number=made.known.numbers[rows.holder[row]],
    )


def _date(day: int) -> date:
    return date.fromordinal(day + EPOCH)
