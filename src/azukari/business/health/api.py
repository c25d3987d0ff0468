"""What commands and the demonstration may ask of 国保データヘルス: each part by its own name."""

from __future__ import annotations

from azukari.business.health.columns import TABLES
from azukari.business.health.programmes import api as programmes
from azukari.business.health.store import open_store

__all__ = ["TABLES", "open_store", "programmes"]
