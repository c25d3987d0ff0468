"""The whole of 名寄せ over the store: identities in, persons out, doubtful pairs put before the officers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import polars as pl
from django.db import DEFAULT_DB_ALIAS

from azukari.business.health.persons import deciding
from azukari.business.health.persons.resolving import resolve

PART = "all"


class Shelf(Protocol):
    """What is asked of the store (business/health/store.py)."""

    def read(self, table: str) -> pl.DataFrame:
        """A table of columns.TABLES, whole."""

    def write(self, table: str, part: str, frame: pl.DataFrame) -> Path:
        """Replace a part, aside and renamed."""


@dataclass(frozen=True, slots=True)
class Linked:
    """How many identities, and persons they are; how many pairs are newly put before the officers."""

    identities: int
    persons: int
    new_doubts: int


def link_store(store: Shelf, *, at: datetime, using: str = DEFAULT_DB_ALIAS) -> Linked:
    """Link everybody in the store anew, by the decisions in force; safe to repeat, and to be cut off at any point.

    The table `links` is replaced whole, so a decision taken back takes effect with the next run.
    """
    identities = store.read("identities")
    found = resolve(identities, deciding.in_force(using))
    store.write("links", PART, found.links)
    new = deciding.put(found.doubts, identities, at=at, using=using)
    return Linked(found.links.height, found.links["person"].n_unique(), new)
