"""The station's screens: the day, coming and going, bookings at the counter and on the telephone, waiting, roster.

Under flow 814-2, but for the telephone numbers, which are of 814-1. Each contractor sees its own station.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from azukari.business.hotstay import changing, service, sheets, stations
from azukari.business.hotstay import desk as at
from azukari.business.hotstay.forms import BookForm, DayForm, RosterForm
from azukari.business.hotstay.models import ChildSeen
from azukari.business.hotstay.types import (
    CHILD_FLOW,
    CHILDREN,
    GUARDIAN_FLOW,
    GUARDIANS,
    Channel,
    Desk,
    Outcome,
    Refusal,
    Span,
    StationCard,
    Wish,
)
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, requires
from azukari.kernel.errors import BadInput, Busy, NotFound
from azukari.web.api import Link, page

HOME = "ほっとステイ"
# A code holds for five to ten minutes; the page shows a new one before.
CODE_SECONDS = 240
NAME = ("氏名",)
staff_only = requires("operator", "responsible")


@dataclass(frozen=True, slots=True)
class Here:
    """Who works at which station, through the door that is open."""

    door: access.Door
    desk: Desk
    station: StationCard


def here(door: access.Door, channel: Channel = Channel.COUNTER) -> Here:
    """The station of the contractor that the door was opened for. Absent for a contractor without one."""
    station = next((one for one in stations.known() if one.contractor == door.actor.contractor), None)
    if station is None:
        raise Http404
    return Here(door, Desk(channel, timezone.now(), door.actor, door.place), station)


def day_in(request: Request) -> date:
    """The day asked for; today when none is, or none that could be."""
    form = DayForm(request.GET)
    return form.cleaned_data["day"] if form.is_valid() else timezone.localdate()


def crumbs(title: str, *between: Link) -> tuple[Link, ...]:
    """The way from the day sheet to this page."""
    return (Link(HOME, reverse("hotstay:day")), *between, Link(title, ""))


@require_GET
@staff_only
def day(request: Request) -> HttpResponse:
    """The day sheet: who comes when, what to be careful about, whom to call, and what no longer fits."""
    chosen = day_in(request)
    with access.under(request, CHILD_FLOW) as door:
        this = here(door)
        try:
            sheet = sheets.day_sheet(this.desk, this.station, chosen)
        except NotFound as error:
            raise Http404 from error
        waiting = len(sheets.waiting(this.station))
        door.saw(CHILDREN, [line.child.pk for line in sheet.lines], sheets.SHEET_ITEMS)
    phones = _phones(request, {line.child.family_id for line in sheet.lines})
    names = {line.booking.pk: line for line in sheet.lines}
    context = {
        "station": this.station,
        "sheet": sheet,
        "phones": phones,
        "waiting": waiting,
        "call": [(one, names[one.booking.id]) for one in sheet.unfit if one.booking.id in names],
        "today": timezone.localdate(),
        "before": chosen - timedelta(days=1),
        "after": chosen + timedelta(days=1),
    }
    return page(request, "hotstay/day.html", context, crumbs=(Link(HOME, ""),))


def _phones(request: Request, families: set[int]) -> dict[int, Any]:
    """Whom to call, under the other flow: telephone numbers are items of the guardians."""
    if not families:
        return {}
    with access.under(request, GUARDIAN_FLOW) as door:
        found = sheets.phones(families)
        door.saw(GUARDIANS, [row.pk for row in found.values()], sheets.PHONE_ITEMS)
    return found


def _act(request: Request, done: Callable[[Here], str | None], refused: str) -> None:
    """Do one thing under the station's flow and say what became of it."""
    with access.under(request, CHILD_FLOW) as door:
        try:
            said = done(here(door))
        except Busy as error:
            said, refused = None, f"{error.what}{error.next_step}"
        except NotFound as error:
            door.nothing_seen()
            raise Http404 from error
        door.nothing_seen()
    if said:
        messages.success(request, said, extra_tags="ok")
    else:
        messages.warning(request, refused, extra_tags="warn")


def _back_to(chosen: date) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('hotstay:day')}?{urlencode({'day': chosen})}", status=303)


@require_POST
@staff_only
def act(request: Request, booking: int) -> HttpResponse:
    """A child came, went, did not come; or its booking is given back on the telephone."""
    what, chosen = request.POST.get("what", ""), timezone.localdate()
    actions: dict[str, Callable[[Here], str | None]] = {
        "come": lambda this: "来所を記録しました。" if changing.arrive(this.desk, booking) else None,
        "go": lambda this: "お迎えを記録しました。" if changing.depart(this.desk, booking) else None,
        "absent": lambda this: _told(changing.no_show(this.desk, booking), "不参加を記録しました。"),
        "cancel": lambda this: _told(changing.cancel(this.desk, booking), "予約を取り消しました。"),
    }
    if what not in actions:
        raise Http404
    _act(request, actions[what], "記録していません。ほかの人が先に記録したか、当日の予約ではありません。")
    form = DayForm(request.POST)
    return _back_to(form.cleaned_data["day"] if form.is_valid() else chosen)


def _told(outcome: Outcome, words: str) -> str | None:
    if outcome.refusal or outcome.repeated:
        return None
    return words + (f"空きを待っていた {outcome.promoted} 組の予約が成立しました。" if outcome.promoted else "")


@require_GET
@staff_only
def code(request: Request) -> HttpResponse:
    """The code that families read at the door, as a picture; it changes, so the page loads itself again. Nothing personal."""
    with access.under(request, CHILD_FLOW) as door:
        this = here(door)
        address = f"{settings.PUBLIC_ADDRESS}/arrive/{stations.arrival_code(this.desk, this.station.id)}/"
        door.nothing_seen()
    picture = segno.make(address, error="m").png_data_uri(scale=8, border=4)
    context = {"station": this.station, "address": address, "picture": picture}
    response = page(request, "hotstay/code.html", context, crumbs=crumbs("受付の二次元コード"))
    response["Refresh"] = f"{CODE_SECONDS}"
    return response


@require_http_methods(["GET", "POST"])
@staff_only
def book(request: Request) -> HttpResponse:
    """A booking asked for at the counter or on the telephone, under the rules that hold for everybody."""
    with access.under(request, CHILD_FLOW) as door:
        this = here(door)
        rows = list(ChildSeen.objects.filter(registered_on__isnull=False, left_on=None).order_by("pk"))
        names = [(str(row.pk), f"{row.name}（{sheets.age_words(row.born, timezone.localdate())}）") for row in rows]
        sent = request.POST if request.method == "POST" else None
        form = BookForm(sent, children=names, initial=_asked(request))
        outcome = _try(this, form) if sent is not None and form.is_valid() else None
        month = _grid(this, form)
        door.saw(CHILDREN, [row.pk for row in rows], ("氏名", "生年月日"))
    if isinstance(outcome, Outcome) and outcome.done:
        said = "同じ申込みは、すでに予約になっています。" if outcome.repeated else "予約しました。"
        messages.success(request, f"{said}{outcome.bookings[0].span}（{len(outcome.bookings)}件）", extra_tags="ok")
        return _back_to(outcome.bookings[0].span.day)
    refusal = outcome.refusal if isinstance(outcome, Outcome) else outcome
    again = _again(form, refusal, names)
    context = {"station": this.station, "form": again, "refusal": refusal, "grid": month}
    bad = form.is_bound and not (isinstance(outcome, Outcome) and outcome.done)
    return page(request, "hotstay/book.html", context, crumbs=crumbs("予約を入れる"), status=422 if bad else 200)


def _asked(request: Request) -> dict[str, Any]:
    """What the page is opened with: a child, a day and a time may stand in the address as keys and numbers."""
    known = {name: request.GET[name] for name in ("child", "start", "end") if name in request.GET}
    return {
        "day": day_in(request),
        "channel": Channel.PHONE.value,
        "submit": uuid4(),
        "start": "18",
        "end": "22",
    } | known


def _try(this: Here, form: BookForm) -> Outcome | Refusal | None:
    data = form.cleaned_data
    span = Span(data["day"], int(data["start"]), int(data["end"]))
    children = dict.fromkeys([int(data["child"]), *map(int, data["also"])])
    desk = Desk(Channel(data["channel"]), this.desk.now, this.desk.by, this.desk.place)
    try:
        return service.book(desk, [Wish(child, span) for child in children], data["submit"])
    except (Busy, BadInput, NotFound) as error:
        form.add_error(None, f"{error.what}{error.why}{error.next_step}")
        return None


def _grid(this: Here, form: BookForm) -> Any:
    """The chosen day for the chosen child, half-hour by half-hour."""
    data = form.cleaned_data if form.is_bound and form.is_valid() else form.initial
    key = str(data.get("child") or "")
    if not key.isdigit() or not data.get("day"):
        return None
    try:
        return next(one for one in service.month(this.desk, int(key), data["day"]) if one.day == data["day"])
    except NotFound:
        return None


def _again(form: BookForm, refusal: Refusal | None, names: list[tuple[str, str]]) -> BookForm:
    """The form with the nearest time filled in, to be sent by one press; a new submit, for it is a new wish."""
    if refusal is None or refusal.nearest is None:
        return form
    data = form.cleaned_data
    near = {"day": refusal.nearest.day, "start": str(refusal.nearest.start), "end": str(refusal.nearest.end)}
    kept = {name: data[name] for name in ("child", "also", "channel")}
    return BookForm(children=names, initial=kept | near | {"submit": uuid4()})


@require_GET
@staff_only
def waiting(request: Request) -> HttpResponse:
    """Who waits, in the order in which they will be served."""
    with access.under(request, CHILD_FLOW) as door:
        this = here(door)
        lines = sheets.waiting(this.station)
        door.saw(CHILDREN, sheets.child_keys(lines), NAME)
    context = {"station": this.station, "lines": lines}
    return page(request, "hotstay/waiting.html", context, crumbs=crumbs("空きを待つ方"))


@require_http_methods(["GET", "POST"])
@staff_only
def roster(request: Request) -> HttpResponse:
    """A day's carers and closing; after a cut, whom to call in which order. Nothing is cancelled."""
    chosen = day_in(request)
    with access.under(request, CHILD_FLOW) as door:
        this = here(door)
        form = RosterForm(request.POST) if request.method == "POST" else RosterForm(initial=_roster(this, chosen))
        done = form.is_bound and form.is_valid() and _keep(this, chosen, form)
        promoted = changing.promote_days(this.desk, this.station.id, [chosen]) if done else 0
        door.nothing_seen()
    if done:
        placed = f"空きを待っていた {promoted} 組の予約が成立しました。" if promoted else ""
        messages.success(request, f"配置を保存しました。{placed}予約は取り消していません。", extra_tags="ok")
        return _back_to(chosen)
    context = {"station": this.station, "form": form, "day": chosen}
    return page(
        request, "hotstay/roster.html", context, crumbs=crumbs("職員の配置"), status=422 if form.is_bound else 200
    )


def _roster(this: Here, chosen: date) -> dict[str, Any]:
    found = at.frame(this.desk, this.station.id, chosen, chosen + timedelta(days=1))
    initial: dict[str, Any] = {"closed": found.state(chosen).closed}
    for number, row in enumerate(sheets.roster_rows(this.desk, this.station, chosen)[: RosterForm.ROWS]):
        names = (f"first{number}", f"end{number}", f"carers{number}", f"qualified{number}")
        initial |= dict(zip(names, map(str, row), strict=True))
    return initial


def _keep(this: Here, chosen: date, form: RosterForm) -> bool:
    try:
        stations.put_roster(this.desk, this.station.id, chosen, form.rows())
        stations.close(this.desk, this.station.id, chosen, form.cleaned_data["closed"])
    except (BadInput, Busy) as error:
        form.add_error(None, f"{error.what}{error.why}{error.next_step}")
        return False
    return True
