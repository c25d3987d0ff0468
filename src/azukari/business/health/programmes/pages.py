"""The section's screens: the year of the programmes, a list, its people, and entrusting. Under r-health.

Names and addresses are the register's: they are read under r-juki, and an officer who is not named there sees none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from azukari.business.health.models import Listed
from azukari.business.health.programmes import drawing, handing, parameters, progress, taking
from azukari.business.health.programmes.forms import EntrustForm, MarkForm
from azukari.business.health.programmes.types import (
    LISTED,
    REGISTER_ENTRY,
    CallResult,
    Channel,
    Funnel,
    Known,
    LetterKind,
    ListCard,
    Programme,
)
from azukari.business.health.types import WARD_ENTRY
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, actor_of, requires
from azukari.core.audit import api as audit
from azukari.core.people.api import Purpose
from azukari.kernel.errors import AzukariError, NotFound
from azukari.kernel.fiscal import FiscalYear
from azukari.web.api import Link, page

HOME, PAGE = "保健事業", 50
PEOPLE = "people_person"
REGISTERED = ("氏名", "生年月日", "性別", "住所", "世帯")
NAMED = ("氏名", "生年月日", "性別")
SHOWN = ("保健指導区分", "レセプトデータ", "勧奨の記録")


@dataclass(frozen=True, slots=True)
class Line:
    """A programme in the year: its lists and its funnel, drawn."""

    programme: Programme
    lists: tuple[ListCard, ...]
    funnel: Funnel
    stages: tuple[drawing.Stage, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to entrust people of a list: how many wait, why it cannot be, and the letter where it is one."""

    channel: Channel
    title: str
    letter: str
    waiting: int
    gap: str


def home_link() -> Link:
    """The way to the first page."""
    return Link(HOME, reverse("health:programmes"))


@require_GET
@requires("officer", "responsible")
def year(request: Request) -> HttpResponse:
    """The programmes of a fiscal year: funnels, lists, and what was entrusted beside what was told. Numbers only."""
    with access.under(request, WARD_ENTRY) as door:
        every = taking.lists()
        years = sorted({one.fiscal_year for one in every}, reverse=True) or [FiscalYear.of(door.on).year]
        chosen = _year(request, years)
        lines = [_line(one, [card for card in every if card.fiscal_year == chosen]) for one in Programme]
        door.nothing_seen()
    period = FiscalYear(chosen)
    context = {
        "years": years,
        "year": chosen,
        "label": period.label,
        "lines": lines,
        "against": [
            (one, drawing.bar(one.entrusted, one.approved)) for one in handing.against(period.start, period.end)
        ],
        "open": parameters.unconfirmed(),
    }
    return page(request, "health/year.html", context, crumbs=(Link(HOME, ""),))


def _year(request: Request, years: Sequence[int]) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and int(asked) in years else years[0]


def _line(programme: Programme, cards: Sequence[ListCard]) -> Line:
    own = tuple(card for card in cards if card.programme is programme)
    funnel = progress.funnel([card.key for card in own]) if own else Funnel(0, 0, 0, 0)
    return Line(programme, own, funnel, drawing.stages(funnel, programme.steps))


@require_GET
@requires("officer", "responsible")
def one(request: Request, key: int) -> HttpResponse:
    """A list: how far it came, month by month, what was entrusted of it and what may be. Numbers only."""
    return _list_page(request, key)


def _list_page(request: Request, key: int, refused: AzukariError | None = None) -> HttpResponse:
    with access.under(request, WARD_ENTRY) as door:
        card = _card(key)
        funnel, handings = progress.funnel([key]), handing.handings(of=key)
        months, calls = progress.months([key], card.fiscal_year), progress.calls([key])
        ways = [_way(key, channel, letter) for channel, letter in _ways(card)]
        door.nothing_seen()
    context = {
        "card": card,
        "funnel": funnel,
        "stages": drawing.stages(funnel, card.programme.steps),
        "timeline": drawing.timeline(months, card.programme.steps),
        "calls": [(result.value, calls[result.value]) for result in CallResult if result.value in calls],
        "handings": [(row, handing.SOURCES.get(row.flow, ("", ""))[0]) for row in handings],
        "ways": ways,
        "refused": refused,
    }
    crumbs = (home_link(), Link(card.programme.label, ""))
    return page(request, "health/list.html", context, crumbs=crumbs, status=422 if refused else 200)


def _card(key: int) -> ListCard:
    try:
        return taking.card(key)
    except NotFound as error:
        raise Http404 from error


def _ways(card: ListCard) -> list[tuple[Channel, LetterKind]]:
    """A list goes to the contractor of its flow, and to letters; the form for records is for those not examined."""
    ways = [(channel, LetterKind.RECOMMENDATION) for channel in handing.ways_of(card.programme)]
    return [*ways, (Channel.POST, LetterKind.RECORD_FORM)] if len(ways) > 1 else ways


def _way(key: int, channel: Channel, letter: LetterKind) -> Way:
    written = channel in {Channel.POST, Channel.LETTERS}
    title = f"{channel.label}（{letter.value}）" if written else channel.label
    return Way(channel, title, letter.value, len(handing.waiting(key, channel, letter=letter)), handing.gap(channel))


@require_POST
@requires("officer", "responsible")
def entrust(request: Request, key: int) -> HttpResponse:
    """Entrust everybody of the list who waits, that way. What leaves is told by the ledger for each of them."""
    form = EntrustForm(request.POST)
    if not form.is_valid():
        raise Http404
    channel, letter = form.chosen()
    try:
        made, people = _entrust(request, key, channel, letter)
    except AzukariError as error:
        return _list_page(request, key, error)
    messages.success(request, f"{people:,}人を「{channel.label}」に預けました。引渡し {made} です。", extra_tags="ok")
    return HttpResponseRedirect(reverse("health:health_list", args=[key]), status=303)


def _entrust(request: Request, key: int, channel: Channel, letter: LetterKind) -> tuple[int, int]:
    contractor = handing.contractor_of(channel, timezone.localdate())
    with access.under(request, WARD_ENTRY) as door:
        _card(key)
        persons = handing.waiting(key, channel, letter=letter)
        door.nothing_seen()
    known = registered(request, persons, Purpose.HAND_OVER, REGISTERED)
    with access.under(request, WARD_ENTRY) as door:
        made = handing.entrust(key, channel, known, contractor=contractor, on=door.on, by=door.actor.id, letter=letter)
        people = handing.handing(made).people
        _tell(door, key, made, channel, sorted(known), people)
        door.nothing_seen()
    return made, people


def _tell(door: access.Door, key: int, made: int, channel: Channel, persons: Sequence[int], people: int) -> None:
    items = [item for item in (*handing.COLUMNS.get(channel, handing.COLUMNS[Channel.LETTERS]),) if item in door.items]
    audit.record(
        "health.entrusted",
        actor=door.actor,
        place=door.place,
        flow=door.flow,
        items=items,
        subjects=persons,
        medium=door.medium,
        detail={"list": key, "handing": made, "rows": people},
    )


def registered(
    request: Request, persons: Sequence[int], purpose: Purpose, items: tuple[str, ...]
) -> Mapping[int, Known]:
    """These persons as the register has them today, recorded as seen; nobody for an officer who is not named there."""
    if not persons:
        return {}
    with access.under(request, REGISTER_ENTRY) as door:
        known = handing.known(persons, door.on, purpose)
        door.saw(PEOPLE, sorted(known), items)
    return known


@require_GET
@requires("officer", "responsible")
def people(request: Request, key: int) -> HttpResponse:
    """The people of a list, 50 at a time: who, of which group, and the record lines that say why."""
    with access.under(request, WARD_ENTRY) as door:
        card = _card(key)
        rows = Listed.objects.filter(list_id=key).order_by("group", "pk")
        shown = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        found = list(shown.object_list)
        door.saw(LISTED, [row.pk for row in found], SHOWN)
    known = _names(request, [row.person_id for row in found])
    context = {"card": card, "shown": shown, "rows": [(row, known.get(row.person_id)) for row in found]}
    crumbs = (home_link(), Link(card.programme.label, reverse("health:health_list", args=[key])), Link("対象者", ""))
    return page(request, "health/people.html", context, crumbs=crumbs)


def _names(request: Request, persons: Sequence[int]) -> Mapping[int, Known]:
    account = request.account
    if account is None or REGISTER_ENTRY not in actor_of(account, timezone.localdate()).enrolled:
        return {}
    return registered(request, persons, Purpose.SCREEN, NAMED)


@require_http_methods(["GET", "POST"])
@requires("officer", "responsible")
def person(request: Request, key: int, row: int) -> HttpResponse:
    """One person of a list: why, what was found, and the days on which they joined and finished."""
    with access.under(request, WARD_ENTRY) as door:
        card = _card(key)
        found = Listed.objects.filter(list_id=key, pk=row).first()
        if found is None:
            raise Http404
        form = _mark_form(request, card, found, door.on)
        marked = request.method == "POST" and form.is_valid() and _marked(form, found)
        if marked:
            door.changed(LISTED, [found.pk], ("勧奨の記録",))
        else:
            door.saw(LISTED, [found.pk], (*SHOWN, "受診結果", "問診結果", "診査年月日"))
    if marked:
        messages.success(request, "記録しました。", extra_tags="ok")
        return HttpResponseRedirect(reverse("health:list_person", args=[key, row]), status=303)
    who = _names(request, [found.person_id]).get(found.person_id)
    context = {"card": card, "row": found, "who": who, "form": form}
    crumbs = (
        home_link(),
        Link(card.programme.label, reverse("health:health_list", args=[key])),
        Link("対象者", reverse("health:list_people", args=[key])),
        Link("一人", ""),
    )
    return page(request, "health/person.html", context, crumbs=crumbs, status=422 if form.errors else 200)


def _mark_form(request: Request, card: ListCard, row: Listed, today: date) -> MarkForm:
    given: dict[str, Any] = {"joined": row.joined_on, "finished": row.finished_on}
    return MarkForm(
        request.POST if request.method == "POST" else None,
        initial=given,
        steps=card.programme.steps,
        since=card.as_of,
        today=today,
    )


def _marked(form: MarkForm, row: Listed) -> bool:
    try:
        progress.mark(row, joined=form.cleaned_data["joined"], finished=form.cleaned_data["finished"])
    except AzukariError as error:
        form.add_error(None, f"{error.what}{error.why}")
        return False
    return True
