"""The station's screens from application to ID: a family, the interview, what is issued; and the ward's numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from azukari.business.hotstay import registering, reporting, sheets
from azukari.business.hotstay.forms import ChildForm, GuardianForm, InterviewForm
from azukari.business.hotstay.models import Child
from azukari.business.hotstay.public.types import Slip
from azukari.business.hotstay.types import CHILD_FLOW, CHILDREN, GUARDIAN_FLOW, GUARDIANS, WARD_ENTRY
from azukari.business.hotstay.views import crumbs, here, staff_only
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, requires
from azukari.kernel.errors import BadInput
from azukari.web.api import Link, page

LIST_ITEMS = ("氏名", "生年月日", "アレルギーの有無及び程度", "障害の有無及び程度", "既往歴")
# What the family told: all items of the flow but the two that the station issues.
SHEET_OF_ITEMS = tuple(dict.fromkeys(map(str, Child.holds.items.values())))
CHILD_LIST = "お子さまの登録"


def _list() -> Link:
    return Link(CHILD_LIST, reverse("hotstay:children"))


@require_GET
@staff_only
def children(request: Request) -> HttpResponse:
    """The station's children, those on their way to registration first."""
    with access.under(request, CHILD_FLOW) as door:
        this = here(door)
        rows = sheets.children(this.station, timezone.localdate())
        door.saw(CHILDREN, [row.child.pk for row in rows], LIST_ITEMS)
    context = {"station": this.station, "rows": rows}
    return page(request, "hotstay/children.html", context, crumbs=crumbs(CHILD_LIST))


@require_http_methods(["GET", "POST"])
@staff_only
def apply(request: Request) -> HttpResponse:
    """An application keyed from paper: a guardian under 814-1 and a child under 814-2, both or neither."""
    sent = request.POST or None
    child, guardian = ChildForm(sent, prefix="c"), GuardianForm(sent, prefix="g", initial={"calls_first": True})
    if sent is not None and child.is_valid() and guardian.is_valid():
        key = _register(request, child.cleaned_data, guardian.cleaned_data)
        messages.success(request, "申込みを登録しました。次に、面接の日を決めてください。", extra_tags="ok")
        return HttpResponseRedirect(reverse("hotstay:child", args=[key]), status=303)
    with access.under(request, CHILD_FLOW) as door:
        station = here(door).station
        door.nothing_seen()
    context = {"station": station, "child": child, "guardian": guardian}
    status = 422 if sent is not None else 200
    return page(request, "hotstay/apply.html", context, crumbs=crumbs("申込みの入力", _list()), status=status)


def _register(request: Request, child: dict[str, Any], guardian: dict[str, Any]) -> int:
    """In the request's one transaction, one flow after the other."""
    with access.under(request, CHILD_FLOW) as door:
        this = here(door)
        family = registering.add_family(this.desk, this.station, timezone.localdate())
        key = registering.add_child(this.desk, this.station, family, child)
        door.changed(CHILDREN, [key], SHEET_OF_ITEMS)
    with access.under(request, GUARDIAN_FLOW) as door:
        parent = registering.add_guardian(here(door).desk, this.station, family, guardian)
        door.changed(GUARDIANS, [parent], door.items)
    return key


@require_GET
@staff_only
def child(request: Request, key: int) -> HttpResponse:
    """One child with all items the family told, its interview, and what to do next."""
    return _child_page(request, key, InterviewForm(initial={"day": timezone.localdate(), "slot": "20"}))


def _child_page(
    request: Request, key: int, form: InterviewForm, *, issued: Slip | None = None, status: int = 200
) -> HttpResponse:
    with access.under(request, CHILD_FLOW) as door:
        this = here(door)
        found = sheets.child(key, timezone.localdate())
        if found is None:
            raise Http404
        door.saw(CHILDREN, [key], SHEET_OF_ITEMS)
    context = {"station": this.station, "found": found, "told": _told(found.child), "form": form, "issued": issued}
    return page(request, "hotstay/child.html", context, crumbs=crumbs("お子さま", _list()), status=status)


@require_http_methods(["GET", "POST"])
@staff_only
def edit(request: Request, key: int) -> HttpResponse:
    """What the family told anew: an allergy, a doctor, a habit. Only what differs is written."""
    sent = request.POST if request.method == "POST" else None
    with access.under(request, CHILD_FLOW) as door:
        this = here(door)
        found = sheets.child(key, timezone.localdate())
        if found is None:
            raise Http404
        initial = {name: getattr(found.child, name) for name in registering.CHILD_FIELDS}
        form = ChildForm(sent, initial=initial)
        values = {name: form.cleaned_data[name] for name in form.changed_data} if form.is_valid() else {}
        if values:
            registering.change_child(this.desk, key, values)
            door.changed(CHILDREN, [key], [str(Child.holds.items[name]) for name in values])
        else:
            door.saw(CHILDREN, [key], SHEET_OF_ITEMS)
    if sent is not None and form.is_valid():
        messages.success(
            request, f"{len(values)}項目を直しました。" if values else "変わったところはありません。", extra_tags="ok"
        )
        return HttpResponseRedirect(reverse("hotstay:child", args=[key]), status=303)
    context = {"station": this.station, "child": form}
    status = 422 if sent is not None else 200
    return page(request, "hotstay/edit.html", context, crumbs=crumbs("登録の内容を直す", _list()), status=status)


@require_POST
@staff_only
def end(request: Request, key: int) -> HttpResponse:
    """The child is not brought any more."""
    with access.under(request, CHILD_FLOW) as door:
        done = registering.end(here(door).desk, key, timezone.localdate())
        door.changed(CHILDREN, [key] if done else [], ())
    if not done:
        raise Http404
    messages.success(
        request, "利用の終了を記録しました。これからの予約は一日の画面で確かめてください。", extra_tags="ok"
    )
    return HttpResponseRedirect(reverse("hotstay:child", args=[key]), status=303)


def _told(row: Any) -> list[tuple[str, Any]]:
    """Every item with its value, in the order of the paper."""
    words = {True: "ある", False: "ない", None: ""}
    form = ChildForm()
    pairs = [(str(form.fields[name].label), getattr(row, name)) for name in registering.CHILD_FIELDS]
    return [(label, words[value] if isinstance(value, bool) or value is None else value) for label, value in pairs]


@require_POST
@staff_only
def interview(request: Request, key: int) -> HttpResponse:
    """Plan the interview, or say what came of it."""
    form = InterviewForm(request.POST)
    with access.under(request, CHILD_FLOW) as door:
        this = here(door)
        found = sheets.child(key, timezone.localdate())
        if found is None:
            raise Http404
        said = ""
        if "outcome" in request.POST and found.interview:
            registered = request.POST["outcome"] == "登録"
            done = registering.decide_interview(this.desk, found.interview.pk, registered=registered)
            said = "面接の結果を記録しました。" if done else "面接の結果は、すでに記録されています。"
        elif form.is_valid():
            said = _plan(this, key, form)
        door.changed(CHILDREN, [key] if said else [], ())
    if not said:
        return _child_page(request, key, form, status=422)
    messages.success(request, said, extra_tags="ok")
    return HttpResponseRedirect(reverse("hotstay:child", args=[key]), status=303)


def _plan(this: Any, key: int, form: InterviewForm) -> str:
    day: date = form.cleaned_data["day"]
    try:
        registering.plan_interview(this.desk, this.station, key, day, int(form.cleaned_data["slot"]))
    except BadInput as error:
        form.add_error("slot", f"{error.what}{error.next_step}")
        return ""
    return "面接の日を登録しました。"


@require_POST
@staff_only
def issue(request: Request, key: int) -> HttpResponse:
    """The child's ID and a new word for the first sign-in, shown this once, to be printed and handed over."""
    with access.under(request, CHILD_FLOW) as door:
        try:
            this = here(door)
            issued = registering.issue(this.desk, this.station, key)
        except BadInput as error:
            door.nothing_seen()
            raise Http404 from error
        door.nothing_seen()
    response = _child_page(request, key, InterviewForm(), issued=issued)
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@requires("officer", "responsible")
def numbers(request: Request) -> HttpResponse:
    """The ward's own screen: a month of all stations in numbers. Nobody's name, key or day of birth."""
    first = _month(request.GET.get("month", ""))
    with access.under(request, WARD_ENTRY) as door:
        report = reporting.report(first)
        door.nothing_seen()
    context = {"report": report, "total": reporting.total(report)}
    return page(request, "hotstay/numbers.html", context, crumbs=(Link("ほっとステイの件数", ""),))


def _month(written: str) -> date:
    try:
        return date.fromisoformat(f"{written}-01")
    except ValueError:
        return timezone.localdate().replace(day=1)
