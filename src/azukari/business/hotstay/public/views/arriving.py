"""The parent at the door: the code displayed at the station is read, and coming or going is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from azukari.business.hotstay import api as hotstay
from azukari.business.hotstay.public import stays
from azukari.business.hotstay.public.stays import Child, Stay
from azukari.business.hotstay.public.views.family import Request, children_of, family, page
from azukari.business.hotstay.types import Desk, State

PAGE = "hotstay_public/arrive.html"
# Who taps 来所 twice would hit お迎え, which then stands at the same spot.
SETTLED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class AtDoor:
    """A stay of today and what may be recorded next: "come", "go", or nothing for now."""

    stay: Stay
    what: str


@require_http_methods(["GET", "HEAD", "POST"])
@family
def arrive(request: Request, code: str) -> HttpResponse:
    """Today's stays, each with the button that is next: 来所, then, after a while, お迎え. Pressed twice it stays as it was."""
    desk = stays.desk_of(request.guest.child)
    children = children_of(request, desk)
    today = _today(desk, children)
    if request.method == "POST":
        return _pressed(request, desk, today, code)
    here = hotstay.at_door(desk, children[request.guest.child].card.station, request.guest.child, code)
    context = {
        "today": [AtDoor(one, _next(one, desk)) for one in today if here],
        "here": here,
        "missed": "missed" in request.GET,
    }
    return page(request, PAGE, context, status=200 if here else 410)


def _pressed(request: Request, desk: Desk, today: list[Stay], code: str) -> HttpResponse:
    booking = request.POST.get("booking", "")
    stay = next((one for one in today if str(one.card.id) == booking), None)
    what = request.POST.get("what")
    if stay is None or what not in {"come", "go"}:
        raise Http404
    if what != _next(stay, desk):
        return redirect(request.path)
    done = (hotstay.arrive if what == "come" else hotstay.depart)(desk, stay.card.id, code)
    return redirect(request.path if done else f"{request.path}?missed=1")


def _next(stay: Stay, desk: Desk) -> str:
    card = stay.card
    if card.arrived is None:
        return "come"
    return "go" if card.left is None and desk.now - card.arrived >= SETTLED else ""


def _today(desk: Desk, children: dict[int, Child]) -> list[Stay]:
    day = timezone.localdate(desk.now)
    found = hotstay.bookings(desk, children, day)
    return stays.stays([one for one in found if one.span.day == day and one.state is State.BOOKED], children)
