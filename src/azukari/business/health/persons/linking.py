"""The whole of 名寄せ over the store: identities in, persons out, doubtful pairs put before the officers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import polars as pl
from django.db import DEFAULT_DB_ALIAS, transaction

from azukari.business.health.columns import IDENTITIES
from azukari.business.health.insured.reading import register_persons
from azukari.business.health.models import Doubt, NamedIdentity
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
    new = put(_open(found.doubts, links, register), people, links, at=at, using=using)
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


def put(doubts: pl.DataFrame, identities: pl.DataFrame, links: pl.DataFrame, *, at: datetime, using: str) -> int:
    """Keep the doubtful pairs of `resolve` to be decided, all or none; how many are new. Decisions stay as they are.

    Whose the records are (`links`) is kept with all that were ever asked about: the ledger of a look names the person.
    """
    named = pl.concat([doubts["left"], doubts["right"]]).unique()
    rows = identities.filter(pl.col("identity").is_in(named.implode())).unique("identity").sort("identity")
    with transaction.atomic(using=using):
        before = Doubt.objects.using(using).count()
        NamedIdentity.objects.using(using).bulk_create(_named(rows), ignore_conflicts=True)
        Doubt.objects.using(using).bulk_create(_doubts(doubts, at), ignore_conflicts=True)
        _tell_persons(links, using)
        return Doubt.objects.using(using).count() - before


def _tell_persons(links: pl.DataFrame, using: str) -> None:
    there = {one.pk: one for one in NamedIdentity.objects.using(using).order_by("pk")}
    known = links.filter(pl.col("identity").is_in(list(there))).select("identity", "person")
    changed = [(there[key], person) for key, person in known.iter_rows() if there[key].person != person]
    for one, person in changed:
        one.person = person
    NamedIdentity.objects.using(using).bulk_update([one for one, _ in changed], ["person"], batch_size=2_000)


def _named(rows: pl.DataFrame) -> list[NamedIdentity]:
    texts = [name for name, kind in IDENTITIES.items() if kind == pl.String()]
    told = rows.select(IDENTITIES.keys()).with_columns(pl.col(texts).fill_null(""), person="identity")
    return [NamedIdentity(**row) for row in told.iter_rows(named=True)]


def _doubts(doubts: pl.DataFrame, at: datetime) -> list[Doubt]:
    return [
        Doubt(left_id=left, right_id=right, probability=probability, reasons=reasons, found_at=at)
        for left, right, probability, reasons in doubts.iter_rows()
    ]
