"""The ward's own screens, under its register entry."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from azukari.business.taxi import rules, service
from azukari.business.taxi.forms import NumberForm
from azukari.business.taxi.models import Certificate, PresentedVoucher
from azukari.business.taxi.types import CERTIFICATES, VOUCHERS, WARD_ENTRY
from azukari.business.taxi.views import chosen_month
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, requires
from azukari.web.api import Link, page

HOME = "福祉タクシー券"


@require_GET
@requires("officer", "responsible")
def month(request: Request) -> HttpResponse:
    """The month at a glance: received, checked, passed to the ward; by day, company and reason. Nothing personal."""
    with access.under(request, WARD_ENTRY) as door:
        months = service.months()
        chosen = chosen_month(request, months)
        found = service.bundles(chosen) if chosen else []
        reasons = service.reasons(chosen) if chosen else []
        door.nothing_seen()
    context = {
        "months": months,
        "month": chosen,
        "bundles": sorted(found, key=lambda bundle: -bundle.progress.total),
        "total": rules.total(found),
        "largest": max((bundle.progress.total for bundle in found), default=0),
        "days": rules.by_day(found),
        "largest_day": max((day.total for day in rules.by_day(found).values()), default=0),
        "reasons": reasons,
    }
    return page(request, "taxi/month.html", context, crumbs=(Link(HOME, ""),))


@require_http_methods(["GET", "POST"])
@requires("officer", "responsible")
def register(request: Request) -> HttpResponse:
    """One certificate's lines of the register, and what was presented with it."""
    form = NumberForm(request.POST or None)
    number = form.cleaned_data["number"] if form.is_valid() else None
    with access.under(request, WARD_ENTRY) as door:
        certificates = service.certificates(number) if number else []
        vouchers = service.presented_with(number) if number else []
        door.saw(CERTIFICATES, [row.pk for row in certificates], _items(Certificate))
        door.saw(VOUCHERS, [row.pk for row in vouchers], _items(PresentedVoucher))
    context = {"form": form, "number": number, "certificates": certificates, "vouchers": vouchers}
    crumbs = (Link(HOME, "../"), Link("認定の台帳", ""))
    return page(request, "taxi/register.html", context, crumbs=crumbs, status=422 if form.errors else 200)


def _items(model: type[Certificate | PresentedVoucher]) -> tuple[str, ...]:
    """The items this page shows of a row, each once."""
    return tuple(dict.fromkeys(str(item) for item in model.holds.items.values()))
