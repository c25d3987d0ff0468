"""Which parts of the demonstration ward are there, and what a part that was begun has still to do."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from azukari.core.policy.types import Holds


class Made(models.Model):
    """One part that is whole: of a ward of `size` persons, made from `seed`. Written in the transaction that makes it."""

    part = models.CharField("部分", max_length=40, primary_key=True)
    size = models.PositiveIntegerField("人数")
    seed = models.PositiveIntegerField("種")

    holds: ClassVar[Holds] = Holds(facts=("part", "size", "seed"))

    class Meta:
        db_table = "demo_made"
        verbose_name = "見本の部分"

    def __str__(self) -> str:
        return self.part


class Key(models.Model):
    """A key or an index of the persons' tables that stepped aside for their rows: `statement` brings it back.

    Written in the transaction of the rows, struck in the key's own. What stands in a later step waits for the earlier.
    """

    step = models.PositiveSmallIntegerField("順")
    statement = models.TextField("文")

    holds: ClassVar[Holds] = Holds(facts=("id", "step", "statement"))

    class Meta:
        db_table = "demo_key"
        verbose_name = "戻していない鍵"

    def __str__(self) -> str:
        return self.statement
