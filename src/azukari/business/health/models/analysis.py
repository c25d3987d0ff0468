"""What the analysts' flows show while a ceremony lasts: one row a person, by token. No key to who it is stands in it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from azukari.business.health.analysis.types import (
    BIRTH_ITEM,
    CHECKUP_ITEM,
    INTERVIEW_ITEM,
    LEVEL_ITEM,
    RECEIPT_ITEM,
    SEX_ITEM,
    TOKEN_ITEM,
)
from azukari.business.health.types import ANALYSIS, EFFECT, EXTRACTION
from azukari.core.policy.types import Form, Holds


class AnalysisRow(models.Model):
    """A person of a ceremony: token, sex, band of age, 保健指導区分 in words; of records how many rows there are of them.

    There is no subject: whose rows they are stands in the ledger's line of the ceremony, without the tokens.
    """

    ceremony = models.BigIntegerField()
    contractor = models.CharField(max_length=200)
    token = models.CharField(max_length=32)
    sex = models.CharField(max_length=2, default="", blank=True)
    age_band = models.CharField(max_length=20, default="", blank=True)
    checkups = models.CharField(max_length=20, default="", blank=True)
    interviews = models.CharField(max_length=20, default="", blank=True)
    receipts = models.CharField(max_length=20, default="", blank=True)
    level = models.CharField(max_length=20, default="", blank=True)

    holds: ClassVar[Holds] = Holds(
        items={
            "token": TOKEN_ITEM,
            "sex": SEX_ITEM,
            "age_band": BIRTH_ITEM,
            "checkups": CHECKUP_ITEM,
            "interviews": INTERVIEW_ITEM,
            "receipts": RECEIPT_ITEM,
            "level": LEVEL_ITEM,
        },
        facts=("id", "ceremony"),
        flows=(ANALYSIS, EFFECT, EXTRACTION),
        contractor="contractor",
        form=Form.PSEUDONYMISED,
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ceremony", "token"], name="health_analysis_row_once"),
            models.CheckConstraint(
                condition=models.Q(("token__regex", r"^[0-9a-f]{32}$")), name="health_analysis_token"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ceremony} {self.token[:8]}"
