"""The ward's screens of doubtful pairs (r-health): both sides beside each other, and the decision. Every look is recorded."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from azukari.business.health.models import Doubt, NamedIdentity, PersonDecision
from azukari.business.health.models.persons import IDENTITY_ITEM
from azukari.business.health.persons import deciding
from azukari.business.health.persons.forms import VerdictForm
from azukari.business.health.persons.types import Verdict
from azukari.business.health.types import WARD_ENTRY
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, requires
from azukari.core.people.api import matching_definition
from azukari.kernel import era
from azukari.kernel.errors import BadInput
from azukari.kernel.text import fold
from azukari.web.api import Link, page

PAGE = 100
HOME = "同じ人かどうかの確認"
SHOWN = ("氏名", "氏名のフリガナ", "生年月日", "性別", "被保険者証記号番号")
TITLES = {
    "name": "氏名",
    "kana": "フリガナ",
    "birth": "生年月日",
    "sex": "性別",
    "insurer": "保険者番号",
    "symbol": "記号",
    "number": "番号",
    "branch": "枝番",
}
SEXES = {1: "男", 2: "女", None: ""}
DONE = {
    Verdict.LINK: "同じ人としてつなぎました。次の集計から一人になります。",
    Verdict.APART: "別の人としました。",
    Verdict.LATER: "あとで確かめることにしました。一覧の終わりに移ります。",
    Verdict.WITHDRAWN: "決定を取り消しました。記録は元のとおりに分かれ、もう一度確認を待ちます。",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One field of both sides. `sign` says in words whether they are the same; `differs` only strengthens it."""

    title: str
    left: str
    right: str
    sign: str
    differs: bool


@require_GET
@requires("officer", "responsible")
def queue(request: Request) -> HttpResponse:
    """How many pairs wait, and the way to each. Numbers only; nobody is named."""
    with access.under(request, WARD_ENTRY) as door:
        waiting, counts = deciding.waiting(most=PAGE), deciding.counts()
        decided = deciding.decided(most=PAGE)
        door.nothing_seen()
    context = {
        "waiting": waiting,
        "counts": counts,
        "decided": decided,
        "later": Verdict.LATER.value,
        "definition": matching_definition(),
    }
    return page(request, "health/persons/queue.html", context, crumbs=(Link(HOME, ""),))


@require_http_methods(["GET", "POST"])
@requires("officer", "responsible")
def pair(request: Request, key: int) -> HttpResponse:
    """One pair side by side; POST decides it. Looking and deciding are both written for both sides."""
    form = VerdictForm(request.POST if request.method == "POST" else None)
    refused = None
    if form.is_bound and form.is_valid():
        try:
            return _decided(request, key, Verdict(form.cleaned_data["verdict"]))
        except BadInput as error:
            refused = error
    with access.under(request, WARD_ENTRY) as door:
        doubt = _doubt(key)
        sides = NamedIdentity.objects.get(pk=doubt.left_id), NamedIdentity.objects.get(pk=doubt.right_id)
        history = list(PersonDecision.objects.filter(doubt=doubt).order_by("pk"))
        door.saw(deciding.TABLE, [side.pk for side in sides], SHOWN)
    standing = Verdict(history[-1].verdict) if history else None
    context = {
        "doubt": doubt,
        "rows": [_row(name, *sides) for name in TITLES],
        "history": history,
        "standing": standing if standing and standing.decides else None,
        "refused": refused,
        "words": {one.name: one.value for one in Verdict},
    }
    status = 422 if refused or form.errors else 200
    crumbs = (Link(HOME, reverse("health_persons:queue")), Link(f"確認 {doubt.pk}", ""))
    return page(request, "health/persons/pair.html", context, crumbs=crumbs, status=status)


def _doubt(key: int) -> Doubt:
    found = Doubt.objects.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def _decided(request: Request, key: int, verdict: Verdict) -> HttpResponse:
    with access.under(request, WARD_ENTRY) as door:
        doubt = _doubt(key)
        deciding.decide(doubt, verdict, by=door.actor.id, at=timezone.now())
        door.changed(deciding.TABLE, [doubt.left_id, doubt.right_id], (IDENTITY_ITEM,))
    messages.success(request, DONE[verdict], extra_tags="ok")
    back = verdict is Verdict.WITHDRAWN
    address = reverse("health_persons:pair", args=[key]) if back else reverse("health_persons:queue")
    return HttpResponseRedirect(address, status=303)


def _row(name: str, left: NamedIdentity, right: NamedIdentity) -> Row:
    one, other = _shown(name, left), _shown(name, right)
    if one == other:
        return Row(TITLES[name], one, other, "同じ" if one else "どちらも空欄", differs=False)
    if not one or not other:
        return Row(TITLES[name], one, other, "片方が空欄", differs=True)
    if fold(one) == fold(other):
        return Row(TITLES[name], one, other, "書き方だけが違う", differs=False)
    return Row(TITLES[name], one, other, "違う", differs=True)


def _shown(name: str, side: NamedIdentity) -> str:
    if name == "birth":
        return era.long(side.birth) if side.birth else ""
    return SEXES[side.sex] if name == "sex" else str(getattr(side, name))
