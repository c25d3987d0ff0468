"""What other packages may ask of people.

Every read goes through the views of the flow entered, so it can see no more than that flow's consultation lists; what
may not be seen, or is not there, comes back as None or as a `Refusal`.
"""

from __future__ import annotations

from azukari.core.people.addresses import address_for, addresses_for, written_address
from azukari.core.people.matching.definition import definition as matching_definition
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
    "Found",
    "Household",
    "Member",
    "Name",
    "Purpose",
    "Refusal",
    "RefusalKind",
    "Sex",
    "Sheet",
    "address_for",
    "addresses_for",
    "found",
    "households_of",
    "keys_of",
    "matching_definition",
    "reserve_keys",
    "search",
    "search_key",
    "sheet",
    "written_address",
]
