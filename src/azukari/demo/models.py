"""Which parts of the demonstration ward are there. Written in the transaction that makes the part."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from azukari.core.policy.types import Holds


class Made(models.Model):
    """One part that is whole: of a ward of `size` persons, made from `seed`."""

    part = models.CharField("部分", max_length=40, primary_key=True)
    size = models.PositiveIntegerField("人数")
    seed = models.PositiveIntegerField("種")

    holds: ClassVar[Holds] = Holds(facts=("part", "size", "seed"))

    class Meta:
        db_table = "demo_made"
        verbose_name = "見本の部分"

    def __str__(self) -> str:
        return self.part
