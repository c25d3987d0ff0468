"""The ledger for everybody else: write an entry, read it back, seal, verify.

`record` and `record_many` run in the caller's transaction, as the caller's database role: what is rolled back leaves no
entry, and what is committed leaves one. Every other name here reads, or belongs to the sealer.
"""

from azukari.core.audit.service import grouped, of_person, record, record_many, search
from azukari.core.audit.types import Entry, Finding, LedgerLine, LedgerPage, Proof, Report
from azukari.core.audit.words import describe, sentence

__all__ = [
    "Entry",
    "Finding",
    "LedgerLine",
    "LedgerPage",
    "Proof",
    "Report",
    "describe",
    "grouped",
    "of_person",
    "record",
    "record_many",
    "search",
    "sentence",
]
