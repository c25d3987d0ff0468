"""Receiving 資格の一覧: the newest list takes the place of the one before, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.db import transaction

from azukari.business.health import models
from azukari.business.health.insured import reading
from azukari.business.health.noting import OWNER, note
from azukari.business.health.originals import keep_original
from azukari.business.health.store import open_store
from azukari.core.intake.api import digest, read_all
from azukari.core.intake.types import LIMITS, Problem
from azukari.core.people import api as people

KIND, PART = "members", "members"


@dataclass(frozen=True, slots=True)
class ReceivedMembers:
    """A list: how many spans (件) of how many persons (人), and how many 宛名番号 the register of the ward does not have."""

    name: str
    sha256: str
    spans: int = 0
    persons: int = 0
    strangers: int = 0
    known: bool = False
    problems: tuple[Problem, ...] = ()
    rest: int = 0


def receive(path: Path, *, by: str) -> ReceivedMembers:
    """Take the list in place of the last one. Nothing is taken from a file in which anything is wrong.

    `person` of a row is the register's key for its 宛名番号; one the register does not have stands as its own negative,
    so that it is never taken for somebody else.
    """
    seen = digest(path)
    newest = models.ReceivedFile.objects.using(OWNER).filter(kind=KIND).order_by("-received_at").first()
    if newest and newest.sha256 == seen.sha256:
        return ReceivedMembers(path.name, seen.sha256, known=True)
    found = reading.read(read_all(path, LIMITS.table), path.name)
    if found.problems:
        return ReceivedMembers(path.name, seen.sha256, problems=found.problems, rest=found.rest)
    rows = found.rows.with_columns(_persons(found.rows["atena"]))
    store = open_store()
    with store.alone(), store.staged() as part:
        part.add("identities", reading.identities(rows))
        part.add("members", reading.members(rows))
        part.add("links", reading.links(rows))
        part.finish()
        keep_original(path, path.name, seen.sha256)
        with transaction.atomic(using=OWNER):
            note(
                sha256=seen.sha256, name=path.name, kind=KIND, size=seen.size, counts={"members": rows.height},
                rows=rows.height, by=by,
            )  # fmt: skip
            part.publish(PART)
    strangers = rows.filter(pl.col("person") < 0)["person"].n_unique()
    return ReceivedMembers(path.name, seen.sha256, rows.height, rows["person"].n_unique(), strangers)


def _persons(atena: pl.Series) -> pl.Series:
    keys = people.keys_of(atena.unique().to_list(), using=OWNER)
    return pl.Series("person", [keys.get(number, -abs(int(number))) for number in atena], dtype=pl.Int64())
