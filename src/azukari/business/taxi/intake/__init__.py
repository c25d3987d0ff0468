"""Reading an operator's claim from disk: pure, strict, explained line by line, nothing half-read (諮問815 §2, §5).

`find` names the claims at some paths, `read_claim` reads one of them whole or says everything that is wrong with it,
`keep` puts its files into the store of originals. No database, no clock, nothing unpacked to disk.

A claim whose file was cut is rejected wherever the cut fell, except exactly at the end of a row: such a file is whole
by itself, and its missing rows come out when the invoice's 枚数 are set against the vouchers counted.
"""

from __future__ import annotations

from azukari.business.taxi.intake.claims import read_claim
from azukari.business.taxi.intake.packages import find
from azukari.business.taxi.intake.types import (
    BLANK_DAY,
    BLANK_YEN,
    KINDS,
    UNKNOWN_KIND,
    UNREAD_SERIAL,
    Claim,
    InvoiceLine,
    Package,
    Rejected,
    VoucherColumns,
)
from azukari.business.taxi.intake.writers import write_invoice, write_vouchers_csv, write_vouchers_xlsx
from azukari.core.intake.api import keep, originals, safe_cell
from azukari.core.intake.types import LIMITS, Entry, Limits, Original, Page, Problem

__all__ = [
    "BLANK_DAY",
    "BLANK_YEN",
    "KINDS",
    "LIMITS",
    "UNKNOWN_KIND",
    "UNREAD_SERIAL",
    "Claim",
    "Entry",
    "InvoiceLine",
    "Limits",
    "Original",
    "Package",
    "Page",
    "Problem",
    "Rejected",
    "VoucherColumns",
    "find",
    "keep",
    "originals",
    "read_claim",
    "safe_cell",
    "write_invoice",
    "write_vouchers_csv",
    "write_vouchers_xlsx",
]
