"""The papers of the business: vouchers, the notice of differences, the list of payments; and pictures of vouchers.

Every paper has a fixed form; what people are called and what they wrote goes in as data and is never read as a form.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import segno
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from azukari.business.taxi import layout, serials
from azukari.business.taxi.types import Kind
from azukari.core.documents import api as documents
from azukari.kernel import era
from azukari.kernel.fiscal import FiscalYear
from azukari.kernel.money import yen

WARD: Final = "世田谷区"
TEMPLATES: Final = Path(__file__).with_name("templates") / "typst"
JAPAN: Final = timezone(timedelta(hours=9))
A_PAGE: Final = 4  # slips on a sheet of A4
# Vouchers in one file: 200 sheets, so that a killed run loses seconds.
A_FILE: Final = 800
PICTURE_WIDTH: Final = 720  # pixels; 200 dots per inch in a card of the notice
HOW_TO: Final = (
    "使い方",
    "タクシーを降りるときに、氏名・利用日・代金を書いて",
    "乗務員に渡してください。",
    "本人だけが、有効期間のうちに使えます。",
)
QUIET: Final = 4  # modules of paper around the code, ISO/IEC 18004
PAPER, GREY, INK, PEN = 255, 150, 20, 70  # grey levels
LABELS: Final = (
    ("氏名", layout.NAME),
    ("利用日", layout.USED_ON),
    ("代金", layout.FARE),
    ("認定番号", layout.NUMBER),
)


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


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One kind and face value (yen) of a claim: vouchers (枚) and amounts (yen) claimed and paid."""

    kind: Kind
    face: int
    claimed_count: int
    paid_count: int
    claimed: int
    paid: int


@dataclass(frozen=True, slots=True)
class Unpaid:
    """One voucher that is not paid: the `place`-th of a bundle, why in words, what to do, and its picture (PNG) if any.

    `serial` as written for people; `face` in yen; `outcome` is 保留 or 不支給.
    """

    bundle: int
    place: int
    serial: str
    kind: Kind
    face: int
    title: str
    words: tuple[str, ...]
    next_step: str
    outcome: str
    image: bytes | None


@dataclass(frozen=True, slots=True)
class Notice:
    """差異通知: what one company claimed for a month (its first day) and what it is paid, and why they differ.

    `answer_by` is the last day for an answer; `variances` are the words on lines whose count was not the invoice's.
    """

    month: date
    company_code: str
    company: str
    made_on: date
    answer_by: date
    section: str
    lines: tuple[NoticeLine, ...]
    unpaid: tuple[Unpaid, ...]
    variances: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One company of a settlement, in yen: `paid = claimed - unpaid + corrected`."""

    code: str
    name: str
    claimed: int
    unpaid: int
    corrected: int
    paid: int


@dataclass(frozen=True, slots=True)
class PaymentSheet:
    """支出内訳 of one settlement of a month (its first day): a row a company, totals in yen, `transfers` in 件."""

    month: date
    number: int
    settled_on: date
    pay_on: date
    rows: tuple[PaymentRow, ...]
    claimed: int
    unpaid: int
    corrected: int
    paid: int
    transfers: int


def slip_image(voucher: VoucherFace, entries: Entries, dpi: int) -> Image.Image:
    """One filled-in voucher as a clean scan of it: grey (L), 148 × 70 mm at `dpi` dots per inch."""
    picture = _empty_slip(voucher.kind, voucher.face, voucher.fiscal_year, dpi).copy()
    picture.paste(_code_image(voucher.serial, dpi), _code_corner(dpi))
    draw = ImageDraw.Draw(picture)
    _write(draw, (8, 22), f"{_period(voucher)} 有効", 3.2, dpi)
    _write(draw, (133, 26.5), serials.written(voucher.serial), 2.6, dpi, anchor="mm")
    written = (entries.name, entries.used_on, entries.fare, entries.number)
    for (_, box), text in zip(LABELS, written, strict=True):
        _write(draw, (box.left + 2, box.top + box.height / 2), text, _fitting(text, box.width - 4, 5), dpi, ink=PEN)
    return picture


def booklet_pages(vouchers: Sequence[VoucherFace], made_on: date) -> bytes:
    """Vouchers to be cut out, in their order, four on a sheet of A4, as PDF/A. `made_on` stands in the file.

    Raises ValueError without a voucher, BadInput for a 認定番号 that cannot be printed.
    """
    if not vouchers:
        raise ValueError("印刷する券がありません。")
    items = [item_of(one) for one in vouchers]
    return documents.render(TEMPLATES / "slips.typ", sheets(items), created=_moment(made_on))


def print_vouchers(
    items: Sequence[dict[str, Any]], out: Path, *, made_on: date, progress: documents.Progress
) -> list[Path]:
    """A year's vouchers in files of `A_FILE` each, by several processes; goes on where a killed run was. See `render_many`."""
    return documents.render_many(
        TEMPLATES / "slips.typ",
        items,
        sheets,
        out,
        chunk=A_FILE,
        created=_moment(made_on),
        tagged=False,
        progress=progress,
    )


def item_of(voucher: VoucherFace) -> dict[str, Any]:
    """What is printed on a voucher, as plain values; its code is drawn where the page is made."""
    return {
        "kind": str(voucher.kind),
        "face": yen(voucher.face),
        "year": _year_words(voucher.fiscal_year),
        "holder": voucher.holder_number,
        "period": f"{_period(voucher)} 有効",
        "number": voucher.serial,
        "serial": serials.written(voucher.serial),
    }


def sheets(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The data of `slips.typ`: the vouchers of `item_of`, four a sheet, with their codes."""
    slips = [{**item, "code": list(_runs(_modules(item["number"])))} for item in items]
    return {
        "ward": WARD,
        "how_to": HOW_TO,
        "slip": layout.SLIP,
        "qr": layout.QR,
        "boxes": [{"label": label, "box": box} for label, box in LABELS],
        "sheets": [slips[at : at + A_PAGE] for at in range(0, len(slips), A_PAGE)],
    }


def notice(data: Notice) -> bytes:
    """差異通知 to one company as PDF/A: the sums, how to answer, then a card for each voucher that is not paid.

    Raises BadInput for a name that cannot be printed.
    """
    pictures = {f"{at}.jpg": _reduced(one.image) for at, one in enumerate(data.unpaid) if one.image}
    cards = [_card(one, f"{at}.jpg" if one.image else "") for at, one in enumerate(data.unpaid)]
    claimed, paid = (sum(getattr(line, name) for line in data.lines) for name in ("claimed", "paid"))
    filled = {
        "ward": WARD,
        "section": data.section,
        "month": _month(data.month),
        "company": data.company,
        "company_code": data.company_code,
        "made_on": era.long(data.made_on),
        "answer_by": era.long(data.answer_by),
        "lines": [_line(line) for line in data.lines],
        "claimed_count": _count(sum(line.claimed_count for line in data.lines)),
        "paid_count": _count(sum(line.paid_count for line in data.lines)),
        "claimed": yen(claimed),
        "paid": yen(paid),
        "difference": yen(paid - claimed),
        "variances": data.variances,
        "outcomes": _outcomes(data.unpaid),
        "cards": cards,
    }
    return documents.render(TEMPLATES / "notice.typ", filled, files=pictures, created=_moment(data.made_on))


def payment_list(data: PaymentSheet) -> bytes:
    """支出内訳 of a settlement as PDF/A, to be stamped. Raises BadInput for a name that cannot be printed."""
    filled = {
        "ward": WARD,
        "month": _month(data.month),
        "number": f"第{data.number}回",
        "settled_on": era.long(data.settled_on),
        "pay_on": era.long(data.pay_on),
        "rows": [(row.code, row.name, *_amounts(row)) for row in data.rows],
        "totals": _amounts(data),
        "companies": f"{len(data.rows):,}者",
        "transfers": f"{data.transfers:,}件",
    }
    return documents.render(TEMPLATES / "payments.typ", filled, created=_moment(data.settled_on))


def _runs(modules: NDArray[np.uint8]) -> Iterator[tuple[int, int, int]]:
    """Dark modules that lie side by side: column, row and how many."""
    changes = np.diff(modules.astype(np.int8), axis=1, prepend=0, append=0)
    starts, ends = np.argwhere(changes == 1).tolist(), np.argwhere(changes == -1).tolist()
    for (row, start), (_, end) in zip(starts, ends, strict=True):
        yield start, row, end - start


def _line(line: NoticeLine) -> tuple[str, ...]:
    counts = _count(line.claimed_count), _count(line.paid_count)
    return (str(line.kind), yen(line.face), *counts, yen(line.claimed), yen(line.paid), yen(line.paid - line.claimed))


def _card(one: Unpaid, picture: str) -> dict[str, Any]:
    return {
        "place": f"束{one.bundle} の {one.place}枚目",
        "serial": one.serial,
        "kind": f"{one.kind} {yen(one.face)}",
        "title": one.title,
        "words": one.words,
        "next_step": one.next_step,
        "outcome": one.outcome,
        "picture": picture,
    }


def _outcomes(unpaid: Sequence[Unpaid]) -> list[tuple[str, str, str]]:
    """Outcome, vouchers and amount of those not paid, in the order in which they first stand."""
    faces: defaultdict[str, list[int]] = defaultdict(list)
    for one in unpaid:
        faces[one.outcome].append(one.face)
    return [(outcome, _count(len(found)), yen(sum(found))) for outcome, found in faces.items()]


def _reduced(picture: bytes) -> bytes:
    """A picture as grey JPEG of the size it is printed at, without any data of the file it came from."""
    with Image.open(io.BytesIO(picture), formats=["PNG"]) as image:
        grey = image.convert("L")
    grey.thumbnail((PICTURE_WIDTH, PICTURE_WIDTH * 2), reducing_gap=2.0)
    target = io.BytesIO()
    Image.frombytes("L", grey.size, grey.tobytes()).save(target, "JPEG", quality=80)
    return target.getvalue()


def _amounts(of: PaymentRow | PaymentSheet) -> tuple[str, str, str, str]:
    return yen(of.claimed), yen(-of.unpaid), yen(of.corrected), yen(of.paid)


def _count(vouchers: int) -> str:
    return f"{vouchers:,}枚"


def _month(first: date) -> str:
    return f"{era.era_of(first).writes(first.year)}{first.month}月"


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), JAPAN)


@lru_cache(maxsize=64)
def _empty_slip(kind: Kind, face: int, fiscal_year: int, dpi: int) -> Image.Image:
    """What all vouchers of a kind, face value and year have in common."""
    left, top, right, bottom = layout.SLIP.pixels(dpi)
    picture = Image.new("L", (right - left, bottom - top), PAPER)
    draw = ImageDraw.Draw(picture)
    line = max(1, round(0.25 * dpi / 25.4))
    draw.rectangle(layout.Box(2, 2, 144, 66).pixels(dpi), outline=GREY, width=line)
    _write(draw, (8, 8), f"{WARD} {_year_words(fiscal_year)}", 3.4, dpi)
    _write(draw, (8, 15), str(kind), 5.4, dpi, bold=True)
    _write(draw, (118, 14), yen(face), 9, dpi, bold=True, anchor="rm")
    for line_number, words in enumerate(HOW_TO):
        _write(draw, (92, 34 + 4 * line_number), words, 2.1, dpi, bold=line_number == 0)
    for label, box in LABELS:
        draw.rectangle(box.pixels(dpi), outline=GREY, width=line)
        _write(draw, (box.left - 2, box.top + box.height / 2), label, 3.6, dpi, anchor="rm")
    return picture


def _write(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    size: float,
    dpi: int,
    *,
    bold: bool = False,
    anchor: str = "lm",
    ink: int = INK,
) -> None:
    """A line of text; place and size in millimetres."""
    scale = dpi / 25.4
    draw.text((at[0] * scale, at[1] * scale), text, ink, _font(bold, round(size * scale)), anchor)


@lru_cache(maxsize=64)
def _font(bold: bool, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(documents.BOLD if bold else documents.REGULAR, pixels)


def _fitting(text: str, width: float, size: float) -> float:
    """The size in mm at which a text of full-width characters stays within a width."""
    return min(size, width / max(len(text), 1))


def _code_image(serial: int, dpi: int) -> Image.Image:
    """The QR code with its quiet zone, every module the same whole number of pixels."""
    pixels = np.kron(_modules(serial), np.ones((_module(dpi), _module(dpi)), np.uint8))
    return Image.fromarray(np.where(pixels, 0, PAPER).astype(np.uint8))


def _modules(serial: int) -> NDArray[np.uint8]:
    """29 × 29 modules, 1 is dark: version 1 and its quiet zone."""
    code = segno.make(serials.qr_text(serial), version=1, error="q", micro=False)
    return np.pad(np.array(code.matrix, np.uint8), QUIET)


def _module(dpi: int) -> int:
    """The side of a module in whole pixels."""
    left, _, right, _ = layout.QR.pixels(dpi)
    return (right - left) // (21 + 2 * QUIET)


def _code_corner(dpi: int) -> tuple[int, int]:
    """Where the code's upper left pixel lies, so that it stands in the middle of its box."""
    left, top, right, bottom = layout.QR.pixels(dpi)
    side = _module(dpi) * (21 + 2 * QUIET)
    return left + (right - left - side) // 2, top + (bottom - top - side) // 2


def _year_words(fiscal_year: int) -> str:
    return FiscalYear(fiscal_year).label


def _period(voucher: VoucherFace) -> str:
    """The first and the last day on which it is good."""
    return f"{era.long(voucher.valid_from)}から{era.long(voucher.valid_until - timedelta(days=1))}まで"
