"""The health store, for commands."""

from __future__ import annotations

from azukari.business.health.store import open_store

__all__ = ["open_store"]
