"""What an officer does on the page of one record: each a form sent to its own address, then back to the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from azukari.business.donations import acting, fields
from azukari.business.donations.acting import Acting
from azukari.business.donations.forms import ActForm, CorrectForm, EndForm, FormForm, OutForm, ReissueForm, VoidForm
from azukari.business.donations.models import Donation, Intention
from azukari.business.donations.types import DONATIONS, INTENTIONS, WARD_ENTRY, EventKind, VoidGround, Why
from azukari.business.donations.views import show
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, requires
from azukari.kernel.errors import AzukariError

STATE, FORM = "寄附の状態", "ワンストップ特例の申請"
Kind = type[Donation | Intention]
KINDS: Mapping[str, Kind] = {"K": Donation, "M": Intention}
Act = Callable[[Acting, Donation | Intention, dict[str, Any]], object]


def _act(
    request: Request, kind: Kind, key: int, form: forms.Form, act: Act, items: tuple[str, ...], done: str
) -> HttpResponse:
    """Do it and go back to the page; show the page again, with the form, when it cannot be done."""
    name = str(form.prefix)
    if not form.is_valid():
        return show(request, kind, key, {name: form})
    try:
        _do(request, kind, key, form, act, items)
    except AzukariError as error:
        return show(request, kind, key, {name: form}, error)
    messages.success(request, done, extra_tags="ok")
    where = "donations:donation" if kind is Donation else "donations:intention"
    return HttpResponseRedirect(reverse(where, args=[key]), status=303)


def _do(request: Request, kind: Kind, key: int, form: forms.Form, act: Act, items: tuple[str, ...]) -> None:
    with access.under(request, WARD_ENTRY) as door:
        record: Model | None = kind.objects.filter(pk=key).first()
        if not isinstance(record, Donation | Intention):
            raise Http404
        act(Acting(door.actor, door.on), record, form.cleaned_data)
        door.changed(DONATIONS if kind is Donation else INTENTIONS, [key], items)


@require_POST
@requires("officer", "responsible")
def settle(request: Request, key: int) -> HttpResponse:
    """入金確認."""
    form = ActForm(request.POST, prefix="settle")
    return _act(
        request, Donation, key, form, lambda who, one, data: acting.settle(who, one.pk, data["on"]), ("入金確認日",),
        "入金を確認しました。次の礼状の束に入ります。",
    )  # fmt: skip


def _end(who: Acting, record: Donation | Intention, data: dict[str, Any]) -> None:
    acting.end(who, record, EventKind(data["kind"]), Why(data["why"]), data["on"])


@require_POST
@requires("officer", "responsible")
def end(request: Request, letter: str, key: int) -> HttpResponse:
    """取消 or 還付."""
    form = EndForm(request.POST, prefix="end")
    done = "記録しました。引き渡していない手紙は、束から抜きました。"
    return _act(request, KINDS[letter], key, form, _end, (STATE,), done)


@require_POST
@requires("officer", "responsible")
def take_out(request: Request, letter: str, key: int) -> HttpResponse:
    """Its letter leaves the batch."""
    form = OutForm(request.POST, prefix="out")
    return _act(
        request, KINDS[letter], key, form, lambda who, one, _: acting.take_out(who, one), (STATE,),
        "束から抜きました。次の束に、もう一度入ります。",
    )  # fmt: skip


def _correct(who: Acting, record: Donation | Intention, data: dict[str, Any]) -> None:
    name, address = fields.needed(data["name"], 200), fields.needed(data["address"], 600, lines=True)
    acting.correct(who, record, name, fields.postcode(data["postcode"]), address, Why(data["why"]))


@require_POST
@requires("officer", "responsible")
def correct(request: Request, letter: str, key: int) -> HttpResponse:
    """氏名・住所 as the donor said they are right."""
    form = CorrectForm(request.POST, prefix="correct")
    return _act(request, KINDS[letter], key, form, _correct, ("氏名", "住所"), "氏名と住所を直しました。")


@require_POST
@requires("officer", "responsible")
def form_arrived(request: Request, key: int) -> HttpResponse:
    """申請書の受付."""
    form = FormForm(request.POST, prefix="form")
    return _act(
        request, Donation, key, form,
        lambda who, one, data: acting.receive_form(who, one.pk, data["on"], data["bodies"]), (FORM,),
        "申請書の受付を記録しました。",
    )  # fmt: skip


@require_POST
@requires("officer", "responsible")
def change_arrived(request: Request, key: int) -> HttpResponse:
    """変更届の受付 (第55号の6様式)."""
    form = ActForm(request.POST, prefix="change")
    return _act(
        request, Donation, key, form, lambda who, one, data: acting.change_form(who, one.pk, data["on"]), (FORM,),
        "変更届の受付を記録しました。氏名や住所も直してください。",
    )  # fmt: skip


@require_POST
@requires("officer", "responsible")
def void(request: Request, key: int) -> HttpResponse:
    """みなし無効."""
    form = VoidForm(request.POST, prefix="void")
    return _act(
        request, Donation, key, form,
        lambda who, one, data: acting.void_form(who, one.pk, VoidGround(data["ground"]), data["on"]), (FORM,),
        "みなし無効を記録しました。寄附者に知らせてください。",
    )  # fmt: skip


@require_POST
@requires("officer", "responsible")
def told(request: Request, key: int) -> HttpResponse:
    """The donor was told that the application is void."""
    form = ActForm(request.POST, prefix="told")
    return _act(
        request, Donation, key, form, lambda who, one, data: acting.tell_void(who, one.pk, data["on"]), (FORM,),
        "寄附者に知らせた日を記録しました。",
    )  # fmt: skip


@require_POST
@requires("officer", "responsible")
def reissue(request: Request, key: int) -> HttpResponse:
    """再発行."""
    form = ReissueForm(request.POST, prefix="reissue")
    return _act(
        request, Donation, key, form,
        lambda who, one, data: acting.reissue(who, one.pk, Why(data["why"]), data["on"]), ("受領証明書の番号",),
        "再発行を記録しました。次の再発行の束に入ります。",
    )  # fmt: skip
