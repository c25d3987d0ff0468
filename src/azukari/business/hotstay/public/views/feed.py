"""The calendar feed: when, and nothing else. Its address is the secret."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from azukari.business.hotstay import api as hotstay
from azukari.business.hotstay.public import signin, stays
from azukari.business.hotstay.rules.windows import moment
from azukari.business.hotstay.types import BookingCard, State

TITLE = "予定"
BACK = timedelta(days=31)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001 (Django's signature)
    """ICalendar (RFC 5545). An address that is none looks like any page that is not there."""
    with transaction.atomic():
        child = signin.follow_feed(token) if token.isascii() and token.isprintable() else None
        if child is None:
            raise Http404
        desk = stays.desk_of(child)
        found = hotstay.bookings(desk, [child], timezone.localdate(desk.now) - BACK)
    text = "".join(f"{line}\r\n" for line in calendar([one for one in found if one.state is State.BOOKED], desk.now))
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")


def calendar(cards: list[BookingCard], now: datetime) -> Iterator[str]:
    """The lines of the calendar, each below 75 octets."""
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//azukari//JA", "METHOD:PUBLISH", f"X-WR-CALNAME:{TITLE}")
    for card in cards:
        first, last = (moment(card.span.day, at * 30 % 1440) for at in (card.span.start, card.span.end))
        if card.span.end == 48:
            last += timedelta(days=1)
        yield from (
            "BEGIN:VEVENT",
            f"UID:{sha256(f'{settings.SECRET_KEY}{card.id}'.encode()).hexdigest()[:32]}",
            f"DTSTAMP:{_utc(now)}",
            f"DTSTART:{_utc(first)}",
            f"DTEND:{_utc(last)}",
            f"SUMMARY:{TITLE}",
            "CLASS:PRIVATE",
            "TRANSP:OPAQUE",
            "END:VEVENT",
        )
    yield "END:VCALENDAR"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
