"""特定健診 and 特定保健指導 for other parts and commands (諮問809)."""

from __future__ import annotations

from datetime import date

from azukari.business.health.checkups import criteria
from azukari.business.health.checkups import items as known
from azukari.business.health.checkups.columnar import classify_frame
from azukari.business.health.checkups.deemed import candidates
from azukari.business.health.checkups.deemed import unconfirmed as unconfirmed_terms
from azukari.business.health.checkups.items import Item, items
from azukari.business.health.checkups.receiving import Unreadable, receive, recognises
from azukari.business.health.checkups.rules import levels
from azukari.business.health.checkups.types import Candidate, Classified, Metabolic, Values

__all__ = [
    "Candidate",
    "Item",
    "Unreadable",
    "candidates",
    "classify",
    "classify_frame",
    "items",
    "metabolic",
    "receive",
    "recognises",
    "unconfirmed",
    "unconfirmed_terms",
]


def classify(values: Values, on: date) -> Classified:
    """The 保健指導レベル of a checkup of that day, why, and what is missing. Raises BadInput before 2008-04-01."""
    return levels.classify(values, criteria.on(on))


def metabolic(values: Values, on: date) -> tuple[Metabolic, tuple[str, ...]]:
    """メタボリックシンドローム判定 of a checkup of that day, and the items whose value could still change it."""
    return levels.metabolic(values, criteria.on(on))


def unconfirmed() -> list[str]:
    """What pages show as 未確認: criteria, codes and terms that nobody has checked against the paper."""
    return [*criteria.unconfirmed(), *known.unconfirmed(), *unconfirmed_terms()]
