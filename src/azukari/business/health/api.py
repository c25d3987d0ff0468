"""The health store, for commands and the demonstration. Every part of the package has a door of its own, `<part>/api.py`."""

from __future__ import annotations

from azukari.business.health.columns import TABLES
from azukari.business.health.store import Store, open_store

__all__ = ["TABLES", "Store", "open_store"]
