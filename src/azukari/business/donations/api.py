"""What commands, the demonstration and the parts that send letters may ask of the business.

Commands work as the owner (`using="owner"`). `batch_rows` is called inside the flow of the batch and sees no more than
that flow's views.
"""

from __future__ import annotations

from azukari.business.donations.acting import Acting, end_donation, receive_form, reissue, settle
from azukari.business.donations.batches import (
    ENTRUSTED_ITEMS,
    batch_rows,
    card,
    cards,
    make,
)
from azukari.business.donations.figures import Against, Year, against, year, years
from azukari.business.donations.importing import Received, receive
from azukari.business.donations.listing import states
from azukari.business.donations.mapping import Layout, layouts
from azukari.business.donations.outward import print_batch
from azukari.business.donations.parameters import unconfirmed, uses_on
from azukari.business.donations.posting import plan

__all__ = [
    "ENTRUSTED_ITEMS",
    "Acting",
    "Against",
    "Layout",
    "Received",
    "Year",
    "against",
    "batch_rows",
    "card",
    "cards",
    "end_donation",
    "layouts",
    "make",
    "plan",
    "print_batch",
    "receive",
    "receive_form",
    "reissue",
    "settle",
    "states",
    "unconfirmed",
    "uses_on",
    "year",
    "years",
]
