"""特定健診 and 特定保健指導: files in, levels, みなし健診, what is unconfirmed; the items as they are written in files."""

from __future__ import annotations

from azukari.business.health.checkups.api import (
    Candidate,
    Unreadable,
    candidates,
    classify,
    classify_checkups,
    classify_frame,
    egfr,
    metabolic,
    receive,
    recognises,
    unconfirmed,
    unconfirmed_terms,
)
from azukari.business.health.checkups.items import Item, items
from azukari.business.health.checkups.types import Classified, Level, Metabolic, Received, Values

__all__ = [
    "Candidate",
    "Classified",
    "Item",
    "Level",
    "Metabolic",
    "Received",
    "Unreadable",
    "Values",
    "candidates",
    "classify",
    "classify_checkups",
    "classify_frame",
    "egfr",
    "items",
    "metabolic",
    "receive",
    "recognises",
    "unconfirmed",
    "unconfirmed_terms",
]
