"""Who is who in whole tables. A door of its own: it loads polars, which no page of the ward needs."""

from __future__ import annotations

from azukari.core.people.matching.engine import group, link, pairs_of

__all__ = ["group", "link", "pairs_of"]
