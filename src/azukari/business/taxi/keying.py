"""Typing the four items from a voucher's picture, and counting bundles of paper: the contractor's flow is entered.

What was presented stays as it is; what was typed stands beside it, with who typed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from azukari.business.taxi.forms import ITEMS, Entry
from azukari.business.taxi.models import Keyed, KeyedSeen, PaperMove, PaperMoveSeen, VoucherSeen, WardVoucherSeen
from azukari.business.taxi.types import Bundle, PaperWay, State

Row = TypeVar("Row", VoucherSeen, WardVoucherSeen)


@dataclass(frozen=True, slots=True)
class Shown(Generic[Row]):
    """A voucher as a list shows it: what was typed stands in for what was presented blank."""

    row: Row
    keyed: KeyedSeen | None

    @property
    def name(self) -> str:
        """氏名; "" when it stands nowhere."""
        return self.row.name or (self.keyed.name if self.keyed else "")

    @property
    def used_on(self) -> date | None:
        """タクシー利用日."""
        return self.row.used_on or (self.keyed.used_on if self.keyed else None)

    @property
    def fare(self) -> int | None:
        """タクシー代金 in yen."""
        return self.keyed.fare if self.row.fare is None and self.keyed else self.row.fare

    @property
    def certificate_number(self) -> str:
        """福祉タクシー券等認定番号; "" when it stands nowhere."""
        return self.row.certificate_number or (self.keyed.certificate_number if self.keyed else "")

    @property
    def can_be_keyed(self) -> bool:
        """It came as a picture alone."""
        return bool(self.row.image) and not any(getattr(self.row, item) for item in ITEMS)


def shown(rows: Sequence[Row]) -> list[Shown[Row]]:
    """The rows, each with what was typed for it."""
    typed = keyed(row.pk for row in rows if row.image)
    return [Shown(row, typed.get(row.pk)) for row in rows]


def keyed(vouchers: Iterable[int]) -> dict[int, KeyedSeen]:
    """What was typed for these vouchers, by voucher."""
    found = _typed().filter(voucher_id__in=list(vouchers))
    return {one.voucher_id: one for one in found}


def numbered(number: str) -> list[int]:
    """Vouchers for which this certificate number was typed."""
    return list(KeyedSeen.objects.filter(certificate_number=number).values_list("voucher_id", flat=True))


def _typed() -> QuerySet[KeyedSeen]:
    """The contractor's name is in the table for the walls alone, and no flow reads it."""
    return KeyedSeen.objects.defer("contractor")


def _pictured(batch: int) -> QuerySet[VoucherSeen]:
    """The batch's vouchers of which nothing but a picture came."""
    blank = {"name": "", "used_on": None, "fare": None, "certificate_number": ""}
    return VoucherSeen.objects.filter(batch_id=batch, **blank).exclude(image="")


def waiting(batch: int) -> QuerySet[VoucherSeen]:
    """Those nobody has typed yet, in order. One passed to the ward as unreadable waits no longer."""
    typed = KeyedSeen.objects.filter(voucher_id=OuterRef("pk"))
    return _pictured(batch).exclude(state=State.QUERIED.value).filter(~Exists(typed)).order_by("sequence")


def next_after(batch: int, sequence: int) -> VoucherSeen | None:
    """The next to type after a sequence; None at the end."""
    return waiting(batch).filter(sequence__gt=sequence).first()


def voucher(batch: int, key: int) -> VoucherSeen | None:
    """One of which only a picture came, typed or not; None when it is not there, or not this contractor's."""
    return _pictured(batch).filter(pk=key).first()


def save(row: VoucherSeen, contractor: str, entry: Entry, *, by: str, known: int | None) -> KeyedSeen | None:
    """Keep what was typed. Answers what somebody else typed first, and keeps nothing then; None when it was kept.

    `known` is the earlier typing that was on the screen and is put right.
    """
    values = {name: getattr(entry, name) for name in ITEMS}
    if known is not None:
        Keyed.objects.filter(pk=known, voucher_id=row.pk).update(**values, by=by)
        return None
    try:
        with transaction.atomic():
            Keyed.objects.create(voucher_id=row.pk, contractor=contractor, **values, by=by)
    except IntegrityError:
        return _typed().get(voucher_id=row.pk)
    return None


def entry_of(typed: KeyedSeen) -> Entry:
    """The four items of it."""
    return Entry(**{name: getattr(typed, name) for name in ITEMS})


def moves(batch: int) -> dict[PaperWay, PaperMoveSeen]:
    """How the bundle of paper went, by way."""
    return {PaperWay(move.way): move for move in PaperMoveSeen.objects.filter(batch_id=batch)}


def moved(bundle: Bundle, way: PaperWay, counted: int, on: date, *, by: str, was: int | None) -> bool:
    """Record a count of the bundle in 枚; `was` is the count that a recount replaces. False when somebody else was first."""
    values = {"counted": counted, "on": on, "by": by}
    if was is not None:
        return bool(PaperMove.objects.filter(batch_id=bundle.id, way=way.value, counted=was).update(**values))
    try:
        with transaction.atomic():
            PaperMove.objects.create(batch_id=bundle.id, contractor=bundle.contractor, way=way.value, **values)
    except IntegrityError:
        return False
    return True


def differs(counts: Mapping[PaperWay, PaperMoveSeen], total: int) -> list[PaperWay]:
    """The ways on which another number was counted than the system has."""
    return [way for way, move in counts.items() if move.counted != total]
