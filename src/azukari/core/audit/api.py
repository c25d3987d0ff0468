"""The ledger for everybody else: write an entry, read it back, seal, verify.

`record` and `record_many` run in the caller's transaction, as the caller's database role: what is rolled back leaves no
entry, and what is committed leaves one. Every other name here reads, or belongs to the sealer.
"""

from azukari.core.audit.checkpoint import signed_text
from azukari.core.audit.proof import prove
from azukari.core.audit.sealing import Sealer, rotate, seal
from azukari.core.audit.service import grouped, of_person, record, record_many, search
from azukari.core.audit.types import Checkpoint, Entry, Finding, LedgerLine, LedgerPage, Proof, Report
from azukari.core.audit.verification import verify
from azukari.core.audit.words import action_name, describe, sentence

__all__ = [
    "Checkpoint",
    "Entry",
    "Finding",
    "LedgerLine",
    "LedgerPage",
    "Proof",
    "Report",
    "Sealer",
    "action_name",
    "describe",
    "grouped",
    "of_person",
    "prove",
    "record",
    "record_many",
    "rotate",
    "seal",
    "search",
    "sentence",
    "signed_text",
    "verify",
]
