"""Who is who in everything that was received."""

from __future__ import annotations

from azukari.business.health.persons.linking import Linked
from azukari.business.health.who import settle

__all__ = ["Linked", "settle"]
