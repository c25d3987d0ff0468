"""Printing the vouchers of a fiscal year from the register, holder by holder (諮問815 §2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils import timezone

from azukari.business.taxi import printing, serials
from azukari.business.taxi.models import Booklet
from azukari.business.taxi.receiving import Progress, silent
from azukari.business.taxi.rows import OWNER
from azukari.business.taxi.types import WARD_ENTRY, Kind
from azukari.core.audit import api as audit
from azukari.kernel.errors import NotFound

PRINTED = ("福祉タクシー券等認定番号", "券種", "券面額", "有効期限", "券の番号")


def print_year(
    fiscal_year: int, out: Path, *, number: str | None = None, by: str, progress: Progress = silent
) -> tuple[int, list[Path]]:
    """Print all vouchers of a fiscal year, or of one certificate number: how many (枚), and the files.

    A booklet's vouchers follow one another, a holder's booklets too. Run again, it makes only the files that are missing.
    Raises NotFound when no booklet fits.
    """
    rows = Booklet.objects.using(OWNER).filter(fiscal_year=fiscal_year)
    rows = rows.filter(number=number) if number else rows
    booklets = list(rows.order_by("number", "kind", "-face", "first"))
    if not booklets:
        raise NotFound(
            f"{fiscal_year}年度の冊がありません。",
            "台帳に、印刷する券がありません。",
            "年度と認定番号を確かめてください。",
        )
    items = [item for booklet in booklets for item in _items(booklet)]
    files = printing.print_vouchers(
        items,
        out,
        made_on=timezone.localdate(),
        progress=lambda done, total: progress("券を印刷", done, total),
    )
    audit.record(
        "export",
        actor=by,
        flow=WARD_ENTRY,
        items=PRINTED,
        subjects=sorted({booklet.person_id for booklet in booklets}),
        medium="文書",
        detail={"year": fiscal_year, "vouchers": len(items)},
        using=OWNER,
    )
    return len(items), files


def _items(booklet: Booklet) -> Iterator[dict[str, Any]]:
    for payload in range(booklet.first, booklet.last + 1):
        face = printing.VoucherFace(
            serials.checked(payload),
            Kind(booklet.kind),
            booklet.face,
            booklet.fiscal_year,
            booklet.number,
            booklet.valid_from,
            booklet.valid_until,
        )
        yield printing.item_of(face)
