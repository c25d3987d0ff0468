"""The 全銀 files banks exchange: 総合振込 written, read and examined, 口座振替 read and examined. Plain Python."""

from __future__ import annotations

from azukari.kernel.zengin.examining import Section, Survey, examine, survey
from azukari.kernel.zengin.kana import Where, kana
from azukari.kernel.zengin.reading import Row, read, rows
from azukari.kernel.zengin.records import DEBIT, KINDS, TRANSFER
from azukari.kernel.zengin.types import (
    Account,
    Bank,
    Batch,
    Deposit,
    Finding,
    Level,
    Misfit,
    Payer,
    Payment,
    Transfer,
    Unwritable,
)
from azukari.kernel.zengin.writing import transfer

__all__ = [
    "DEBIT",
    "KINDS",
    "TRANSFER",
    "Account",
    "Bank",
    "Batch",
    "Deposit",
    "Finding",
    "Level",
    "Misfit",
    "Payer",
    "Payment",
    "Row",
    "Section",
    "Survey",
    "Transfer",
    "Unwritable",
    "Where",
    "examine",
    "kana",
    "read",
    "rows",
    "survey",
    "transfer",
]
