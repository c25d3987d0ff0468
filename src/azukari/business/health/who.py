"""Who is who in everything that was received: identities to persons, in the store; doubtful pairs to the officers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from azukari.business.health.insured import service
from azukari.business.health.insured.reading import register_persons
from azukari.business.health.persons import deciding
from azukari.business.health.persons.resolving import resolve
from azukari.business.health.store import Store, open_store
from azukari.business.health.types import WARD_ENTRY
from azukari.core.audit import api as audit

OWNER, PART = "owner", "who"


@dataclass(frozen=True, slots=True)
class Settled:
    """Identities, the persons they are, how many of those the register knows, and pairs that are new before an officer."""

    identities: int
    persons: int
    known: int
    doubtful: int


def settle(*, at: datetime, by: str) -> Settled:
    """Link every identity of the store anew, with the decisions in force. The same store and decisions, the same persons."""
    store = open_store()
    with store.alone():
        people = store.read("identities").unique("identity", keep="first", maintain_order=True)
        found = resolve(people, deciding.in_force(using=OWNER))
        register = store.read("links", part=service.PART)
        links = register_persons(found.links, register)
        _write(store, links, register)
    new = deciding.put(_open_doubts(found.doubts, links, register), people, at=at, using=OWNER)
    audit.record("health.settled", actor=by, flow=WARD_ENTRY, detail={"rows": people.height}, using=OWNER)
    known = links.join(register.select("person").unique(), on="person", how="semi")["person"].n_unique()
    return Settled(people.height, links["person"].n_unique(), known, new)


def _write(store: Store, links: pl.DataFrame, register: pl.DataFrame) -> None:
    """The register's own links stand in its own part."""
    store.write("links", PART, links.join(register.select("identity"), on="identity", how="anti"))


def _open_doubts(doubts: pl.DataFrame, links: pl.DataFrame, register: pl.DataFrame) -> pl.DataFrame:
    """Pairs that the ward's own list does not answer: two of one person, and two different persons of the list, are settled."""
    person = links.select("identity", "person")
    sides = doubts.join(person, left_on="left", right_on="identity").join(
        person, left_on="right", right_on="identity", suffix="_right"
    )
    listed = register["person"].unique().implode()
    both = pl.col("person").is_in(listed) & pl.col("person_right").is_in(listed)
    return sides.filter((pl.col("person") != pl.col("person_right")) & ~both).select(doubts.columns)
