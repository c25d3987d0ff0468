"""仮名化の立会い on the screen: who is there, what was checked before it goes, and the signatures.

The ward's people work under their register entry, the contractor's responsible person under its own flow, both at the
ward. What needs the key's file or the medium is a command at the ward's machine; the page says which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from azukari.business.health.analysis.forms import AttendForm, DestroyForm, NothingForm, SignForm
from azukari.core.access import api as access
from azukari.core.access.api import Door
from azukari.core.accounts.api import Request, requires, workers
from azukari.core.handover.api import ENTRY
from azukari.core.handover.api import ceremony as ceremonies
from azukari.core.policy import api as policy
from azukari.kernel import era
from azukari.kernel.errors import AzukariError, NotFound
from azukari.web.api import Fact, Link, Moment, page

Step = ceremonies.Step
Card = ceremonies.CeremonyCard
TITLE = "仮名化の立会い"
PDF = "application/pdf"
ATTEND = frozenset({Step.WARD_PRESENT, Step.THEIRS_PRESENT, Step.WARD_BACK, Step.THEIRS_BACK})
# What is done at the ward's machine: the step → its command and what it needs there.
COMMANDS: Mapping[Step, str] = {
    Step.KEYED: "key {id} --login {login} --keystore 鍵のファイル --backup 控え.pdf",
    Step.MADE: "make {id} --login {login} --keystore 鍵のファイル",
    Step.WRITTEN: "write {id} --login {login} --to 媒体の場所",
    Step.DELIVERED: "receive {id} 納品のファイル --login {login}",
    Step.RESTORED: "restore {id} --login {login} --keystore 鍵のファイル --to 新しい場所",
}
ORDER = tuple(step for step in Step if step is not Step.CANCELLED)


@dataclass(frozen=True, slots=True)
class Action:
    """Something the signed-in person can do here and now."""

    name: str
    title: str
    button: str
    form: forms.Form
    signs: bool = False


@contextmanager
def desk(request: Request) -> Iterator[Door]:
    """Inside the flow's role; nothing about anybody is read there, and every step has its own line in the ledger."""
    with access.under(request, _own_flow(request)) as door:
        yield door
        door.nothing_seen()


def _own_flow(request: Request) -> str:
    """The ward's entry, or the contractor's flow that takes tokens only. Raises Http404 for everybody else."""
    card = request.account
    if card is None or not card.contractor:
        return ENTRY
    mine = sorted(policy.enrolled(card.login, timezone.localdate()) & set(ceremonies.MASKED))
    if not mine:
        raise Http404
    return mine[0]


@require_GET
@requires("officer", "responsible")
def everything(request: Request) -> HttpResponse:
    """Every ceremony that may be seen here, the newest first."""
    with desk(request):
        cards = ceremonies.listing()
    rows = [
        {
            "card": card,
            "flow": policy.flow_title(card.flow),
            "state": card.steps[-1].step.label if card.steps else "提案",
            "tone": "ok" if card.last(Step.CLOSED) else "plain" if card.ended else "info",
            "until": era.long(card.until),
        }
        for card in cards
    ]
    return page(request, "health/ceremonies/list.html", {"rows": rows}, crumbs=(Link(TITLE, ""),))


@require_GET
@requires("officer", "responsible")
def one(request: Request, key: int) -> HttpResponse:
    """One ceremony, with what can be done next."""
    return _one(request, key)


def _one(
    request: Request, key: int, *, tried: Action | None = None, refused: AzukariError | None = None, status: int = 200
) -> HttpResponse:
    with desk(request) as door:
        card = _find(key)
        actions = [tried if tried and one.name == tried.name else one for one in _actions(card, door)]
        commands = _commands(card, door)
    made = card.last(Step.MADE)
    context = {
        "card": card,
        "lives": _lives(card),
        "facts": _facts(card),
        "report": made.detail["report"]["lines"] if made else (),
        "files": made.detail["files"] if made else (),
        "actions": actions,
        "commands": commands,
        "refused": refused,
    }
    crumbs = (Link(TITLE, reverse("ceremonies:ceremonies")), Link(f"立会い {card.id}", ""))
    return page(request, "health/ceremonies/one.html", context, crumbs=crumbs, status=status)


@require_POST
@requires("officer", "responsible")
def act(request: Request, key: int, step: str) -> HttpResponse:
    """Do one step. What the rules or the database refuse is told on the page, and nothing has changed."""
    if step not in _ACTS:
        raise Http404
    form, button, do = _ACTS[step]
    typed = form(request.POST, auto_id=f"{step}-%s")
    tried = Action(step, button, button, typed, step in _SIGNING)
    if not typed.is_valid():
        return _one(request, key, tried=tried, status=422)
    try:
        do(request, key, typed.cleaned_data)
    except NotFound as error:
        raise Http404 from error
    except AzukariError as error:
        return _one(request, key, tried=tried, refused=error, status=409)
    messages.success(request, "記録しました。", extra_tags="ok")
    return HttpResponseRedirect(reverse("ceremonies:ceremony", args=[key]))


@require_GET
@requires("responsible")
def text(request: Request, key: int) -> HttpResponse:
    """What the signed-in responsible person signs next, to be read and signed on their own machine."""
    with desk(request) as door:
        card = _find(key)
        step = _signing(card, door)
    if step is None:
        raise Http404
    content = ceremonies.text_of(card, step, " ".join(request.GET.get("how", "").split()))
    headers = {"Content-Disposition": f'attachment; filename="ceremony-{key}-{step}.txt"'}
    return HttpResponse(content, content_type="text/plain; charset=utf-8", headers=headers)


@require_GET
@requires("officer", "responsible")
def paper(request: Request, key: int) -> HttpResponse:
    """The record of the ceremony as PDF/A."""
    with desk(request):
        card = _find(key)
    headers = {"Content-Disposition": f'inline; filename="ceremony-{key}.pdf"'}
    return HttpResponse(ceremonies.paper(card), content_type=PDF, headers=headers)


def _find(key: int) -> Card:
    """Raises Http404 for what is not there or not to be seen: both look alike."""
    try:
        return ceremonies.find(key)
    except NotFound as error:
        raise Http404 from error


def _possible(card: Card, door: Door) -> tuple[Step, ...]:
    return ceremonies.next_steps(
        ceremonies.state_of(card), ceremonies.who(card, door.actor), door.place.code, timezone.localdate()
    )


def _signing(card: Card, door: Door) -> Step | None:
    return next((step for step in _possible(card, door) if step in ceremonies.SIGNED), None)


def _actions(card: Card, door: Door) -> list[Action]:
    found = []
    for step in _possible(card, door):
        name = "attend" if step in ATTEND else step.value
        if name in _ACTS:
            form, button, _ = _ACTS[name]
            found.append(Action(name, step.label, button, form(auto_id=f"{name}-%s"), name in _SIGNING))
    return found


def _commands(card: Card, door: Door) -> list[tuple[str, str]]:
    return [
        (step.label, f"./azukari health ceremony {COMMANDS[step].format(id=card.id, login=door.actor.id)}")
        for step in _possible(card, door)
        if step in COMMANDS
    ]


def _attend(request: Request, key: int, data: Mapping[str, Any]) -> None:
    with desk(request) as door:
        ceremonies.attend(key, by=door.actor, place=door.place, now=timezone.now(), public=data["public"])


def _accept(request: Request, key: int, _data: Mapping[str, Any]) -> None:
    with desk(request) as door:
        card = ceremonies.find(key)
        ceremonies.refuse(card, Step.ACCEPTED, door.actor, door.place, timezone.now())
    proposal = ceremonies.proposal_of(card, timezone.localdate())
    with desk(request) as door:
        ceremonies.accept(key, proposal, by=door.actor, place=door.place, now=timezone.now())


def _sign(step: Step) -> Callable[[Request, int, Mapping[str, Any]], None]:
    def signed(request: Request, key: int, data: Mapping[str, Any]) -> None:
        with desk(request) as door:
            ceremonies.sign(
                key, step, by=door.actor, place=door.place, now=timezone.now(), signature=data["signature"],
                said=data.get("how", ""),
            )  # fmt: skip

    return signed


_ACTS: dict[str, tuple[type[forms.Form], str, Callable[[Request, int, Mapping[str, Any]], None]]] = {
    "attend": (AttendForm, "立会いを記録する", _attend),
    Step.ACCEPTED.value: (NothingForm, "点検を読み、渡してよいと承認する", _accept),
    Step.WARD_SIGNED.value: (SignForm, "署名を記録する", _sign(Step.WARD_SIGNED)),
    Step.THEIRS_SIGNED.value: (SignForm, "署名を記録する", _sign(Step.THEIRS_SIGNED)),
    Step.DESTROYED.value: (DestroyForm, "廃棄を報告して署名する", _sign(Step.DESTROYED)),
    Step.CLOSED.value: (SignForm, "終了の署名を記録する", _sign(Step.CLOSED)),
}
_SIGNING = frozenset(step.value for step in ceremonies.SIGNED)


def _lives(card: Card) -> list[tuple[str, list[Moment]]]:
    """The steps in three pictures, each short enough for a line; a cancelled ceremony ends in one."""
    moments = _life(card)
    if card.last(Step.CANCELLED):
        return [("取り消すまで", moments)]
    return [("仮名にするまで", moments[:6]), ("引渡しと署名", moments[6:10]), ("復元と終了", moments[10:])]


def _life(card: Card) -> list[Moment]:
    people = workers()

    def name(login: str) -> str:
        return people[login].name if login in people else login

    first = Moment("提案", True, era.minute(card.proposed_at), name(card.proposed_by))
    if card.last(Step.CANCELLED):
        return [first, *(Moment(one.step.label, True, era.minute(one.at), name(one.by)) for one in card.steps)]
    taken = ((step, card.last(step)) for step in ORDER)
    return [
        first,
        *(
            Moment(step.label, one is not None, era.minute(one.at) if one else "", name(one.by) if one else "")
            for step, one in taken
        ),
    ]


def _facts(card: Card) -> list[Fact]:
    keyed = card.last(Step.KEYED)
    last = card.before - timedelta(days=1)
    found = [
        Fact("根拠", f"{policy.flow_title(card.flow)}（取扱い {card.flow}）"),
        Fact("委託先", card.contractor),
        Fact("立会いの場所", card.place_words),
        Fact("媒体", card.serial),
        Fact("返却の期限", era.long(card.until)),
        Fact("渡す記録の期間", f"{era.long(card.since)}から{era.long(last)}まで"),
        Fact("系列", card.series),
        Fact("個人情報の項目", "、".join(ceremonies.items_of(card.flow))),
    ]
    if keyed:
        found.append(Fact("鍵の照合の言葉", str(keyed.detail["words"])))
    if card.handover:
        found.append(Fact("授受番号", str(card.handover)))
    return found
