"""What is paid: settlements, payments and their lines, why less than claimed, and what a later month puts right."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from azukari.business.taxi.models.checks import one_of
from azukari.business.taxi.models.presented import Batch, PresentedVoucher
from azukari.business.taxi.models.register import Company
from azukari.business.taxi.types import PAY_ENTRY, AnswerResult, Kind
from azukari.core.policy.types import Holds


class PayAccount(models.Model):
    """The account a company is paid into; a company may be one person. `holder` is 口座名義 in kana as the bank has it."""

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="account")
    bank = models.CharField(max_length=4)
    bank_name = models.CharField(max_length=15)
    branch = models.CharField(max_length=3)
    branch_name = models.CharField(max_length=15)
    kind = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=7)
    holder = models.CharField(max_length=60)

    holds: ClassVar[Holds] = Holds(
        items=dict.fromkeys(("bank", "bank_name", "branch", "branch_name", "kind", "number"), "振込先口座")
        | {"holder": "口座名義"},
        facts=("id", "company"),
        flows=(PAY_ENTRY,),
    )

    def __str__(self) -> str:
        return f"口座 {self.company_id}"


class Run(models.Model):
    """A settlement of one month. `claimed = paid - corrected + unpaid`, in yen; `paid` is the trailer of the transfer file.

    `transfer` are the bytes of that file, made once and written out as often as asked for.
    """

    month = models.DateField()
    number = models.PositiveSmallIntegerField()
    settled_on = models.DateField()
    pay_on = models.DateField()
    by = models.CharField(max_length=40)
    claimed = models.BigIntegerField()
    unpaid = models.BigIntegerField()
    corrected = models.BigIntegerField()
    paid = models.BigIntegerField()
    transfers = models.PositiveIntegerField()
    transfer = models.BinaryField()

    holds: ClassVar[Holds] = Holds(
        items={"transfer": "振込先口座"},
        facts=(
            *("id", "month", "number", "settled_on", "pay_on", "by"),
            *("claimed", "unpaid", "corrected", "paid", "transfers"),
        ),
        flows=(PAY_ENTRY,),
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month", "number"], name="taxi_run_once"),
            models.CheckConstraint(
                condition=Q(claimed=F("paid") - F("corrected") + F("unpaid")), name="taxi_run_balances"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.number}"


class Payment(models.Model):
    """What one company is paid in one settlement, in yen: `claimed + corrected = paid + unpaid`."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="payments")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    claimed = models.BigIntegerField()
    unpaid = models.BigIntegerField()
    corrected = models.BigIntegerField()
    paid = models.BigIntegerField()

    holds: ClassVar[Holds] = Holds(
        items={"claimed": "支払額", "unpaid": "支払額", "corrected": "支払額", "paid": "支払額"},
        facts=("id", "run", "company"),
        flows=(PAY_ENTRY,),
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "company"], name="taxi_payment_once"),
            models.CheckConstraint(
                condition=Q(claimed=F("paid") - F("corrected") + F("unpaid")), name="taxi_payment_balances"
            ),
            models.CheckConstraint(condition=Q(paid__gte=0), name="taxi_payment_not_negative"),
        ]

    def __str__(self) -> str:
        return f"支払 {self.pk}"


class PaymentLine(models.Model):
    """One batch, kind and face value: how many were claimed, counted and accepted, and the yen claimed and paid."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="lines")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    face = models.PositiveIntegerField()
    claimed_count = models.PositiveIntegerField()
    counted = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    claimed = models.BigIntegerField()
    paid = models.BigIntegerField()

    holds: ClassVar[Holds] = Holds(
        items={"claimed": "支払額", "paid": "支払額"},
        facts=("id", "payment", "batch", "kind", "face", "claimed_count", "counted", "accepted"),
        flows=(PAY_ENTRY,),
    )

    class Meta:
        constraints: ClassVar = [
            one_of("kind", Kind, "taxi_paymentline_kind"),
            # A batch is settled once, ever, whatever the run.
            models.UniqueConstraint(fields=["batch", "kind", "face"], name="taxi_paymentline_once"),
            models.CheckConstraint(
                condition=Q(paid=F("accepted") * F("face")), name="taxi_paymentline_pays_the_accepted"
            ),
        ]

    def __str__(self) -> str:
        return f"内訳 {self.pk}"


class Adjustment(models.Model):
    """Why part of a line is not paid: vouchers by their deciding ground, or VARIANCE (claimed less counted, signed)."""

    line = models.ForeignKey(PaymentLine, on_delete=models.PROTECT, related_name="adjustments")
    ground = models.CharField(max_length=20)
    count = models.IntegerField()
    amount = models.BigIntegerField()

    holds: ClassVar[Holds] = Holds(
        items={"amount": "支払額"}, facts=("id", "line", "ground", "count"), flows=(PAY_ENTRY,)
    )

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["line", "ground"], name="taxi_adjustment_once")]

    def __str__(self) -> str:
        return f"差引 {self.pk}"


class Answer(models.Model):
    """回答 of a company on one held voucher. `result` "" until the ward decides; PAID makes a Correction.

    `serial` is the voucher's number as the company read it from the paper, where ours could not be read.
    """

    voucher = models.OneToOneField(PresentedVoucher, on_delete=models.PROTECT, related_name="answer")
    received_on = models.DateField()
    serial = models.BigIntegerField(null=True)
    result = models.CharField(max_length=8, default="")
    decided_on = models.DateField(null=True)
    by = models.CharField(max_length=40, default="")

    holds: ClassVar[Holds] = Holds(
        items={"serial": "券の番号"},
        facts=("id", "voucher", "received_on", "result", "decided_on", "by"),
        flows=(PAY_ENTRY,),
        writes={PAY_ENTRY: ("voucher", "received_on", "serial", "result", "decided_on", "by")},
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(result="", decided_on=None)
                | Q(result__in=[result.value for result in AnswerResult], decided_on__isnull=False),
                name="taxi_answer_result_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"回答 {self.pk}"


class Correction(models.Model):
    """過不足: a signed amount in yen, on its own line of a later settlement. A settled month is never edited.

    What is paid this way takes the voucher's number too, by a trigger (migration 0002): a number that was paid before
    stops it.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    voucher = models.ForeignKey(PresentedVoucher, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    ground = models.CharField(max_length=20)
    made_on = models.DateField()
    by = models.CharField(max_length=40)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="corrections", null=True)

    holds: ClassVar[Holds] = Holds(
        items={"amount": "支払額"},
        facts=("id", "company", "voucher", "ground", "made_on", "by", "run"),
        flows=(PAY_ENTRY,),
        writes={PAY_ENTRY: ("company", "voucher", "amount", "ground", "made_on", "by")},
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["voucher", "ground"], name="taxi_correction_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="taxi_correction_is_something"),
        ]

    def __str__(self) -> str:
        return f"過不足 {self.pk}"
