"""Those whom the ward reaches by its own people alone. Under r-health-hand, which the section's officers are not under."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from azukari.business.health.models import ByHand, Protected
from azukari.business.health.programmes.forms import ProtectForm
from azukari.business.health.programmes.pages import NAMED, PEOPLE, registered
from azukari.business.health.programmes.types import BY_HAND, HAND_ENTRY, PROTECTED, REGISTER_ENTRY, Programme
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, requires
from azukari.core.people import api as people
from azukari.core.people.api import Purpose
from azukari.web.api import Link, page

TITLE = "区が直接対応する方"
TERM = "区が直接対応する期間"


@require_http_methods(["GET", "POST"])
@requires("officer", "responsible")
def by_hand(request: Request) -> HttpResponse:
    """Who is reached by hand and in which programme; and a form to add somebody, by 宛名番号."""
    form = ProtectForm(request.POST if request.method == "POST" else None)
    with access.under(request, HAND_ENTRY) as door:
        door.nothing_seen()
    if form.is_valid() and (person := _find(request, form)) is not None:
        return _protect(request, person)
    with access.under(request, HAND_ENTRY) as door:
        told = list(Protected.objects.filter(until=None).order_by("since", "pk"))
        rows = list(ByHand.objects.order_by("-fiscal_year", "programme", "pk"))
        door.saw(PROTECTED, [one.pk for one in told])
        door.saw(BY_HAND, [one.pk for one in rows])
    whom = {one.person_id for one in told} | {one.person_id for one in rows}
    known = registered(request, sorted(whom), Purpose.SCREEN, NAMED)
    context = {
        "form": form,
        "told": [(one, known.get(one.person_id)) for one in told],
        "rows": [(one, _title(one), known.get(one.person_id)) for one in rows],
    }
    return page(request, "health/by_hand.html", context, crumbs=(Link(TITLE, ""),), status=422 if form.errors else 200)


def _title(one: ByHand) -> str:
    return Programme(one.programme).label


def _find(request: Request, form: ProtectForm) -> int | None:
    with access.under(request, REGISTER_ENTRY) as door:
        found = people.search(atena=form.cleaned_data["atena"], on=door.on, limit=1)
        door.saw(PEOPLE, [one.person_id for one in found], ("宛名番号",))
    if not found:
        form.add_error("atena", "この宛名番号の方はいません。番号を確かめてください。")
        return None
    return found[0].person_id


def _protect(request: Request, person: int) -> HttpResponse:
    """From now on the person, and whoever shares the household, stands in no list and was handed to nobody."""
    with access.under(request, HAND_ENTRY) as door:
        there = Protected.objects.filter(person_id=person, until=None).first()
        if there is None:
            there = Protected.objects.create(person_id=person, since=door.on, by=door.actor.id)
        door.changed(PROTECTED, [there.pk], (TERM,))
    messages.success(request, "記録しました。どの名簿からも外れ、委託先からも見えなくなりました。", extra_tags="ok")
    return HttpResponseRedirect(reverse("health:by_hand"), status=303)


@require_POST
@requires("officer", "responsible")
def done(request: Request, key: int) -> HttpResponse:
    """The ward itself reached the person."""
    with access.under(request, HAND_ENTRY) as door:
        if not ByHand.objects.filter(pk=key).update(done_on=door.on):
            raise Http404
        door.changed(BY_HAND, [key], ("勧奨の記録",))
    return HttpResponseRedirect(reverse("health:by_hand"), status=303)


@require_POST
@requires("officer", "responsible")
def end(request: Request, key: int) -> HttpResponse:
    """The term ends; the next extraction may find the person again. One that began today never was."""
    with access.under(request, HAND_ENTRY) as door:
        one = Protected.objects.filter(pk=key, until=None).first()
        if one is None:
            raise Http404
        if one.since < door.on:
            Protected.objects.filter(pk=key).update(until=door.on)
        else:
            messages.warning(request, "きょう始めた方は、あすから終えられます。", extra_tags="warn")
        door.changed(PROTECTED, [key], (TERM,))
    return HttpResponseRedirect(reverse("health:by_hand"), status=303)
