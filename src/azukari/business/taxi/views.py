"""The contractor's checking screens, all under flow 815-1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from azukari.business.taxi import rules, service
from azukari.business.taxi.forms import MarkForm, NumberForm, PageForm
from azukari.business.taxi.models import VoucherSeen
from azukari.business.taxi.types import CONTRACTOR_FLOW, VOUCHERS, Bundle, Reason, State
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, requires
from azukari.web.api import Link, page

HOME = "福祉タクシー券の確認"
ELSEWHERE = "{number}番は、ほかの人が先に変更しました。いまの状態を表示しています。"


@require_GET
@requires("operator", "responsible")
def check(request: Request) -> HttpResponse:
    """The month's bundles entrusted to the contractor, and how far each has come. Nothing personal."""
    with access.under(request, CONTRACTOR_FLOW) as door:
        months = service.months()
        month = chosen_month(request, months)
        found = service.bundles(month) if month else []
        door.nothing_seen()
    context = {
        "months": months,
        "month": month,
        "bundles": found,
        "total": rules.total(found),
        "next": rules.next_to_check(found),
        "form": NumberForm(),
    }
    return page(request, "taxi/check.html", context, crumbs=(Link(HOME, ""),))


@require_GET
@requires("operator", "responsible")
def batch(request: Request, key: int) -> HttpResponse:
    """One page of a bundle: the four items, the state, and the buttons."""
    only = _only(request)
    with access.under(request, CONTRACTOR_FLOW) as door:
        bundle = service.bundle(key)
        if bundle is None:
            raise Http404
        leaf = service.leaf(key, after=_number(request, "after") or 0, before=_number(request, "before"), only=only)
        door.saw(VOUCHERS, [row.pk for row in leaf.rows])
    open_rows = [row for row in leaf.rows if row.state == State.UNCHECKED]
    context = {
        "bundle": bundle,
        "leaf": leaf,
        "only": only,
        "reasons": list(Reason),
        "open_rows": open_rows,
        "seen": " ".join(f"{row.pk}.{row.version}" for row in open_rows),
        "back": request.GET.urlencode(),
    }
    return page(request, "taxi/batch.html", context, crumbs=_crumbs(bundle))


def _crumbs(bundle: Bundle) -> tuple[Link, Link]:
    return Link(HOME, f"{reverse('taxi:check')}?month={bundle.month:%Y-%m}"), Link(_title(bundle), "")


def _title(bundle: Bundle) -> str:
    return f"{bundle.company} {bundle.number}の束"


@require_POST
@requires("operator", "responsible")
def mark(request: Request, key: int, voucher: int) -> HttpResponse:
    """One voucher marked. With htmx only its state and the progress go back, without any item; else the page again."""
    form = MarkForm(request.POST)
    with access.under(request, CONTRACTOR_FLOW) as door:
        changed = service.mark(key, [form.mark(voucher)]) if form.is_valid() else []
        row, bundle = service.state_of(key, voucher), service.bundle(key)
        if row is None or bundle is None:
            raise Http404
        door.nothing_seen()
        if changed:
            door.changed(VOUCHERS, changed, ())
    said = "" if changed else _why_not(form, row)
    if is_htmx(request):
        context = {"row": row, "bundle": bundle, "said": said, "reasons": list(Reason)}
        return render(request, "taxi/_answer.html", context)
    if said:
        messages.warning(request, said, extra_tags="warn")
    return _back(request, key, f"v{row.sequence}", after=row.sequence - 1)


def _why_not(form: MarkForm, row: VoucherSeen) -> str:
    if form.is_valid():
        return ELSEWHERE.format(number=row.sequence)
    return (
        "、".join(map(str, form.non_field_errors())) or "受け取った内容を読めませんでした。画面を開き直してください。"
    )


@require_POST
@requires("operator", "responsible")
def mark_page(request: Request, key: int) -> HttpResponse:
    """All unchecked vouchers of a page that was compared with its bundle of paper, marked 確認済 together."""
    form = PageForm(request.POST)
    if not form.is_valid():
        raise Http404
    marks = form.marks()
    with access.under(request, CONTRACTOR_FLOW) as door:
        changed = service.mark(key, marks)
        door.changed(VOUCHERS, changed, ())
    left = len(marks) - len(changed)
    messages.success(request, f"{len(changed)}枚を確認済にしました。", extra_tags="ok")
    if left:
        messages.warning(
            request, f"{left}枚は、ほかの人が先に変更していたため、そのままにしました。", extra_tags="warn"
        )
    return _back(request, key, "main")


@require_POST
@requires("operator", "responsible")
def find(request: Request) -> HttpResponse:
    """Vouchers with one certificate number, in any bundle entrusted to the contractor."""
    form = NumberForm(request.POST)
    with access.under(request, CONTRACTOR_FLOW) as door:
        rows = service.with_number(form.cleaned_data["number"]) if form.is_valid() else []
        door.saw(VOUCHERS, [row.pk for row in rows])
    context = {
        "form": form,
        "rows": rows,
        "asked": form.is_valid(),
        "limit": service.SEARCH_LIMIT,
        "reasons": list(Reason),
    }
    crumbs = (Link(HOME, reverse("taxi:check")), Link("認定番号で探す", ""))
    return page(request, "taxi/find.html", context, crumbs=crumbs, status=200 if form.is_valid() else 422)


def is_htmx(request: HttpRequest) -> bool:
    """Only a part of the page is wanted."""
    return request.headers.get("HX-Request") == "true"


def chosen_month(request: HttpRequest, months: Sequence[date]) -> date | None:
    """The month asked for as `2019-06`; the latest when none or another is asked for. None when there are none."""
    asked = request.GET.get("month", "")
    return next((month for month in months if f"{month:%Y-%m}" == asked), months[0] if months else None)


def _back(request: HttpRequest, key: int, anchor: str, *, after: int = 0) -> HttpResponse:
    """The page the form stood on, at the row; from another page (a search) the bundle from that row on."""
    query = request.GET.urlencode() or (urlencode({"after": after}) if after > 0 else "")
    return HttpResponseRedirect(f"{reverse('taxi:batch', args=[key])}?{query}#{anchor}", status=303)


def _only(request: HttpRequest) -> State | None:
    return next((state for state in State if state.name.lower() == request.GET.get("only")), None)


def _number(request: HttpRequest, name: str) -> int | None:
    written = request.GET.get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None
