"""Receipts for everybody else: receive files, and what became of them (諮問809 §2, §5 レセプトデータ)."""

from azukari.business.health.receipts.reading import Reader
from azukari.business.health.receipts.service import receive
from azukari.business.health.receipts.types import ReceivedFile

__all__ = ["Reader", "ReceivedFile", "receive"]
