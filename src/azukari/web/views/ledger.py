"""台帳: who saw which items of how many people, under which consultation, from where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from azukari.core.accounts.api import AccountCard, Request, requires, workers
from azukari.core.audit import api as audit
from azukari.core.audit.api import LedgerLine
from azukari.core.policy import api as policy
from azukari.web.api import Link, page
from azukari.web.forms import LedgerForm
from azukari.web.types import Tone

TITLE = "台帳"
ROWS = 50
ACTIONS = (
    ("view", "閲覧"), ("refusal", "拒否"), ("change", "変更"), ("export", "書き出し"), ("handover", "授受"), ("signin", "サインイン"),
    ("account", "利用者の登録"), ("place", "取扱場所の登録"), ("policy", "諮問の反映と名簿"), ("ledger", "台帳の検証"),
)  # fmt: skip
WORDS = dict(ACTIONS)
TONES: dict[str, Tone] = {"refusal": "stop", "change": "warn", "export": "warn", "handover": "warn", "view": "info"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the ledger as a page prints it. `sealed`: under a signed checkpoint."""

    at: datetime
    kind: str
    tone: Tone
    sentence: str
    place: str
    ground: str
    sealed: bool


@requires("responsible", "privacy")
def search(request: Request) -> HttpResponse:
    """The newest lines that fit the filters, fifty at a time. A contractor's responsible asks about one of its own."""
    card = request.account
    assert card is not None  # noqa: S101 (`requires` has seen it)
    own = {"actor": card.login} if card.contractor else {}
    asked = {**own, **request.GET.dict()}
    form = LedgerForm(asked, actors=_actors(card), flows=_flows(), actions=ACTIONS, anybody=card.contractor is None)
    found = audit.search(
        **(_filters(form) | (own if form.errors else {})), before=_number(request.GET.get("before", "")), limit=ROWS
    )
    context = {"form": form, "lines": shown(found.lines), "older": _older(request, found.next)}
    return page(request, "web/ledger.html", context, crumbs=[Link(TITLE, request.path)])


def shown(lines: Iterable[LedgerLine], *, by_name: bool = True) -> list[Shown]:
    """Ledger lines in words, with the names of places and flows; of people only where `by_name`, else where they belong."""
    places = {code: place.name for code, place in policy.places().items()}
    people = {login: f"{card.name}（{login}）" for login, card in workers().items()}
    return [
        _shown(
            replace(
                line,
                actor=people.get(line.actor, line.actor) if by_name else "",
                place=places.get(line.place or "", line.place),
            )
        )
        for line in lines
    ]


def _shown(line: LedgerLine) -> Shown:
    head = line.action.partition(".")[0]
    return Shown(
        at=line.at,
        kind=WORDS.get(head, line.action),
        tone="stop" if line.action == "signin.refused" else TONES.get(head, "plain"),
        sentence=audit.sentence(line),
        place=line.place or "",
        ground=policy.flow_title(line.flow) if line.flow else "",
        sealed=line.epoch is not None,
    )


def _actors(viewer: AccountCard) -> list[tuple[str, str]]:
    """Whom the viewer may ask about: the ward about everybody, a contractor about its own."""
    known = workers().items()
    return [(login, f"{card.name}（{login}）") for login, card in known if viewer.contractor in {None, card.contractor}]


def _flows() -> list[tuple[str, str]]:
    library = policy.library()
    return [(flow, f"{flow}　{policy.flow_title(flow)}") for flow in (*library.flows, *library.entries)]


def _filters(form: LedgerForm) -> dict[str, Any]:
    """What was asked, as the ledger takes it: whole days in the ward's time, half-open. A wrong value filters nothing."""
    form.is_valid()
    given = form.cleaned_data
    until = given.get("until")
    texts = {name: given.get(name) or None for name in ("actor", "flow", "action")}
    return {**texts, "since": _midnight(given.get("since")), "until": _midnight(until and until + timedelta(days=1))}


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _older(request: Request, before: int | None) -> str:
    if before is None:
        return ""
    query = request.GET.copy()
    query["before"] = str(before)
    return f"?{query.urlencode()}"
