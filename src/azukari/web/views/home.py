"""The home page: what there is to do, what to know, and under which flows the person may work here and now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.utils import timezone

from azukari.core.accounts.api import AccountCard, Request, actor_of
from azukari.core.policy import api as policy
from azukari.core.policy.api import Decision, Place
from azukari.web import alerts, frame
from azukari.web.api import page


@dataclass(frozen=True, slots=True)
class Work:
    """One flow or register entry the person is named under, and whether it is open here and now."""

    title: str
    decision: Decision


def home(request: Request) -> HttpResponse:
    """The home page of the signed-in person's kind."""
    card, today = request.account, timezone.localdate()
    assert card is not None  # noqa: S101 (the middleware sends strangers to sign in)
    context = {
        "card": card,
        "alerts": alerts.for_person(card, today),
        "links": frame.links(request, nav=False),
        "works": works(card, request.place, today),
    }
    return page(request, "web/home/home.html", context)


def works(card: AccountCard, place: Place | None, on: date) -> list[Work]:
    """Everything the person is named under, with the decision for the screen at this place today."""
    actor = actor_of(card, on)
    return [
        Work(policy.flow_title(flow), policy.admit(actor, flow, place, policy.SCREEN, on))
        for flow in sorted(actor.enrolled)
    ]
