"""Who may see which letters on their way: the contractor's people their own jobs, the ward's section its own.

No page of letters shows anything about anybody, so the flow's wall is not entered; that somebody is on the flow's roll,
at the contractor's place, with paper in their hands, is asked of the policy like everything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from azukari.core.access import api as access
from azukari.core.accounts.api import AccountCard, Kind, Request, actor_of
from azukari.core.dispatch import api as dispatch
from azukari.core.dispatch.api import Job
from azukari.core.policy import api as policy
from azukari.core.policy.types import Actor, Decision
from azukari.kernel import era
from azukari.kernel.errors import NotFound
from azukari.web import alerts, menu
from azukari.web.types import Alert, Link, MenuItem

PAPER = "文書"
FLOWS = ("813-1", "813-2")
ENTRIES = ("r-donations", "r-health")
WORKERS: tuple[Kind, ...] = ("operator", "responsible")
OFFICERS: tuple[Kind, ...] = ("officer", "responsible")
ELSEWHERE = Decision(False, "画面の利用者の定め", "発送の画面は、区の端末からだけ使えます。")


def register() -> None:
    """Put the workshop and the officer's screens into the menu of those who are named for letters."""
    for flow in FLOWS:
        about = "手紙の紙を読み取り、封をします。"
        menu.register(MenuItem(WORKERS, "発送の作業", "web:workshop", flow=flow, order=15, about=about))
    about = "手紙を作ってから差し出すまでを確かめ、差出し、引抜き、返戻、締めを記録します。"
    for entry in ENTRIES:
        menu.register(MenuItem(OFFICERS, "発送", "web:dispatch", flow=entry, order=42, about=about))
    alerts.register("web.dispatches", unclosed)


def unclosed(card: AccountCard, on: date) -> Iterator[Alert]:
    """Jobs of the person's section that nobody has closed: until then it is not proven that every letter went out."""
    if card.kind not in OFFICERS or card.contractor or policy.enrolled(card.login, on).isdisjoint(ENTRIES):
        return
    mine = [one for one in dispatch.jobs(open_only=True) if _is_of_section(one, card)]
    if mine:
        oldest = mine[-1]
        text = f"一番古いのは {oldest.number}「{oldest.title}」（{era.long(oldest.made_on)}に作成）です。"
        link = Link("発送を見る", reverse("web:dispatch"))
        yield Alert("info", f"締めていない発送が {len(mine):,} 件あります。", text, link)


def workers_jobs(request: Request) -> tuple[list[Job], str]:
    """The open jobs somebody of a contractor may work at, and why there are none here, "" when they may work."""
    card, on = _card(request), timezone.localdate()
    mine = policy.enrolled(card.id, on)
    found = [one for one in dispatch.jobs(contractor=card.contractor or "", open_only=True) if one.flow in mine]
    decisions = {flow: _decision(request, card, flow, on) for flow in sorted({one.flow for one in found})}
    reasons = [one.reason for one in decisions.values() if not one.allowed]
    return [one for one in found if decisions[one.flow].allowed], "".join(reasons[:1])


def workers_job(request: Request, key: int) -> Job:
    """The job, for those on its flow's roll. To everybody else it looks absent; at the wrong place it is refused."""
    card, on = _card(request), timezone.localdate()
    one = _job(key)
    if not card.contractor or one.contractor != card.contractor or one.flow not in policy.enrolled(card.id, on):
        raise Http404
    decision = _decision(request, card, one.flow, on)
    if not decision.allowed:
        raise access.Denied(decision, flow=one.flow)
    return one


def officers_jobs(request: Request) -> list[Job]:
    """The jobs of the officer's own section. Raises Denied away from the ward's terminals."""
    card = _officer(request)
    return [one for one in dispatch.jobs() if _is_of_section(one, card)]


def officers_job(request: Request, key: int) -> Job:
    """The job, for the section that put its flow before the council. To everybody else it looks absent."""
    card, one = _officer(request), _job(key)
    if not _is_of_section(one, card):
        raise Http404
    return one


def _officer(request: Request) -> AccountCard:
    card = _card(request)
    if card.contractor or not card.section:
        raise Http404
    if request.place is None or request.place.contractor or not request.place.ward_terminal:
        raise access.Denied(ELSEWHERE)
    return card


def _is_of_section(one: Job, card: AccountCard) -> bool:
    known, section = policy.library(), card.section or ""
    if one.flow in known.entries:
        return section.startswith(known.entries[one.flow].sections)
    return one.flow in known.flows and section.startswith(known.consultation_of(one.flow).section)


def _decision(request: Request, card: AccountCard, flow: str, on: date) -> Decision:
    return policy.admit(actor_of(card, on), flow, request.place, PAPER, on)


def _card(request: Request) -> AccountCard:
    if request.account is None:
        raise Http404
    return request.account


def _job(key: int) -> Job:
    try:
        return dispatch.job(key)
    except NotFound as error:
        raise Http404 from error


def actor(request: Request) -> Actor:
    """Who acts, for the tables and the ledger."""
    return actor_of(_card(request), timezone.localdate())
