"""What companies presented: bundles, their invoices and original files, vouchers, and what is counted on the way."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from azukari.business.taxi.models.checks import one_of
from azukari.business.taxi.models.register import Company
from azukari.business.taxi.types import (
    CONTRACTOR_FLOW,
    PAY_ENTRY,
    VOUCHERS,
    WARD_ENTRY,
    Ground,
    Hold,
    Kind,
    Outcome,
    PaperWay,
    Reason,
    State,
)
from azukari.core.policy.types import Holds


class Batch(models.Model):
    """A claim: the bundle of vouchers that one company presented for one month, entrusted to one contractor.

    Nothing personal. A batch with a `hold` was received and is kept, and waits for an officer before it is checked.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="batches")
    month = models.DateField()
    number = models.PositiveSmallIntegerField()
    received_on = models.DateField()
    contractor = models.CharField(max_length=80)
    hold = models.CharField(max_length=20, default="")

    holds: ClassVar[Holds] = Holds(
        facts=("id", "company", "month", "number", "received_on", "contractor", "hold"),
        flows=(CONTRACTOR_FLOW, WARD_ENTRY, PAY_ENTRY),
        contractor="contractor",
        writes={WARD_ENTRY: ("hold",)},
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month", "company", "number"], name="taxi_batch_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="taxi_batch_month_is_first_day"),
            models.CheckConstraint(
                condition=Q(hold="") | Q(hold__in=[hold.value for hold in Hold]), name="taxi_batch_hold"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.company_id}-{self.number}"


class PresentedVoucher(models.Model):
    """One voucher as a company presented it (諮問815 §5: 区及び本人以外から委託先へ提供するもの).

    `name` is 氏名 as written on the paper and is never corrected. `person` is whom the number was found to belong to;
    None while it belongs to nobody. The kind of voucher tells how ill the holder is and is not among the four items,
    so the contractor does not see it. `contractor` is that of the batch, held by a foreign key over both (migration
    0001) so that the row policy needs no join. `version` counts the changes of state: who marks must have seen the
    last one.

    `serial` is the voucher's number, None where it cannot be read; `image` the SHA-256 of its scanned page, "" without
    one. `grounds` is a mask of `Ground`, `outcome` what follows from it, `first` the key of the voucher that was there
    before a DUPLICATE. Blank entries are None or "".
    """

    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="vouchers", db_index=False, db_constraint=False
    )
    sequence = models.PositiveIntegerField()
    contractor = models.CharField(max_length=80)
    name = models.CharField(max_length=60)
    used_on = models.DateField(null=True)
    fare = models.PositiveIntegerField(null=True)
    certificate_number = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    denomination = models.PositiveIntegerField()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", null=True)
    state = models.CharField(max_length=8, default=State.UNCHECKED.value)
    reason = models.CharField(max_length=20, default="")
    version = models.PositiveIntegerField(default=0)
    serial = models.BigIntegerField(null=True)
    image = models.CharField(max_length=64, default="")
    turned = models.BooleanField(default=False)
    grounds = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=4, default=Outcome.WAITING.value)
    first = models.BigIntegerField(null=True)

    holds: ClassVar[Holds] = Holds(
        items={
            "name": "氏名",
            "used_on": "タクシー利用日",
            "fare": "タクシー代金",
            "certificate_number": "福祉タクシー券等認定番号",
            "kind": "券種",
            "denomination": "券面額",
            "serial": "券の番号",
            "grounds": "券の状態",
            "outcome": "券の状態",
            "first": "券の番号",
        },
        facts=("id", "batch", "sequence", "state", "reason", "version", "image", "turned"),
        flows=(CONTRACTOR_FLOW, WARD_ENTRY, PAY_ENTRY),
        subject="person",
        contractor="contractor",
        writes={CONTRACTOR_FLOW: ("state", "reason", "version")},
    )

    class Meta:
        db_table = VOUCHERS
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "sequence"], name="taxi_voucher_once_in_batch"),
            one_of("kind", Kind, "taxi_voucher_kind"),
            models.CheckConstraint(
                condition=Q(state__in=[State.UNCHECKED.value, State.CHECKED.value], reason="")
                | Q(state=State.QUERIED.value, reason__in=[reason.value for reason in Reason]),
                name="taxi_voucher_query_has_reason",
            ),
            one_of("outcome", Outcome, "taxi_voucher_outcome"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["certificate_number"], name="taxi_voucher_number"),
            models.Index(fields=["serial"], name="taxi_voucher_serial"),
            # No index holds the outcome: the check writes it into every row, in place (migration 0003).
            models.Index(fields=["batch"], name="taxi_voucher_unpaid", condition=Q(grounds__gt=0)),
            # Progress of a month is counted from this index alone; the contractor is in it for the row policy.
            models.Index(fields=["batch", "state"], include=["contractor"], name="taxi_voucher_progress"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}-{self.sequence}"


class Arrival(models.Model):
    """How many vouchers arrived for one contractor in one month: the number to hold against what the council was told.

    A number and nothing else, so that it can be read without entering the flow.
    """

    month = models.DateField()
    contractor = models.CharField(max_length=80)
    lines = models.PositiveIntegerField()

    holds: ClassVar[Holds] = Holds(facts=("id", "month", "contractor", "lines"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month", "contractor"], name="taxi_arrival_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="taxi_arrival_month_is_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.contractor}"


class Keyed(models.Model):
    """The four items of a voucher as somebody read them from its picture. What was presented stays as it is.

    `contractor` is that of the voucher; a foreign key over both (migration 0002) holds it.
    """

    voucher = models.OneToOneField(
        PresentedVoucher, on_delete=models.PROTECT, related_name="keyed", db_constraint=False
    )
    contractor = models.CharField(max_length=80)
    name = models.CharField(max_length=60)
    used_on = models.DateField(null=True)
    fare = models.PositiveIntegerField(null=True)
    certificate_number = models.CharField(max_length=12)
    by = models.CharField(max_length=40)

    holds: ClassVar[Holds] = Holds(
        items={
            "name": "氏名",
            "used_on": "タクシー利用日",
            "fare": "タクシー代金",
            "certificate_number": "福祉タクシー券等認定番号",
        },
        facts=("id", "voucher", "by"),
        flows=(CONTRACTOR_FLOW, WARD_ENTRY),
        contractor="contractor",
        writes=dict.fromkeys(
            (CONTRACTOR_FLOW, WARD_ENTRY),
            ("voucher", "contractor", "name", "used_on", "fare", "certificate_number", "by"),
        ),
    )

    def __str__(self) -> str:
        return f"入力 {self.pk}"


class InvoiceLine(models.Model):
    """請求書の一行: how many vouchers of one kind and face value a company claims, and the sum in yen."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="invoice")
    kind = models.CharField(max_length=20)
    face = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    amount = models.PositiveBigIntegerField()

    holds: ClassVar[Holds] = Holds(
        facts=("id", "batch", "kind", "face", "count", "amount"), flows=(WARD_ENTRY, PAY_ENTRY)
    )

    class Meta:
        constraints: ClassVar = [
            one_of("kind", Kind, "taxi_invoiceline_kind"),
            models.UniqueConstraint(fields=["batch", "kind", "face"], name="taxi_invoiceline_once"),
            models.CheckConstraint(
                condition=Q(amount=models.F("face") * models.F("count")), name="taxi_invoiceline_multiplies"
            ),
        ]

    def __str__(self) -> str:
        return f"請求 {self.pk}"


class Original(models.Model):
    """A file as it arrived: its bytes lie in the store of originals under `sha256`. `size` in bytes."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="originals")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()

    holds: ClassVar[Holds] = Holds(facts=("id", "batch", "name", "sha256", "size"), flows=(WARD_ENTRY,))

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "name"], name="taxi_original_once")]

    def __str__(self) -> str:
        return f"原本 {self.pk}"


class PageRead(models.Model):
    """What was read from one scanned page, by the SHA-256 of its bytes, so that no page is read twice."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    serial = models.BigIntegerField()
    turned = models.BooleanField()
    dpi = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=200)

    holds: ClassVar[Holds] = Holds(
        items={"serial": "券の番号"}, facts=("sha256", "turned", "dpi", "note"), flows=(WARD_ENTRY,)
    )

    def __str__(self) -> str:
        return self.sha256


class Told(models.Model):
    """Why a voucher is not paid, a line a ground: `words` may be told to the company, `detail` is for the ward only."""

    voucher = models.ForeignKey(PresentedVoucher, on_delete=models.PROTECT, related_name="told")
    ground = models.CharField(max_length=20)
    words = models.CharField(max_length=200)
    detail = models.CharField(max_length=200)

    holds: ClassVar[Holds] = Holds(
        items={"ground": "券の状態", "words": "券の状態", "detail": "券の状態"},
        facts=("id", "voucher"),
        flows=(WARD_ENTRY, PAY_ENTRY),
    )

    class Meta:
        constraints: ClassVar = [
            one_of("ground", Ground, "taxi_told_ground"),
            models.UniqueConstraint(fields=["voucher", "ground"], name="taxi_told_once"),
        ]

    def __str__(self) -> str:
        return f"理由 {self.pk}"


class Question(models.Model):
    """A pattern that somebody should ask about, with the vouchers it is about. It refuses nothing."""

    month = models.DateField()
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", null=True)
    pattern = models.CharField(max_length=20)
    words = models.CharField(max_length=200)
    vouchers = ArrayField(models.BigIntegerField())

    holds: ClassVar[Holds] = Holds(
        items={"pattern": "券の状態", "words": "券の状態", "vouchers": "券の状態"},
        facts=("id", "month", "company"),
        flows=(WARD_ENTRY,),
    )

    def __str__(self) -> str:
        return f"確かめること {self.pk}"


class Acceptance(models.Model):
    """The guard: a voucher's number stands here once, ever, for the presentation that is or will be paid."""

    serial = models.BigIntegerField(primary_key=True)
    voucher = models.OneToOneField(PresentedVoucher, on_delete=models.PROTECT, related_name="+")

    holds: ClassVar[Holds] = Holds(hidden=("serial", "voucher"))

    def __str__(self) -> str:
        return f"支払う券 {self.voucher_id}"


class PaperMove(models.Model):
    """A paper bundle that went to the contractor or came back (諮問815 §8 文書), and how many vouchers were counted."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="moves", db_constraint=False)
    contractor = models.CharField(max_length=80)
    way = models.CharField(max_length=4)
    counted = models.PositiveIntegerField()
    on = models.DateField()
    by = models.CharField(max_length=40)

    holds: ClassVar[Holds] = Holds(
        facts=("id", "batch", "contractor", "way", "counted", "on", "by"),
        flows=(CONTRACTOR_FLOW, WARD_ENTRY),
        contractor="contractor",
        writes=dict.fromkeys((CONTRACTOR_FLOW, WARD_ENTRY), ("batch", "contractor", "way", "counted", "on", "by")),
    )

    class Meta:
        constraints: ClassVar = [
            one_of("way", PaperWay, "taxi_papermove_way"),
            models.UniqueConstraint(fields=["batch", "way"], name="taxi_papermove_once"),
        ]

    def __str__(self) -> str:
        return f"授受 {self.pk}"
