"""Media, the contractors' public keys, and hand-overs. What must be impossible is in `guards`, by the database itself.

Nothing here is about a person: items are named, not told. A hand-over is walled all the same, so that a contractor's
people see their own contractor's only; the ward's officers work under their register entry. A constraint that compares
with what may be missing says so first: PostgreSQL lets a CHECK pass that comes to NULL.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Q

from azukari.core.handover.ceremony.models import Ceremony, Witnessed
from azukari.core.handover.types import ENTRY, Kind
from azukari.core.policy import api as policy
from azukari.core.policy.types import Holds

__all__ = ["Ceremony", "Handover", "Medium", "Recipient", "Witnessed"]

SEALED = [kind.value for kind in Kind if kind.sealed]
# Every flow by which the ward gives something to a contractor.
OUTWARD = tuple(
    flow.id for flow in policy.library().flows.values() if flow.direction is policy.Direction.WARD_TO_CONTRACTOR
)
# What a contractor's responsible person writes: that it arrived, and that the work with it is done.
THEIRS = ("opened_by", "opened_at", "receipt", "pages_received", "used_by", "used_on")
STEPS = ("approved", "cancelled", "written", "opened", "used", "returned", "erased")


class Medium(models.Model):
    """One USBメモリ or CD-R of the ward, kept for one contractor, from `since` until it is given up or lost."""

    serial = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=32)
    contractor = models.CharField(max_length=200)
    since = models.DateField()
    ended_on = models.DateField(null=True)
    ended_why = models.CharField(max_length=8, default="", blank=True)

    holds: ClassVar[Holds] = Holds(facts=("serial", "kind", "contractor", "since", "ended_on", "ended_why"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["serial", "kind", "contractor"], name="handover_medium_whole"),
            models.CheckConstraint(condition=Q(kind__in=SEALED), name="handover_medium_kind"),
            models.CheckConstraint(condition=Q(serial__regex=r"^[0-9A-Za-z-]{1,40}$"), name="handover_medium_serial"),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_why="")
                | Q(ended_on__isnull=False, ended_on__gte=F("since"), ended_why__in=["廃棄", "紛失"]),
                name="handover_medium_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.serial}"


class Recipient(models.Model):
    """A contractor's public key (age1…) while containers are written for it; one a contractor on a day."""

    key = models.CharField(max_length=62, primary_key=True)
    contractor = models.CharField(max_length=200)
    valid = DateRangeField()

    holds: ClassVar[Holds] = Holds(facts=("key", "contractor", "valid"))

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(key__regex=r"^age1[0-9a-z]{58}$"), name="handover_recipient_key"),
        ]

    def __str__(self) -> str:
        return f"{self.contractor} {self.key}"


class Handover(models.Model):
    """One hand-over from its proposal to its erasure. What was once written down is never changed (`guards`)."""

    source = models.CharField(max_length=64)
    batch = models.CharField(max_length=120)
    flow = models.CharField(max_length=64)
    consultation = models.CharField(max_length=64)
    kind = models.CharField(max_length=32)
    medium = models.ForeignKey(Medium, on_delete=models.PROTECT, null=True, related_name="handovers")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, null=True, related_name="handovers")
    contractor = models.CharField(max_length=200)
    receiver = models.CharField(max_length=64)
    place = models.CharField(max_length=64)
    place_words = models.CharField(max_length=200)
    term = DateRangeField()
    items = ArrayField(models.TextField())
    rows = models.PositiveIntegerField()
    rows_sha256 = models.CharField(max_length=64)
    count_before = models.PositiveIntegerField()
    over_reason = models.CharField(max_length=400, default="", blank=True)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    approved_by = models.CharField(max_length=64, null=True)  # noqa: DJ001 (NULL: not yet; so for all that follow)
    approved_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=64, null=True)  # noqa: DJ001
    cancelled_at = models.DateTimeField(null=True)
    written_by = models.CharField(max_length=64, null=True)  # noqa: DJ001
    written_at = models.DateTimeField(null=True)
    manifest_sha256 = models.CharField(max_length=64, null=True)  # noqa: DJ001
    container_sha256 = models.CharField(max_length=64, null=True)  # noqa: DJ001
    receipt_sha256 = models.CharField(max_length=64, null=True)  # noqa: DJ001
    files = models.PositiveIntegerField(null=True)
    pages_out = models.PositiveIntegerField(null=True)
    ledger = models.BigIntegerField(null=True)
    opened_by = models.CharField(max_length=64, null=True)  # noqa: DJ001
    opened_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=40, null=True)  # noqa: DJ001
    pages_received = models.PositiveIntegerField(null=True)
    used_by = models.CharField(max_length=64, null=True)  # noqa: DJ001
    used_on = models.DateField(null=True)
    returned_by = models.CharField(max_length=64, null=True)  # noqa: DJ001
    returned_on = models.DateField(null=True)
    pages_back = models.PositiveIntegerField(null=True)
    note = models.CharField(max_length=400, null=True)  # noqa: DJ001
    erased_by = models.CharField(max_length=64, null=True)  # noqa: DJ001
    erased_on = models.DateField(null=True)
    erased_how = models.CharField(max_length=200, null=True)  # noqa: DJ001
    recalled_on = models.DateField(null=True)
    ceremony = models.ForeignKey(Ceremony, on_delete=models.PROTECT, null=True, related_name="handovers")

    FACTS: ClassVar = (
        "id", "source", "batch", "flow", "consultation", "kind", "medium", "recipient", "receiver", "place", "place_words",
        "term", "items", "rows", "rows_sha256", "count_before", "over_reason", "proposed_by", "proposed_at", "approved_by",
        "approved_at", "cancelled_by", "cancelled_at", "written_by", "written_at", "manifest_sha256", "container_sha256",
        "receipt_sha256", "files", "pages_out", "ledger", "opened_by", "opened_at", "receipt", "pages_received", "used_by",
        "used_on", "returned_by", "returned_on", "pages_back", "note", "erased_by", "erased_on", "erased_how", "recalled_on",
        "contractor", "ceremony",
    )  # fmt: skip
    holds: ClassVar[Holds] = Holds(
        facts=FACTS,
        flows=(*OUTWARD, ENTRY),
        contractor="contractor",
        writes={ENTRY: FACTS[1:]} | dict.fromkeys(OUTWARD, THEIRS),
    )

    class Meta:
        constraints: ClassVar = [
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{step}_by": None, f"{step}_{when}": None})
                    | Q(**{f"{step}_by__isnull": False, f"{step}_{when}__isnull": False}),
                    name=f"handover_{step}_whole",
                )
                for step in STEPS
                for when in ("on" if step in {"used", "returned", "erased"} else "at",)
            ),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in Kind]), name="handover_kind"),
            models.CheckConstraint(condition=Q(rows__gte=1), name="handover_rows"),
            models.CheckConstraint(
                condition=Q(kind__in=SEALED, medium__isnull=False, recipient__isnull=False)
                | (~Q(kind__in=SEALED) & Q(medium=None, recipient=None)),
                name="handover_medium_fits",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | (~Q(approved_by=F("proposed_by")) & ~Q(approved_by__startswith="cli:")),
                name="handover_second_person",
            ),
            models.CheckConstraint(
                condition=Q(written_by=None)
                | Q(
                    approved_at__isnull=False, cancelled_by=None, written_at__gte=F("approved_at"), ledger__isnull=False
                ),
                name="handover_approved_first",
            ),
            models.CheckConstraint(
                condition=Q(written_by=None)
                | Q(
                    kind__in=SEALED,
                    manifest_sha256__isnull=False,
                    container_sha256__isnull=False,
                    receipt_sha256__isnull=False,
                )
                | (~Q(kind__in=SEALED) & Q(pages_out__isnull=False, pages_out__gte=1)),
                name="handover_written_proof",
            ),
            models.CheckConstraint(
                condition=Q(opened_by=None)
                | (Q(written_at__isnull=False) & (Q(receipt__isnull=False) | Q(pages_received__isnull=False))),
                name="handover_written_first",
            ),
            models.CheckConstraint(
                condition=Q(used_by=None) | Q(opened_at__isnull=False), name="handover_opened_first"
            ),
            models.CheckConstraint(
                condition=Q(returned_by=None) | Q(written_at__isnull=False), name="handover_out_first"
            ),
            models.CheckConstraint(
                condition=Q(erased_by=None)
                | (
                    Q(erased_how__isnull=False)
                    & (
                        Q(returned_on__isnull=False, returned_on__lte=F("erased_on"))
                        | Q(kind=Kind.FAX.value, opened_at__isnull=False)
                    )
                ),
                name="handover_returned_first",
            ),
            models.CheckConstraint(
                condition=Q(returned_by=None)
                | Q(pages_out=None)
                | Q(pages_back__isnull=False, pages_back=F("pages_out"))
                | (Q(pages_back__isnull=False) & Q(note__isnull=False)),
                name="handover_pages_back",
            ),
            models.UniqueConstraint(
                fields=["medium"],
                condition=Q(cancelled_by=None, erased_by=None),
                name="handover_one_on_a_medium",
            ),
            models.UniqueConstraint(
                fields=["ceremony"], condition=Q(cancelled_by=None), name="handover_one_of_a_ceremony"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["flow", "id"], name="handover_flow")]

    def __str__(self) -> str:
        return f"授受 {self.pk}"
