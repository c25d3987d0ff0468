"""授受: what goes to a contractor, by whom it was proposed and approved, where it is, and that it came back.

The ward's officers work under their register entry; a contractor's responsible person on a page of its own, under the
contractor's flow, where the database shows that contractor's hand-overs and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from azukari.core.access import api as access
from azukari.core.access.api import Door
from azukari.core.accounts.api import Request, requires, workers
from azukari.core.handover import api as handover
from azukari.core.handover.api import ENTRY, Card, Kind, Proposal, Stage
from azukari.core.policy import api as policy
from azukari.kernel.errors import AzukariError, NotFound
from azukari.web.api import Link, page
from azukari.web.handover_forms import (
    ON_PAPER,
    CountedForm,
    DatedForm,
    ErasedForm,
    GiveForm,
    MediumForm,
    NothingForm,
    PagesBackForm,
    ProposeForm,
    ReceivedForm,
    ReturnedForm,
    UsedForm,
)
from azukari.web.show import handover as show

TITLE = "授受"
PDF = "application/pdf"
Done = Callable[[Request, Card, Mapping[str, Any]], object]


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done to a hand-over now: its address, its button, what is said then, its form."""

    step: str
    title: str
    button: str
    said: str
    form: forms.Form
    quiet: bool = False


@contextmanager
def desk(request: Request, flow: str = ENTRY) -> Iterator[Door]:
    """Inside the flow's role; nothing about anybody is read there, and every step has its own line in the ledger."""
    with access.under(request, flow) as door:
        yield door
        door.nothing_seen()


@require_GET
@requires("officer", "responsible")
def everything(request: Request) -> HttpResponse:
    """All hand-overs: what is late first, then what is out."""
    with desk(request):
        cards = handover.listing()
    today = timezone.localdate()
    context = {
        "rows": show.rows(cards, _titles(), today),
        "late": sum(1 for card in cards if card.overdue(today)),
        "out": sum(1 for card in cards if card.is_out()),
        "waiting": sum(1 for card in cards if card.stage is Stage.PROPOSED),
    }
    return page(request, "web/handover/list.html", context, crumbs=(Link(TITLE, ""),))


@require_GET
@requires("officer", "responsible")
def one(request: Request, key: int) -> HttpResponse:
    """One hand-over, with what can be done to it next."""
    return _one(request, key)


def _one(
    request: Request, key: int, *, tried: Action | None = None, refused: AzukariError | None = None, status: int = 200
) -> HttpResponse:
    card = _find(request, key)
    people, today = workers(), timezone.localdate()
    tone, state = show.state_of(card, today)
    actions = [tried if tried and one.step == tried.step else one for one in _actions(request, card)]
    context = {
        "card": card,
        "tone": tone,
        "state": state,
        "life": show.life(card, people),
        "facts": show.facts(card, _titles(), people),
        "items": show.items(card),
        "bar": show.bar(card),
        "actions": actions,
        "refused": refused,
        "command": f"./azukari handover write {card.id} --to 媒体の場所" if _to_write(card) else "",
        "has_slip": card.step(Stage.WRITTEN) is not None,
        "has_certificate": card.stage is Stage.ERASED,
    }
    return page(
        request,
        "web/handover/one.html",
        context,
        crumbs=(Link(TITLE, reverse("web:handovers")), Link(f"授受 {card.id}", "")),
        status=status,
    )


def _find(request: Request, key: int, flow: str = ENTRY) -> Card:
    """Raises Http404 for what is not there or not to be seen: both look alike."""
    with desk(request, flow):
        try:
            return handover.find(key)
        except NotFound as error:
            raise Http404 from error


def _to_write(card: Card) -> bool:
    return card.stage is Stage.APPROVED and show.is_sealed(card) and card.recalled_on is None


def _actions(request: Request, card: Card) -> list[Action]:
    """What the signed-in person can do next; who proposed it has no button to approve it."""
    found: list[Action] = []
    if card.stage is Stage.PROPOSED and not _is_proposer(request, card):
        found.append(Action("approve", "承認", "承認する", "承認しました。", NothingForm()))
    if card.stage is Stage.APPROVED and not show.is_sealed(card):
        found.append(
            Action("give", "引渡し", "渡したことを記録する", "渡したことを記録しました。", _form(GiveForm, "give"))
        )
    if card.stage is Stage.WRITTEN:
        found.append(Action("received", "受領", "受領を記録する", "受領を記録しました。", _receipt_form(card)))
    if card.is_out() and card.kind.returns:
        back = _form(ReturnedForm if show.is_sealed(card) else PagesBackForm, "returned")
        found.append(Action("returned", "返却", "返却を記録する", "返却を記録しました。", back))
    if card.stage is Stage.RETURNED or (not card.kind.returns and card.stage in {Stage.OPENED, Stage.USED}):
        said = "消去を記録しました。証明書を印刷できます。"
        found.append(Action("erased", "消去", "消去を記録する", said, _form(ErasedForm, "erased")))
    if card.stage in {Stage.PROPOSED, Stage.APPROVED}:
        found.append(Action("cancel", "取消し", "取り消す", "取り消しました。", NothingForm(), quiet=True))
    return found


def _form(kind: type[forms.Form], mark: str | int, sent: QueryDict | None = None) -> forms.Form:
    """A form whose fields have names of their own on a page with several; of a dated one, today is the latest day."""
    given: dict[str, Any] = {"auto_id": f"{mark}-%s"}
    if issubclass(kind, DatedForm):
        given["today"] = timezone.localdate()
    return kind(sent, **given)


def _receipt_form(card: Card, mark: str | int = "received", sent: QueryDict | None = None) -> forms.Form:
    return _form(ReceivedForm if show.is_sealed(card) else CountedForm, mark, sent)


def _is_proposer(request: Request, card: Card) -> bool:
    proposed = card.step(Stage.PROPOSED)
    return request.account is not None and proposed is not None and proposed.by == request.account.login


@require_POST
@requires("officer", "responsible")
def act(request: Request, key: int, step: str) -> HttpResponse:
    """Do one step. What the database or the rules refuse is told on the page, and nothing has changed."""
    if step not in _STEPS:
        raise Http404
    card = _find(request, key)
    action = next((one for one in _actions(request, card) if one.step == step), None)
    if action is None:
        # Sent twice, or overtaken by somebody else: the step itself says why it cannot be.
        action = Action(step, "", "", "", NothingForm())
    typed = _form(type(action.form), step, request.POST)
    tried = Action(action.step, action.title, action.button, action.said, typed, action.quiet)
    if not typed.is_valid():
        return _one(request, key, tried=tried, status=422)
    try:
        _STEPS[step](request, card, typed.cleaned_data)
    except AzukariError as error:
        return _one(request, key, tried=tried, refused=error, status=409)
    messages.success(request, action.said, extra_tags="ok")
    return HttpResponseRedirect(reverse("web:handover", args=[key]))


def _approve(request: Request, card: Card, _data: Mapping[str, Any]) -> None:
    with desk(request) as door:
        handover.approve(card.id, by=door.actor, now=timezone.now(), place=door.place)


def _cancel(request: Request, card: Card, _data: Mapping[str, Any]) -> None:
    with desk(request) as door:
        handover.cancel(card.id, by=door.actor, now=timezone.now(), place=door.place)


def _give(request: Request, card: Card, data: Mapping[str, Any]) -> None:
    batch = handover.batch_of(card, timezone.localdate())
    with desk(request) as door:
        handover.give(card.id, data.get("pages", 0), batch, by=door.actor, now=timezone.now(), place=door.place)


def _received(request: Request, card: Card, data: Mapping[str, Any], flow: str = ENTRY) -> None:
    subjects = handover.subjects_of(card.ledger)
    with desk(request, flow) as door:
        handover.opened(
            card.id, by=door.actor, now=timezone.now(), receipt=data.get("receipt"), pages=data.get("pages"),
            subjects=subjects, place=door.place,
        )  # fmt: skip


def _returned(request: Request, card: Card, data: Mapping[str, Any]) -> None:
    subjects = handover.subjects_of(card.ledger)
    with desk(request) as door:
        handover.returned(
            card.id, by=door.actor, on=data["on"], pages=data.get("pages"), remark=data["remark"], subjects=subjects,
            place=door.place,
        )  # fmt: skip


def _erased(request: Request, card: Card, data: Mapping[str, Any]) -> None:
    subjects = handover.subjects_of(card.ledger)
    with desk(request) as door:
        handover.erased(card.id, by=door.actor, on=data["on"], how=data["how"], subjects=subjects, place=door.place)


_STEPS: dict[str, Done] = {
    "approve": _approve,
    "cancel": _cancel,
    "give": _give,
    "received": _received,
    "returned": _returned,
    "erased": _erased,
}


@require_http_methods(["GET", "POST"])
@requires("officer", "responsible")
def propose(request: Request) -> HttpResponse:
    """Propose a batch: first what the gate makes of it, in numbers and words; then, confirmed, the proposal."""
    typed = _propose_form(request)
    if request.method != "POST":
        with desk(request):
            pass
        return _proposing(request, typed)
    if not typed.is_valid():
        return _proposing(request, typed, status=422)
    try:
        proposal = _prepared(typed.cleaned_data)
        if request.POST.get("sure") != "1":
            return _sure(request, typed, proposal)
        with desk(request) as door:
            card = handover.propose(
                proposal, over_reason=typed.cleaned_data["reason"], by=door.actor, now=timezone.now(), place=door.place
            )
    except AzukariError as error:
        return _proposing(request, typed, refused=error, status=409)
    messages.success(request, "提案しました。別の人の承認を待ちます。", extra_tags="ok")
    return HttpResponseRedirect(reverse("web:handover", args=[card.id]))


def _propose_form(request: Request) -> ProposeForm:
    return ProposeForm(
        request.POST if request.method == "POST" else None,
        initial={name: request.GET[name] for name in ("source", "batch", "contractor") if name in request.GET},
        sources=[(one.name, one.title) for one in handover.sources()],
        contractors=_contractors(),
        media=[
            (one.serial, f"{one.kind} {one.serial}（{one.contractor}）")
            for one in handover.media()
            if one.ended_on is None and one.held_by is None
        ],
    )


def _contractors() -> list[str]:
    """Those that have somebody on the roll of a flow by which the ward gives something."""
    outward = {
        flow.id for flow in policy.library().flows.values() if flow.direction is policy.Direction.WARD_TO_CONTRACTOR
    }
    roll = policy.roll(timezone.localdate())
    return sorted({one.contractor for one in roll if one.flow in outward and one.contractor})


def _prepared(data: Mapping[str, Any]) -> Proposal:
    paper = data["by"] in ON_PAPER
    return handover.prepare(
        data["source"],
        data["batch"],
        contractor=data["contractor"],
        until=data["until"],
        on=timezone.localdate(),
        serial=None if paper else data["by"],
        kind=Kind(data["by"]) if paper else None,
    )


def _proposing(
    request: Request, typed: ProposeForm, *, refused: AzukariError | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": typed, "refused": refused, "possible": bool(handover.sources())}
    return page(request, "web/handover/propose.html", context, crumbs=_here("提案"), status=status)


def _sure(request: Request, typed: ProposeForm, proposal: Proposal) -> HttpResponse:
    with desk(request):
        pass
    told = policy.library().flows[proposal.flow]
    context = {
        "form": typed,
        "proposal": proposal,
        "flow": policy.flow_title(proposal.flow),
        "bar": show.bar_of(told, proposal.count.after) if told.count else None,
        "hidden": [(name, value) for name, value in request.POST.items() if name in typed.fields],
    }
    return page(request, "web/handover/sure.html", context, crumbs=_here("提案の確認"))


def _here(title: str) -> tuple[Link, ...]:
    return Link(TITLE, reverse("web:handovers")), Link(title, "")


@require_http_methods(["GET", "POST"])
@requires("officer", "responsible")
def media(request: Request) -> HttpResponse:
    """The register of media, and the contractors' public keys; a new medium is added here."""
    with desk(request) as door:
        actor, place = door.actor, door.place
    typed = MediumForm(request.POST if request.method == "POST" else None, contractors=_contractors())
    refused, status = None, 422 if typed.errors else 200
    if typed.is_valid():
        data = typed.cleaned_data
        try:
            handover.add_medium(
                data["serial"],
                Kind(data["kind"]),
                data["contractor"],
                since=timezone.localdate(),
                by=actor,
                place=place,
            )
        except AzukariError as error:
            refused, status = error, 409
        else:
            messages.success(request, f"媒体 {data['serial']} を登録しました。", extra_tags="ok")
            return HttpResponseRedirect(reverse("web:handover_media"))
    context = {"form": typed, "refused": refused, "media": handover.media(), "keys": handover.recipients()}
    return page(request, "web/handover/media.html", context, crumbs=_here("媒体と公開鍵"), status=status)


@require_GET
@requires("officer", "responsible")
def paper(request: Request, key: int, what: str) -> HttpResponse:
    """The 授受票 or the certificate of erasure, as PDF."""
    card = _find(request, key)
    try:
        made = handover.slip(card) if what == "slip" else handover.erasure(card)
    except AzukariError as error:
        raise Http404 from error
    return HttpResponse(
        made, content_type=PDF, headers={"Content-Disposition": f'inline; filename="handover-{key}-{what}.pdf"'}
    )


@require_GET
@requires("responsible")
def theirs(request: Request) -> HttpResponse:
    """A contractor's own: what it has, until when, and what it still has to say."""
    return _theirs(request)


def _theirs(
    request: Request, *, key: int = 0, tried: forms.Form | None = None, refused: AzukariError | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    flow = _own_flow(request)
    with desk(request, flow):
        cards = [card for card in handover.listing() if card.step(Stage.WRITTEN)]
    today = timezone.localdate()
    shown = [(row, tried if tried and card.id == key else _their_form(card), card)
             for card in sorted(cards, key=lambda one: (-one.overdue(today), not one.is_out(), -one.id))
             for row in show.rows([card], _titles(), today)]  # fmt: skip
    context = {"shown": shown, "refused": refused}
    return page(request, "web/handover/theirs.html", context, crumbs=(Link("預かった媒体", ""),), status=status)


def _own_flow(request: Request) -> str:
    """The contractor's own flow under which its responsible person looks. Raises Http404 for everybody else."""
    card = request.account
    outward = {
        flow.id for flow in policy.library().flows.values() if flow.direction is policy.Direction.WARD_TO_CONTRACTOR
    }
    mine = sorted(policy.enrolled(card.login, timezone.localdate()) & outward) if card and card.contractor else []
    if not mine:
        raise Http404
    return mine[0]


def _their_form(card: Card, sent: QueryDict | None = None) -> forms.Form | None:
    """What it is asked now: that it arrived, then that the work is done."""
    if card.stage is Stage.WRITTEN:
        return _receipt_form(card, card.id, sent)
    return _form(UsedForm, card.id, sent) if card.stage is Stage.OPENED else None


@require_POST
@requires("responsible")
def say(request: Request, key: int) -> HttpResponse:
    """The contractor says what it was asked."""
    flow = _own_flow(request)
    card = _find(request, key, flow)
    typed = _their_form(card, request.POST)
    if typed is None:
        return HttpResponseRedirect(reverse("web:their_handovers"))
    if not typed.is_valid():
        return _theirs(request, key=key, tried=typed, status=422)
    try:
        if isinstance(typed, UsedForm):
            with desk(request, flow) as door:
                handover.used(key, by=door.actor, on=typed.cleaned_data["on"], place=door.place)
        else:
            _received(request, card, typed.cleaned_data, flow)
    except AzukariError as error:
        return _theirs(request, key=key, tried=typed, refused=error, status=409)
    messages.success(request, "記録しました。", extra_tags="ok")
    return HttpResponseRedirect(reverse("web:their_handovers"))


def _titles() -> dict[str, str]:
    return {one.name: one.title for one in handover.sources()}
