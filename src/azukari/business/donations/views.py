"""The ward's screens of what is there: the year, the list, and one donation or intention. All under its own entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from azukari.business.donations import figures, listing, parameters, posting, rules
from azukari.business.donations.forms import (
    ActForm,
    CorrectForm,
    EndForm,
    FindForm,
    FormForm,
    ListForm,
    OutForm,
    ReissueForm,
    VoidForm,
)
from azukari.business.donations.letters import printing
from azukari.business.donations.listing import Asked, Found
from azukari.business.donations.models import Donation, Form, Intention, LetterLine, SlipLine
from azukari.business.donations.storing import DONATION_ITEMS, INTENTION_ITEMS
from azukari.business.donations.types import DONATIONS, INTENTIONS, WARD_ENTRY, State
from azukari.core.access import api as access
from azukari.core.access.api import Door
from azukari.core.accounts.api import Request, requires
from azukari.core.people.api import Purpose, written_address
from azukari.kernel import era
from azukari.kernel.errors import AzukariError
from azukari.kernel.fiscal import FiscalYear
from azukari.kernel.money import yen
from azukari.web.api import Fact, Link, page

HOME = "ふるさと納税"
TASKS = {
    State.HELD: "手紙を出せません。寄附者に確かめて、氏名や住所を直してください。",
    State.UNSETTLED: "お金が区に届いたら、入金を確認してください。ファイルの取込みでも確認できます。",
    State.DUE: "次に作る束に入ります。",
}
LISTED = ("氏名", "寄附金額", "納付方法", "区内・区外の別", "寄附の状態")
TONES = {
    State.PAID: "ok",
    State.UNSETTLED: "info",
    State.DUE: "info",
    State.HELD: "stop",
    State.BATCHED: "warn",
    State.SENT: "ok",
    State.CANCELLED: "plain",
    State.REFUNDED: "plain",
}
SENT = {
    State.PAID: "納付されています。手紙は、寄附のほうで送ります。",
    State.UNSETTLED: "まだ送っていません。入金を確認すると、礼状の束に入ります。",
    State.DUE: "まだ送っていません。次の束に入ります。",
    State.HELD: "送れません。印刷できない文字があります。下の「氏名・住所を直す」で直してください。",
    State.BATCHED: "発送の準備をしています。まだ引き渡していません。",
    State.SENT: "発送のために引き渡しました。",
    State.CANCELLED: "送りません。取り消しています。",
    State.REFUNDED: "送りません。還付しています。",
}


def home() -> Link:
    """The way back to the business's first page."""
    return Link(HOME, reverse("donations:year"))


@require_GET
@requires("officer", "responsible")
def year(request: Request) -> HttpResponse:
    """The fiscal year at a glance. Numbers only."""
    with access.under(request, WARD_ENTRY) as door:
        years = figures.years()
        chosen = _chosen_year(request, years)
        found = figures.year(chosen)
        standing = listing.states()
        door.nothing_seen()
    slips, letters = figures.against(chosen)
    context = {
        "years": years,
        "year": found,
        "gave": found.donations,
        "wished": found.intentions,
        "received": [
            ("813-1", "納付書・口座払いの申込み", found.intentions.all, slips),
            ("813-2", "寄附", found.donations.all, letters),
        ],
        "most": max((month.donations.all for month in found.months), default=0) or 1,
        "tasks": [(state, words, _standing(standing, state)) for state, words in TASKS.items()],
        "unconfirmed": [*parameters.unconfirmed(), *printing.unconfirmed()],
    }
    return page(request, "donations/year.html", context, crumbs=(Link(HOME, ""),))


def _standing(standing: Mapping[str, Mapping[State, int]], state: State) -> int:
    return sum(counts.get(state, 0) for counts in standing.values())


def _chosen_year(request: HttpRequest, years: Sequence[FiscalYear]) -> FiscalYear:
    asked = request.GET.get("year", "")
    latest = years[0] if years else FiscalYear.of(timezone.localdate())
    return next((one for one in years if str(one.year) == asked), latest)


@require_http_methods(["GET", "POST"])
@requires("officer", "responsible")
def find(request: Request) -> HttpResponse:
    """The list by state and year, or what a name or number finds. The names shown are recorded."""
    words = FindForm(request.POST if request.method == "POST" else None)
    with access.under(request, WARD_ENTRY) as door:
        years = figures.years()
        form = ListForm(request.GET, years=years)
        asked, number = _asked(form, words, years), _page_number(request)
        found, total = listing.look_up(asked, number)
        _saw(door, found)
    kept = {name: value for name in ("state", "year") if (value := form.cleaned_data.get(name))}
    pages = -(-total // listing.PAGE)
    context = {
        "form": form,
        "words": words,
        "asked": asked,
        "found": found,
        "total": total,
        "number": number,
        "pages": pages,
        "before": f"?{urlencode(kept | {'page': number - 1})}" if number > 1 and not asked.words else "",
        "after": f"?{urlencode(kept | {'page': number + 1})}" if number < pages and not asked.words else "",
        "tones": TONES,
    }
    status = 422 if words.errors else 200
    return page(request, "donations/list.html", context, crumbs=(home(), Link("一覧", "")), status=status)


def _asked(form: ListForm, words: FindForm, years: Sequence[FiscalYear]) -> Asked:
    form.is_valid()
    typed = words.cleaned_data["words"] if words.is_valid() else ""
    state, chosen = form.cleaned_data.get("state"), form.cleaned_data.get("year")
    year = next((one for one in years if str(one.year) == chosen), None)
    return Asked(typed, State(state) if state else None, year)


def _page_number(request: HttpRequest) -> int:
    written = request.GET.get("page", "")
    return int(written) if written.isascii() and written.isdigit() and 0 < len(written) < 7 and int(written) else 1


def _saw(door: Door, found: Sequence[Found]) -> None:
    """Say whose names stand in the list; an empty list says so too."""
    for table, letter, day in ((DONATIONS, "K", "寄附日"), (INTENTIONS, "M", "申込日")):
        door.saw(table, [one.key for one in found if one.letter == letter], (*LISTED, day))


@require_GET
@requires("officer", "responsible")
def donation(request: Request, key: int) -> HttpResponse:
    """One donation: what was given, its letters, its form, and everything that can be done to it."""
    return show(request, Donation, key)


@require_GET
@requires("officer", "responsible")
def intention(request: Request, key: int) -> HttpResponse:
    """One intention."""
    return show(request, Intention, key)


def show(
    request: Request,
    kind: type[Donation | Intention],
    key: int,
    sent: Mapping[str, forms.Form] | None = None,
    refused: AzukariError | None = None,
) -> HttpResponse:
    """The page of one record; with the form that was sent, or why it was refused, after something went wrong."""
    with access.under(request, WARD_ENTRY) as door:
        record = kind.objects.filter(pk=key).first()
        if record is None:
            raise Http404
        context = _shown(record) | {"refused": refused}
        envelopes = posting.envelopes_of(context["reference"])
        paid = isinstance(record, Donation)
        door.saw(DONATIONS if paid else INTENTIONS, [record.pk], _items(paid))
    context |= {"told": posting.told(envelopes), "forms": _forms(context) | dict(sent or {})}
    wrong = bool(refused or any(form.errors for form in (sent or {}).values()))
    crumbs = (home(), Link("一覧", reverse("donations:list")), Link(context["reference"], ""))
    return page(request, "donations/one.html", context, crumbs=crumbs, status=422 if wrong else 200)


def _items(paid: bool) -> tuple[str, ...]:
    shown = (*DONATION_ITEMS, "ワンストップ特例の申請", "受領証明書の番号") if paid else INTENTION_ITEMS
    return (*shown, "寄附の状態")


def _shown(record: Donation | Intention) -> dict[str, Any]:
    paid = record if isinstance(record, Donation) else None
    state = listing.state_of(record)
    form = listing.form_of(paid) if paid else None
    return {
        "record": record,
        "is_donation": paid is not None,
        "reference": rules.reference_of(listing.letter_of(record), record.pk),
        "state": state,
        "tone": TONES[state],
        "sent": SENT[state],
        "last": _last_line(record) if state in {State.BATCHED, State.SENT} else None,
        "story": listing.story(record),
        "facts": _facts(record),
        "gift": _gift(paid) if paid else [],
        "certificates": listing.certificates(paid) if paid else [],
        "form": form,
        "deadline": rules.form_deadline(paid.year) if paid else None,
        "ended": state in {State.CANCELLED, State.REFUNDED},
        "payment": _payment_of(record),
    }


def _last_line(record: Donation | Intention) -> LetterLine | SlipLine | None:
    """Where its letter is now."""
    return next((line for line in reversed(listing.lines_of(record)) if line.withdrawn_on is None), None)


def _payment_of(record: Donation | Intention) -> int | None:
    """The other half: the donation that paid an intention, or the intention a donation paid."""
    if isinstance(record, Donation):
        return record.intention_id
    return Donation.objects.filter(intention=record).values_list("pk", flat=True).first()


def _facts(record: Donation | Intention) -> list[Fact]:
    address = written_address(record.donor_id, record.postcode, record.address, purpose=Purpose.SCREEN)
    found = [
        ("氏名", record.name),
        ("フリガナ", record.kana),
        ("住所", address),
        ("区内・区外", "区内の方" if record.in_ward else "区外の方"),
        ("電話番号", record.phone),
        ("メールアドレス", record.email),
        ("寄附金額", yen(record.amount)),
        ("使途", record.use),
        ("納付方法", record.method),
        ("受付", f"{record.source} {record.number}".strip()),
        ("申込日", _day(record.applied_on)),
    ]
    if isinstance(record, Donation):
        found += [
            ("寄附日", _day(record.donated_on)),
            ("入金確認日", _day(record.settled_on) or "まだ確認していません"),
            ("ワンストップ特例の希望", "有" if record.one_stop else "無"),
        ]
    return [Fact(term, value) for term, value in found if value]


def _gift(donation: Donation) -> list[Fact]:
    if not donation.gift:
        return []
    to = [Fact("送付先の氏名", donation.gift_name), Fact("送付先の住所", donation.gift_address)]
    return [Fact("贈呈品の種類", donation.gift_kind), *(to if donation.gift_name else [Fact("送付先", "寄附者と同じ")])]


def _day(day: date | None) -> str:
    return era.long(day) if day else ""


def _forms(context: Mapping[str, Any]) -> dict[str, forms.Form]:
    """The empty forms of everything that can be done to it now."""
    record, form, ended = context["record"], context["form"], context["ended"]
    today = {"on": timezone.localdate()}
    found: dict[str, forms.Form] = {}
    if not ended:
        if not (isinstance(record, Intention) and context["payment"]):
            found["end"] = EndForm(prefix="end", initial=today)
        known = {"name": record.name, "postcode": record.postcode, "address": record.address}
        if context["state"] is State.BATCHED:
            found["out"] = OutForm(prefix="out")
        found["correct"] = CorrectForm(prefix="correct", initial=known)
    if isinstance(record, Donation) and not ended:
        found |= _donation_forms(record, form, today, issued=bool(context["certificates"]))
    return found


def _donation_forms(
    record: Donation, form: Form | None, today: dict[str, date], *, issued: bool
) -> dict[str, forms.Form]:
    found: dict[str, forms.Form] = {}
    if record.settled_on is None:
        found["settle"] = ActForm(prefix="settle", initial=today)
    if issued:
        found["reissue"] = ReissueForm(prefix="reissue", initial=today)
    if form is None:
        found["form"] = FormForm(prefix="form", initial=today)
    elif form.void_on is None:
        found["change"] = ActForm(prefix="change", initial=today)
        found["void"] = VoidForm(prefix="void", initial=today)
    elif form.told_on is None:
        found["told"] = ActForm(prefix="told", initial=today)
    return found
