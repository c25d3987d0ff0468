"""Persons, households, and what is dated about them. Rows are `start <= day < end` in `valid`.

What Django cannot write stands in the migration: `WITHOUT OVERLAPS` keys (one name, one address, one household a person
a day), the `PERIOD` key (nobody belongs to a household on a day without a registered address), one 世帯主 a household
a day. `address` rows are read by `people.addresses` alone.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from azukari.core.people.types import Sex
from azukari.core.policy.types import Holds

FLOWS = ("r-juki", "r-self")


class Person(models.Model):
    """One 本人. The key is never shown; `atena` (宛名番号) is the number people see."""

    atena = models.CharField(max_length=10)
    born = models.DateField(db_index=True)
    sex = models.CharField(max_length=2)
    died = models.DateField(null=True)

    holds: ClassVar[Holds] = Holds(
        items={"atena": "宛名番号", "born": "生年月日", "sex": "性別", "died": "死亡年月日"},
        flows=FLOWS,
        facts=("id",),
        subject="id",
    )

    class Meta:
        db_table = "people_person"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["atena"], name="people_person_atena_once"),
            models.CheckConstraint(condition=Q(sex__in=[sex.value for sex in Sex]), name="people_person_sex"),
            models.CheckConstraint(condition=Q(atena__regex=r"^[0-9]{10}$"), name="people_person_atena"),
            models.CheckConstraint(
                condition=Q(died=None) | Q(died__gte=models.F("born")), name="people_person_dies_after_birth"
            ),
        ]

    def __str__(self) -> str:
        return f"本人 {self.pk}"


class Outsider(models.Model):
    """A 本人 whom no register of the ward knows (a donor from elsewhere): a key of `Person`'s own sequence, nothing else.

    Keys come from `people_reserve` (migration 0003) alone, so that one key is never two people's.
    """

    id = models.BigIntegerField(primary_key=True)

    holds: ClassVar[Holds] = Holds(facts=("id",))
    read_only = True

    class Meta:
        db_table = "people_outsider"

    def __str__(self) -> str:
        return f"本人 {self.pk}"


class PersonName(models.Model):
    """A 氏名 while it was in force, exactly as registered: variant kanji and their selectors are never folded.

    Surname and given name are parted by one U+3000. `former` is 旧氏. `search_key` is derived from the other columns by
    `rules.search_key`, reaches no flow, and is read by the search function alone.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="names", db_index=False)
    name = models.TextField()
    kana = models.TextField()
    former = models.TextField(default="")
    search_key = models.TextField()
    valid = DateRangeField()

    holds: ClassVar[Holds] = Holds(
        items={"name": "氏名", "kana": "氏名のフリガナ", "former": "旧氏", "valid": "氏名"},
        flows=FLOWS,
        facts=("id", "person"),
        hidden=("search_key",),
        subject="person",
    )

    class Meta:
        db_table = "people_name"
        indexes: ClassVar = [GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="people_name_search")]

    def __str__(self) -> str:
        return f"氏名 {self.pk}"


class Household(models.Model):
    """世帯. It lasts while someone belongs to it, so its period is that of its memberships."""

    number = models.CharField(max_length=10)

    holds: ClassVar[Holds] = Holds(items={"number": "世帯"}, flows=FLOWS[:1], facts=("id",))

    class Meta:
        db_table = "people_household"
        constraints: ClassVar = [models.UniqueConstraint(fields=["number"], name="people_household_number_once")]

    def __str__(self) -> str:
        return f"世帯 {self.pk}"


class Membership(models.Model):
    """Belonging to a household: 続柄 to its head, and whether the person is the head (世帯主)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships", db_index=False)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships")
    relation = models.TextField()
    head = models.BooleanField()
    valid = DateRangeField()

    holds: ClassVar[Holds] = Holds(
        items={"household": "世帯", "relation": "続柄", "head": "続柄", "valid": "世帯"},
        flows=FLOWS,
        facts=("id", "person"),
        subject="person",
    )

    class Meta:
        db_table = "people_membership"

    def __str__(self) -> str:
        return f"世帯員 {self.pk}"


class Address(models.Model):
    """A registered 住所: moved in on the first day of `valid`, moved out on the day it ends."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="addresses", db_index=False)
    postcode = models.CharField(max_length=7)
    municipality = models.TextField(default="東京都世田谷区")
    town = models.TextField()
    chome = models.PositiveSmallIntegerField(null=True)
    ban = models.TextField()
    go = models.TextField(default="")
    building = models.TextField(default="")
    valid = DateRangeField()

    holds: ClassVar[Holds] = Holds(
        items=dict.fromkeys(
            ("postcode", "municipality", "town", "chome", "ban", "go", "building", "valid"),
            "住所",
        ),
        flows=FLOWS,
        facts=("id", "person"),
        subject="person",
    )

    class Meta:
        db_table = "people_address"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(postcode__regex=r"^[0-9]{7}$"), name="people_address_postcode"),
        ]

    def __str__(self) -> str:
        return f"住所 {self.pk}"
