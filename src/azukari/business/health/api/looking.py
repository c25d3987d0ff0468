"""Extraction over the installation's own store, written in the ledger."""

from __future__ import annotations

from azukari.business.health.targets.looking import explain, extract

__all__ = ["explain", "extract"]
