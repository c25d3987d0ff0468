"""Who handles items under which flow, by name: the policy's roll joined with the accounts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from azukari.core.accounts import api as accounts
from azukari.core.policy import api as policy
from azukari.core.policy.api import Named
from azukari.kernel import era
from azukari.kernel.period import Period


@dataclass(frozen=True, slots=True)
class Handler:
    """One person named under one flow, and while they are."""

    name: str
    kind: str
    belongs: str
    flow: str
    term: str


def of_flows(flows: Collection[str], on: date) -> list[Handler]:
    """Everybody named under these flows on a day, flow by flow."""
    cards = accounts.workers()
    return [
        Handler(card.name, accounts.KIND_NAMES[card.kind], card.section or card.contractor or "", one.flow, _term(one))
        for one in policy.roll(on)
        if one.flow in flows and (card := cards.get(one.actor))
    ]


def _term(named: Named) -> str:
    last = Period(named.since, named.until).last
    since = era.long(named.since) if named.since else ""
    return f"{since}から{f'{era.long(last)}まで' if last else ''}"
