"""The whole of 名寄せ over the store: identities in, persons out, doubtful pairs put before the officers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import polars as pl
from django.db import DEFAULT_DB_ALIAS

from azukari.business.health.insured.reading import register_persons
from azukari.business.health.persons import deciding
from azukari.business.health.persons.resolving import resolve

PART = "who"


class Shelf(Protocol):
    """What is asked of the store (business/health/store.py)."""

    def read(self, table: str) -> pl.DataFrame:
        """A table of columns.TABLES, whole."""

    def write(self, table: str, part: str, frame: pl.DataFrame) -> Path:
        """Replace a part, aside and renamed."""


@dataclass(frozen=True, slots=True)
class Linked:
    """How many identities, persons they are, persons the register knows; how many pairs are newly put before the officers."""

    identities: int
    persons: int
    known: int
    new_doubts: int


def link_store(store: Shelf, register: pl.DataFrame, *, at: datetime, using: str = DEFAULT_DB_ALIAS) -> Linked:
    """Link everybody in the store anew, by the ward's own list and the decisions in force; safe to repeat or cut off.

    `register` has identity and person as 資格の一覧 says; those links stand in its own part of the store. The others are
    replaced whole, so a decision taken back takes effect with the next run.
    """
    people = store.read("identities").unique("identity", keep="first", maintain_order=True)
    found = resolve(people, deciding.in_force(using))
    links = register_persons(found.links, register)
    store.write("links", PART, links.join(register.select("identity"), on="identity", how="anti"))
    new = deciding.put(_open(found.doubts, links, register), people, at=at, using=using)
    known = links.join(register.select("person").unique(), on="person", how="semi")["person"].n_unique()
    return Linked(people.height, links["person"].n_unique(), known, new)


def _open(doubts: pl.DataFrame, links: pl.DataFrame, register: pl.DataFrame) -> pl.DataFrame:
    """Pairs that the ward's own list does not answer: two of one person, and two different persons of the list, are settled."""
    person = links.select("identity", "person")
    sides = doubts.join(person, left_on="left", right_on="identity").join(
        person, left_on="right", right_on="identity", suffix="_right"
    )
    listed = register["person"].unique().implode()
    both = pl.col("person").is_in(listed) & pl.col("person_right").is_in(listed)
    return sides.filter((pl.col("person") != pl.col("person_right")) & ~both).select(doubts.columns)
