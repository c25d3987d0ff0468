"""The register: one certificate number's lines, and what an officer does to them — stop, report, give vouchers.

Every action is shown in words first and written when it is confirmed, worked out anew from the register of that moment.
Doing the same twice is refused in words, so a page sent again does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from azukari.business.taxi.applying import plans, register, service
from azukari.business.taxi.applying.forms import Choices, ReportForm, StopForm, hidden
from azukari.business.taxi.applying.plans import Plan
from azukari.business.taxi.applying.register import APPLICATIONS, BOOKLETS, EVENTS, Holding, Wrote
from azukari.business.taxi.applying.views import home, items
from azukari.business.taxi.forms import NumberForm
from azukari.business.taxi.models import Application, Booklet, Certificate, PresentedVoucher, VoucherEvent
from azukari.business.taxi.types import CERTIFICATES, VOUCHERS, WARD_ENTRY, EventKind, Kind, StopReason
from azukari.core.access import api as access
from azukari.core.access.api import Door
from azukari.core.accounts.api import Request, requires
from azukari.kernel.errors import AzukariError, BadInput
from azukari.kernel.fiscal import FiscalYear
from azukari.web.api import Link, page

TITLE = "認定の台帳"
Forms = Mapping[str, forms.Form]


@dataclass(frozen=True, slots=True)
class Action:
    """Something an officer may do: its name and button, the form of it, what it plans, and how it is written."""

    name: str
    title: str
    button: str
    done: str
    plan: Callable[[Holding, Mapping[str, Any], date], Plan]
    write: Callable[[Holding, Plan, Mapping[str, Any], date], Wrote]


@require_http_methods(["GET", "POST"])
@requires("officer", "responsible")
def look_up(request: Request) -> HttpResponse:
    """One certificate's lines of the register, and what was presented with it."""
    asked = NumberForm(request.POST if request.method == "POST" else None)
    if not asked.is_valid():
        with access.under(request, WARD_ENTRY) as door:
            door.nothing_seen()
        return _page(request, {"form": asked, "holding": None}, status=422 if asked.errors else 200)
    return _shown(request, asked, _read(request, asked.cleaned_data["number"]), {})


@require_POST
@requires("officer", "responsible")
def stop(request: Request) -> HttpResponse:
    """Stop certificates: first in words, then written."""
    return _act(request, STOP)


@require_POST
@requires("officer", "responsible")
def report(request: Request) -> HttpResponse:
    """Write down vouchers that are lost, void or returned, and give others for them."""
    return _act(request, REPORT)


@require_POST
@requires("officer", "responsible")
def issue(request: Request) -> HttpResponse:
    """Give the fiscal year's vouchers to who has none yet."""
    return _act(request, ISSUE)


def _act(request: Request, action: Action) -> HttpResponse:
    asked = NumberForm(request.POST)
    if not asked.is_valid():
        return _page(request, {"form": asked, "holding": None}, status=422)
    holding = _read(request, asked.cleaned_data["number"])
    typed = _forms(holding, request)[action.name]
    if not typed.is_valid():
        return _shown(request, asked, holding, {action.name: typed}, status=422)
    try:
        plan = _planned(request, action, holding, typed.cleaned_data)
        if request.POST.get("sure") != "1":
            return _sure(request, holding, action, typed, plan)
        _write(request, holding.number, action, typed.cleaned_data)
    except AzukariError as error:
        return _shown(request, asked, holding, {action.name: typed}, refused=error, status=409)
    return _shown(request, asked, _read(request, holding.number), {}, done=action.done)


def _planned(request: Request, action: Action, holding: Holding, data: Mapping[str, Any]) -> Plan:
    """What would be done. It looks at the days on which the holder's vouchers were used, and shows none of them."""
    with access.under(request, WARD_ENTRY) as door:
        plan = action.plan(holding, data, _today())
        door.nothing_seen()
    return plan


def _sure(request: Request, holding: Holding, action: Action, typed: forms.Form, plan: Plan) -> HttpResponse:
    context = {
        "action": action,
        "address": reverse(f"taxi:{action.name}"),
        "plan": plan,
        "number": holding.number,
        "hidden": hidden(typed),
    }
    crumbs = (home(), Link(TITLE, reverse("taxi:register")), Link(action.title, ""))
    return page(request, "taxi/apply_confirm.html", context, crumbs=crumbs)


def _write(request: Request, number: str, action: Action, data: Mapping[str, Any]) -> None:
    """Alone, from the register as it is now; the plan that was shown may have been overtaken, and is then refused."""
    with access.under(request, WARD_ENTRY) as door:
        service.alone()
        holding = register.read(number)
        wrote = action.write(holding, action.plan(holding, data, door.on), data, door.on)
        door.changed(CERTIFICATES, wrote.certificates, ("停止年月日", "停止理由"))
        door.changed(EVENTS, wrote.events, items(VoucherEvent.holds))
        door.changed(BOOKLETS, wrote.booklets, items(Booklet.holds))


def _read(request: Request, number: str) -> Holding:
    with access.under(request, WARD_ENTRY) as door:
        holding = register.read(number)
        _saw(door, holding)
    return holding


def _saw(door: Door, holding: Holding) -> None:
    door.saw(CERTIFICATES, [row.pk for row in holding.certificates], items(Certificate.holds))
    door.saw(BOOKLETS, [row.pk for row in holding.booklets], items(Booklet.holds))
    door.saw(EVENTS, [row.pk for row in holding.events], items(VoucherEvent.holds))
    door.saw(APPLICATIONS, [row.pk for row in holding.applications], items(Application.holds))
    door.saw(VOUCHERS, [row.pk for row in holding.vouchers], items(PresentedVoucher.holds))


def _forms(holding: Holding, request: Request | None = None) -> dict[str, forms.Form]:
    """A form for each action; filled with what was sent when there is a request."""
    data, today = (request.POST if request else None), _today()
    kinds = [cert.kind for cert in holding.stoppable()]
    return {
        "stop": StopForm(data, kinds=kinds, today=today),
        "report": ReportForm(data, booklets=_booklets(holding), today=today),
        "issue": forms.Form(QueryDict()),
    }


def _booklets(holding: Holding) -> Choices:
    return [
        (str(book.id), f"{book.kind} {book.face:,}円 {plans.span(book.first, book.last)}（{book.sheets}枚）")
        for book in holding.books
    ]


def _shown(
    request: Request,
    asked: NumberForm,
    holding: Holding,
    typed: Forms,
    *,
    refused: AzukariError | None = None,
    done: str = "",
    status: int = 200,
) -> HttpResponse:
    year = FiscalYear.of(_today())
    given = {book.kind for book in holding.books if book.fiscal_year == year.year}
    context = {
        "form": asked,
        "holding": holding,
        "runs": plans.runs(holding.reported),
        "forms": {**_forms(holding), **typed},
        "stoppable": holding.stoppable(),
        "waiting": [cert.kind for cert in holding.held(_today()) if cert.kind not in given],
        "fiscal_year": year,
        "today": _today(),
        "refused": refused,
        "done": done,
        "faulty": any(form.errors for form in typed.values()) and refused is None,
    }
    return _page(request, context, status=status)


def _page(request: Request, context: Mapping[str, Any], *, status: int) -> HttpResponse:
    return page(request, "taxi/register.html", context, crumbs=(home(), Link(TITLE, "")), status=status)


def _plan_stop(holding: Holding, data: Mapping[str, Any], _today: date) -> Plan:
    kinds = {Kind(kind) for kind in data["kinds"]}
    days = register.days_of_use(holding.number)
    return plans.stop(holding.stoppable(), kinds, StopReason(data["reason"]), data["on"], days)


def _write_stop(holding: Holding, plan: Plan, data: Mapping[str, Any], _today: date) -> Wrote:
    return register.stop(holding, plan, StopReason(data["reason"]), data["on"])


def _plan_report(holding: Holding, data: Mapping[str, Any], today: date) -> Plan:
    book, chosen = _chosen(holding, data)
    if data["again"]:
        _refuse_again(holding, book, today)
    kind, uses = EventKind(data["kind"]), register.uses(book)
    return plans.report(book, chosen, kind, data["on"], events=holding.reported, uses=uses, again=data["again"])


def _chosen(holding: Holding, data: Mapping[str, Any]) -> tuple[plans.Book, range]:
    if data["booklet"]:
        book = next(book for book in holding.books if str(book.id) == data["booklet"])
        return book, range(book.first, book.last + 1)
    found = holding.book_of(data["voucher"])
    if found is None:
        raise BadInput(
            "この券は、この認定番号の人に交付した券ではありません。",
            "ほかの人の券か、交付していない番号です。",
            "券の番号と認定番号を、紙で確かめてください。",
        )
    return found, range(data["voucher"], data["voucher"] + 1)


def _refuse_again(holding: Holding, book: plans.Book, today: date) -> None:
    if book.kind not in {cert.kind for cert in holding.held(today)} or book.valid_until <= today:
        raise BadInput(
            "代わりの券は交付できません。",
            "認定が停止されているか、券の有効期限が過ぎています。",
            "再交付を選ばずに、届けだけを書いてください。",
        )


def _write_report(holding: Holding, plan: Plan, data: Mapping[str, Any], _today: date) -> Wrote:
    return register.write(holding, plan, EventKind(data["kind"]), data["on"])


def _plan_issue(holding: Holding, _data: Mapping[str, Any], today: date) -> Plan:
    return plans.issue(holding.held(today), holding.books, today)


def _write_issue(holding: Holding, plan: Plan, _data: Mapping[str, Any], today: date) -> Wrote:
    return register.write(holding, plan, None, today)


def _today() -> date:
    return timezone.localdate()


STOP = Action("stop", "認定の停止", "停止する", "認定を停止しました。", _plan_stop, _write_stop)
REPORT = Action("report", "券の届け", "届けを書く", "券の届けを書きました。", _plan_report, _write_report)
ISSUE = Action("issue", "券の交付", "交付する", "券を交付しました。", _plan_issue, _write_issue)
