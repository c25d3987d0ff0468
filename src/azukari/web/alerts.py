"""What the home page tells a person without being asked. Packages add a provider when Django starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from azukari.core.accounts.types import AccountCard
from azukari.web.types import Alert

Provider = Callable[[AccountCard, date], Iterable[Alert]]
_providers: dict[str, Provider] = {}
ORDER = ("stop", "warn", "info", "ok", "plain")


def register(name: str, provider: Provider) -> None:
    """Add a source of alerts. It is asked at every visit of the home page, so it must be cheap."""
    _providers[name] = provider


def for_person(card: AccountCard, on: date) -> list[Alert]:
    """Everything this person should know today, the gravest first."""
    found = [alert for provider in _providers.values() for alert in provider(card, on)]
    return sorted(found, key=lambda alert: ORDER.index(alert.tone))
