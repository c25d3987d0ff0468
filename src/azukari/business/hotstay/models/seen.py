"""Views as the flow entered sees them. Unmanaged: the policy package generates each from what the consultation lists."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import IntegerRangeField
from django.db import models

from azukari.business.hotstay.models.people import NEXT_PERSON, Child, Family, Guardian, Interview
from azukari.business.hotstay.models.places import Booking, WaitingGroup, WaitingWish
from azukari.business.hotstay.models.stations import Closure, Roster, Station
from azukari.core.policy.types import Holds


class StationSeen(models.Model):
    """A station."""

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    contractor = models.CharField(max_length=80)
    opened = models.DateField()

    holds: ClassVar[Holds] = Station.holds

    class Meta:
        managed = False
        db_table = "v_hotstay_station"

    def __str__(self) -> str:
        return self.name


class RosterSeen(models.Model):
    """Carers in some half-hours of a day."""

    station = models.ForeignKey(StationSeen, on_delete=models.DO_NOTHING, related_name="+")
    day = models.DateField()
    slots = IntegerRangeField()
    carers = models.PositiveSmallIntegerField()
    qualified = models.PositiveSmallIntegerField()

    holds: ClassVar[Holds] = Roster.holds

    class Meta:
        managed = False
        db_table = "v_hotstay_roster"

    def __str__(self) -> str:
        return f"{self.day} {self.slots}"


class ClosureSeen(models.Model):
    """A closed day."""

    station = models.ForeignKey(StationSeen, on_delete=models.DO_NOTHING, related_name="+")
    day = models.DateField()
    words = models.CharField(max_length=60)

    holds: ClassVar[Holds] = Closure.holds

    class Meta:
        managed = False
        db_table = "v_hotstay_closure"

    def __str__(self) -> str:
        return f"{self.day}"


class FamilySeen(models.Model):
    """An application at the contractor's own station."""

    station = models.ForeignKey(StationSeen, on_delete=models.DO_NOTHING, related_name="+")
    applied_on = models.DateField()
    contractor = models.CharField(max_length=80)

    holds: ClassVar[Holds] = Family.holds

    class Meta:
        managed = False
        db_table = "v_hotstay_family"

    def __str__(self) -> str:
        return f"家庭 {self.pk}"


class GuardianSeen(models.Model):
    """A guardian or other kin at home, as the station sees them under 814-1."""

    id = models.BigIntegerField(primary_key=True, db_default=NEXT_PERSON)
    family = models.ForeignKey(FamilySeen, on_delete=models.DO_NOTHING, related_name="+")
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=120)
    occupation = models.CharField(max_length=40)
    workplace = models.CharField(max_length=60)
    home_phone = models.CharField(max_length=20)
    work_phone = models.CharField(max_length=20)
    mobile_phone = models.CharField(max_length=20)
    mail = models.CharField(max_length=254)
    calls_first = models.BooleanField()
    contractor = models.CharField(max_length=80)

    holds: ClassVar[Holds] = Guardian.holds

    class Meta:
        managed = False
        db_table = "v_hotstay_guardian"

    def __str__(self) -> str:
        return f"保護者 {self.pk}"


class ChildSeen(models.Model):
    """A child, as its station sees it under 814-2."""

    id = models.BigIntegerField(primary_key=True, db_default=NEXT_PERSON)
    family = models.ForeignKey(FamilySeen, on_delete=models.DO_NOTHING, related_name="children")
    station = models.ForeignKey(StationSeen, on_delete=models.DO_NOTHING, related_name="+")
    name = models.CharField(max_length=60)
    sex = models.CharField(max_length=2)
    born = models.DateField()
    blood = models.CharField(max_length=4)
    height_at_birth = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    height = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    weight_at_birth = models.PositiveIntegerField(null=True)
    weight = models.PositiveIntegerField(null=True)
    temperature = models.DecimalField(max_digits=3, decimal_places=1, null=True)
    history = models.CharField(max_length=200)
    allergy = models.CharField(max_length=200)
    disability = models.CharField(max_length=200)
    home = models.CharField(max_length=200)
    health = models.CharField(max_length=200)
    growth = models.CharField(max_length=200)
    habits = models.CharField(max_length=200)
    siblings = models.CharField(max_length=100)
    doctor = models.CharField(max_length=100)
    kept_before = models.BooleanField(null=True)
    medical_card = models.CharField(max_length=20)
    registered_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    contractor = models.CharField(max_length=80)

    holds: ClassVar[Holds] = Child.holds

    class Meta:
        managed = False
        db_table = "v_hotstay_child"

    def __str__(self) -> str:
        return f"子ども {self.pk}"


class InterviewSeen(models.Model):
    """An interview."""

    child = models.ForeignKey(ChildSeen, on_delete=models.DO_NOTHING, related_name="interviews")
    station = models.ForeignKey(StationSeen, on_delete=models.DO_NOTHING, related_name="+")
    day = models.DateField()
    slot = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=8)
    contractor = models.CharField(max_length=80)

    holds: ClassVar[Holds] = Interview.holds

    class Meta:
        managed = False
        db_table = "v_hotstay_interview"

    def __str__(self) -> str:
        return f"面接 {self.pk}"


class BookingSeen(models.Model):
    """A stay."""

    child = models.ForeignKey(ChildSeen, on_delete=models.DO_NOTHING, related_name="bookings")
    station = models.ForeignKey(StationSeen, on_delete=models.DO_NOTHING, related_name="+")
    day = models.DateField()
    slots = IntegerRangeField()
    channel = models.CharField(max_length=8)
    state = models.CharField(max_length=4)
    booked_at = models.DateTimeField()
    arrived = models.DateTimeField(null=True)
    left = models.DateTimeField(null=True)

    holds: ClassVar[Holds] = Booking.holds

    class Meta:
        managed = False
        db_table = "v_hotstay_booking"

    def __str__(self) -> str:
        return f"予約 {self.pk}"


class WaitingGroupSeen(models.Model):
    """A group on the waiting list."""

    station = models.ForeignKey(StationSeen, on_delete=models.DO_NOTHING, related_name="+")
    channel = models.CharField(max_length=8)
    state = models.CharField(max_length=4)
    since = models.DateTimeField()

    holds: ClassVar[Holds] = WaitingGroup.holds

    class Meta:
        managed = False
        db_table = "v_hotstay_waitinggroup"

    def __str__(self) -> str:
        return f"待機 {self.pk}"


class WaitingWishSeen(models.Model):
    """One stay of a group."""

    group = models.ForeignKey(WaitingGroupSeen, on_delete=models.DO_NOTHING, related_name="wishes")
    child = models.ForeignKey(ChildSeen, on_delete=models.DO_NOTHING, related_name="+")
    day = models.DateField()
    slots = IntegerRangeField()

    holds: ClassVar[Holds] = WaitingWish.holds

    class Meta:
        managed = False
        db_table = "v_hotstay_waitingwish"

    def __str__(self) -> str:
        return f"希望 {self.pk}"
