"""Answers of the companies: the screens under the register entry of payments, r-taxi-pay. They show nobody's name."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from azukari.business.taxi import answering, serials
from azukari.business.taxi.checking import grounds
from azukari.business.taxi.models import AnswerSeen, CorrectionSeen, PaymentSeen, RunSeen, ToldSeen
from azukari.business.taxi.types import PAY_ENTRY, VOUCHERS, AnswerResult
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, requires
from azukari.kernel.errors import AzukariError
from azukari.web.api import Link, page

HOME = "福祉タクシー券"
TITLE = "支払と回答"
SHOWN = ("券の番号", "券種", "券面額", "券の状態")
WAITING = 30


class AnswerForm(forms.Form):
    """That a company answered, and the voucher's number as it reads it."""

    received_on = forms.DateField(label="回答を受け取った日", help_text="2019-08-01 のように入力します。")
    serial = forms.CharField(
        label="事業者が読んだ券の番号",
        required=False,
        max_length=20,
        help_text="番号が読めない券だけ、入力してください。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_serial(self) -> int | None:
        """Twelve digits with right check digits, or nothing."""
        written = self.cleaned_data["serial"]
        number = serials.read(written) if written else None
        if written and number is None:
            raise forms.ValidationError("券の番号が正しくありません。12桁を、券のとおりに入力してください。")
        return number


class DecisionForm(forms.Form):
    """What the ward decides on an answer."""

    result = forms.ChoiceField(label="決定", choices=[(one.value, one.value) for one in AnswerResult])
    amount = forms.IntegerField(label="支払う額（円）", min_value=0, required=False)


@require_GET
@requires("officer", "responsible")
def overview(request: Request) -> HttpResponse:
    """Settlements, newest first; what waits for an answer or a decision; corrections not yet settled."""
    with access.under(request, PAY_ENTRY) as door:
        runs = list(RunSeen.objects.order_by("-month", "-number")[:36])
        waiting = list(
            answering.answerable().select_related("batch__company").order_by("-batch__month", "pk")[:WAITING]
        )
        answers = {one.voucher_id: one for one in AnswerSeen.objects.filter(voucher_id__in=[row.pk for row in waiting])}
        due = list(CorrectionSeen.objects.filter(run=None).select_related("company").order_by("pk"))
        door.saw(VOUCHERS, [row.pk for row in waiting], SHOWN)
    rows = [_line(row, answers.get(row.pk)) for row in waiting]
    context = {"runs": runs, "rows": rows, "due": due, "most": WAITING}
    return page(request, "taxi/pay.html", context, crumbs=(Link(HOME, reverse("taxi:month")), Link(TITLE, "")))


def _line(row: Any, answer: AnswerSeen | None) -> dict[str, Any]:
    ground = grounds.first_of(row.grounds)
    title = grounds.rules()[ground].title if ground else ""
    state = "回答待ち" if answer is None else answer.result or "決定待ち"
    return {
        "row": row,
        "title": title,
        "state": state,
        "number": serials.written(row.serial) if row.serial else "読めない",
    }


@require_GET
@requires("officer", "responsible")
def run(request: Request, key: int) -> HttpResponse:
    """One settlement by company."""
    with access.under(request, PAY_ENTRY) as door:
        found = RunSeen.objects.filter(pk=key).first()
        if found is None:
            raise Http404
        payments = list(PaymentSeen.objects.filter(run=found).select_related("company").order_by("company__code"))
        door.nothing_seen()  # companies and sums; nobody of the register
    crumbs = (Link(HOME, reverse("taxi:month")), Link(TITLE, reverse("taxi:pay")), Link(str(found), ""))
    return page(request, "taxi/pay_run.html", {"run": found, "payments": payments}, crumbs=crumbs)


@require_http_methods(["GET", "POST"])
@requires("officer", "responsible")
def answer(request: Request, voucher: int) -> HttpResponse:
    """One held voucher: note the company's answer, then decide. Nothing of a settled month is changed."""
    answering_now = request.method == "POST" and "received_on" in request.POST
    form = AnswerForm(request.POST if answering_now else None, initial={"received_on": timezone.localdate()})
    decision = DecisionForm(request.POST if request.method == "POST" and not answering_now else None)
    with access.under(request, PAY_ENTRY) as door:
        row = answering.answerable().select_related("batch__company").filter(pk=voucher).first()
        if row is None:
            raise Http404
        said = _write(request, voucher, form, decision, timezone.localdate())
        told = list(ToldSeen.objects.filter(voucher_id=voucher))
        known = AnswerSeen.objects.filter(voucher_id=voucher).first()
        door.saw(VOUCHERS, [voucher], SHOWN)
        if said == "":
            door.changed(VOUCHERS, [voucher], ("券の状態",))
    if said == "":
        messages.success(request, "記録しました。", extra_tags="ok")
        return HttpResponseRedirect(reverse("taxi:answer", args=[voucher]), status=303)
    context = {
        "line": _line(row, known),
        "told": told,
        "answer": known,
        "form": form,
        "decision": decision,
        "said": said,
    }
    crumbs = (Link(HOME, reverse("taxi:month")), Link(TITLE, reverse("taxi:pay")), Link("回答", ""))
    status = 422 if request.method == "POST" else 200
    return page(request, "taxi/pay_answer.html", context, crumbs=crumbs, status=status)


def _write(request: Request, voucher: int, form: AnswerForm, decision: DecisionForm, today: date) -> str | None:
    """Write what was sent. "" when it was written, the words why not, or None when nothing was sent or a field is wrong."""
    by = request.account.id if request.account else ""
    try:
        if form.is_bound and form.is_valid():
            data = form.cleaned_data
            answering.receive_answer(voucher, on=data["received_on"], serial=data["serial"], by=by)
        elif decision.is_bound and decision.is_valid():
            data = decision.cleaned_data
            result = AnswerResult(data["result"])
            answering.decide_answer(voucher, result, amount=data["amount"] or 0, on=today, by=by)
        else:
            return None
    except AzukariError as error:
        return f"{error.what} {error.why} {error.next_step}"
    return ""
