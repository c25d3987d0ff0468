"""差異通知 and 支出内訳 of a settlement, gathered from what was stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from azukari.business.taxi import printing, scans, serials
from azukari.business.taxi.checking import grounds
from azukari.business.taxi.models import Adjustment, Payment, PaymentLine, PresentedVoucher, Run, Told
from azukari.business.taxi.receiving import Progress
from azukari.business.taxi.rows import OWNER
from azukari.business.taxi.settling import VARIANCE
from azukari.business.taxi.types import Ground, Kind
from azukari.core.intake.api import originals
from azukari.kernel.errors import BadInput
from azukari.kernel.money import yen

SECTION = "障害福祉担当部障害者地域生活課"
# No paper says how long a company has; 未確認.
ANSWER_DAYS = 30


def payment_sheet(run: Run) -> bytes:
    """支出内訳 as PDF: a line a company."""
    payments = Payment.objects.using(OWNER).filter(run=run).select_related("company").order_by("company__code")
    rows = tuple(
        printing.PaymentRow(one.company.code, one.company.name, one.claimed, one.unpaid, one.corrected, one.paid)
        for one in payments
    )
    return printing.payment_list(
        printing.PaymentSheet(
            run.month,
            run.number,
            run.settled_on,
            run.pay_on,
            rows,
            run.claimed,
            run.unpaid,
            run.corrected,
            run.paid,
            run.transfers,
        )
    )


def notices(run: Run, progress: Progress) -> Iterator[tuple[str, bytes]]:
    """The number of every company that is paid less than it claimed, or more, with its notice as PDF."""
    payments = list(
        Payment.objects.using(OWNER)
        .filter(run=run)
        .exclude(claimed=0)
        .select_related("company")
        .order_by("company__code")
    )
    lines = _lines(payments)
    unpaid = _unpaid(run)
    differing = [one for one in payments if one.unpaid or unpaid[one.company_id]]
    for done, payment in enumerate(differing):
        progress("差異通知を作成", done, len(differing))
        yield (
            payment.company.code,
            printing.notice(_notice(run, payment, lines[payment.pk], unpaid[payment.company_id])),
        )
    progress("差異通知を作成", len(differing), len(differing))


def _lines(payments: Sequence[Payment]) -> defaultdict[int, list[PaymentLine]]:
    found: defaultdict[int, list[PaymentLine]] = defaultdict(list)
    rows = PaymentLine.objects.using(OWNER).filter(payment__in=payments).order_by("batch_id", "kind", "face")
    for line in rows.prefetch_related("adjustments"):
        found[line.payment_id].append(line)
    return found


def _unpaid(run: Run) -> defaultdict[int, list[PresentedVoucher]]:
    """Vouchers that are not paid, by company, in the order of the bundles."""
    found: defaultdict[int, list[PresentedVoucher]] = defaultdict(list)
    settled = PaymentLine.objects.using(OWNER).filter(payment__run=run).values("batch_id")
    rows = PresentedVoucher.objects.using(OWNER).filter(batch_id__in=settled, grounds__gt=0)
    for voucher in rows.select_related("batch").prefetch_related("told").order_by("batch_id", "sequence"):
        found[voucher.batch.company_id].append(voucher)
    return found


def _notice(
    run: Run, payment: Payment, lines: Sequence[PaymentLine], unpaid: Sequence[PresentedVoucher]
) -> printing.Notice:
    return printing.Notice(
        month=run.month,
        company_code=payment.company.code,
        company=payment.company.name,
        made_on=run.settled_on,
        answer_by=run.settled_on + timedelta(days=ANSWER_DAYS),
        section=SECTION,
        lines=tuple(_line(line) for line in lines),
        unpaid=tuple(_voucher(voucher) for voucher in unpaid),
        variances=tuple(
            _variance(line, one) for line in lines for one in line.adjustments.all() if one.ground == VARIANCE
        ),
    )


def _line(line: PaymentLine) -> printing.NoticeLine:
    return printing.NoticeLine(Kind(line.kind), line.face, line.claimed_count, line.accepted, line.claimed, line.paid)


def _variance(line: PaymentLine, one: Adjustment) -> str:
    what = "少なく" if one.count > 0 else "多く"
    return (
        f"{line.kind} {yen(line.face)}: 請求書は{line.claimed_count:,}枚ですが、届いた券は{line.counted:,}枚で、"
        f"{abs(one.count):,}枚{what}なっています（{yen(one.amount)}）。"
    )


def _voucher(voucher: PresentedVoucher) -> printing.Unpaid:
    ground = grounds.first_of(voucher.grounds)
    rule = grounds.rules()[ground] if ground else None
    return printing.Unpaid(
        voucher.batch.number,
        voucher.sequence,
        serials.written(voucher.serial) if voucher.serial else "読めません",
        Kind(voucher.kind),
        voucher.denomination,
        rule.title if rule else "",
        tuple(told.words for told in sorted(voucher.told.all(), key=_order)),
        rule.next_step if rule else "",
        voucher.outcome,
        _image(voucher),
    )


def _order(told: Told) -> int:
    return list(grounds.rules()).index(Ground(told.ground))


def _image(voucher: PresentedVoucher) -> bytes | None:
    """The whole page, upright; None where the voucher came without one or it cannot be shown."""
    if not voucher.image:
        return None
    try:
        return scans.whole(originals.path(Path(settings.ORIGINALS), voucher.image), voucher.turned)
    except BadInput:
        return None
