"""Views as the flow entered sees them. Unmanaged: the policy package generates each from what its consultation lists."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from azukari.business.taxi.models.paid import Adjustment, Answer, Correction, Payment, PaymentLine, Run
from azukari.business.taxi.models.presented import (
    Batch,
    InvoiceLine,
    Keyed,
    Original,
    PaperMove,
    PresentedVoucher,
    Question,
    Told,
)
from azukari.business.taxi.models.register import Application, Booklet, Certificate, Company, VoucherEvent
from azukari.core.policy.types import Holds


class CompanySeen(models.Model):
    """A company, as the flow entered sees it."""

    code = models.CharField(max_length=8)
    name = models.CharField(max_length=60)

    holds: ClassVar[Holds] = Company.holds

    class Meta:
        managed = False
        db_table = "v_taxi_company"

    def __str__(self) -> str:
        return self.name


class BatchSeen(models.Model):
    """A batch, as the flow entered sees it: a contractor only its own."""

    company = models.ForeignKey(CompanySeen, on_delete=models.DO_NOTHING, related_name="batches")
    month = models.DateField()
    number = models.PositiveSmallIntegerField()
    received_on = models.DateField()
    contractor = models.CharField(max_length=80)
    hold = models.CharField(max_length=20)

    holds: ClassVar[Holds] = Batch.holds

    class Meta:
        managed = False
        db_table = "v_taxi_batch"

    def __str__(self) -> str:
        return f"{self.company} {self.number}"


class PresentedFields(models.Model):
    """What both the contractor's and the ward's own view of a voucher hold."""

    sequence = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    used_on = models.DateField(null=True)
    fare = models.PositiveIntegerField(null=True)
    certificate_number = models.CharField(max_length=12)
    state = models.CharField(max_length=8)
    reason = models.CharField(max_length=20)
    image = models.CharField(max_length=64)
    turned = models.BooleanField()

    holds: ClassVar[Holds] = PresentedVoucher.holds

    class Meta:
        abstract = True
        managed = False
        db_table = "v_taxi_presentedvoucher"


class VoucherSeen(PresentedFields):
    """A voucher with the four items of 諮問815 §5, the state of its check, and nothing else."""

    batch = models.ForeignKey(BatchSeen, on_delete=models.DO_NOTHING, related_name="vouchers")
    version = models.PositiveIntegerField()

    class Meta(PresentedFields.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.batch_id}-{self.sequence}"


class WardVoucherSeen(PresentedFields):
    """A voucher as the ward's own section sees it: its kind and face value too."""

    batch = models.ForeignKey(BatchSeen, on_delete=models.DO_NOTHING, related_name="+")
    kind = models.CharField(max_length=20)
    denomination = models.PositiveIntegerField()
    serial = models.BigIntegerField(null=True)
    grounds = models.PositiveIntegerField()
    outcome = models.CharField(max_length=4)
    first = models.BigIntegerField(null=True)

    class Meta(PresentedFields.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.batch_id}-{self.sequence}"


class PayVoucherSeen(models.Model):
    """A voucher as those see it who pay: its number, kind, face value and what became of it. Nobody's name."""

    batch = models.ForeignKey(BatchSeen, on_delete=models.DO_NOTHING, related_name="+")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    denomination = models.PositiveIntegerField()
    serial = models.BigIntegerField(null=True)
    grounds = models.PositiveIntegerField()
    outcome = models.CharField(max_length=4)

    holds: ClassVar[Holds] = PresentedVoucher.holds

    class Meta:
        managed = False
        db_table = "v_taxi_presentedvoucher"

    def __str__(self) -> str:
        return f"{self.batch_id}-{self.sequence}"


class CertificateSeen(models.Model):
    """A certificate, as the ward's own section sees it."""

    number = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    since = models.DateField()
    until = models.DateField(null=True)
    stopped_on = models.DateField(null=True)
    stop_reason = models.CharField(max_length=20)

    holds: ClassVar[Holds] = Certificate.holds

    class Meta:
        managed = False
        db_table = "v_taxi_certificate"

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class KeyedSeen(models.Model):
    """The four items as they were keyed from a picture."""

    voucher = models.OneToOneField(VoucherSeen, on_delete=models.DO_NOTHING, related_name="keyed")
    contractor = models.CharField(max_length=80)
    name = models.CharField(max_length=60)
    used_on = models.DateField(null=True)
    fare = models.PositiveIntegerField(null=True)
    certificate_number = models.CharField(max_length=12)
    by = models.CharField(max_length=40)

    holds: ClassVar[Holds] = Keyed.holds

    class Meta:
        managed = False
        db_table = "v_taxi_keyed"

    def __str__(self) -> str:
        return f"入力 {self.pk}"


class ToldSeen(models.Model):
    """Why a voucher is not paid, as the ward sees it."""

    voucher = models.ForeignKey(WardVoucherSeen, on_delete=models.DO_NOTHING, related_name="told")
    ground = models.CharField(max_length=20)
    words = models.CharField(max_length=200)
    detail = models.CharField(max_length=200)

    holds: ClassVar[Holds] = Told.holds

    class Meta:
        managed = False
        db_table = "v_taxi_told"

    def __str__(self) -> str:
        return self.words


class QuestionSeen(models.Model):
    """A pattern to ask about, as the ward sees it."""

    month = models.DateField()
    company = models.ForeignKey(CompanySeen, on_delete=models.DO_NOTHING, related_name="+", null=True)
    pattern = models.CharField(max_length=20)
    words = models.CharField(max_length=200)
    vouchers = ArrayField(models.BigIntegerField())

    holds: ClassVar[Holds] = Question.holds

    class Meta:
        managed = False
        db_table = "v_taxi_question"

    def __str__(self) -> str:
        return self.words


class InvoiceLineSeen(models.Model):
    """A line of an invoice, as the ward sees it."""

    batch = models.ForeignKey(BatchSeen, on_delete=models.DO_NOTHING, related_name="invoice")
    kind = models.CharField(max_length=20)
    face = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    amount = models.PositiveBigIntegerField()

    holds: ClassVar[Holds] = InvoiceLine.holds

    class Meta:
        managed = False
        db_table = "v_taxi_invoiceline"

    def __str__(self) -> str:
        return f"請求 {self.pk}"


class OriginalSeen(models.Model):
    """A file as it arrived, as the ward sees it."""

    batch = models.ForeignKey(BatchSeen, on_delete=models.DO_NOTHING, related_name="originals")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()

    holds: ClassVar[Holds] = Original.holds

    class Meta:
        managed = False
        db_table = "v_taxi_original"

    def __str__(self) -> str:
        return f"原本 {self.pk}"


class PaperMoveSeen(models.Model):
    """A bundle of paper that went out or came back."""

    batch = models.ForeignKey(BatchSeen, on_delete=models.DO_NOTHING, related_name="moves")
    contractor = models.CharField(max_length=80)
    way = models.CharField(max_length=4)
    counted = models.PositiveIntegerField()
    on = models.DateField()
    by = models.CharField(max_length=40)

    holds: ClassVar[Holds] = PaperMove.holds

    class Meta:
        managed = False
        db_table = "v_taxi_papermove"

    def __str__(self) -> str:
        return f"授受 {self.pk}"


class BookletSeen(models.Model):
    """A booklet, as the ward sees it."""

    fiscal_year = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    face = models.PositiveIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField()
    issued_on = models.DateField(null=True)

    holds: ClassVar[Holds] = Booklet.holds

    class Meta:
        managed = False
        db_table = "v_taxi_booklet"

    def __str__(self) -> str:
        return f"冊 {self.pk}"


class VoucherEventSeen(models.Model):
    """What was reported of a voucher."""

    payload = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    on = models.DateField()

    holds: ClassVar[Holds] = VoucherEvent.holds

    class Meta:
        managed = False
        db_table = "v_taxi_voucherevent"

    def __str__(self) -> str:
        return f"券の届け {self.pk}"


class ApplicationSeen(models.Model):
    """An application, as the ward sees it."""

    applied_on = models.DateField()
    kinds = ArrayField(models.CharField(max_length=20))
    impairments = ArrayField(models.CharField(max_length=60))
    ai_no_techo = models.PositiveSmallIntegerField(null=True)
    care_level = models.CharField(max_length=8)
    always_wheelchair = models.BooleanField(null=True)
    facility = models.CharField(max_length=20)
    in_hospital = models.BooleanField(null=True)
    fuel_aid = models.BooleanField(null=True)
    results = ArrayField(models.CharField(max_length=40))
    decided_on = models.DateField(null=True)
    number = models.CharField(max_length=12)

    holds: ClassVar[Holds] = Application.holds

    class Meta:
        managed = False
        db_table = "v_taxi_application"

    def __str__(self) -> str:
        return f"申請 {self.pk}"


class RunSeen(models.Model):
    """A settlement, as the ward's accountants see it."""

    month = models.DateField()
    number = models.PositiveSmallIntegerField()
    settled_on = models.DateField()
    by = models.CharField(max_length=40)
    claimed = models.BigIntegerField()
    unpaid = models.BigIntegerField()
    corrected = models.BigIntegerField()
    paid = models.BigIntegerField()
    transfers = models.PositiveIntegerField()

    holds: ClassVar[Holds] = Run.holds

    class Meta:
        managed = False
        db_table = "v_taxi_run"

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.number}"


class PaymentSeen(models.Model):
    """What one company is paid in one settlement."""

    run = models.ForeignKey(RunSeen, on_delete=models.DO_NOTHING, related_name="payments")
    company = models.ForeignKey(CompanySeen, on_delete=models.DO_NOTHING, related_name="+")
    claimed = models.BigIntegerField()
    unpaid = models.BigIntegerField()
    corrected = models.BigIntegerField()
    paid = models.BigIntegerField()

    holds: ClassVar[Holds] = Payment.holds

    class Meta:
        managed = False
        db_table = "v_taxi_payment"

    def __str__(self) -> str:
        return f"支払 {self.pk}"


class PaymentLineSeen(models.Model):
    """One line of a payment: kind and face value."""

    payment = models.ForeignKey(PaymentSeen, on_delete=models.DO_NOTHING, related_name="lines")
    batch = models.ForeignKey(BatchSeen, on_delete=models.DO_NOTHING, related_name="+")
    kind = models.CharField(max_length=20)
    face = models.PositiveIntegerField()
    claimed_count = models.PositiveIntegerField()
    counted = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    claimed = models.BigIntegerField()
    paid = models.BigIntegerField()

    holds: ClassVar[Holds] = PaymentLine.holds

    class Meta:
        managed = False
        db_table = "v_taxi_paymentline"

    def __str__(self) -> str:
        return f"内訳 {self.pk}"


class AdjustmentSeen(models.Model):
    """Why part of a line is not paid."""

    line = models.ForeignKey(PaymentLineSeen, on_delete=models.DO_NOTHING, related_name="adjustments")
    ground = models.CharField(max_length=20)
    count = models.IntegerField()
    amount = models.BigIntegerField()

    holds: ClassVar[Holds] = Adjustment.holds

    class Meta:
        managed = False
        db_table = "v_taxi_adjustment"

    def __str__(self) -> str:
        return f"差引 {self.pk}"


class CorrectionSeen(models.Model):
    """A signed amount of a later month for a voucher of a settled one."""

    company = models.ForeignKey(CompanySeen, on_delete=models.DO_NOTHING, related_name="+")
    voucher_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    ground = models.CharField(max_length=20)
    made_on = models.DateField()
    by = models.CharField(max_length=40)
    run = models.ForeignKey(RunSeen, on_delete=models.DO_NOTHING, related_name="+", null=True)

    holds: ClassVar[Holds] = Correction.holds

    class Meta:
        managed = False
        db_table = "v_taxi_correction"

    def __str__(self) -> str:
        return f"過不足 {self.pk}"


class AnswerSeen(models.Model):
    """A company's answer on one unpaid voucher, and what the ward decided."""

    voucher_id = models.BigIntegerField()
    received_on = models.DateField()
    serial = models.BigIntegerField(null=True)
    result = models.CharField(max_length=8)
    decided_on = models.DateField(null=True)
    by = models.CharField(max_length=40)

    holds: ClassVar[Holds] = Answer.holds

    class Meta:
        managed = False
        db_table = "v_taxi_answer"

    def __str__(self) -> str:
        return f"回答 {self.pk}"
