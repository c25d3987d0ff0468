"""The first page of a family."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from azukari.business.hotstay import api as hotstay
from azukari.business.hotstay.public import stays
from azukari.business.hotstay.public.views.family import Request, children_of, family, page

SHOWN = 3


@require_safe
@family
def home(request: Request) -> HttpResponse:
    """The next stays, and one large button."""
    desk = stays.desk_of(request.guest.child)
    children = children_of(request, desk)
    today = timezone.localdate(desk.now)
    coming = stays.stays(stays.coming(hotstay.bookings(desk, children, today), desk.now), children)
    context = {
        "coming": coming[:SHOWN],
        "more": max(0, len(coming) - SHOWN),
        "waits": len(stays.waits(desk, children)),
        "children": list(children.values()),
        "station": hotstay.terms(desk, children[request.guest.child].card.station, today).name,
        "may_book": children[request.guest.child].card.may_book,
        "password_set": "password" in request.GET,
    }
    return page(request, "hotstay_public/home.html", context)
