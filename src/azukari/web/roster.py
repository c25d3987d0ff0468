"""Who handles items under which flow, by name: the policy's roll joined with the accounts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from azukari.core.accounts import api as accounts
from azukari.core.accounts.api import AccountCard
from azukari.core.policy import api as policy
from azukari.core.policy.api import Named
from azukari.kernel import era
from azukari.kernel.period import Period


@dataclass(frozen=True, slots=True)
class Handler:
    """One person named under one flow, and while they are."""

    login: str
    name: str
    kind: str
    belongs: str
    flow: str
    term: str


def count(flows: Collection[str], on: date) -> int:
    """How many people are named under these flows on a day; one who is under two counts once."""
    return len({one.actor for one in policy.roll(on) if one.flow in flows})


def of_flows(flows: Collection[str], on: date, viewer: AccountCard) -> list[Handler]:
    """Everybody named under these flows whose name the viewer may know: the ward knows all, a contractor its own."""
    if viewer.kind in {"resident", "it"}:
        return []
    known = accounts.workers()
    cards = {login: card for login, card in known.items() if viewer.contractor in {None, card.contractor}}
    return [
        Handler(
            card.login,
            card.name,
            accounts.KIND_NAMES[card.kind],
            card.section or card.contractor or "",
            one.flow,
            _term(one),
        )
        for one in policy.roll(on)
        if one.flow in flows and (card := cards.get(one.actor))
    ]


def _term(named: Named) -> str:
    last = Period(named.since, named.until).last
    since = era.long(named.since) if named.since else ""
    return f"{since}から{f'{era.long(last)}まで' if last else ''}"
