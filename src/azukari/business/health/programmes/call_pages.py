"""The call centre's screens: how many are left, and one household at a time. All under flow 809-1.

What may be recorded is one of four words for each person: nothing is collected from the person (諮問809 §5(1)).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from azukari.business.health.models import CallSubject
from azukari.business.health.programmes import calling, parameters
from azukari.business.health.programmes.forms import CallForm
from azukari.business.health.programmes.types import CALLED, Callee
from azukari.business.health.types import CALLS
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, requires
from azukari.core.audit import api as audit
from azukari.kernel.errors import AzukariError
from azukari.web.api import Link, page

HOME = "勧奨の電話"
WORKERS = ("operator", "responsible")


@require_GET
@requires("operator", "responsible")
def calls(request: Request) -> HttpResponse:
    """The lists entrusted to the contractor, and how far each has come. Numbers only."""
    with access.under(request, CALLS) as door:
        work = calling.work()
        door.nothing_seen()
    context = {"work": work, "attempts": parameters.parameters()["attempts"]}
    return page(request, "health/calls.html", context, crumbs=(Link(HOME, ""),))


@require_http_methods(["GET", "POST"])
@requires("operator", "responsible")
def call(request: Request, key: int) -> HttpResponse:
    """One household: to open the next, to say what came of the call, or to leave it to others."""
    return _do(request, key) if request.method == "POST" else _shown(request, key)


def _shown(request: Request, key: int, sent: Any = None, refused: AzukariError | None = None) -> HttpResponse:
    with access.under(request, CALLS) as door:
        work = _work(key)
        rows = calling.opened(key, caller=door.actor.id, now=timezone.now())
        people = calling.callees(rows, calling.flags_of(key, rows))
        door.saw(CALLED, [row.pk for row in rows])
    form = CallForm(sent, callees=people)
    context = {
        "work": work,
        "people": _parts(people, form),
        "form": form,
        "refused": refused,
        "attempts": parameters.attempts(),
        "last": any(one.attempt >= parameters.attempts() for one in people),
    }
    crumbs = (Link(HOME, reverse("health:calls")), Link(f"名簿 {key}", ""))
    status = 422 if refused or form.errors else 200
    return page(request, "health/call.html", context, crumbs=crumbs, status=status)


def _parts(people: Sequence[Callee], form: CallForm) -> list[dict[str, Any]]:
    """Each person with what is on the screen at once, what is told to the person alone, and the field of the result."""
    return [
        {
            "one": one,
            "field": form[f"r{one.key}"],
            "first": [(name, one.items[name]) for name in calling.FIRST],
            "numbers": [
                (name, value)
                for name, value in one.items.items()
                if name not in {*calling.FIRST, *calling.TOLD_LAST, "氏名", "生年月日", "電話番号"}
            ],
            "told": [(name, one.items[name]) for name in calling.TOLD_LAST],
        }
        for one in people
    ]


def _work(key: int) -> calling.Work:
    found = calling.work(key)
    if not found:
        raise Http404
    return found[0]


def _do(request: Request, key: int) -> HttpResponse:
    act = {"next": _next, "record": _record, "back": _back}.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    try:
        return act(request, key)
    except AzukariError as error:
        return _shown(request, key, refused=error)


def _again(key: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("health:call", args=[key]), status=303)


def _next(request: Request, key: int) -> HttpResponse:
    """Open the household whose turn it is; the one that is open stays open."""
    with access.under(request, CALLS) as door:
        _work(key)
        now = timezone.now()
        if not calling.opened(key, caller=door.actor.id, now=now):
            found = calling.take_next(key, caller=door.actor.id, now=now)
        else:
            found = 0
        door.nothing_seen()
    if found is None:
        messages.info(request, "いま電話する方はいません。つながらなかった方には、時間をおいて電話します。")
    return _again(key)


def _record(request: Request, key: int) -> HttpResponse:
    with access.under(request, CALLS) as door:
        _work(key)
        now = timezone.now()
        rows = calling.opened(key, caller=door.actor.id, now=now)
        form = CallForm(request.POST, callees=calling.callees(rows, calling.flags_of(key, rows)))
        done = bool(rows) and form.is_valid() and _recorded(door, key, form)
        door.nothing_seen()
    if rows and not done:
        return _shown(request, key, sent=request.POST)
    if done:
        messages.success(request, "記録しました。", extra_tags="ok")
        return _next(request, key)
    messages.warning(request, "開いている方がいません。時間が過ぎたときは、もう一度開いてください。", extra_tags="warn")
    return _again(key)


def _recorded(door: access.Door, key: int, form: CallForm) -> bool:
    """The calls, and in the ledger whom they were to: facts of a call, no item of anybody."""
    keys = calling.record(key, form.results(), caller=door.actor.id, now=timezone.now())
    subjects = CallSubject.objects.filter(pk__in=keys).order_by("pk").values_list("person_id", flat=True)
    audit.record(
        "health.called",
        actor=door.actor,
        place=door.place,
        flow=door.flow,
        subjects=sorted(subjects),
        medium=door.medium,
        detail={"handing": key, "rows": len(keys)},
    )
    return True


def _back(request: Request, key: int) -> HttpResponse:
    with access.under(request, CALLS) as door:
        _work(key)
        calling.put_back(key, caller=door.actor.id, now=timezone.now())
        door.nothing_seen()
    messages.info(request, "この世帯は、ほかの人も開けるように戻しました。")
    return HttpResponseRedirect(reverse("health:calls"), status=303)
