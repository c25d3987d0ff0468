"""Who stays when: bookings, and groups on the waiting list. Rows belong to the station's contractor.

Times of stays are no item of 諮問814: they arise in the work itself. They are walled like the items, each contractor
seeing its own (docs/decisions/0012).
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from azukari.business.hotstay.models.people import Child
from azukari.business.hotstay.models.stations import Station
from azukari.business.hotstay.types import BOOKINGS, CHILD_FLOW, Channel, State, Waiting
from azukari.core.policy.types import Holds


class Booking(models.Model):
    """A child's stay: `slots` half-hours of `day`, half-open. `submit` and `position` name the submit it came with."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="bookings")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    contractor = models.CharField(max_length=80)
    day = models.DateField()
    slots = IntegerRangeField()
    channel = models.CharField(max_length=8)
    state = models.CharField(max_length=4)
    submit = models.UUIDField()
    position = models.PositiveSmallIntegerField()
    booked_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    arrived = models.DateTimeField(null=True)
    left = models.DateTimeField(null=True)

    holds: ClassVar[Holds] = Holds(
        facts=(
            *("id", "child", "station", "day", "slots", "channel", "state", "submit", "position", "booked_at"),
            *("changed_at", "arrived", "left"),
        ),
        flows=(CHILD_FLOW,),
        subject="child",
        contractor="contractor",
    )

    class Meta:
        db_table = BOOKINGS
        indexes: ClassVar = [models.Index(fields=["station", "day"], name="hotstay_booking_day")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in State], channel__in=[one.value for one in Channel]),
                name="hotstay_booking_words",
            ),
            models.CheckConstraint(
                condition=Q(slots__contained_by=(0, 48), slots__isempty=False), name="hotstay_booking_within_day"
            ),
            models.CheckConstraint(
                condition=Q(left=None) | Q(arrived__isnull=False, left__gte=F("arrived")),
                name="hotstay_booking_leaves_after_arrival",
            ),
            models.UniqueConstraint(fields=["submit", "position"], name="hotstay_booking_submit_once"),
            ExclusionConstraint(
                name="hotstay_booking_child_once",
                expressions=[
                    (F("child"), RangeOperators.EQUAL),
                    (F("day"), RangeOperators.EQUAL),
                    (F("slots"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state=State.BOOKED.value),
            ),
        ]

    def __str__(self) -> str:
        return f"予約 {self.pk}"


class WaitingGroup(models.Model):
    """Stays that are wanted together: all of them are booked at once, or none. First come, first served."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+")
    contractor = models.CharField(max_length=80)
    submit = models.UUIDField(unique=True)
    channel = models.CharField(max_length=8)
    state = models.CharField(max_length=4)
    since = models.DateTimeField()

    holds: ClassVar[Holds] = Holds(
        facts=("id", "station", "submit", "channel", "state", "since"),
        flows=(CHILD_FLOW,),
        contractor="contractor",
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in Waiting], channel__in=[one.value for one in Channel]),
                name="hotstay_waiting_words",
            ),
        ]

    def __str__(self) -> str:
        return f"待機 {self.pk}"


class WaitingWish(models.Model):
    """One stay of a group."""

    group = models.ForeignKey(WaitingGroup, on_delete=models.PROTECT, related_name="wishes")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    contractor = models.CharField(max_length=80)
    day = models.DateField(db_index=True)
    slots = IntegerRangeField()

    holds: ClassVar[Holds] = Holds(
        facts=("id", "group", "child", "day", "slots"),
        flows=(CHILD_FLOW,),
        subject="child",
        contractor="contractor",
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(slots__contained_by=(0, 48), slots__isempty=False), name="hotstay_wish_within_day"
            ),
            ExclusionConstraint(
                name="hotstay_wish_child_once",
                expressions=[
                    (F("group"), RangeOperators.EQUAL),
                    (F("child"), RangeOperators.EQUAL),
                    (F("day"), RangeOperators.EQUAL),
                    (F("slots"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"希望 {self.pk}"
