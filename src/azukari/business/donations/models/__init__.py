"""Tables of the business. Who wishes to give and who gave are two groups, each with the items of its own flow (諮問813 §5).

A page reads them inside a flow it has entered: the walls leave it the columns and rows of that flow. A contractor's rows
are those whose `contractor` it is: none before a batch, and only those of the batch's flow.
"""

from azukari.business.donations.models.batches import Batch, Certificate, Entrusted, LetterLine, Planned, SlipLine
from azukari.business.donations.models.received import Arrival, Donation, Donor, Event, Form, Intention

__all__ = [
    "Arrival",
    "Batch",
    "Certificate",
    "Donation",
    "Donor",
    "Entrusted",
    "Event",
    "Form",
    "Intention",
    "LetterLine",
    "Planned",
    "SlipLine",
]
