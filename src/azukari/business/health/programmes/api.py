"""What commands, the demonstration and the package itself ask of the programmes.

Taking and entrusting work under r-health (a page), or as the owner (`using="owner"`, a command).
"""

from __future__ import annotations

from azukari.business.health.programmes.calling import opened, record, take_next, work
from azukari.business.health.programmes.chapters import chapters_by_code
from azukari.business.health.programmes.facts import of as facts_of
from azukari.business.health.programmes.figure_pages import keep
from azukari.business.health.programmes.figures import Numbers, as_plain, numbers
from azukari.business.health.programmes.handing import (
    against,
    contractor_of,
    entrust,
    entrusted,
    handings,
    known,
    sources,
    waiting,
)
from azukari.business.health.programmes.parameters import smallest, unconfirmed
from azukari.business.health.programmes.places import districts
from azukari.business.health.programmes.posting import print_letters
from azukari.business.health.programmes.progress import funnel, months, refresh
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
    "Numbers",
    "Programme",
    "against",
    "as_plain",
    "card",
    "chapters_by_code",
    "contractor_of",
    "districts",
    "entrust",
    "entrusted",
    "facts_of",
    "funnel",
    "handings",
    "keep",
    "known",
    "lists",
    "months",
    "numbers",
    "opened",
    "print_letters",
    "record",
    "refresh",
    "smallest",
    "sources",
    "take",
    "take_next",
    "unconfirmed",
    "waiting",
    "work",
]
