"""The papers of the business: vouchers, the notice of differences, the list of payments; and pictures of vouchers.

Every paper has a fixed form; what people are called and what they wrote goes in as data and is never read as a form.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from PIL import Image

from azukari.business.taxi import layout, slips
from azukari.business.taxi.slips import WARD, Entries, VoucherFace, slip_image
from azukari.business.taxi.types import Kind
from azukari.core.documents import api as documents
from azukari.kernel import era
from azukari.kernel.money import yen

__all__ = [
    "Entries",
    "Notice",
    "NoticeLine",
    "PaymentRow",
    "PaymentSheet",
    "Unpaid",
    "VoucherFace",
    "booklet_pages",
    "item_of",
    "notice",
    "payment_list",
    "print_vouchers",
    "sheets",
    "slip_image",
]

TEMPLATES: Final = Path(__file__).with_name("templates") / "typst"
JAPAN: Final = timezone(timedelta(hours=9))
A_PAGE: Final = 4  # slips on a sheet of A4
# Holders in one file: some 230 sheets, so that a killed run loses seconds.
A_FILE: Final = 4
PICTURE_WIDTH: Final = 720  # pixels; 200 dots per inch in a card of the notice


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


def booklet_pages(vouchers: Sequence[VoucherFace], made_on: date) -> bytes:
    """The vouchers of one holder to be cut out, four on a sheet of A4, as PDF/A. `made_on` stands in the file.

    The sheets are cut as one stack: the four piles, laid on one another from the upper left on, are in the order given.
    Raises ValueError without a voucher, BadInput for a 認定番号 that cannot be printed.
    """
    if not vouchers:
        raise ValueError("印刷する券がありません。")
    items = [item_of(one) for one in vouchers]
    return documents.render(TEMPLATES / "slips.typ", sheets([items]), created=_moment(made_on), tagged=False)


def print_vouchers(
    items: Sequence[dict[str, Any]],
    out: Path,
    *,
    made_on: date,
    progress: documents.Progress,
    processes: int | None = None,
) -> list[Path]:
    """A year's vouchers in files of `A_FILE` holders each, each holder on sheets of their own as in `booklet_pages`.

    `items` as `item_of` makes them, those of a holder together. `progress` is told holders. Goes on where a killed run
    was; see `render_many`.
    """
    holders = [list(own) for _, own in groupby(items, itemgetter("holder"))]
    return documents.render_many(
        TEMPLATES / "slips.typ",
        holders,
        sheets,
        out,
        chunk=A_FILE,
        created=_moment(made_on),
        processes=processes,
        tagged=False,
        progress=progress,
    )


def item_of(voucher: VoucherFace) -> dict[str, Any]:
    """A voucher as plain values; its words are set and its code is drawn where the page is made."""
    return {
        "serial": voucher.serial,
        "kind": voucher.kind.value,
        "face": voucher.face,
        "year": voucher.fiscal_year,
        "holder": voucher.holder_number,
        "days": (voucher.valid_from.toordinal(), voucher.valid_until.toordinal()),
    }


def sheets(holders: Sequence[Sequence[dict[str, Any]]]) -> dict[str, Any]:
    """The data of `slips.typ`: for each holder the vouchers of `item_of`, on sheets to be cut as one stack."""
    vouchers = [[_voucher_of(item) for item in items] for items in holders]
    sorts = sorted({_sort(one) for own in vouchers for one in own})
    return {
        "title": f"{WARD} 福祉タクシー券等",
        "ward": WARD,
        "rows": A_PAGE,
        "slip": layout.SLIP,
        "qr": layout.QR,
        "frames": slips.FRAMES,
        "papers": [list(slips.common_words(*sort)) for sort in sorts],
        "sheets": [sheet for own in vouchers for sheet in _stack(own, sorts)],
    }


def _voucher_of(item: dict[str, Any]) -> VoucherFace:
    since, until = (date.fromordinal(day) for day in item["days"])
    return VoucherFace(item["serial"], Kind(item["kind"]), item["face"], item["year"], item["holder"], since, until)


def _sort(voucher: VoucherFace) -> tuple[Kind, int, int]:
    return voucher.kind, voucher.face, voucher.fiscal_year


def _stack(vouchers: Sequence[VoucherFace], sorts: Sequence[tuple[Kind, int, int]]) -> Iterator[dict[str, Any]]:
    """The sheets of one holder: the first voucher of every pile on the first, the second ones on the second."""
    height = -(-len(vouchers) // A_PAGE)
    for nth in range(height):
        label = f"認定番号 {vouchers[0].holder_number}　{nth + 1} / {height} 枚目"
        yield {"label": label, "slips": [_slip(one, sorts.index(_sort(one))) for one in vouchers[nth::height]]}


def _slip(voucher: VoucherFace, paper: int) -> dict[str, Any]:
    code = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in slips.runs(slips.modules(voucher.serial)))
    return {"paper": paper, "words": list(slips.own_words(voucher)), "code": code}


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
