"""What the tests of 名寄せ share: identities as papers name them, and a pair waiting to be decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from django.test import Client
from django.utils import timezone

from azukari.business.health.columns import IDENTITIES
from azukari.business.health.persons import deciding
from azukari.business.health.persons.keys import identity_key
from azukari.business.health.persons.linking import put
from azukari.business.health.persons.resolving import Resolved, resolve
from support.signing import code, signed_in

PAPER = {
    "insurer": "00138057",
    "symbol": "12",
    "number": "100",
    "branch": "01",
    "name": "見本\u3000花子",
    "kana": "ミホン\u3000ハナコ",
    "birth": date(1956, 3, 4),
    "sex": 2,
}


@dataclass
class Shelf:
    """A store in memory, of whole tables."""

    tables: dict[str, pl.DataFrame]

    def read(self, table: str) -> pl.DataFrame:
        return self.tables[table]

    def write(self, table: str, part: str, frame: pl.DataFrame) -> Path:
        self.tables[table] = frame
        return Path(part)


def identities(*changes: dict[str, object]) -> pl.DataFrame:
    """One 被保険者 for each set of changes to PAPER, in that order."""
    rows = [{**PAPER, **change} for change in changes]
    frame = pl.DataFrame(rows, schema={name: kind for name, kind in IDENTITIES.items() if name != "identity"})
    return frame.with_columns(identity_key(frame))


def persons_of(frame: pl.DataFrame, resolved: Resolved) -> list[int]:
    """The person of every identity, in the order of the frame, as small numbers: 0 for the first person met."""
    found = frame.select("identity").join(resolved.links, on="identity", how="left", maintain_order="left")["person"]
    seen: dict[int, int] = {}
    return [seen.setdefault(person, len(seen)) for person in found]


def reasons_of(*changes: dict[str, object]) -> tuple[bool, list[str]]:
    """Whether two such identities are joined, and else why they are left to an officer."""
    frame = identities(*changes)
    found = resolve(frame)
    people = persons_of(frame, found)
    return people[0] == people[1], [reason for reasons in found.doubts["reasons"] for reason in reasons]


def signed(login: str, place: str) -> Client:
    """A browser of somebody of 諮問809."""
    return signed_in(login, place=place, code=code(login))


def waiting_pair() -> tuple[pl.DataFrame, int]:
    """Twins put before the officer through the owner; the identities, and the key of their pair."""
    frame = identities({}, {"number": "100", "branch": "02", "name": "見本\u3000桃子", "kana": "ミホン\u3000モモコ"})
    found = resolve(frame)
    put(found.doubts, frame, found.links, at=timezone.now(), using="owner")
    return frame, deciding.pairs("owner").get(left_id=min(frame["identity"])).pk
