"""The officer's screens of letters on their way: all jobs, one job, and 「送りましたか」 answered by number.

Nothing here is about anybody. Everything an officer does goes through one address a button, and says what became of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from azukari.core.accounts.api import Request, requires
from azukari.core.dispatch import api as dispatch
from azukari.core.dispatch.api import Balance, Job, Letter, State
from azukari.kernel.errors import AzukariError
from azukari.web import dispatching
from azukari.web.api import Link, page
from azukari.web.forms import (
    FindLetterForm,
    HandOverForm,
    ReferenceForm,
    ReturnForm,
    SpoilForm,
    StockForm,
    WithdrawForm,
)

HOME = "発送"
Do = Callable[[Request, Job, Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Row:
    """One job on the list: how many sets, how many left or are still open."""

    job: Job
    total: int
    handed: int
    open: int


@require_GET
@requires(*dispatching.OFFICERS)
def everything(request: Request) -> HttpResponse:
    """The section's jobs, and the story of every letter with the number asked for."""
    jobs = dispatching.officers_jobs(request)
    form = FindLetterForm(request.GET if "reference" in request.GET else None)
    letters = _letters(form, jobs) if form.is_valid() else None
    context = {"rows": _rows(jobs), "form": form, "letters": letters}
    return page(request, "web/dispatch/list.html", context, crumbs=[Link(HOME, request.path)])


def _letters(form: FindLetterForm, jobs: list[Job]) -> list[Letter]:
    own = {one.id for one in jobs}
    return [one for one in dispatch.lines_of(form.cleaned_data["reference"]) if one.job.id in own]


def _rows(jobs: list[Job]) -> list[Row]:
    counted = dispatch.funnels(one.id for one in jobs)
    return [_row(one, counted[one.id]) for one in jobs]


def _row(job: Job, counted: Mapping[State, int]) -> Row:
    total, handed = sum(counted.values()), counted[State.HANDED] + counted[State.RETURNED]
    return Row(job, total, handed, total - sum(counted[state] for state in dispatch.FINISHED))


@require_GET
@requires(*dispatching.OFFICERS)
def one(request: Request, key: int) -> HttpResponse:
    """One job: from plan to post in a picture, the equations, what is missing, and what can be done."""
    return _shown(request, dispatching.officers_job(request, key), {})


def _shown(request: Request, job: Job, bound: Mapping[str, forms.Form]) -> HttpResponse:
    found = dispatch.balance(job.id)
    counted = dict(found.funnel)
    context = {
        "job": job,
        "balance": found,
        "total": sum(counted.values()),
        "reached": _reached(found),
        "papers": dispatch.papers(job.id),
        "reprints": dispatch.waiting(job.id, State.SPOILED),
        "withdrawing": dispatch.waiting(job.id, State.WITHDRAWING),
        "unprinted": counted[State.PLANNED] + counted[State.SPOILED],
        "sealed": counted[State.SEALED],
        "stops": dispatch.stops(job.id),
        "in_hand": dispatch.in_hand(job.id),
        "forms": {what.replace("-", "_"): bound.get(what) or _form(what, job, None) for what in FORMS},
    }
    status = 422 if bound else 200
    crumbs = [Link(HOME, reverse("web:dispatch")), Link(f"{job.number} {job.title}", request.path)]
    return page(request, "web/dispatch/job.html", context, crumbs=crumbs, status=status)


def _reached(found: Balance) -> list[tuple[str, int]]:
    """How many sets came at least so far on the straight way."""
    counted = dict(found.funnel)
    way = (
        (State.PLANNED, "作った"),
        (State.PRINTED, "印刷した"),
        (State.MATCHED, "照合した"),
        (State.SEALED, "封をした"),
    )
    after = [State.PRINTED, State.MATCHED, State.SEALED, State.HANDED, State.RETURNED]
    reached = [("作った", sum(counted.values()))]
    for state, name in way[1:]:
        reached.append((name, sum(counted[one] for one in after[after.index(state) :])))
    return [*reached, ("差し出した", counted[State.HANDED] + counted[State.RETURNED])]


@require_POST
@requires(*dispatching.OFFICERS)
def act(request: Request, key: int, what: str) -> HttpResponse:
    """One thing an officer records. What is wrong with it is said on the same page, and then nothing was changed."""
    job = dispatching.officers_job(request, key)
    if what not in ACTS:
        raise Http404
    form = _form(what, job, request.POST)
    if form and not form.is_valid():
        return _shown(request, job, {what: form})
    try:
        said = ACTS[what](request, job, form.cleaned_data if form else {})
    except AzukariError as error:
        messages.error(request, f"{error.what} {error.why} {error.next_step}", extra_tags="stop")
    else:
        messages.success(request, said, extra_tags="ok")
    return HttpResponseRedirect(reverse("web:dispatch_job", args=[key]), status=303)


def _form(what: str, job: Job, data: Any) -> forms.Form | None:
    if what not in FORMS:
        return None
    initial = {"on": timezone.localdate()}
    form = FORMS[what](data, initial=initial, auto_id=f"{what}_%s")
    if isinstance(form, StockForm):
        form.offer(dispatch.papers(job.id))
    return form


def _who(request: Request) -> dict[str, Any]:
    return {"by": dispatching.actor(request), "place": request.place}


def _printed(request: Request, job: Job, _: Mapping[str, Any]) -> str:
    return f"{dispatch.printed(job.id, **_who(request)):,} 組の印刷を記録しました。"


def _handed(request: Request, job: Job, given: Mapping[str, Any]) -> str:
    count = dispatch.hand_over(job.id, **given, **_who(request))
    return f"{count:,} 通の差出しを記録しました。"


def _withdrawn(request: Request, job: Job, given: Mapping[str, Any]) -> str:
    state = dispatch.withdraw(job.id, **given, **_who(request))
    if state == State.WITHDRAWN:
        return f"{given['reference']} を引き抜きました。紙にはなっていません。"
    return f"{given['reference']} は引抜待ちです。作業場で紙を箱に入れるまで、発送は締められません。"


def _spoiled(request: Request, job: Job, given: Mapping[str, Any]) -> str:
    dispatch.spoil(job.id, **given, **_who(request))
    return f"{given['reference']} は刷り直します。前の版の紙は、もう照合できません。"


def _returned(request: Request, job: Job, given: Mapping[str, Any]) -> str:
    dispatch.returned(job.id, **given, **_who(request))
    return f"{given['reference']} が戻ったことを記録しました。"


def _stock(request: Request, job: Job, given: Mapping[str, Any]) -> str:
    dispatch.stock(job.id, **given, **_who(request))
    return f"{given['name']}の用紙 {given['count']:,} 枚（{given['kind'].value}）を記録しました。"


def _freed(request: Request, job: Job, given: Mapping[str, Any]) -> str:
    dispatch.put_aside(job.id, of=given["reference"], **_who(request))
    return f"{given['reference']} の手元の組を、束に戻しました。"


def _closed(request: Request, job: Job, _: Mapping[str, Any]) -> str:
    dispatch.close(job.id, **_who(request))
    return "すべての数が合いました。発送を締めました。"


ACTS: dict[str, Do] = {
    "printed": _printed,
    "hand-over": _handed,
    "withdraw": _withdrawn,
    "spoil": _spoiled,
    "returned": _returned,
    "stock": _stock,
    "aside": _freed,
    "close": _closed,
}
FORMS: dict[str, type[forms.Form]] = {
    "hand-over": HandOverForm,
    "withdraw": WithdrawForm,
    "spoil": SpoilForm,
    "returned": ReturnForm,
    "stock": StockForm,
    "aside": ReferenceForm,
}
