"""Tables of the business, and the views of them that a page may read under its flow.

A page never reads the tables: the web role has no right to them. It enters a flow and reads the models ending in
`Seen`, whose `v_` tables the policy package generates for that flow with the columns its consultation lists.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from azukari.business.taxi.types import (
    CERTIFICATES,
    CONTRACTOR_FLOW,
    VOUCHERS,
    WARD_ENTRY,
    Kind,
    Reason,
    State,
    StopReason,
)
from azukari.core.policy.types import Holds


def _one_of(field: str, words: type[StrEnum], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{field}__in": [word.value for word in words]}), name=name)


class Company(models.Model):
    """タクシー事業者. Public facts only."""

    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=60)

    holds: ClassVar[Holds] = Holds(facts=("id", "code", "name"), flows=(CONTRACTOR_FLOW, WARD_ENTRY))

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Agreement(models.Model):
    """協定 between the ward and a company, one a kind of voucher, `since <= day < until`."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="agreements")
    kind = models.CharField(max_length=20)
    since = models.DateField()
    until = models.DateField(null=True)

    holds: ClassVar[Holds] = Holds(facts=("id", "company", "kind", "since", "until"), flows=(WARD_ENTRY,))

    class Meta:
        constraints: ClassVar = [
            _one_of("kind", Kind, "taxi_agreement_kind"),
            ExclusionConstraint(
                name="taxi_agreement_no_overlap",
                expressions=[
                    (F("company"), RangeOperators.EQUAL),
                    (F("kind"), RangeOperators.EQUAL),
                    (Func(F("since"), F("until"), function="daterange"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.kind} {self.since}"


class Certificate(models.Model):
    """福祉タクシー券等の認定: one line a person and kind of voucher, `since <= day < until`.

    One number belongs to one person, whatever the kinds.
    """

    number = models.CharField(max_length=12)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    since = models.DateField()
    until = models.DateField(null=True)
    stopped_on = models.DateField(null=True)
    stop_reason = models.CharField(max_length=20, default="")

    holds: ClassVar[Holds] = Holds(
        items={
            "number": "福祉タクシー券等認定番号",
            "kind": "券種",
            "since": "認定年月日",
            "until": "有効期限",
            "stopped_on": "停止年月日",
            "stop_reason": "停止理由",
        },
        facts=("id",),
        flows=(WARD_ENTRY,),
        subject="person",
    )

    class Meta:
        db_table = CERTIFICATES
        constraints: ClassVar = [
            _one_of("kind", Kind, "taxi_certificate_kind"),
            models.UniqueConstraint(fields=["number", "kind"], name="taxi_certificate_once"),
            models.CheckConstraint(
                condition=Q(stopped_on=None, stop_reason="")
                | Q(stopped_on__isnull=False, stop_reason__in=[reason.value for reason in StopReason]),
                name="taxi_certificate_stop_has_reason",
            ),
            ExclusionConstraint(
                name="taxi_certificate_number_is_one_person",
                expressions=[("number", RangeOperators.EQUAL), ("person", RangeOperators.NOT_EQUAL)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class Batch(models.Model):
    """A bundle of vouchers that one company presented for one month, entrusted to one contractor. Nothing personal."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="batches")
    month = models.DateField()
    number = models.PositiveSmallIntegerField()
    received_on = models.DateField()
    contractor = models.CharField(max_length=80)

    holds: ClassVar[Holds] = Holds(
        facts=("id", "company", "month", "number", "received_on", "contractor"),
        flows=(CONTRACTOR_FLOW, WARD_ENTRY),
        contractor="contractor",
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month", "company", "number"], name="taxi_batch_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="taxi_batch_month_is_first_day"),
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
    """

    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="vouchers", db_index=False, db_constraint=False
    )
    sequence = models.PositiveIntegerField()
    contractor = models.CharField(max_length=80)
    name = models.CharField(max_length=60)
    used_on = models.DateField()
    fare = models.PositiveIntegerField()
    certificate_number = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    denomination = models.PositiveIntegerField()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", null=True)
    state = models.CharField(max_length=8, default=State.UNCHECKED.value)
    reason = models.CharField(max_length=20, default="")
    version = models.PositiveIntegerField(default=0)

    holds: ClassVar[Holds] = Holds(
        items={
            "name": "氏名",
            "used_on": "タクシー利用日",
            "fare": "タクシー代金",
            "certificate_number": "福祉タクシー券等認定番号",
            "kind": "券種",
            "denomination": "券面額",
        },
        facts=("id", "batch", "sequence", "state", "reason", "version"),
        flows=(CONTRACTOR_FLOW, WARD_ENTRY),
        subject="person",
        contractor="contractor",
        writes={CONTRACTOR_FLOW: ("state", "reason", "version")},
    )

    class Meta:
        db_table = VOUCHERS
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "sequence"], name="taxi_voucher_once_in_batch"),
            _one_of("kind", Kind, "taxi_voucher_kind"),
            models.CheckConstraint(
                condition=Q(state__in=[State.UNCHECKED.value, State.CHECKED.value], reason="")
                | Q(state=State.QUERIED.value, reason__in=[reason.value for reason in Reason]),
                name="taxi_voucher_query_has_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["certificate_number"], name="taxi_voucher_number"),
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
    used_on = models.DateField()
    fare = models.PositiveIntegerField()
    certificate_number = models.CharField(max_length=12)
    state = models.CharField(max_length=8)
    reason = models.CharField(max_length=20)

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

    class Meta(PresentedFields.Meta):
        pass

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
