"""The ward's own register: companies, their agreements, applications, certificates, booklets, and what became of vouchers."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from azukari.business.taxi.models.checks import one_of
from azukari.business.taxi.types import (
    CERTIFICATES,
    CONTRACTOR_FLOW,
    PAY_ENTRY,
    WARD_ENTRY,
    EventKind,
    Kind,
    StopReason,
)
from azukari.core.policy.types import Holds


class Company(models.Model):
    """タクシー事業者. Public facts only."""

    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=60)

    holds: ClassVar[Holds] = Holds(facts=("id", "code", "name"), flows=(CONTRACTOR_FLOW, WARD_ENTRY, PAY_ENTRY))

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
            one_of("kind", Kind, "taxi_agreement_kind"),
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
        facts=("id", "person"),
        flows=(WARD_ENTRY,),
        subject="person",
        writes={WARD_ENTRY: ("number", "person", "kind", "since", "until", "stopped_on", "stop_reason")},
    )

    class Meta:
        db_table = CERTIFICATES
        constraints: ClassVar = [
            one_of("kind", Kind, "taxi_certificate_kind"),
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


class Application(models.Model):
    """申請: what an applicant declared, and what was decided on it. One line an application.

    It is written again only while something in it is 確認待ち: the paper that was missing comes, the day stays.

    `impairments` are 障害の区分:級. `result` is the decision of each kind asked for, in the words of `eligibility`.
    """

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    applied_on = models.DateField()
    kinds = ArrayField(models.CharField(max_length=20))
    impairments = ArrayField(models.CharField(max_length=60), default=list)
    ai_no_techo = models.PositiveSmallIntegerField(null=True)
    care_level = models.CharField(max_length=8, default="")
    always_wheelchair = models.BooleanField(null=True)
    facility = models.CharField(max_length=20, default="")
    in_hospital = models.BooleanField(null=True)
    fuel_aid = models.BooleanField(null=True)
    results = ArrayField(models.CharField(max_length=40), default=list)
    decided_on = models.DateField(null=True)
    number = models.CharField(max_length=12, default="")

    holds: ClassVar[Holds] = Holds(
        items={
            "applied_on": "申請年月日",
            "kinds": "券種",
            "impairments": "障害の内容",
            "ai_no_techo": "手帳の等級",
            "care_level": "要介護状態区分",
            "always_wheelchair": "車いす等の使用",
            "facility": "入所・入院の状況",
            "in_hospital": "入所・入院の状況",
            "fuel_aid": "自動車燃料費助成の認定",
            "results": "認定の結果",
            "decided_on": "認定年月日",
            "number": "福祉タクシー券等認定番号",
        },
        facts=("id", "person"),
        flows=(WARD_ENTRY,),
        subject="person",
        writes={
            WARD_ENTRY: (
                "person",
                "applied_on",
                "kinds",
                "impairments",
                "ai_no_techo",
                "care_level",
                "always_wheelchair",
                "facility",
                "in_hospital",
                "fuel_aid",
                "results",
                "decided_on",
                "number",
            )
        },
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "applied_on"], name="taxi_application_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"申請 {self.pk}"


class Booklet(models.Model):
    """A run of vouchers of one face value, handed to one holder for `valid_from <= day < valid_until`.

    `first` and `last` are `serials.payload`s, both inclusive; one voucher is never in two booklets.
    """

    fiscal_year = models.PositiveSmallIntegerField()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    face = models.PositiveIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField()
    issued_on = models.DateField(null=True)

    holds: ClassVar[Holds] = Holds(
        items={
            "number": "福祉タクシー券等認定番号",
            "kind": "券種",
            "face": "券面額",
            "first": "券の番号",
            "last": "券の番号",
            "valid_from": "有効期限",
            "valid_until": "有効期限",
            "issued_on": "交付年月日",
        },
        facts=("id", "fiscal_year"),
        flows=(WARD_ENTRY,),
        subject="person",
        writes={
            WARD_ENTRY: (
                "fiscal_year",
                "person",
                "number",
                "kind",
                "face",
                "first",
                "last",
                "valid_from",
                "valid_until",
                "issued_on",
            )
        },
    )

    class Meta:
        constraints: ClassVar = [
            one_of("kind", Kind, "taxi_booklet_kind"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="taxi_booklet_not_empty"),
            models.CheckConstraint(condition=Q(valid_until__gt=F("valid_from")), name="taxi_booklet_valid_some_day"),
            ExclusionConstraint(
                name="taxi_booklet_no_voucher_twice",
                expressions=[
                    (Func(F("first"), F("last"), models.Value("[]"), function="int8range"), RangeOperators.OVERLAPS)
                ],
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["number"], name="taxi_booklet_number")]

    def __str__(self) -> str:
        return f"冊 {self.pk}"


class VoucherEvent(models.Model):
    """What was reported of one voucher: 紛失 from `on`, 破棄 or 返還 for good. `payload` is without check digits."""

    payload = models.BigIntegerField()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    on = models.DateField()

    holds: ClassVar[Holds] = Holds(
        items={"payload": "券の番号", "kind": "券の状態", "on": "券の状態"},
        facts=("id",),
        flows=(WARD_ENTRY,),
        subject="person",
        writes={WARD_ENTRY: ("payload", "person", "kind", "on")},
    )

    class Meta:
        constraints: ClassVar = [
            one_of("kind", EventKind, "taxi_voucherevent_kind"),
            models.UniqueConstraint(fields=["payload", "kind"], name="taxi_voucherevent_once"),
        ]

    def __str__(self) -> str:
        return f"券の届け {self.pk}"
