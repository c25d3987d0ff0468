"""The waiting list: several days and several children together, all of them or nothing."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from azukari.business.hotstay import api as hotstay
from azukari.business.hotstay.public import stays
from azukari.business.hotstay.public.views.family import Request, children_of, family, page
from azukari.business.hotstay.types import Desk, Refusal, Waiting, Wish, clock
from azukari.kernel.errors import BadInput

ROWS = 3
LIST = "hotstay_public:waiting"


@require_safe
@family
def everything(request: Request) -> HttpResponse:
    """The groups that wait, with their turn."""
    desk = stays.desk_of(request.guest.child)
    children = children_of(request, desk)
    context = {
        "waits": stays.waits(desk, children),
        "begun": "begun" in request.GET,
        "left": "left" in request.GET,
        "placed": "placed" in request.GET,
    }
    return page(request, "hotstay_public/waiting.html", context, here="waiting")


@require_http_methods(["GET", "HEAD", "POST"])
@family
def wait(request: Request) -> HttpResponse:
    """Up to three days for the ticked children; then wait for all of it together."""
    desk = stays.desk_of(request.guest.child)
    children = children_of(request, desk)
    if request.method != "POST":
        return _form(request, desk, children)
    wanted = stays.all_chosen(request.POST, children, request.guest.child)
    try:
        wishes = [
            Wish(one.key, stays.span_of(request.POST, str(row)))
            for row in range(ROWS)
            if request.POST.get(f"day{row}")
            for one in wanted
        ]
        if not wishes:
            raise BadInput("日にちが選ばれていません。", "一つもありません。", "日にちを選んでください。")
        found = hotstay.wait(desk, wishes, _submit(request))
    except BadInput as fault:
        return _form(request, desk, children, fault=fault)
    if isinstance(found, Refusal):
        return _form(request, desk, children, refusal=found)
    return redirect(f"{reverse(LIST)}?{'placed' if found.state is Waiting.PLACED else 'begun'}=1")


@require_POST
@family
def leave(request: Request, group: int) -> HttpResponse:
    """Wait no longer."""
    desk = stays.desk_of(request.guest.child)
    if not hotstay.leave_waiting(desk, group):
        raise Http404
    return redirect(f"{reverse(LIST)}?left=1")


def _form(
    request: Request,
    desk: Desk,
    children: dict[int, stays.Child],
    *,
    fault: BadInput | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    today = timezone.localdate(desk.now)
    terms = hotstay.terms(desk, children[request.guest.child].card.station, _first_day(given.get("day", ""), today))
    ticked = {one.key for one in stays.all_chosen(given, children, request.guest.child)}
    rows = [
        {
            "number": row,
            "title": f"{row + 1}日目",
            "day": given.get(f"day{row}", given.get("day", "") if row == 0 else ""),
            "start": given.get(f"start{row}", given.get("start", "")),
            "end": given.get(f"end{row}", given.get("end", str(terms.opens + 4))),
        }
        for row in range(ROWS)
    ]
    context = {
        "rows": rows,
        "today": today,
        "starts": [(str(slot), clock(slot)) for slot in range(terms.opens, terms.closes)],
        "ends": [(str(slot), clock(slot)) for slot in range(terms.opens + 1, terms.closes + 1)],
        "children": [(one, one.key in ticked) for one in children.values()],
        "submit": given.get("submit") or uuid4(),
        "fault": fault,
        "refusal": refusal,
    }
    return page(request, "hotstay_public/wait.html", context, here="waiting", status=422 if fault or refusal else 200)


def _first_day(text: str, today: date) -> date:
    try:
        return max(date.fromisoformat(text), today)
    except ValueError:
        return today


def _submit(request: Request) -> UUID:
    try:
        return UUID(request.POST.get("submit", ""))
    except ValueError as error:
        raise Http404 from error
