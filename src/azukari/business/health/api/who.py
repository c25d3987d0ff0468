"""Who is who in everything that was received."""

from __future__ import annotations

from azukari.business.health.who import Settled, settle

__all__ = ["Settled", "settle"]
