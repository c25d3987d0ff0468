"""なぜ見られるのか: one person, one flow, one place, one medium, one day, and the answer item by item."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from azukari.core.accounts.api import KIND_NAMES, AccountCard, Request, actor_of, requires, workers
from azukari.core.policy import api as policy
from azukari.web.api import Link, page
from azukari.web.forms import WhyForm

TITLE = "なぜ見られるのか"
ELSEWHERE = "-"


@requires("officer", "operator", "responsible", "privacy", "council")
def why(request: Request) -> HttpResponse:
    """The question as a form in the address, the answer below it."""
    card, today = request.account, timezone.localdate()
    assert card is not None  # noqa: S101 (`requires` has seen it)
    people = _people(card)
    asked = all(name in request.GET for name in WhyForm.base_fields)
    form = WhyForm(request.GET if asked else None, initial=_initial(request, today), **_choices(people))
    context = {"form": form, **(_answer(form, people) if asked and form.is_valid() else {"answered": False})}
    return page(request, "web/why.html", context, crumbs=[Link(TITLE, request.path)])


def _people(card: AccountCard) -> dict[str, AccountCard]:
    """Whom one may ask about: an operator about themselves, a contractor about its own, the ward about all."""
    if card.kind == "operator":
        return {card.login: card}
    everybody = workers()
    if card.contractor is None:
        return everybody
    return {login: one for login, one in everybody.items() if one.contractor == card.contractor}


def _choices(people: dict[str, AccountCard]) -> dict[str, list[tuple[str, str]]]:
    library = policy.library()
    media = {medium for flow in library.flows.values() for medium in policy.covered(flow.media)}
    return {
        "people": [
            (login, f"{one.name}（{one.contractor or one.section or KIND_NAMES[one.kind]}）")
            for login, one in people.items()
        ],
        "flows": [(flow, f"{flow}　{policy.flow_title(flow)}") for flow in (*library.flows, *library.entries)],
        "places": [*((code, place.name) for code, place in policy.places().items()), (ELSEWHERE, "登録のない場所")],
        "media": [(medium, medium) for medium in (policy.SCREEN, *sorted(media))],
    }


def _initial(request: Request, today: date) -> dict[str, Any]:
    """What the address says; else the signed-in person, one of their flows, where they are, on a screen, today."""
    card = request.account
    assert card is not None  # noqa: S101 (`requires` has seen it)
    flows = sorted(policy.enrolled(card.login, today))
    here = request.place.code if request.place else ELSEWHERE
    usual = {
        "person": card.login,
        "flow": flows[0] if flows else None,
        "place": here,
        "medium": policy.SCREEN,
        "on": today,
    }
    return usual | request.GET.dict()


def _answer(form: WhyForm, people: dict[str, AccountCard]) -> dict[str, Any]:
    asked = form.cleaned_data
    actor = actor_of(people[asked["person"]], asked["on"])
    place = policy.places().get(asked["place"])
    lines = policy.explain(actor, asked["flow"], place, asked["medium"], asked["on"], list(_neighbours(asked["flow"])))
    allowed = [line for line in lines if line.decision.allowed]
    conditions = dict.fromkeys(condition for line in allowed for condition in line.conditions)
    return {
        "answered": True,
        "who": people[asked["person"]],
        "title": policy.flow_title(asked["flow"]),
        "allowed": allowed,
        "refused": [line for line in lines if not line.decision.allowed],
        "conditions": list(conditions),
        "counts": (f"見られる {len(allowed)} 項目", f"見られない {len(lines) - len(allowed)} 項目"),
    }


def _neighbours(flow: str) -> Iterator[str]:
    """Items one might expect beside the flow's own: those of the same paper, and of the ward's register."""
    library = policy.library()
    if flow in library.flows:
        for other in library.consultation_of(flow).flows:
            yield from library.items_of(other.id)
    for entry in library.entries.values():
        yield from entry.items
