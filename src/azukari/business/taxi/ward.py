"""The ward's own screens, under its register entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from azukari.business.taxi import keying, months, pictures, serials, service
from azukari.business.taxi.checking import grounds
from azukari.business.taxi.checking.grounds import Rule
from azukari.business.taxi.forms import HeldForm
from azukari.business.taxi.models import PresentedVoucher, QuestionSeen, ToldSeen, WardVoucherSeen
from azukari.business.taxi.months import Claim, Settled
from azukari.business.taxi.types import PAY_ENTRY, VOUCHERS, WARD_ENTRY, Ground, Outcome, Progress
from azukari.business.taxi.views import chosen_month, number_in
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, actor_of, requires
from azukari.kernel.errors import BadInput
from azukari.kernel.fiscal import FiscalYear
from azukari.web.api import Link, page

HOME = "福祉タクシー券"
HELD_TITLE = "支払えない券"
# Everything the ward may see of a voucher stands on its card.
SHOWN_ITEMS = tuple(dict.fromkeys(str(item) for item in PresentedVoucher.holds.items.values()))
STATE_ITEMS = ("券の状態", "券の番号")
QUESTIONS = 20
# What a whole page of a voucher shows: the four items, and what the ward printed on it.
ON_PAPER = (
    *("氏名", "タクシー利用日", "タクシー代金", "福祉タクシー券等認定番号"),
    *("券種", "券面額", "券の番号"),
)


@dataclass(frozen=True, slots=True)
class Why:
    """One ground of a voucher in words: the rule, what may be told the company, what the ward alone knows."""

    rule: Rule
    words: str
    detail: str


@dataclass(frozen=True, slots=True)
class Card:
    """A voucher as the ward sees it, with every reason why it is not paid, the deciding one first."""

    shown: keying.Shown[WardVoucherSeen]
    number: str
    why: tuple[Why, ...]


@require_GET
@requires("officer", "responsible")
def month(request: Request) -> HttpResponse:
    """The month at a glance: received, checked, decided, settled; what is held and why; the year. Numbers only.

    The questions are about somebody's vouchers, so those shown are recorded.
    """
    with access.under(request, WARD_ENTRY) as door:
        found = service.months()
        chosen = chosen_month(request, found)
        glance = _glance(chosen, everything="all" in request.GET) if chosen else {}
        door.saw(VOUCHERS, _asked_about(glance.get("questions", ())), STATE_ITEMS)
    context = {"months": found, "month": chosen, **glance}
    if chosen:
        context |= _drawn(glance, chosen, _settled(request, chosen))
    return page(request, "taxi/month.html", context, crumbs=(Link(HOME, ""),))


def _glance(month: date, *, everything: bool) -> dict[str, Any]:
    """What is read of the month under the ward's own entry."""
    asked = service.questions(month)
    shown = asked if everything else asked[:QUESTIONS]
    return {
        "claims": service.claims(month),
        "grounds": months.by_ground(service.unpaid_by_ground(month)),
        "reasons": service.reasons(month),
        "questions": shown,
        "more_questions": len(asked) - len(shown),
        "invoiced_by_month": service.invoiced_by_month(FiscalYear.of(month).months),
    }


def _drawn(glance: dict[str, Any], month: date, settled: Settled | None) -> dict[str, Any]:
    """What follows from what was read, and the longest bar of each picture."""
    claims: Sequence[Claim] = glance["claims"]
    fiscal_year, days, lines = FiscalYear.of(month), months.by_day(claims), glance["grounds"]
    by_company = months.companies(claims)
    year = months.year(fiscal_year.months, glance["invoiced_by_month"], settled.paid_by_month if settled else None)
    return {
        "stages": months.stages(claims, settled),
        "settled": settled,
        "held_claims": [claim for claim in claims if claim.hold],
        "total": sum((claim.progress for claim in claims), Progress()),
        "sums": months.sums(claims),
        "companies": [line for line in by_company if line.needs_a_look],
        "quiet": [line for line in by_company if not line.needs_a_look],
        "days": days,
        "year": year,
        "fiscal_year": fiscal_year.label,
        "longest": {
            "day": max((day.total for day in days.values()), default=0),
            "ground": months.longest(line.amount for line in lines),
            "month": months.longest(line.invoiced for line in year),
        },
    }


def _asked_about(questions: Sequence[QuestionSeen]) -> list[int]:
    return sorted({voucher for question in questions for voucher in question.vouchers})


def _settled(request: Request, month: date) -> Settled | None:
    """What was paid stands under another entry of the register; None for somebody who is not named there."""
    if request.account is None or PAY_ENTRY not in actor_of(request.account, timezone.localdate()).enrolled:
        return None
    with access.under(request, PAY_ENTRY) as door:
        found = service.settled(month, FiscalYear.of(month).months)
        door.nothing_seen()
    return found


@require_POST
@requires("officer", "responsible")
def release(request: Request, key: int) -> HttpResponse:
    """A held claim is let into the check: the state of its vouchers changes, and the ledger says so for each person."""
    with access.under(request, WARD_ENTRY) as door:
        vouchers = service.released(key)
        door.nothing_seen()
        if vouchers:
            door.changed(VOUCHERS, vouchers, STATE_ITEMS[:1])
    if vouchers is None:
        messages.warning(request, "この請求は、ほかの人が先に受け付けています。", extra_tags="warn")
    else:
        messages.success(
            request,
            f"{len(vouchers):,}枚の請求を受け付けました。委託先の確認に加わり、次に月の券を確認するときに判定されます。",
            extra_tags="ok",
        )
    asked = request.GET.get("month", "")
    return HttpResponseRedirect(f"{reverse('taxi:month')}?{urlencode({'month': asked})}", status=303)


@require_GET
@requires("officer", "responsible")
def held(request: Request) -> HttpResponse:
    """The month's held and refused vouchers, 50 at a time, each with its picture and every reason in words."""
    with access.under(request, WARD_ENTRY) as door:
        found = service.months()
        chosen = chosen_month(request, found)
        form = HeldForm(request.GET, companies=service.companies(chosen) if chosen else [], titles=_titles())
        filters = _filters(form)
        rows, after = service.unpaid_page(chosen, filters, number_in(request, "after") or 0) if chosen else ([], None)
        count = service.unpaid_count(chosen, filters) if chosen else 0
        cards = _cards(rows)
        door.saw(VOUCHERS, [row.pk for row in rows], SHOWN_ITEMS)
    kept = {name: value for name, value in request.GET.items() if name in {"month", "company", "ground", "outcome"}}
    context = {
        "months": found,
        "month": chosen,
        "form": form,
        "cards": cards,
        "count": count,
        "first": f"?{urlencode(kept)}" if request.GET.get("after") else "",
        "further": f"?{urlencode(kept | {'after': after})}" if after else "",
    }
    crumbs = (
        Link(HOME, f"{reverse('taxi:month')}?{urlencode({'month': kept.get('month', '')})}"),
        Link(HELD_TITLE, ""),
    )
    return page(request, "taxi/held.html", context, crumbs=crumbs)


def _titles() -> dict[Ground, str]:
    return {ground: rule.title for ground, rule in grounds.rules().items()}


def _filters(form: HeldForm) -> service.Filters:
    """What was chosen; all for what is not among the choices."""
    form.is_valid()
    data = {name: form.cleaned_data.get(name) for name in ("company", "ground", "outcome")}
    return service.Filters(
        int(data["company"]) if data["company"] else None,
        Ground(data["ground"]) if data["ground"] else None,
        Outcome(data["outcome"]) if data["outcome"] else None,
    )


def _cards(rows: Sequence[WardVoucherSeen]) -> list[Card]:
    told = service.told(row.pk for row in rows)
    return [_card(shown, told.get(shown.row.pk, ())) for shown in keying.shown(rows)]


def _card(shown: keying.Shown[WardVoucherSeen], told: Sequence[ToldSeen]) -> Card:
    """In order of precedence; a ground without words of its own has those of its rule."""
    row, rule = shown.row, grounds.rules()
    words = {Ground(line.ground): line for line in told}
    why = [
        Why(rule[one], f"{words[one].words.removesuffix('。')}。", words[one].detail)
        if one in words
        else Why(rule[one], rule[one].told, "")
        for one in months.grounds_in(row.grounds)
    ]
    return Card(shown, serials.written(row.serial) if row.serial else "読めない", tuple(why))


@require_GET
@requires("officer", "responsible")
def one(request: Request, voucher: int) -> HttpResponse:
    """One voucher, paid or not: to look at the one that was there before a duplicate."""
    with access.under(request, WARD_ENTRY) as door:
        row = service.presented(voucher)
        if row is None:
            raise Http404
        [card] = _cards([row])
        door.saw(VOUCHERS, [row.pk], SHOWN_ITEMS)
    back = f"{reverse('taxi:held')}?month={row.batch.month:%Y-%m}"
    crumbs = (Link(HOME, reverse("taxi:month")), Link(HELD_TITLE, back), Link("券一枚", ""))
    return page(request, "taxi/held_one.html", {"card": card}, crumbs=crumbs)


@require_GET
@requires("officer", "responsible")
def image(request: Request, voucher: int) -> HttpResponse:
    """The whole scanned page of a voucher. One that cannot be shown looks absent."""
    with access.under(request, WARD_ENTRY) as door:
        row = service.presented(voucher)
        if row is None or not row.image:
            raise Http404
        try:
            png = pictures.whole(row.image, row.turned)
        except BadInput as error:
            raise Http404 from error
        door.saw(VOUCHERS, [row.pk], ON_PAPER)
    return pictures.answer(png)
