"""Receiving claims: each is one transaction, after its files lie safely in the store of originals.

A claim that arrived before, file for file, is not taken again, so a killed command is simply given once more. A claim
that cannot be read is reported and nothing of it is kept; one that may not be checked yet is kept and held.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from azukari.business.taxi import intake
from azukari.business.taxi.intake.types import Claim, Package, Problem, Rejected
from azukari.business.taxi.models import Batch, Company, InvoiceLine
from azukari.business.taxi.models import Original as Kept
from azukari.business.taxi.pages import Picture, pictures
from azukari.business.taxi.presenting import put_vouchers
from azukari.business.taxi.service import FOUR_ITEMS
from azukari.business.taxi.types import CONTRACTOR_FLOW, Hold
from azukari.core.audit import api as audit
from azukari.core.policy import api as policy
from azukari.kernel.errors import BadInput

OWNER = "owner"
PAPER = "文書"
# 諮問815 §2: 事業者は、月末で締めた券を翌月1日から10日までに請求する。
FIRST_DAY, LAST_DAY = 1, 10
Progress = Callable[[str, int, int], None]
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


def silent(_title: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def only_contractor() -> str:
    """The contractor whose operators are named under 諮問815. Raises BadInput when there are none, or several."""
    names = sorted(
        {
            one.contractor
            for one in policy.roll(timezone.localdate(), using=OWNER)
            if one.flow == CONTRACTOR_FLOW and one.contractor
        }
    )
    if len(names) != 1:
        raise BadInput(
            "確認を委託する先が決まりません。",
            f"取扱い {CONTRACTOR_FLOW} の名簿にある委託先は {'、'.join(names) or 'ありません'}。",
            "--contractor で名称を指定してください。",
        )
    return names[0]


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
    outcomes: list[Taken | Known | Rejected] = []
    for done, place in enumerate(found):
        progress("請求を受領", done, len(found))
        outcomes.append(_one(place, contractor, by, progress))
    progress("請求を受領", len(found), len(found))
    return Received(
        tuple(one for one in outcomes if isinstance(one, Taken)),
        tuple(one.name for one in outcomes if isinstance(one, Known)),
        tuple(one for one in outcomes if isinstance(one, Rejected)),
    )


def _one(place: Path | Package, contractor: str, by: str, progress: Progress) -> Taken | Known | Rejected:
    claim = intake.read_claim(place)
    if isinstance(claim, Rejected):
        return claim
    company = Company.objects.using(OWNER).filter(code=claim.company).first()
    if company is None:
        return _unknown_company(claim)
    if _is_known(claim, company):
        return Known(claim.name)
    for original in claim.originals:
        intake.keep(Path(settings.ORIGINALS), original)
    shown = pictures(claim, progress)
    with transaction.atomic(using=OWNER):
        # Two who receive one company's claims at once take turns here, and the second sees what the first did.
        Company.objects.using(OWNER).select_for_update().get(pk=company.pk)
        return Known(claim.name) if _is_known(claim, company) else _store(claim, company, shown, contractor, by)


def _unknown_company(claim: Claim) -> Rejected:
    error = BadInput(
        "この番号の事業者は登録されていません。",
        "協定を結んだ事業者の請求だけを受領します。",
        "番号を確かめてください。",
    )
    file = claim.originals[0].name
    return Rejected(claim.name, (Problem.of(error, file, 2, "事業者番号", claim.company),), originals=claim.originals)


def _is_known(claim: Claim, company: Company) -> bool:
    """One of the company's batches of the month came with just these files."""
    files = Kept.objects.using(OWNER).filter(batch__company=company, batch__month=claim.month)
    by_batch: dict[int, set[tuple[str, str]]] = {}
    for batch, name, sha256 in files.values_list("batch_id", "name", "sha256"):
        by_batch.setdefault(batch, set()).add((name, sha256))
    return {(original.name, original.sha256) for original in claim.originals} in by_batch.values()


def _store(claim: Claim, company: Company, shown: Sequence[Picture], contractor: str, by: str) -> Taken:
    earlier = Batch.objects.using(OWNER).filter(company=company, month=claim.month).count()
    hold = _hold(claim, earlier)
    batch = Batch.objects.using(OWNER).create(
        company=company,
        month=claim.month,
        number=earlier + 1,
        received_on=claim.received_on,
        contractor=contractor,
        hold=hold or "",
    )
    _put_papers(batch, claim)
    persons, vouchers = put_vouchers(batch, claim, shown)
    with connections[OWNER].cursor() as cursor:
        cursor.execute(ARRIVED, [claim.month, contractor, vouchers])
    audit.record(
        "handover.received",
        actor=by,
        flow=CONTRACTOR_FLOW,
        items=sorted(FOUR_ITEMS),
        subjects=persons,
        medium=PAPER,
        detail={"batch": batch.pk, "rows": vouchers},
        using=OWNER,
    )
    notes = tuple(str(warning) for warning in claim.warnings)
    unread = tuple(f"{place}枚目の画像: {one.note}" for place, one in enumerate(shown, 1) if one.note)
    return Taken(batch.pk, claim.name, claim.company, claim.month, vouchers, hold, notes + unread)


def _hold(claim: Claim, earlier: int) -> Hold | None:
    if earlier:
        return Hold.TWICE
    after = date(claim.month.year + claim.month.month // 12, claim.month.month % 12 + 1, 1)
    in_term = after.replace(day=FIRST_DAY) <= claim.received_on <= after.replace(day=LAST_DAY)
    return None if in_term else Hold.OUT_OF_TERM


def _put_papers(batch: Batch, claim: Claim) -> None:
    InvoiceLine.objects.using(OWNER).bulk_create(
        InvoiceLine(batch=batch, kind=line.kind.value, face=line.face, count=line.count, amount=line.amount)
        for line in claim.invoice
    )
    Kept.objects.using(OWNER).bulk_create(
        Kept(batch=batch, name=original.name, sha256=original.sha256, size=original.size)
        for original in claim.originals
    )
