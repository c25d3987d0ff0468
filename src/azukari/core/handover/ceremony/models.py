"""Ceremonies and their steps. Nothing here is about a person, and no key is; what must be impossible is in `guards`."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from azukari.core.handover.ceremony.rules import OVER
from azukari.core.handover.ceremony.types import Step
from azukari.core.handover.types import ENTRY
from azukari.core.policy import api as policy
from azukari.core.policy.types import Holds

# Every flow by which the ward gives something that is pseudonymised.
MASKED = tuple(
    flow.id
    for flow in policy.library().flows.values()
    if flow.direction is policy.Direction.WARD_TO_CONTRACTOR and flow.form == "pseudonymised"
)


class Ceremony(models.Model):
    """One ceremony as it was proposed; never changed. What was done is in its steps."""

    source = models.CharField(max_length=64)
    flow = models.CharField(max_length=64)
    consultation = models.CharField(max_length=64)
    section = models.CharField(max_length=200)
    contractor = models.CharField(max_length=200)
    serial = models.CharField(max_length=40)
    until = models.DateField()
    period = DateRangeField()
    place = models.CharField(max_length=64)
    place_words = models.CharField(max_length=200)
    series = models.CharField(max_length=64)
    smallest = models.PositiveIntegerField()
    rare = models.PositiveIntegerField()
    over_reason = models.CharField(max_length=400, default="", blank=True)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()

    FACTS: ClassVar = (
        "source", "flow", "consultation", "section", "contractor", "serial", "until", "period", "place", "place_words", "series", "smallest",
        "rare", "over_reason", "proposed_by", "proposed_at",
    )  # fmt: skip
    holds: ClassVar[Holds] = Holds(
        facts=("id", *FACTS), flows=(*MASKED, ENTRY), contractor="contractor", writes={ENTRY: FACTS}
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "contractor"], name="ceremony_of_contractor"),
            models.CheckConstraint(condition=Q(series__regex=r"^[0-9a-z][0-9a-z-]{0,63}$"), name="ceremony_series"),
            models.CheckConstraint(condition=Q(smallest__gte=2), name="ceremony_smallest"),
        ]

    def __str__(self) -> str:
        return f"立会い {self.pk}"


class Witnessed(models.Model):
    """One step of a ceremony. Written once; a trigger judges it again."""

    ceremony = models.ForeignKey(Ceremony, on_delete=models.PROTECT, related_name="taken")
    contractor = models.CharField(max_length=200)
    step = models.CharField(max_length=16)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    on = models.DateField()
    place = models.CharField(max_length=64)
    public = models.CharField(max_length=64, default="", blank=True)
    signature = models.CharField(max_length=128, default="", blank=True)
    detail = models.JSONField(default=dict)

    FACTS: ClassVar = (
        "ceremony", "contractor", "step", "by", "at", "on", "place", "public", "signature", "detail",
    )  # fmt: skip
    holds: ClassVar[Holds] = Holds(
        facts=("id", *FACTS),
        flows=(*MASKED, ENTRY),
        contractor="contractor",
        writes=dict.fromkeys((*MASKED, ENTRY), FACTS),
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(step__in=[step.value for step in Step]), name="ceremony_step"),
            models.UniqueConstraint(fields=["ceremony", "step", "on"], name="ceremony_once_a_day"),
            models.UniqueConstraint(
                fields=["ceremony", "step"],
                condition=~Q(step__in=[step.value for step in OVER]),
                name="ceremony_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ceremony_id} {self.step}"
