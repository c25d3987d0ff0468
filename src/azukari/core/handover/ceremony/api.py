"""What other packages use of ceremonies.

ceremony.register(Maker("analysis", "…", flows=…, make=…, drop=…))     in a business's AppConfig.ready
card = ceremony.propose("analysis", "809-2-1", …)                       the ward proposes
ceremony.attend(card.id, by=…, place=…, public=…)                       each responsible person, at the ward
ceremony.use_key / make / accept / write / sign                         the tokens, the report, the medium, the record
ceremony.deliver / attend / restore / sign                              the way back
"""

from azukari.core.handover.ceremony.making import cancel, make, use_key, write
from azukari.core.handover.ceremony.models import MASKED
from azukari.core.handover.ceremony.papers import paper
from azukari.core.handover.ceremony.record import SIGNED, text_of
from azukari.core.handover.ceremony.registry import register
from azukari.core.handover.ceremony.restoring import deliver, restore
from azukari.core.handover.ceremony.rules import next_steps
from azukari.core.handover.ceremony.service import (
    accept,
    attend,
    find,
    items_of,
    listing,
    proposal_of,
    propose,
    refuse,
    sign,
    state_of,
    who,
)
from azukari.core.handover.ceremony.staging import flow_of
from azukari.core.handover.ceremony.types import CeremonyCard, Made, Maker, Order, Side, Step
from azukari.kernel.signatures import public_of, short
from azukari.kernel.signatures import sign as signature_of

__all__ = [
    "MASKED",
    "SIGNED",
    "CeremonyCard",
    "Made",
    "Maker",
    "Order",
    "Side",
    "Step",
    "accept",
    "attend",
    "cancel",
    "deliver",
    "find",
    "flow_of",
    "items_of",
    "listing",
    "make",
    "next_steps",
    "paper",
    "proposal_of",
    "propose",
    "public_of",
    "refuse",
    "register",
    "restore",
    "short",
    "sign",
    "signature_of",
    "state_of",
    "text_of",
    "use_key",
    "who",
    "write",
]
