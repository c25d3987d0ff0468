"""One certificate number's part of the register, and writing to it, within r-taxi, which the page has entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet

from azukari.business.taxi import serials
from azukari.business.taxi import service as reading
from azukari.business.taxi.applying.declared import results_told
from azukari.business.taxi.applying.plans import Book, Cert, Event, NewBook, Plan, Use
from azukari.business.taxi.applying.service import is_held
from azukari.business.taxi.models import (
    ApplicationSeen,
    Booklet,
    BookletSeen,
    Certificate,
    CertificateSeen,
    VoucherEvent,
    VoucherEventSeen,
    WardVoucherSeen,
)
from azukari.business.taxi.types import EventKind, Kind, StopReason
from azukari.kernel.errors import BadInput, Refused

ORDER = {kind.value: place for place, kind in enumerate(Kind)}
APPLICATIONS, BOOKLETS, EVENTS = "taxi_application", "taxi_booklet", "taxi_voucherevent"


@dataclass(frozen=True, slots=True)
class Holding:
    """Everything under one certificate number. `vouchers` are the latest presented, `uses` all that booklets know of."""

    number: str
    certificates: Sequence[CertificateSeen]
    booklets: Sequence[BookletSeen]
    events: Sequence[VoucherEventSeen]
    applications: Sequence[ApplicationSeen]
    vouchers: Sequence[WardVoucherSeen]

    def held(self, on: date) -> list[Cert]:
        """The certificates in force on a day."""
        return [Cert(row.pk, Kind(row.kind), row.since) for row in self.certificates if is_held(row, on)]

    def stoppable(self) -> list[Cert]:
        """The certificates nobody has stopped yet."""
        return [Cert(row.pk, Kind(row.kind), row.since) for row in self.certificates if row.stopped_on is None]

    @property
    def decided(self) -> list[tuple[date, str, date | None]]:
        """The applications: the day, the results in words, the day of the decision."""
        return [(row.applied_on, results_told(row.results), row.decided_on) for row in self.applications]

    @property
    def books(self) -> list[Book]:
        """The booklets in plain words, those of the latest fiscal year first."""
        return [_book(row) for row in self.booklets]

    @property
    def reported(self) -> list[Event]:
        """What was reported of its vouchers."""
        return [Event(row.payload, EventKind(row.kind), row.on) for row in self.events]

    def book_of(self, payload: int) -> Book | None:
        """The booklet in which a voucher is; None when it belongs to somebody else, or to nobody."""
        return next((book for book in self.books if payload in book), None)


def read(number: str) -> Holding:
    """The register under a certificate number; without certificates when there is none of it."""
    booklets = list(BookletSeen.objects.filter(number=number).order_by("-fiscal_year", "-face", "first"))
    booklets.sort(key=lambda row: (-row.fiscal_year, ORDER[row.kind]))
    events = list(_within(booklets).order_by("payload", "pk")) if booklets else []
    return Holding(
        number,
        sorted(reading.certificates(number), key=lambda row: (row.since, ORDER[row.kind])),
        booklets,
        events,
        list(ApplicationSeen.objects.filter(number=number).order_by("-applied_on", "-pk")),
        reading.presented_with(number),
    )


def _within(booklets: Sequence[BookletSeen]) -> QuerySet[VoucherEventSeen]:
    spans = (Q(payload__gte=row.first, payload__lte=row.last) for row in booklets)
    return VoucherEventSeen.objects.filter(reduce(or_, spans))


def _book(row: BookletSeen) -> Book:
    return Book(row.pk, row.fiscal_year, Kind(row.kind), row.face, row.first, row.last, row.valid_from, row.valid_until)


def uses(book: Book) -> list[Use]:
    """The vouchers of a booklet that companies have presented."""
    between = (serials.checked(book.first), serials.checked(book.last))
    found = WardVoucherSeen.objects.filter(serial__gte=between[0], serial__lte=between[1]).order_by("serial", "pk")
    return [Use(serials.payload(serial), day) for serial, day in found.values_list("serial", "used_on") if serial]


def days_of_use(number: str) -> list[date]:
    """The days on which vouchers with this certificate number were used, as far as they are presented."""
    found = WardVoucherSeen.objects.filter(certificate_number=number, used_on__isnull=False).order_by("used_on", "pk")
    return [day for day in found.values_list("used_on", flat=True) if day]


@dataclass(frozen=True, slots=True)
class Wrote:
    """The keys of what was written, by table."""

    certificates: Sequence[int] = ()
    booklets: Sequence[int] = ()
    events: Sequence[int] = ()


def stop(holding: Holding, plan: Plan, reason: StopReason, on: date) -> Wrote:
    """Stop the plan's certificates. Raises Refused when somebody stopped one of them in between."""
    rows = CertificateSeen.objects.filter(number=holding.number, pk__in=plan.stops, stopped_on=None)
    if rows.update(stopped_on=on, stop_reason=reason.value) != len(plan.stops):
        raise Refused("この認定は、先に停止されています。", "停止は一度だけです。", "台帳を開き直してください。")
    return Wrote(certificates=plan.stops)


def write(holding: Holding, plan: Plan, kind: EventKind | None, on: date) -> Wrote:
    """The plan's reports and booklets, all or nothing. Raises Refused when the same was written in between."""
    person = Certificate.objects.filter(number=holding.number).order_by("pk").values_list("person_id", flat=True)[0]
    said = kind.value if kind else ""  # a plan without a report has no events
    events = [VoucherEvent(payload=one, person_id=person, kind=said, on=on) for one in plan.events]
    try:
        with transaction.atomic():
            written = VoucherEvent.objects.bulk_create(events)
            booklets = [_new(holding.number, person, book, on) for book in plan.books]
    except IntegrityError as error:
        raise Refused(
            "同じ届けが、先に書かれています。",
            "一枚の券に、同じ届けは一度だけです。",
            "台帳を開き直してください。",
        ) from error
    return Wrote(booklets=booklets, events=[row.pk for row in written])


def _new(number: str, person: int, book: NewBook, on: date) -> int:
    first = _next(book)
    return Booklet.objects.create(
        fiscal_year=book.fiscal_year,
        person_id=person,
        number=number,
        kind=book.kind.value,
        face=book.face,
        first=first,
        last=first + book.sheets - 1,
        valid_from=book.valid_from,
        valid_until=book.valid_until,
        issued_on=on,
    ).pk


def _next(book: NewBook) -> int:
    """The first free number of the fiscal year and kind. Raises BadInput when so many are not left."""
    lowest = serials.payload(serials.serial(book.fiscal_year, book.kind, 1))
    highest = lowest + serials.LAST_RUNNING - 1
    taken = BookletSeen.objects.filter(first__gte=lowest, first__lte=highest).aggregate(last=Max("last"))["last"]
    first = lowest if taken is None else int(taken) + 1
    if first + book.sheets - 1 > highest:
        raise BadInput(
            "券の番号が足りません。",
            f"一つの年度と券種に、番号は{serials.LAST_RUNNING:,}までです。",
            "システムの担当に伝えてください。",
        )
    return first
