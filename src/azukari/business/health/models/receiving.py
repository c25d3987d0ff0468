"""Which files came in, whole or refused. The originals are kept encrypted under their SHA-256; what was read is in the store."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from azukari.business.health.types import WARD_ENTRY
from azukari.core.policy.types import Holds

KINDS = ("receipts", "cda", "fkac", "members")


class ReceivedFile(models.Model):
    """One file. `month` is 請求年月 (its first day) of a receipt file; `counts` are rows by table, nothing personal."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    month = models.DateField(null=True)
    size = models.BigIntegerField()
    counts = models.JSONField(default=dict)
    received_at = models.DateTimeField()

    holds: ClassVar[Holds] = Holds(
        facts=("id", "sha256", "name", "kind", "month", "size", "counts", "received_at"),
        flows=(WARD_ENTRY,),
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="health_file_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
