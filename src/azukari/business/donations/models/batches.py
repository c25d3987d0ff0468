"""What goes out: certificates, batches and their lines, and how many rows were entrusted."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from azukari.business.donations.models.checks import one_of
from azukari.business.donations.models.received import Donation, Intention
from azukari.business.donations.types import INTENTION_FLOW, PAYMENT_FLOW, WARD_ENTRY, BatchKind
from azukari.core.policy.types import Holds


class Certificate(models.Model):
    """One issue of a 受領証明書. `copy` 0 is the first; a 再発行 keeps its number and counts up."""

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="certificates")
    number = models.CharField(max_length=12)
    copy = models.PositiveSmallIntegerField()
    issued_on = models.DateField()

    holds: ClassVar[Holds] = Holds(
        items={"number": "受領証明書の番号"},
        facts=("id", "donation", "copy", "issued_on"),
        flows=(WARD_ENTRY,),
        writes={WARD_ENTRY: ("donation", "number", "copy", "issued_on")},
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number", "copy"], name="donations_certificate_once"),
            models.UniqueConstraint(fields=["id", "number", "copy"], name="donations_certificate_as_printed"),
            ExclusionConstraint(
                name="donations_certificate_number_is_one_donation",
                expressions=[("number", RangeOperators.EQUAL), ("donation", RangeOperators.NOT_EQUAL)],
            ),
            ExclusionConstraint(
                name="donations_certificate_donation_has_one_number",
                expressions=[("donation", RangeOperators.EQUAL), ("number", RangeOperators.NOT_EQUAL)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.copy}"


class Batch(models.Model):
    """What is gathered to be sent by one contractor. Nothing personal. `since <= day < until` is what was gathered."""

    kind = models.CharField(max_length=4)
    contractor = models.CharField(max_length=80)
    made_on = models.DateField()
    by = models.CharField(max_length=40)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    handed_over_on = models.DateField(null=True)

    holds: ClassVar[Holds] = Holds(
        facts=("id", "kind", "contractor", "made_on", "by", "since", "until", "handed_over_on"),
        flows=(INTENTION_FLOW, PAYMENT_FLOW, WARD_ENTRY),
        contractor="contractor",
        writes={WARD_ENTRY: ("kind", "contractor", "made_on", "by", "since", "until", "handed_over_on")},
    )

    class Meta:
        constraints: ClassVar = [
            one_of("kind", BatchKind, "donations_batch_kind"),
            models.UniqueConstraint(fields=["id", "contractor"], name="donations_batch_of_contractor"),
            models.CheckConstraint(condition=~Q(contractor=""), name="donations_batch_has_a_contractor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Planned(models.Model):
    """The dispatch (発送) that a batch became: one, ever. Written by commands alone."""

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, primary_key=True, related_name="planned")
    job = models.PositiveIntegerField(unique=True)

    holds: ClassVar[Holds] = Holds(facts=("batch", "job"))

    def __str__(self) -> str:
        return f"発送 {self.job}"


class Line(models.Model):
    """One row of a batch: its place, its envelope, and when it was taken out again, None while it is in."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    contractor = models.CharField(max_length=80)
    sequence = models.PositiveIntegerField()
    envelope = models.PositiveIntegerField()
    withdrawn_on = models.DateField(null=True)

    holds: ClassVar[Holds] = Holds()

    class Meta:
        abstract = True


LINE_FACTS = ("batch", "contractor", "sequence", "envelope", "withdrawn_on")
STILL_IN = Q(withdrawn_on=None)


class SlipLine(Line):
    """An intention in a batch of slips: in one batch at a time, ever."""

    intention = models.ForeignKey(Intention, on_delete=models.PROTECT, related_name="lines")

    holds: ClassVar[Holds] = Holds(
        facts=("id", "intention", *LINE_FACTS),
        flows=(INTENTION_FLOW, WARD_ENTRY),
        contractor="contractor",
        writes={WARD_ENTRY: ("intention", *LINE_FACTS)},
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["intention"], condition=STILL_IN, name="donations_slip_once"),
            models.UniqueConstraint(fields=["batch", "sequence"], name="donations_slip_has_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}-{self.sequence}"


class LetterLine(Line):
    """A certificate in a batch of letters, once. Number and copy are those printed (a foreign key holds them)."""

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="lines")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="lines")
    number = models.CharField(max_length=12)
    copy = models.PositiveSmallIntegerField()
    issued_on = models.DateField()
    first_issued_on = models.DateField()

    holds: ClassVar[Holds] = Holds(
        facts=("id", "donation", "certificate", "number", "copy", "issued_on", "first_issued_on", *LINE_FACTS),
        flows=(PAYMENT_FLOW, WARD_ENTRY),
        contractor="contractor",
        writes={WARD_ENTRY: ("donation", "certificate", "number", "copy", "issued_on", "first_issued_on", *LINE_FACTS)},
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["certificate"], condition=STILL_IN, name="donations_letter_once"),
            models.UniqueConstraint(fields=["batch", "sequence"], name="donations_letter_has_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}-{self.sequence}"


class Entrusted(models.Model):
    """How many rows (件) a batch entrusted under a flow on a day; fewer than none when a line was taken out.

    Numbers only, written by a trigger (migration 0002) and by nobody else. Pages that hold actual against approved read
    it without entering a flow.
    """

    flow = models.CharField(max_length=10)
    on = models.DateField()
    rows = models.IntegerField()

    holds: ClassVar[Holds] = Holds(facts=("id", "flow", "on", "rows"))
    read_only = True

    def __str__(self) -> str:
        return f"{self.flow} {self.on} {self.rows}"
