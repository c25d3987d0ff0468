"""Where there is room for this child: the month, then the day by half-hours."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from azukari.business.hotstay import api as hotstay
from azukari.business.hotstay.public import stays
from azukari.business.hotstay.public.views.family import Request, children_of, family, page
from azukari.business.hotstay.types import State

MONTHS_AHEAD = 6
USUAL_LENGTH = 4


@require_safe
@family
def month(request: Request) -> HttpResponse:
    """A month as a grid. With `move` the days are for another time of that booking."""
    desk = stays.desk_of(request.guest.child)
    children = children_of(request, desk)
    child, today = stays.chosen(request.GET, children, request.guest.child), timezone.localdate(desk.now)
    first = max(stays.month_of(request.GET.get("month", ""), today), today.replace(day=1))
    booked = frozenset(one.span.day for one in hotstay.bookings(desk, [child.key], first) if one.state is State.BOOKED)
    after = stays.next_month(first)
    context = {
        "child": child,
        "children": list(children.values()),
        "first": first,
        "weeks": stays.weeks(hotstay.availability(desk, child.key, first), booked, today),
        "before": (first.replace(day=1) - date.resolution).replace(day=1) if first > today else None,
        "after": after if (after.year - today.year) * 12 + after.month - today.month <= MONTHS_AHEAD else None,
        "legend": stays.LEGEND,
        "move": _moved(request),
    }
    return page(request, "hotstay_public/month.html", context, here="days")


@require_safe
@family
def one_day(request: Request, day: str) -> HttpResponse:
    """A day's half-hours, and the choice of a time."""
    desk = stays.desk_of(request.guest.child)
    children = children_of(request, desk)
    child, on = stays.chosen(request.GET, children, request.guest.child), _day(day)
    card = next(one for one in hotstay.availability(desk, child.key, on.replace(day=1)) if one.day == on)
    own = stays.own_slots(hotstay.bookings(desk, [child.key], on), on)
    start, end = stays.usual(card, own, USUAL_LENGTH)
    context = {
        "child": child,
        "children": list(children.values()),
        "day": on,
        "words": stays.day_words(on),
        "card": card,
        "rows": stays.rows(card, own),
        "starts": stays.starts(card),
        "ends": stays.ends(card),
        "start": start,
        "end": end,
        "legend": stays.LEGEND,
        "move": _moved(request),
    }
    return page(request, "hotstay_public/day.html", context, here="days")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error


def _moved(request: Request) -> str:
    """The booking that is to be moved, as it stands in the address; whose it is, is asked when it is moved."""
    wanted = request.GET.get("move", "")
    return wanted if wanted.isascii() and wanted.isdigit() else ""
