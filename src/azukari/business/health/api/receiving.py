"""Checkup files into the installation: the whole road, with the database. (Reading alone is in `api.checkups`.)"""

from __future__ import annotations

from azukari.business.health.checkups.receiving import recognises
from azukari.business.health.checkups.service import take

__all__ = ["recognises", "take"]
