"""What other packages may ask of people.

Every read goes through the views of the flow entered, so it can see no more than that flow's consultation lists; what
may not be seen, or is not there, comes back as None or as a `Refusal`.
"""

from __future__ import annotations

from azukari.core.people.addresses import address_for, addresses_for, written_address
from azukari.core.people.matching.engine import Grouped, Matched, group, link, pairs_of
from azukari.core.people.matching.folding import folded
from azukari.core.people.matching.model import definition as matching_definition
from azukari.core.people.matching.rules import partition
from azukari.core.people.matching.types import Decision, Edge, How
from azukari.core.people.outsiders import keys_of, reserve_keys
from azukari.core.people.rules import NAME_GAP, search_key
from azukari.core.people.service import found, households_of, search, sheet
from azukari.core.people.types import (
    Address,
    Found,
    Household,
    Member,
    Name,
    Purpose,
    Refusal,
    RefusalKind,
    Sex,
    Sheet,
)

__all__ = [
    "NAME_GAP",
    "Address",
    "Decision",
    "Edge",
    "Found",
    "Grouped",
    "Household",
    "How",
    "Matched",
    "Member",
    "Name",
    "Purpose",
    "Refusal",
    "RefusalKind",
    "Sex",
    "Sheet",
    "address_for",
    "addresses_for",
    "folded",
    "found",
    "group",
    "households_of",
    "keys_of",
    "link",
    "matching_definition",
    "pairs_of",
    "partition",
    "reserve_keys",
    "search",
    "search_key",
    "sheet",
    "written_address",
]
