"""The application: who, what is declared, the decision to look at, and the same written; and the register looked over.

A person is found under 住民記録, and everything else happens under the business's own entry: one after the other, each
with its own line in the ledger. Nothing of a person stands in an address; what was typed travels in the form.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from azukari.business.taxi.applying import reviewing, service
from azukari.business.taxi.applying.declared import of_row
from azukari.business.taxi.applying.forms import AtenaForm, DeclaredForm
from azukari.business.taxi.applying.register import APPLICATIONS
from azukari.business.taxi.applying.residence import PERSONS, REGISTER, SHOWN, Person, find, residences
from azukari.business.taxi.applying.service import Decision, Past
from azukari.business.taxi.eligibility import Result
from azukari.business.taxi.models import Application, Certificate
from azukari.business.taxi.types import CERTIFICATES, WARD_ENTRY
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, requires
from azukari.core.policy.types import Holds
from azukari.kernel.errors import AzukariError
from azukari.kernel.fiscal import FiscalYear
from azukari.web.api import Link, page

TITLE = "申請の入力"
LISTED = 200
NOBODY = "この宛名番号の人はいません。番号を確かめてください。"


@require_http_methods(["GET", "POST"])
@requires("officer", "responsible")
def apply(request: Request) -> HttpResponse:
    """The steps of one application: find, decide, edit, save. Each asks both registers anew."""
    asked = AtenaForm(request.POST if request.method == "POST" else None)
    person = _person(request, asked.cleaned_data["atena"]) if asked.is_valid() else None
    if person is None:
        if asked.is_valid():
            asked.add_error("atena", NOBODY)
        with access.under(request, WARD_ENTRY) as door:
            door.nothing_seen()
        return _page(request, "taxi/apply.html", {"asked": asked}, status=422 if asked.errors else 200)
    known = _past(request, person)
    context = {"asked": asked, "person": person.found, "known": known, "fiscal_year": FiscalYear.of(_today())}
    if request.POST.get("step") not in {"decide", "edit", "save"}:
        pending = of_row(known.pending) if known.pending else None
        form = DeclaredForm(today=_today(), known=pending)
        return _page(request, "taxi/apply.html", {**context, "form": form, "pending": pending})
    form = DeclaredForm(request.POST, today=_today())
    if not form.is_valid() or request.POST["step"] == "edit":
        return _page(request, "taxi/apply.html", {**context, "form": form}, status=422 if form.faulty else 200)
    return _decide(request, person, known, form, context)


def _decide(
    request: Request, person: Person, known: Past, form: DeclaredForm, context: Mapping[str, Any]
) -> HttpResponse:
    """The decision to look at; with 保存 the same, written, if it still is the one that was looked at."""
    try:
        found = service.decisions(form.declared(), person.residence, known, _today())
    except AzukariError as error:
        return _page(request, "taxi/apply.html", {**context, "form": form, "refused": error}, status=422)
    shown = {**context, "decisions": found, "seen": _seal(found), "sent": form.hidden()}
    if request.POST["step"] != "save":
        return _page(request, "taxi/apply_decided.html", shown)
    if request.POST.get("seen") != _seal(found):
        return _page(request, "taxi/apply_decided.html", {**shown, "changed": True}, status=409)
    try:
        saved = _save(request, person, form, found)
    except AzukariError as error:
        return _page(request, "taxi/apply_decided.html", {**shown, "refused": error}, status=409)
    waiting = Result.PENDING in service.results(found).values()
    return _page(request, "taxi/apply_saved.html", {**shown, "saved": saved, "waiting": waiting})


def _seal(found: list[Decision]) -> str:
    """What the officer has looked at: nothing else may be saved by the button below it."""
    return " ".join(f"{one.kind}:{one.eligibility.result}:{one.held}" for one in found)


def _person(request: Request, atena: str) -> Person | None:
    with access.under(request, REGISTER) as door:
        person = find(atena, door.on)
        door.saw(PERSONS, [person.id] if person else [], SHOWN)
    return person


def _past(request: Request, person: Person) -> Past:
    with access.under(request, WARD_ENTRY) as door:
        known = service.past(person.id)
        door.saw(CERTIFICATES, [row.pk for row in known.certificates], items(Certificate.holds))
        door.saw(APPLICATIONS, [row.pk for row in known.applications], ("申請年月日", "券種", "認定の結果"))
    return known


def _save(request: Request, person: Person, form: DeclaredForm, found: list[Decision]) -> service.Saved:
    with access.under(request, WARD_ENTRY) as door:
        saved = service.save(person.id, form.declared(), service.results(found), door.on)
        door.changed(APPLICATIONS, [saved.application], items(Application.holds))
        door.changed(CERTIFICATES, saved.certificates, ("福祉タクシー券等認定番号", "券種", "認定年月日"))
    return saved


def items(holds: Holds) -> tuple[str, ...]:
    """The items a row holds, each once."""
    return tuple(dict.fromkeys(str(item) for item in holds.items.values()))


def home() -> Link:
    """The way back to the business's own first page."""
    return Link("福祉タクシー券", reverse("taxi:month"))


def _page(request: Request, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    return page(request, template, context, crumbs=(home(), Link(TITLE, "")), status=status)


@require_GET
@requires("officer", "responsible")
def review(request: Request) -> HttpResponse:
    """Every last application decided again: counts, and the numbers whose result would now be another one."""
    with access.under(request, WARD_ENTRY) as door:
        applications = reviewing.last_applications()
        door.nothing_seen()
    with access.under(request, REGISTER) as door:
        known = residences([one.person for one in applications], door.on)
        door.nothing_seen()
    counts, changes = reviewing.review(applications, known, _today())
    with access.under(request, WARD_ENTRY) as door:
        open_ones = reviewing.still_open(changes, door.on)
        listed = [change for change in open_ones if change.number][:LISTED]
        seen = ("福祉タクシー券等認定番号", "券種", "認定の結果")
        door.saw(APPLICATIONS, [change.application for change in listed], seen)
    context = {
        "counts": counts,
        "results": list(Result),
        "changes": listed,
        "numbered": sum(bool(change.number) for change in open_ones),
        "unnumbered": sum(not change.number for change in open_ones),
        "applications": len(applications),
    }
    crumbs = (home(), Link("対象者の一覧の見直し", ""))
    return page(request, "taxi/apply_review.html", context, crumbs=crumbs)


def _today() -> date:
    return timezone.localdate()
