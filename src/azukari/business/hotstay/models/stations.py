"""Stations and what is dated about them: parameters, roster, closed days, the law's numbers. Nothing personal."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from azukari.business.hotstay.types import CHILD_FLOW, GUARDIAN_FLOW, WARD_ENTRY
from azukari.core.policy.types import Holds

EVERYBODY = (CHILD_FLOW, GUARDIAN_FLOW, WARD_ENTRY)


class Station(models.Model):
    """ほっとステイの施設 and the contractor that runs it (諮問814 §10). Public facts."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=40)
    contractor = models.CharField(max_length=80)
    opened = models.DateField()

    holds: ClassVar[Holds] = Holds(facts=("id", "code", "name", "contractor", "opened"), flows=EVERYBODY)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "contractor"], name="hotstay_station_contractor"),
        ]

    def __str__(self) -> str:
        return self.name


class Setting(models.Model):
    """A station's parameters while `valid` (half-open); `unconfirmed` names the fields that nobody has confirmed.

    `deadlines` is channel → [days before, minute of the day], `cancel` the same for giving back; `by_weekday` is
    weekday (0 is Monday) → channel or 取消 → the same, for days of which it differs. `room` in 0.01 m².
    """

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="settings")
    valid = DateRangeField()
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()
    closed_weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list)
    youngest_months = models.PositiveSmallIntegerField()
    capacity = models.PositiveSmallIntegerField()
    room = models.PositiveIntegerField()
    rounding = models.CharField(max_length=10)
    min_staff = models.PositiveSmallIntegerField()
    half_rule = models.BooleanField()
    transitional = models.BooleanField()
    age_basis = models.CharField(max_length=4)
    shortest = models.PositiveSmallIntegerField()
    book_days = models.PositiveSmallIntegerField()
    book_minute = models.PositiveSmallIntegerField()
    deadlines = models.JSONField()
    cancel = models.JSONField()
    by_weekday = models.JSONField(default=dict, db_default={})
    unconfirmed = ArrayField(models.CharField(max_length=30), default=list)

    holds: ClassVar[Holds] = Holds(
        facts=(
            *("id", "station", "valid", "opens", "closes", "closed_weekdays", "youngest_months", "capacity", "room"),
            *("rounding", "min_staff", "half_rule", "transitional", "age_basis", "shortest", "book_days"),
            *("book_minute", "deadlines", "cancel", "by_weekday", "unconfirmed"),
        ),
        flows=EVERYBODY,
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(opens__lt=F("closes"), closes__lte=48, shortest__gte=1),
                name="hotstay_setting_open_some_time",
            ),
            models.CheckConstraint(
                condition=Q(rounding__in=["official", "ceil"], age_basis__in=["当日", "年度"]),
                name="hotstay_setting_words",
            ),
            ExclusionConstraint(
                name="hotstay_setting_one_a_day",
                expressions=[(F("station"), RangeOperators.EQUAL), (F("valid"), RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.valid}"


class Law(models.Model):
    """What `data/law.toml` says of heads and floor, for the guard in SQL. In force from `since` until the next row's.

    `heads_before` is what a station under the transitional rule (経過措置) may still take.
    """

    since = models.DateField(unique=True)
    heads = ArrayField(models.PositiveSmallIntegerField(), size=4)
    heads_before = ArrayField(models.PositiveSmallIntegerField(), size=4)
    infant = models.PositiveIntegerField()
    child = models.PositiveIntegerField()

    holds: ClassVar[Holds] = Holds(facts=("id", "since", "heads", "heads_before", "infant", "child"), flows=EVERYBODY)

    def __str__(self) -> str:
        return f"{self.since}"


class Roster(models.Model):
    """Carers at a station in some half-hours of a day, and how many of them are 保育士. Numbers, nobody's name."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="rosters", db_index=False)
    day = models.DateField()
    slots = IntegerRangeField()
    carers = models.PositiveSmallIntegerField()
    qualified = models.PositiveSmallIntegerField()

    holds: ClassVar[Holds] = Holds(facts=("id", "station", "day", "slots", "carers", "qualified"), flows=EVERYBODY)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(qualified__lte=F("carers")), name="hotstay_roster_qualified_among"),
            models.CheckConstraint(
                condition=Q(slots__contained_by=(0, 48), slots__isempty=False), name="hotstay_roster_within_day"
            ),
            ExclusionConstraint(
                name="hotstay_roster_once",
                expressions=[
                    (F("station"), RangeOperators.EQUAL),
                    (F("day"), RangeOperators.EQUAL),
                    (F("slots"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.day} {self.slots}"


class Closure(models.Model):
    """A day on which a station is closed beside its weekly ones, and why."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="closures", db_index=False)
    day = models.DateField()
    words = models.CharField(max_length=60)

    holds: ClassVar[Holds] = Holds(facts=("id", "station", "day", "words"), flows=EVERYBODY)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["station", "day"], name="hotstay_closure_once")]

    def __str__(self) -> str:
        return f"{self.station_id} {self.day}"


class ArrivalSecret(models.Model):
    """What a station's displayed code is made from. It changes every five minutes; nobody reads the secret itself."""

    station = models.OneToOneField(Station, on_delete=models.PROTECT, primary_key=True, related_name="+")
    secret = models.BinaryField()

    holds: ClassVar[Holds] = Holds(facts=("station",), hidden=("secret",), flows=(CHILD_FLOW,))

    def __str__(self) -> str:
        return f"{self.station_id}"
