"""Receiving claims: each is one transaction, after its files lie safely in the store of originals.

A claim that arrived before, file for file, is not taken again, so a killed command is simply given once more. A claim
that cannot be read is reported and nothing of it is kept; one that may not be checked yet is kept and held.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connections, transaction

from azukari.business.taxi import intake
from azukari.business.taxi.intake.types import Claim, Package, Rejected
from azukari.business.taxi.models import Company
from azukari.business.taxi.models import Original as Kept
from azukari.business.taxi.pages import Picture, pictures
from azukari.business.taxi.presenting import Line, listed, put_vouchers
from azukari.business.taxi.service import FOUR_ITEMS
from azukari.business.taxi.types import CONTRACTOR_FLOW, Hold
from azukari.core.audit import api as audit
from azukari.core.intake.types import Problem
from azukari.kernel.errors import BadInput

OWNER = "owner"
PAPER = "文書"
# 諮問815 §2: 事業者は、月末で締めた券を翌月1日から10日までに請求する。
FIRST_DAY, LAST_DAY = 1, 10
AHEAD = 4  # claims read before their turn; each is some megabytes at most
Progress = Callable[[str, int, int], None]
# A claim and its papers in one statement: four of the model's own would take a quarter of the whole month's time.
PUT = """
WITH batch AS (
  INSERT INTO taxi_batch (company_id, month, number, received_on, contractor, hold)
  VALUES (%(company)s, %(month)s, %(number)s, %(received_on)s, %(contractor)s, %(hold)s) RETURNING id
), bill AS (
  INSERT INTO taxi_invoiceline (batch_id, kind, face, count, amount) SELECT batch.id, line.* FROM batch,
  unnest(%(kinds)s::text[], %(faces)s::int[], %(counts)s::int[], %(amounts)s::bigint[]) AS line
), files AS (
  INSERT INTO taxi_original (batch_id, name, sha256, size) SELECT batch.id, file.* FROM batch,
  unnest(%(names)s::text[], %(hashes)s::text[], %(sizes)s::bigint[]) AS file
) SELECT id FROM batch"""
ARRIVED = """
INSERT INTO taxi_arrival (month, contractor, lines) VALUES (%s, %s, %s)
    ON CONFLICT (month, contractor) DO UPDATE SET lines = taxi_arrival.lines + excluded.lines"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A claim that was received: its batch, how many vouchers (枚), and why it is held, None when it is not."""

    batch: int
    name: str
    company: str
    month: date
    vouchers: int
    hold: Hold | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A claim that had arrived before, file for file."""

    name: str


@dataclass(frozen=True, slots=True)
class Received:
    """What became of the paths given. Nothing was done about `known`; nothing of `rejected` was kept but its files."""

    taken: tuple[Taken, ...]
    known: tuple[str, ...]
    rejected: tuple[Rejected, ...]

    @property
    def vouchers(self) -> int:
        """All vouchers received now, in 枚."""
        return sum(one.vouchers for one in self.taken)


class Place(NamedTuple):
    """Where a claim goes: its company's key, the how manieth of the month it is, and who checks it."""

    company: int
    number: int
    contractor: str


@dataclass(frozen=True, slots=True)
class Read:
    """A claim whose files lie in the store, and its vouchers ready to be stored."""

    claim: Claim
    lines: list[Line]


def silent(_title: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def receive(paths: Sequence[Path], *, contractor: str, by: str, progress: Progress = silent) -> Received:
    """Receive every claim found at the paths and entrust it to the contractor for checking (諮問815 §2).

    Each claim is committed by itself. Raises BadInput when nothing that looks like a claim is there.
    """
    found = intake.find(paths)
    if not found:
        raise BadInput(
            "請求がありません。",
            "invoice.csv のあるフォルダーも、zip も見つかりません。",
            "事業者から届いたフォルダーか zip を指定してください。",
        )
    companies = dict(Company.objects.using(OWNER).values_list("code", "pk"))
    outcomes: list[Taken | Known | Rejected] = []
    for done, read in enumerate(_ahead(found, companies)):
        progress("請求を受領", done, len(found))
        outcomes.append(read if isinstance(read, Rejected) else _one(read, companies, contractor, by, progress))
    progress("請求を受領", len(found), len(found))
    return Received(
        tuple(one for one in outcomes if isinstance(one, Taken)),
        tuple(one.name for one in outcomes if isinstance(one, Known)),
        tuple(one for one in outcomes if isinstance(one, Rejected)),
    )


def _ahead(found: Sequence[Path | Package], companies: Collection[str]) -> Iterator[Read | Rejected]:
    """Every claim in its order; while one goes into the database, the next few are read."""
    with ThreadPoolExecutor(1, "azukari-claims") as reader:
        coming = deque(reader.submit(_read, place, companies) for place in found[:AHEAD])
        for place in [*found[AHEAD:], *[None] * AHEAD]:
            if not coming:
                return
            yield coming.popleft().result()
            if place is not None:
                coming.append(reader.submit(_read, place, companies))


def _read(place: Path | Package, companies: Collection[str]) -> Read | Rejected:
    claim = intake.read_claim(place)
    if isinstance(claim, Rejected):
        return claim
    if claim.company not in companies:
        return _unknown_company(claim)
    for original in claim.originals:
        intake.keep(Path(settings.ORIGINALS), original)
    return Read(claim, listed(claim.vouchers))


def _one(read: Read, companies: Mapping[str, int], contractor: str, by: str, progress: Progress) -> Taken | Known:
    claim, key = read.claim, companies[read.claim.company]
    if claim.pages and _is_known(claim, _arrived(claim, key)):
        return Known(claim.name)
    shown = pictures(claim, progress)
    with transaction.atomic(using=OWNER):
        # Two who receive one company's claims at once take turns here, and the second sees what the first did.
        Company.objects.using(OWNER).select_for_update().get(pk=key)
        arrived = _arrived(claim, key)
        if _is_known(claim, arrived):
            return Known(claim.name)
        return _store(read, Place(key, len(arrived) + 1, contractor), shown, by)


def _unknown_company(claim: Claim) -> Rejected:
    error = BadInput(
        "この番号の事業者は登録されていません。",
        "協定を結んだ事業者の請求だけを受領します。",
        "番号を確かめてください。",
    )
    file = claim.originals[0].name
    return Rejected(claim.name, (Problem.of(error, file, 2, "事業者番号", claim.company),), originals=claim.originals)


def _arrived(claim: Claim, company: int) -> dict[int, set[tuple[str, str]]]:
    """The files of each batch that the company presented for the month: names and SHA-256."""
    files = Kept.objects.using(OWNER).filter(batch__company_id=company, batch__month=claim.month)
    by_batch: dict[int, set[tuple[str, str]]] = {}
    for batch, name, sha256 in files.values_list("batch_id", "name", "sha256"):
        by_batch.setdefault(batch, set()).add((name, sha256))
    return by_batch


def _is_known(claim: Claim, arrived: Mapping[int, set[tuple[str, str]]]) -> bool:
    """One of the batches came with just these files."""
    return {(original.name, original.sha256) for original in claim.originals} in arrived.values()


def _store(read: Read, place: Place, shown: Sequence[Picture], by: str) -> Taken:
    claim, contractor = read.claim, place.contractor
    hold = _hold(claim, place.number)
    with connections[OWNER].cursor() as cursor:
        cursor.execute(PUT, _papers(claim, place, hold))
        [batch] = cursor.fetchone()
        persons, vouchers = put_vouchers(batch, contractor, read.lines, shown)
        cursor.execute(ARRIVED, [claim.month, contractor, vouchers])
    audit.record(
        "handover.received",
        actor=by,
        flow=CONTRACTOR_FLOW,
        items=sorted(FOUR_ITEMS),
        subjects=persons,
        medium=PAPER,
        detail={"batch": batch, "rows": vouchers},
        using=OWNER,
    )
    notes = tuple(str(warning) for warning in claim.warnings)
    unread = tuple(f"{place}枚目の画像: {one.note}" for place, one in enumerate(shown, 1) if one.note)
    return Taken(batch, claim.name, claim.company, claim.month, vouchers, hold, notes + unread)


def _hold(claim: Claim, number: int) -> Hold | None:
    if number > 1:
        return Hold.TWICE
    after = date(claim.month.year + claim.month.month // 12, claim.month.month % 12 + 1, 1)
    in_term = after.replace(day=FIRST_DAY) <= claim.received_on <= after.replace(day=LAST_DAY)
    return None if in_term else Hold.OUT_OF_TERM


def _papers(claim: Claim, place: Place, hold: Hold | None) -> dict[str, Any]:
    bill, files = claim.invoice, claim.originals
    return {
        "company": place.company,
        "month": claim.month,
        "number": place.number,
        "received_on": claim.received_on,
        "contractor": place.contractor,
        "hold": hold or "",
        "kinds": [line.kind.value for line in bill],
        "faces": [line.face for line in bill],
        "counts": [line.count for line in bill],
        "amounts": [line.amount for line in bill],
        "names": [file.name for file in files],
        "hashes": [file.sha256 for file in files],
        "sizes": [file.size for file in files],
    }
