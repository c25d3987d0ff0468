"""What commands, the demonstration and the package itself ask of the programmes.

Taking and entrusting work under r-health (a page), or as the owner (`using="owner"`, a command).
"""

from __future__ import annotations

from azukari.business.health.programmes.calling import opened, record, take_next
from azukari.business.health.programmes.facts import of as facts_of
from azukari.business.health.programmes.figure_pages import keep
from azukari.business.health.programmes.figures import as_plain, numbers
from azukari.business.health.programmes.handing import (
    against,
    contractor_of,
    entrust,
    known,
    waiting,
)
from azukari.business.health.programmes.parameters import smallest
from azukari.business.health.programmes.posting import print_letters
from azukari.business.health.programmes.progress import funnel
from azukari.business.health.programmes.taking import card, lists, take
from azukari.business.health.programmes.types import (
    CallResult,
    Channel,
    Facts,
    Funnel,
    Known,
    LetterKind,
    ListCard,
    Programme,
)

__all__ = [
    "CallResult",
    "Channel",
    "Facts",
    "Funnel",
    "Known",
    "LetterKind",
    "ListCard",
    "Programme",
    "against",
    "as_plain",
    "card",
    "contractor_of",
    "entrust",
    "facts_of",
    "funnel",
    "keep",
    "known",
    "lists",
    "numbers",
    "opened",
    "print_letters",
    "record",
    "smallest",
    "take",
    "take_next",
    "waiting",
]
