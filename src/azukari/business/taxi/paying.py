"""Settling a month: one transaction that writes the payments, and files that are made from what it wrote.

A claim is settled once, ever: its lines are unique by claim, kind and face value. Claims that are let in later become
another settlement of the same month. The bytes of the transfer file are kept with the settlement, so that a file
written again is the same file.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import jpholiday
from django.db import connections, transaction
from django.db.models import Max
from django.utils import timezone

from azukari.business.taxi import register_columns, settling
from azukari.business.taxi.checking.types import GROUNDS, KINDS, Lines
from azukari.business.taxi.judging import check_open, open_batches
from azukari.business.taxi.models import (
    Adjustment,
    Batch,
    Correction,
    PayAccount,
    Payment,
    PaymentLine,
    Run,
)
from azukari.business.taxi.receiving import Progress, silent
from azukari.business.taxi.rows import alone
from azukari.business.taxi.settling import VARIANCE, CompanyShare, Due, Line, Settlement, Taken
from azukari.business.taxi.types import PAY_ENTRY
from azukari.core.audit import api as audit
from azukari.kernel import zengin
from azukari.kernel.errors import BadInput, Broken, NotFound

OWNER = "owner"
PAID_ITEM = "支払額"
_PAYER = Path(__file__).parent / "data" / "payer.toml"
COUNTED = """
SELECT b.company_id, v.batch_id, v.kind, v.denomination, v.grounds & -v.grounds, count(*)
  FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id WHERE v.batch_id = ANY (%s)
 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"""
CLAIMED = """
SELECT b.company_id, i.batch_id, i.kind, i.face, i.count
  FROM taxi_invoiceline i JOIN taxi_batch b ON b.id = i.batch_id WHERE i.batch_id = ANY (%s)"""
Key = tuple[int, int, str, int]


@dataclass(frozen=True, slots=True)
class Totals:
    """One settlement in yen, and the trailer of its transfer file read back from its bytes. `new`: settled just now."""

    number: int
    claims: int
    claimed: int
    unpaid: int
    corrected: int
    paid: int
    transfers: int
    trailer: int
    pay_on: date
    new: bool


@dataclass(frozen=True, slots=True)
class PayerSetting:
    """The ward as the bank knows it, and the day of the month on which it pays. Unconfirmed in the sample."""

    payer: zengin.Payer
    pay_day: int
    confirmed: bool


@cache
def payer_setting() -> PayerSetting:
    """The payer from `data/payer.toml`."""
    row = tomllib.loads(_PAYER.read_text(encoding="utf-8"))
    bank = zengin.Bank(row["bank"], row["bank_name"], row["branch"], row["branch_name"])
    account = zengin.Account(bank, row["kind"], row["number"])
    return PayerSetting(zengin.Payer(row["code"], row["name"], account), row["pay_day"], row["confirmed"])


def usual_day(month: date, today: date) -> date:
    """The day on which a month is paid unless somebody says otherwise: the first bank day from `pay_day` on, two months on.

    Never today or before: a bank takes no transfer for a day that has begun.
    """
    usual = (month.replace(day=1) + timedelta(days=62)).replace(day=payer_setting().pay_day)
    later = max(usual, today + timedelta(days=1))
    while later.weekday() >= 5 or jpholiday.is_holiday(later):
        later += timedelta(days=1)
    return later


def settle_month(month: date, *, pay_on: date | None, by: str, progress: Progress = silent) -> list[Run]:
    """Settle what is open of the month; every settlement of it, the newest last, is the answer.

    Two at once: the second waits, then finds nothing open, and answers the same. Raises NotFound when the month has no
    claim at all, BadInput when an account cannot be written into the transfer file (nothing is settled then).
    """
    with transaction.atomic(using=OWNER):
        alone()
        batches = open_batches(month)
        if batches:
            _settle(month, batches, pay_on or usual_day(month, timezone.localdate()), by, progress)
    runs = list(Run.objects.using(OWNER).filter(month=month).order_by("number"))
    if not runs:
        raise NotFound(
            f"{month:%Y-%m} に支払う請求がありません。",
            "受領した請求がないか、すべて保留されています。",
            "./azukari taxi receive で請求を受領するか、保留を解いてください。",
        )
    return runs


def _settle(month: date, batches: Sequence[int], pay_on: date, by: str, progress: Progress) -> None:
    checked = check_open(month, batches, by=by, progress=progress)
    lines = list(_lines(batches))
    _compare(lines, checked.lines)
    due = Correction.objects.using(OWNER).filter(run=None).order_by("id")
    found = settling.settle(lines, [Due(one.pk, one.company_id, one.amount) for one in due])
    progress("支払を確定", 1, 2)
    run = _store(month, found, pay_on, by)
    audit.record(
        "taxi.settled",
        actor=by,
        flow=PAY_ENTRY,
        items=(PAID_ITEM,),
        detail={"month": f"{month:%Y-%m}", "run": run.number, "companies": len(found.shares), "paid": found.paid},
        using=OWNER,
    )
    progress("支払を確定", 2, 2)


def _lines(batches: Sequence[int]) -> Iterator[Line]:
    """Each claim by kind and face value, counted by PostgreSQL from what the check wrote."""
    counted: defaultdict[Key, dict[int, int]] = defaultdict(dict)
    claimed: dict[Key, int] = {}
    with connections[OWNER].cursor() as cursor:
        cursor.execute(COUNTED, [list(batches)])
        for company, batch, kind, face, first, count in cursor.fetchall():
            counted[company, batch, kind, face][first] = count
        cursor.execute(CLAIMED, [list(batches)])
        for company, batch, kind, face, count in cursor.fetchall():
            claimed[company, batch, kind, face] = count
    for key in sorted(counted.keys() | claimed.keys()):
        yield _line(key, counted.get(key, {}), claimed.get(key, 0))


def _line(key: Key, counted: dict[int, int], claimed: int) -> Line:
    company, batch, kind, face = key
    total, accepted = sum(counted.values()), counted.get(0, 0)
    taken = [Taken(GROUNDS[first.bit_length() - 1], count, count * face) for first, count in counted.items() if first]
    if claimed != total:
        taken.append(Taken(VARIANCE, claimed - total, (claimed - total) * face))
    return Line(company, batch, KINDS[register_columns.KIND[kind]], face, claimed, total, accepted, tuple(taken))


def _compare(lines: Sequence[Line], columns: Lines) -> None:
    """The same month, matched by columns in memory and counted by PostgreSQL, to the voucher. Raises Broken."""
    here = {(line.batch, line.kind, line.face): (line.counted, line.claimed_count, line.accepted) for line in lines}
    there = {
        (int(batch), KINDS[kind], int(face)): (int(counted), int(claimed), int(paid))
        for batch, kind, face, counted, claimed, paid in zip(
            columns.operator, columns.kind, columns.face, columns.counted, columns.claimed, columns.paid, strict=True
        )
    }
    if here != there:
        raise Broken(
            "二通りに数えた支払が一致しません。",
            f"違いは {len(set(here.items()) ^ set(there.items()))} か所です。何も確定していません。",
            "この出力を保存し、システム担当へ知らせてください。",
        )


def _store(month: date, found: Settlement, pay_on: date, by: str) -> Run:
    last = Run.objects.using(OWNER).filter(month=month).aggregate(last=Max("number"))["last"] or 0
    run = Run.objects.using(OWNER).create(
        month=month,
        number=last + 1,
        settled_on=timezone.localdate(),
        pay_on=pay_on,
        by=by,
        claimed=found.claimed,
        unpaid=found.unpaid,
        corrected=found.corrected,
        paid=found.paid,
        transfers=found.transfers,
        transfer=transfer_file(found, pay_on),
    )
    for share in found.shares:
        _store_share(run, share)
    return run


def _store_share(run: Run, share: CompanyShare) -> None:
    amounts = {name: getattr(share, name) for name in ("claimed", "unpaid", "corrected", "paid")}
    payment = Payment.objects.using(OWNER).create(run=run, company_id=share.company, **amounts)
    lines = PaymentLine.objects.using(OWNER).bulk_create(_payment_line(payment, line) for line in share.lines)
    Adjustment.objects.using(OWNER).bulk_create(
        Adjustment(line=stored, ground=taken.ground, count=taken.count, amount=taken.amount)
        for stored, line in zip(lines, share.lines, strict=True)
        for taken in line.taken
    )
    Correction.objects.using(OWNER).filter(pk__in=[one.id for one in share.corrections]).update(run=run)


def _payment_line(payment: Payment, line: Line) -> PaymentLine:
    return PaymentLine(
        payment=payment,
        batch_id=line.batch,
        kind=line.kind.value,
        face=line.face,
        claimed_count=line.claimed_count,
        counted=line.counted,
        accepted=line.accepted,
        claimed=line.claimed,
        paid=line.paid,
    )


def transfer_file(found: Settlement, pay_on: date) -> bytes:
    """The 総合振込 file: a record a company that is paid something, by company number. b"" when nobody is.

    Raises BadInput that names every company without an account, or whose account or name does not fit. No name is cut.
    """
    paid = {share.company: share.paid for share in found.shares if share.paid}
    if not paid:
        return b""
    rows = PayAccount.objects.using(OWNER).filter(company_id__in=paid).select_related("company")
    accounts = sorted(rows, key=lambda row: row.company.code)
    if missing := paid.keys() - {row.company_id for row in accounts}:
        raise BadInput(
            f"振込先の口座が登録されていない事業者が {len(missing)} 者あります。",
            "支払先が分からないため、何も確定していません。",
            "口座を登録してから、もう一度実行してください。",
        )
    made = zengin.transfer(payer_setting().payer, pay_on, _payments(accounts, paid))
    if zengin.read(made).amount != found.paid:
        raise Broken(
            "振込ファイルの合計が支払額と一致しません。", "何も確定していません。", "システム担当へ知らせてください。"
        )
    return made


def _payments(accounts: Sequence[PayAccount], paid: Mapping[int, int]) -> list[zengin.Payment]:
    """Raises BadInput with every name that a bank could not read, by company; no name is cut or left out."""
    payments, faults = [], []
    for row in accounts:
        try:
            payments.append(_payment(row, paid[row.company_id]))
        except BadInput as error:
            faults.append(f"{row.company.code} {row.company.name}: {error.what} {error.why}")
    if faults:
        raise BadInput(
            f"振込ファイルに書けない口座が {len(faults)} 件あります。",
            "\n        ".join(faults),
            "口座の登録を直してから、もう一度実行してください。何も確定していません。",
        )
    return payments


def _payment(row: PayAccount, amount: int) -> zengin.Payment:
    office, holder = zengin.Where.OFFICE, zengin.Where.HOLDER
    bank = zengin.Bank(row.bank, zengin.kana(row.bank_name, office), row.branch, zengin.kana(row.branch_name, office))
    account = zengin.Account(bank, row.kind, row.number, zengin.kana(row.holder, holder))
    return zengin.Payment(account, amount, customer_1=row.company.code)


def totals(run: Run, *, new: bool) -> Totals:
    """A settlement in yen, with the trailer as it stands in the bytes of the transfer file."""
    transfer = bytes(run.transfer)
    claims = Batch.objects.using(OWNER).filter(
        pk__in=PaymentLine.objects.using(OWNER).filter(payment__run=run).values("batch")
    )
    return Totals(
        run.number,
        claims.count(),
        run.claimed,
        run.unpaid,
        run.corrected,
        run.paid,
        run.transfers,
        zengin.read(transfer).amount if transfer else 0,
        run.pay_on,
        new,
    )
