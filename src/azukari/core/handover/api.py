"""What other packages use of hand-overs.

    api.register(Source("letters", "礼状", flow=…, rows=…, files=…))           in a business's AppConfig.ready
    proposal = api.prepare("letters", "2026-12", contractor=…, serial=…, until=…, on=…)     outside every flow
    card = api.propose(proposal, by=actor, now=…)                               under the ward's register entry
    api.approve(card.id, by=somebody_else, now=…)
    api.write(card.id, folder, by=…, now=…)                                     a command: the medium is at the machine

What goes by tokens only (諮問809) goes through a ceremony: `api.ceremony`.

`actual_of(flow)` counts what was handed over under a flow: `policy.register_actual(flow, api.actual_of(flow))`.
"""

from azukari.core.handover.ceremony import api as ceremony
from azukari.core.handover.gate import actual_of, count_of, prepare, rows_for
from azukari.core.handover.keeping import add_medium, add_recipient, end_medium, end_recipient, media, recipients
from azukari.core.handover.papers import erasure, said, slip
from azukari.core.handover.registry import register, sources
from azukari.core.handover.rules import ROWS_NAME
from azukari.core.handover.service import (
    approve,
    cancel,
    erased,
    find,
    late,
    listing,
    opened,
    propose,
    returned,
    subjects_of,
    used,
)
from azukari.core.handover.types import (
    ENTRY,
    OUT,
    Card,
    Count,
    Kind,
    Late,
    MediumCard,
    Proposal,
    RecipientCard,
    Source,
    SourceRow,
    Stage,
    Step,
    Written,
)
from azukari.core.handover.writing import Batch, batch_of, give, ward_key, write

__all__ = [
    "ENTRY",
    "OUT",
    "ROWS_NAME",
    "Batch",
    "Card",
    "Count",
    "Kind",
    "Late",
    "MediumCard",
    "Proposal",
    "RecipientCard",
    "Source",
    "SourceRow",
    "Stage",
    "Step",
    "Written",
    "actual_of",
    "add_medium",
    "add_recipient",
    "approve",
    "batch_of",
    "cancel",
    "ceremony",
    "count_of",
    "end_medium",
    "end_recipient",
    "erased",
    "erasure",
    "find",
    "give",
    "late",
    "listing",
    "media",
    "opened",
    "prepare",
    "propose",
    "recipients",
    "register",
    "returned",
    "rows_for",
    "said",
    "slip",
    "sources",
    "subjects_of",
    "used",
    "ward_key",
    "write",
]
