"""Who handles items under which flow, by name: the policy's roll joined with the accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from azukari.core.accounts import api as accounts
from azukari.core.policy import api as policy


@dataclass(frozen=True, slots=True)
class Handler:
    """One person named under one flow."""

    login: str
    name: str
    kind: str
    belongs: str
    flow: str


def of_flows(flows: Iterable[str], on: date) -> list[Handler]:
    """Everybody named under these flows on a day, flow by flow."""
    named = {flow: policy.people_of(flow, on) for flow in flows}
    cards = accounts.workers()
    return [
        Handler(login, card.name, accounts.KIND_NAMES[card.kind], card.section or card.contractor or "", flow)
        for flow, logins in named.items()
        for login in logins
        if (card := cards.get(login))
    ]
