"""What other packages use of ceremonies.

ceremony.register(Maker("analysis", "…", flows=…, make=…, drop=…))     in a business's AppConfig.ready
card = ceremony.propose("analysis", "809-2-1", …)                       the ward proposes
ceremony.attend(card.id, by=…, place=…, public=…)                       each responsible person, at the ward
ceremony.use_key / make / accept / write / sign                         the tokens, the report, the medium, the record
ceremony.deliver / attend / restore / sign                              the way back
"""

from azukari.core.handover.ceremony.making import cancel, make, refuse_other_key, use_key, write
from azukari.core.handover.ceremony.models import MASKED
from azukari.core.handover.ceremony.papers import paper
from azukari.core.handover.ceremony.record import SIGNED, text_of
from azukari.core.handover.ceremony.registry import makers, register
from azukari.core.handover.ceremony.restoring import RECEIPT_TOKEN, TOKEN, deliver, restore
from azukari.core.handover.ceremony.rules import next_steps
from azukari.core.handover.ceremony.service import (
    RARE,
    SMALLEST,
    accept,
    attend,
    attending,
    find,
    items_of,
    listing,
    proposal_of,
    propose,
    refuse,
    sign,
    signers_key,
    state_of,
    who,
)
from azukari.core.handover.ceremony.staging import flow_of
from azukari.core.handover.ceremony.types import CeremonyCard, Made, Maker, Order, Side, Step, Taken
from azukari.kernel.keystore import keep as keep_key
from azukari.kernel.keystore import make as make_key
from azukari.kernel.keystore import read as read_key
from azukari.kernel.signatures import load as load_signing_key
from azukari.kernel.signatures import make as make_signing_key
from azukari.kernel.signatures import public_of, short
from azukari.kernel.signatures import sign as signature_of

__all__ = [
    "MASKED",
    "RARE",
    "RECEIPT_TOKEN",
    "SIGNED",
    "SMALLEST",
    "TOKEN",
    "CeremonyCard",
    "Made",
    "Maker",
    "Order",
    "Side",
    "Step",
    "Taken",
    "accept",
    "attend",
    "attending",
    "cancel",
    "deliver",
    "find",
    "flow_of",
    "items_of",
    "keep_key",
    "listing",
    "load_signing_key",
    "make",
    "make_key",
    "make_signing_key",
    "makers",
    "next_steps",
    "paper",
    "proposal_of",
    "propose",
    "public_of",
    "read_key",
    "refuse",
    "refuse_other_key",
    "register",
    "restore",
    "short",
    "sign",
    "signature_of",
    "signers_key",
    "state_of",
    "text_of",
    "use_key",
    "who",
    "write",
]
