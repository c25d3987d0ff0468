"""Families as a station knows them, exactly the items of 諮問814 §5: what the family itself told this station.

Keys of guardians and children come from the sequence of the persons, so that a key in the ledger is never two people's.
A child who goes to two stations is registered at both: neither contractor sees the other's.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Func, Q

from azukari.business.hotstay.models.stations import Station
from azukari.business.hotstay.types import CHILD_FLOW, CHILDREN, GUARDIAN_FLOW, GUARDIANS
from azukari.core.policy.types import Holds

# A function of the migration: a flow's role may not touch the sequence of the persons itself.
NEXT_PERSON = Func(function="hotstay_new_key")


class Family(models.Model):
    """One application at one station: when it came. Who belongs to it says so by its key."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+")
    contractor = models.CharField(max_length=80)
    applied_on = models.DateField()

    holds: ClassVar[Holds] = Holds(
        facts=("id", "station", "contractor", "applied_on"),
        flows=(CHILD_FLOW, GUARDIAN_FLOW),
        contractor="contractor",
        writes={CHILD_FLOW: ("station", "contractor", "applied_on")},
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "station", "contractor"], name="hotstay_family_station"),
        ]

    def __str__(self) -> str:
        return f"家庭 {self.pk}"


class Guardian(models.Model):
    """保護者（父母）及び同居親族: the six items of flow 814-1. `calls_first` is whom the station calls."""

    id = models.BigIntegerField(primary_key=True, db_default=NEXT_PERSON)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="guardians")
    contractor = models.CharField(max_length=80)
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=120, default="")
    occupation = models.CharField(max_length=40, default="")
    workplace = models.CharField(max_length=60, default="")
    home_phone = models.CharField(max_length=20, default="")
    work_phone = models.CharField(max_length=20, default="")
    mobile_phone = models.CharField(max_length=20, default="")
    mail = models.EmailField(default="")
    calls_first = models.BooleanField(default=False)

    holds: ClassVar[Holds] = Holds(
        items={
            "name": "氏名",
            "address": "住所",
            "occupation": "職業",
            "workplace": "勤務先",
            "home_phone": "電話番号（自宅・勤務先・携帯）",
            "work_phone": "電話番号（自宅・勤務先・携帯）",
            "mobile_phone": "電話番号（自宅・勤務先・携帯）",
            "mail": "メールアドレス",
        },
        facts=("id", "family", "contractor", "calls_first"),
        flows=(GUARDIAN_FLOW,),
        subject="id",
        contractor="contractor",
        writes={
            GUARDIAN_FLOW: (
                *("family", "contractor", "name", "address", "occupation", "workplace"),
                *("home_phone", "work_phone", "mobile_phone", "mail", "calls_first"),
            )
        },
    )

    class Meta:
        db_table = GUARDIANS

    def __str__(self) -> str:
        return f"保護者 {self.pk}"


class Child(models.Model):
    """子ども: the items of flow 814-2 that the family tells. ID and password (新たな項目) are the residents' side's.

    `allergy` and `disability` are their kind and degree, "" where there is none. `registered_on` is None before the
    interview decided.
    """

    id = models.BigIntegerField(primary_key=True, db_default=NEXT_PERSON)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="children")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+")
    contractor = models.CharField(max_length=80)
    name = models.CharField(max_length=60)
    sex = models.CharField(max_length=2, default="")
    born = models.DateField()
    blood = models.CharField(max_length=4, default="")
    height_at_birth = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    height = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    weight_at_birth = models.PositiveIntegerField(null=True)
    weight = models.PositiveIntegerField(null=True)
    temperature = models.DecimalField(max_digits=3, decimal_places=1, null=True)
    history = models.CharField(max_length=200, default="")
    allergy = models.CharField(max_length=200, default="")
    disability = models.CharField(max_length=200, default="")
    home = models.CharField(max_length=200, default="")
    health = models.CharField(max_length=200, default="")
    growth = models.CharField(max_length=200, default="")
    habits = models.CharField(max_length=200, default="")
    siblings = models.CharField(max_length=100, default="")
    doctor = models.CharField(max_length=100, default="")
    kept_before = models.BooleanField(null=True)
    medical_card = models.CharField(max_length=20, default="")
    registered_on = models.DateField(null=True)
    left_on = models.DateField(null=True)

    holds: ClassVar[Holds] = Holds(
        items={
            "name": "氏名",
            "sex": "性別",
            "born": "生年月日",
            "blood": "血液型",
            "height_at_birth": "身長（出生時と現在）",
            "height": "身長（出生時と現在）",
            "weight_at_birth": "体重（出生時と現在）",
            "weight": "体重（出生時と現在）",
            "temperature": "平熱",
            "history": "既往歴",
            "allergy": "アレルギーの有無及び程度",
            "disability": "障害の有無及び程度",
            "home": "家庭状況",
            "health": "健康状態",
            "growth": "発達発育状況",
            "habits": "生活習慣",
            "siblings": "兄弟姉妹の有無及び年齢",
            "doctor": "かかりつけ医",
            "kept_before": "預かり経験の有無",
            "medical_card": "乳幼児医療証の番号",
        },
        facts=("id", "family", "station", "contractor", "registered_on", "left_on"),
        flows=(CHILD_FLOW,),
        subject="id",
        contractor="contractor",
        writes={
            CHILD_FLOW: (
                *("family", "station", "contractor", "name", "sex", "born", "blood", "height_at_birth", "height"),
                *("weight_at_birth", "weight", "temperature", "history", "allergy", "disability", "home", "health"),
                *("growth", "habits", "siblings", "doctor", "kept_before", "medical_card", "registered_on", "left_on"),
            )
        },
    )

    class Meta:
        db_table = CHILDREN
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "station", "contractor"], name="hotstay_child_station"),
            models.CheckConstraint(condition=Q(sex__in=["", "男", "女"]), name="hotstay_child_sex"),
        ]

    def __str__(self) -> str:
        return f"子ども {self.pk}"


class Interview(models.Model):
    """親子面接: the day and half-hour, and what came of it ("" while it is to come)."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="interviews")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+")
    contractor = models.CharField(max_length=80)
    day = models.DateField()
    slot = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=8, default="")

    holds: ClassVar[Holds] = Holds(
        facts=("id", "child", "station", "contractor", "day", "slot", "outcome"),
        flows=(CHILD_FLOW,),
        subject="child",
        contractor="contractor",
        writes={CHILD_FLOW: ("child", "station", "contractor", "day", "slot", "outcome")},
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(outcome__in=["", "登録", "見送り"]), name="hotstay_interview_outcome"),
            models.CheckConstraint(condition=Q(slot__lt=48), name="hotstay_interview_slot"),
            models.UniqueConstraint(
                fields=["station", "day", "slot"], condition=~Q(outcome="見送り"), name="hotstay_interview_slot_once"
            ),
        ]

    def __str__(self) -> str:
        return f"面接 {self.pk}"
