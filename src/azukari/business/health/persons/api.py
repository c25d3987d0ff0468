"""Who is who in everything that was received: identities to persons, in the store; doubtful pairs to the officers."""

from __future__ import annotations

from datetime import datetime

from azukari.business.health.insured import service
from azukari.business.health.persons.linking import Linked, link_store
from azukari.business.health.programmes import progress
from azukari.business.health.store import open_store
from azukari.business.health.types import WARD_ENTRY
from azukari.core.audit import api as audit

OWNER = "owner"


def settle(*, at: datetime, by: str) -> Linked:
    """Link every identity of the store anew. The same store and decisions, the same persons. Raises Busy.

    Then the lists of the programmes are told who was examined or guided since.
    """
    store = open_store()
    with store.alone():
        found = link_store(store, store.read("links", part=service.PART), at=at, using=OWNER)
        audit.record("health.settled", actor=by, flow=WARD_ENTRY, detail={"rows": found.identities}, using=OWNER)
        with store.connect() as held:
            progress.refresh(held, by=by, using=OWNER)
    return found
