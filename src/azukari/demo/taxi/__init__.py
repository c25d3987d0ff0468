"""The made-up ward's 福祉タクシー券: its register, and months of claims with errors whose answers are known (諮問815)."""

from __future__ import annotations

from azukari.demo.taxi.beginning import FIRST_MONTH, make, write_month
from azukari.demo.taxi.month import ClaimMade, Month, month

__all__ = ["FIRST_MONTH", "ClaimMade", "Month", "make", "month", "write_month"]
