"""Whatever arrives in files."""

from __future__ import annotations

from azukari.business.health.arrivals import receive

__all__ = ["receive"]
