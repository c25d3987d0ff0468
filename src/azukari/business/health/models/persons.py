"""Pairs of 被保険者 that may be one person, and what officers decided of them. Keys are `identity` of columns.IDENTITIES.

Whose a record is, for the ledger, is `person` of columns.LINKS as it was last linked: the register's key of whom 資格の一覧
names, so that a look is found among what was done with that person's items.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from azukari.business.health.persons.types import Verdict
from azukari.business.health.types import WARD_ENTRY
from azukari.core.policy.types import Holds

IDENTITY_ITEM, NUMBER_ITEM = "被保険者識別番号", "被保険者証記号番号"
NUMBER_FIELDS = ("insurer", "symbol", "number", "branch")


class NamedIdentity(models.Model):
    """A 被保険者 as one paper names them, while a pair it is in is asked about. Values stand as received, never folded."""

    identity = models.BigIntegerField(primary_key=True)
    person = models.BigIntegerField()
    insurer = models.CharField(max_length=8, default="")
    symbol = models.TextField(default="")
    number = models.TextField(default="")
    branch = models.CharField(max_length=2, default="")
    name = models.TextField(default="")
    kana = models.TextField(default="")
    birth = models.DateField(null=True)
    sex = models.PositiveSmallIntegerField(null=True)

    holds: ClassVar[Holds] = Holds(
        items={
            "name": "氏名",
            "kana": "氏名のフリガナ",
            "birth": "生年月日",
            "sex": "性別",
            **dict.fromkeys(NUMBER_FIELDS, NUMBER_ITEM),
        },
        facts=("identity", "person"),
        flows=(WARD_ENTRY,),
        subject="person",
    )

    class Meta:
        db_table = "health_named_identity"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sex=None) | Q(sex__in=(1, 2)), name="health_named_sex"),
        ]

    def __str__(self) -> str:
        return f"被保険者 {self.identity}"


class Doubt(models.Model):
    """A pair to be decided: the smaller key on the left. `reasons` are why it was not joined, in words."""

    left = models.ForeignKey(NamedIdentity, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(NamedIdentity, on_delete=models.PROTECT, related_name="+")
    probability = models.FloatField()
    reasons = models.JSONField(default=list)
    found_at = models.DateTimeField()

    holds: ClassVar[Holds] = Holds(
        facts=("id", "left", "right", "probability", "reasons", "found_at"), flows=(WARD_ENTRY,)
    )

    class Meta:
        db_table = "health_doubt"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["left", "right"], name="health_doubt_once"),
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="health_doubt_in_order"),
        ]

    def __str__(self) -> str:
        return f"確認 {self.pk}"


class PersonDecision(models.Model):
    """What was decided of a pair, every time: the last one is in force, and none is ever changed (migration 0010)."""

    doubt = models.ForeignKey(Doubt, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)

    holds: ClassVar[Holds] = Holds(
        facts=("id", "doubt", "verdict", "at", "by"),
        flows=(WARD_ENTRY,),
        writes={WARD_ENTRY: ("doubt", "verdict", "at", "by")},
    )

    class Meta:
        db_table = "health_person_decision"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(verdict__in=[verdict.value for verdict in Verdict]), name="health_person_decision_verdict"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.doubt_id} {self.verdict}"
