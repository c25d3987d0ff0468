"""Batches on the ward's screens: what is due, what was gathered, and who is in a batch. Names stay on their own pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from azukari.business.donations import batches as gathering
from azukari.business.donations import posting
from azukari.business.donations.forms import BatchForm
from azukari.business.donations.models import LetterLine, SlipLine
from azukari.business.donations.rules import reference_of
from azukari.business.donations.types import WARD_ENTRY, BatchKind
from azukari.business.donations.views import home
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, requires
from azukari.core.policy import api as policy
from azukari.kernel.errors import AzukariError, BadInput, NotFound
from azukari.web.api import Link, page

TITLE, PAGE = "発送の束", 100
ABOUT = {
    BatchKind.SLIPS: "申込みのあった方へ、申込書と納付書を送ります。申込日で選びます。",
    BatchKind.LETTERS: "入金を確認した方へ、礼状と受領証明書を送ります。希望する方には申請書も入れます。入金確認日で選びます。",
    BatchKind.REISSUES: "受領証明書を、もとの番号のまま再発行して送ります。再発行の日で選びます。",
}


@require_http_methods(["GET", "POST"])
@requires("officer", "responsible")
def batches(request: Request) -> HttpResponse:
    """How much is due of each kind, a button to gather it, and the batches there are."""
    on = timezone.localdate()
    form = BatchForm(request.POST if request.method == "POST" else None)
    contractors = {kind: _contractor(kind, on) for kind in BatchKind}
    refused: AzukariError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            return _made(request, form, contractors)
        except AzukariError as error:
            refused = error
    with access.under(request, WARD_ENTRY) as door:
        kinds = [(kind, ABOUT[kind], len(gathering.due(kind)), contractors[kind]) for kind in BatchKind]
        cards = gathering.cards()
        door.nothing_seen()
    context = {"form": form, "kinds": kinds, "cards": cards, "refused": refused}
    status = 422 if refused or form.errors else 200
    return page(request, "donations/batches.html", context, crumbs=(home(), Link(TITLE, "")), status=status)


def _contractor(kind: BatchKind, on: date) -> str:
    """Who sends it; "" while the roll names nobody, or several."""
    try:
        return policy.only_contractor(kind.flow, on)
    except BadInput:
        return ""


def _made(request: Request, form: BatchForm, contractors: dict[BatchKind, str]) -> HttpResponse:
    kind = next((one for one in BatchKind if one.value == request.POST.get("kind")), None)
    if kind is None:
        raise BadInput("束の種類がありません。", "納付書、礼状、再発行のどれかです。", "ボタンを押し直してください。")
    if not contractors[kind]:
        raise BadInput(
            "発送を委託する先が決まりません。",
            f"取扱い {kind.flow} の名簿に、委託先が一つではありません。",
            "名簿を確かめてください。",
        )
    data: dict[str, Any] = form.cleaned_data
    with access.under(request, WARD_ENTRY) as door:
        key = gathering.make(
            kind, contractor=contractors[kind], on=door.on, by=door.actor, since=data["since"], until=data["until"]
        )
        door.nothing_seen()
    messages.success(request, f"束 {key} を作りました。", extra_tags="ok")
    return HttpResponseRedirect(reverse("donations:batch_of_letters", args=[key]), status=303)


@require_GET
@requires("officer", "responsible")
def batch(request: Request, key: int) -> HttpResponse:
    """One batch, envelope by envelope. Numbers only; a number leads to the record."""
    with access.under(request, WARD_ENTRY) as door:
        try:
            card = gathering.card(key)
        except NotFound as error:
            raise Http404 from error
        slips = card.kind is BatchKind.SLIPS
        letter, line = ("M", SlipLine) if slips else ("K", LetterLine)
        of = "intention_id" if slips else "donation_id"
        lines = line.objects.filter(batch_id=key).order_by("sequence").values_list(of, "envelope", "withdrawn_on")
        shown = Paginator(lines, PAGE).get_page(request.GET.get("page"))
        rows = [(reference_of(letter, one), one, envelope, withdrawn) for one, envelope, withdrawn in shown]
        door.nothing_seen()
    context = {
        "card": card,
        "rows": rows,
        "shown": shown,
        "address": "donations:intention" if slips else "donations:donation",
        "source": posting.source_of(card.kind),
        "job": posting.job_of(key),
    }
    crumbs = (home(), Link(TITLE, reverse("donations:batches")), Link(f"束 {key}", ""))
    return page(request, "donations/batch.html", context, crumbs=crumbs)
