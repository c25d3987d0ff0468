"""対象者の判定 (諮問815 §4): who may have the vouchers, and how many.

The rules are dated data (`data/eligibility.toml`, `data/entitlement.toml`). `decide` answers for one applicant, in
words; `register.decide_all` answers for a whole register at once. Both read the same tree, with the same three-valued logic:
what is not known is not a no. Plain Python and polars: no Django, no clock, no network.
"""

from __future__ import annotations

from azukari.business.taxi.eligibility.deciding import decide
from azukari.business.taxi.eligibility.entitling import Entitlement, Line, entitlement
from azukari.business.taxi.eligibility.facts import (
    AiDegree,
    Applicant,
    CareLevel,
    Departure,
    Facility,
    Impairment,
    facts_of,
)
from azukari.business.taxi.eligibility.outcome import Eligibility, Missing, Reason, Result, Standing
from azukari.business.taxi.eligibility.rulebook import Rulebook, own_rules, read_rules

__all__ = [
    "AiDegree",
    "Applicant",
    "CareLevel",
    "Departure",
    "Eligibility",
    "Entitlement",
    "Facility",
    "Impairment",
    "Line",
    "Missing",
    "Reason",
    "Result",
    "Rulebook",
    "Standing",
    "decide",
    "entitlement",
    "facts_of",
    "own_rules",
    "read_rules",
]
