"""A stay is confirmed, booked, looked at, changed and given back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from azukari.business.hotstay import api as hotstay
from azukari.business.hotstay import desk as at
from azukari.business.hotstay import service
from azukari.business.hotstay.public import stays
from azukari.business.hotstay.public.stays import Child
from azukari.business.hotstay.public.views.family import Request, children_of, family, page
from azukari.business.hotstay.types import Desk, Refusal, Span, State, Wish

REFUSED = "hotstay_public/refused.html"
STAY = "hotstay_public:stay"


@require_safe
@family
def confirm(request: Request) -> HttpResponse:
    """The stay with its fee, and the button that books it; or at once why it cannot be had.

    The number of the submit stands in the address, so that who comes back here after booking is led to the booking.
    """
    if not request.GET.get("submit"):
        return redirect(f"{request.path}?{request.GET.urlencode()}&submit={uuid4()}")
    desk, submit = stays.desk_of(request.guest.child), _submit(request.GET)
    children = children_of(request, desk)
    span, wanted = stays.span_of(request.GET), stays.all_chosen(request.GET, children, request.guest.child)
    wishes = [Wish(one.key, span) for one in wanted]
    asked = service.look(desk, wishes, submit)
    if asked.answered:
        return redirect("hotstay_public:done", submit=submit)
    refusal = service.refusal_of(desk, wishes, asked)
    if refusal:
        return _refused(request, refusal, span, [one.key for one in wanted])
    context = _shown(span, wanted) | {
        "submit": submit,
        "others": [one for one in children.values() if one not in wanted],
    }
    return page(request, "hotstay_public/confirm.html", context, here="days")


@require_POST
@family
def book(request: Request) -> HttpResponse:
    """Book, once for each confirmation page: sent twice it leads to the same booking."""
    desk = replace(stays.desk_of(request.guest.child), whole=True)
    span, keys = stays.span_of(request.POST), stays.keys_chosen(request.POST, request.guest.child)
    submit = _submit(request.POST)
    outcome = hotstay.book(desk, [Wish(key, span) for key in keys], submit)
    if outcome.refusal:
        return _refused(request, outcome.refusal, span, keys)
    return redirect("hotstay_public:done", submit=submit)


@require_safe
@family
def done(request: Request, submit: UUID) -> HttpResponse:
    """What was booked by that confirmation page."""
    desk = stays.desk_of(request.guest.child)
    children = children_of(request, desk)
    made = stays.stays(at.submitted(desk, submit), children)
    if not made:
        raise Http404
    return page(request, "hotstay_public/done.html", {"made": made}, here="stays")


@require_safe
@family
def everything(request: Request) -> HttpResponse:
    """Bookings from today on, and what was given back."""
    desk = stays.desk_of(request.guest.child)
    children = children_of(request, desk)
    found = hotstay.bookings(desk, children, timezone.localdate(desk.now))
    coming = stays.coming(found, desk.now)
    context = {
        "coming": stays.stays(coming, children),
        "over": stays.stays([one for one in found if one not in coming], children),
        "several": len(children) > 1,
    }
    return page(request, "hotstay_public/stays.html", context, here="stays")


@require_safe
@family
def one(request: Request, booking: int) -> HttpResponse:
    """One booking: until when it may be changed or given back, and what it costs."""
    desk = stays.desk_of(request.guest.child)
    children = children_of(request, desk)
    return page(request, "hotstay_public/stay.html", _of(desk, booking, children), here="stays")


@require_http_methods(["GET", "HEAD", "POST"])
@family
def cancel(request: Request, booking: int) -> HttpResponse:
    """Ask once more, then give it back."""
    desk = stays.desk_of(request.guest.child)
    children = children_of(request, desk)
    context = _of(desk, booking, children)
    if request.method != "POST":
        return page(request, "hotstay_public/cancel.html", context, here="stays")
    outcome = hotstay.cancel(desk, booking)
    if outcome.refusal:
        return page(
            request, "hotstay_public/stay.html", context | {"refusal": outcome.refusal}, here="stays", status=409
        )
    return redirect(f"{reverse(STAY, args=[booking])}?cancelled=1")


@require_http_methods(["GET", "HEAD", "POST"])
@family
def change(request: Request, booking: int) -> HttpResponse:
    """The old time beside the new one, then the change; what is refused leaves the booking as it was."""
    desk = stays.desk_of(request.guest.child)
    children = children_of(request, desk)
    context = _of(desk, booking, children)
    span = stays.span_of(request.GET if request.method != "POST" else request.POST)
    child = children[context["stay"].card.child]
    if request.method != "POST":
        return page(request, "hotstay_public/change.html", context | _shown(span, [child]), here="stays")
    outcome = hotstay.change(desk, booking, span)
    if outcome.refusal:
        return _refused(request, outcome.refusal, span, [child.key], move=booking)
    return redirect(f"{reverse(STAY, args=[booking])}?changed=1")


def _of(desk: Desk, booking: int, children: dict[int, Child]) -> dict[str, Any]:
    card = at.booking(desk, booking)
    until = hotstay.cancel_until(desk, card)
    terms = hotstay.terms(desk, card.station, card.span.day)
    return {
        "stay": stays.stays([card], children)[0],
        "child": children[card.child],
        "until": until,
        "in_time": desk.now < until and card.state is State.BOOKED and card.arrived is None,
        "unconfirmed": "cancel" in terms.unconfirmed,
        "station": terms.name,
        "quotes": stays.quotes([children[card.child]], card.span),
        "refusal": None,
    }


def _shown(span: Span, wanted: Sequence[Child]) -> dict[str, Any]:
    quotes = stays.quotes(wanted, span)
    return {
        "span": span,
        "when": stays.day_words(span.day),
        "time": stays.time_words(span),
        "wanted": wanted,
        "quotes": quotes,
        "due": sum(one.fee.due for one in quotes),
        "confirmed": all(one.fee.confirmed for one in quotes),
    }


def _submit(given: Mapping[str, str]) -> UUID:
    try:
        return UUID(given.get("submit", ""))
    except ValueError as error:
        raise Http404 from error


def _refused(
    request: Request, refusal: Refusal, span: Span, children: Sequence[int], *, move: int | None = None
) -> HttpResponse:
    """Why not, the nearest time that fits, and the waiting list where a place may become free."""
    keys = [("child", key) for key in children]
    context = {
        "refusal": refusal,
        "when": stays.day_words(span.day),
        "time": stays.time_words(span),
        "nearest": refusal.nearest,
        "nearest_words": _words(refusal.nearest) if refusal.nearest else "",
        "nearest_url": _url(refusal.nearest, keys, move) if refusal.nearest else "",
        "wait_url": _wait_url(span, keys) if refusal.rule in stays.OF_PLACES and move is None else "",
        "days_url": f"{reverse('hotstay_public:day', args=[span.day.isoformat()])}?{urlencode(keys[:1])}",
    }
    return page(request, REFUSED, context, here="days", status=409)


def _words(span: Span) -> str:
    return f"{stays.day_words(span.day)} {stays.time_words(span)}"


def _query(span: Span, keys: list[tuple[str, int]]) -> str:
    return urlencode([("day", span.day.isoformat()), ("start", span.start), ("end", span.end), *keys])


def _url(span: Span, keys: list[tuple[str, int]], move: int | None) -> str:
    to = reverse("hotstay_public:change", args=[move]) if move else reverse("hotstay_public:confirm")
    return f"{to}?{_query(span, keys)}"


def _wait_url(span: Span, keys: list[tuple[str, int]]) -> str:
    return f"{reverse('hotstay_public:wait')}?{_query(span, keys)}"
