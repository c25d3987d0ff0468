"""The two tables of the ledger. Both only grow; the statement triggers of the first migration refuse everything else."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models.functions import Now

from azukari.core.policy.types import Holds


class LedgerEntry(models.Model):
    """Who did what, to which items of whom, under which flow. No personal value, only keys, names of items and states.

    `id`, `turn` and `at` are set by the database whatever a writer says. `turn` is the number of the writing
    transaction: epochs cover turns, so that an entry which commits late can never fall between two of them.
    """

    append_only: ClassVar[bool] = True
    holds: ClassVar[Holds] = Holds(
        facts=(
            "id", "turn", "at", "action", "actor", "kind", "contractor", "section", "place", "flow", "consultation",
            "items", "subjects", "medium", "detail", "request",
        )
    )  # fmt: skip

    id = models.BigIntegerField(primary_key=True)
    turn = models.BigIntegerField(db_default=0)
    at = models.DateTimeField(db_default=Now())
    action = models.TextField()
    actor = models.TextField()
    kind = models.TextField(db_default="")
    contractor = models.TextField(db_default="")
    section = models.TextField(db_default="")
    place = models.TextField(db_default="")
    flow = models.TextField(db_default="")
    consultation = models.TextField(db_default="")
    items = ArrayField(models.TextField(), db_default=[])
    subjects = ArrayField(models.BigIntegerField(), db_default=[])
    medium = models.TextField(db_default="")
    detail = models.JSONField(db_default={})
    request = models.UUIDField()

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["turn", "id"], name="audit_entry_turn"),
            models.Index(fields=["actor", "id"], name="audit_entry_actor"),
            BrinIndex(fields=["at"], name="audit_entry_at"),
            GinIndex(fields=["subjects"], name="audit_entry_subjects"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.action}"


class Epoch(models.Model):
    """A run of entries sealed together. Written by the owner's sealer only; everybody at run time may read it.

    `frontier` holds the roots of the perfect subtrees of the first `size` entries (largest first, 32 bytes each): they
    fold to the signed `root`. `leaves` holds 40 bytes an entry, in order: its id and its leaf hash.
    """

    read_only: ClassVar[bool] = True
    holds: ClassVar[Holds] = Holds(
        facts=(
            "number", "at", "first", "last", "count", "size", "horizon", "root", "previous", "key", "next_key",
            "signature", "frontier", "leaves",
        )
    )  # fmt: skip

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    count = models.BigIntegerField()
    size = models.BigIntegerField()
    horizon = models.BigIntegerField(unique=True)
    root = models.BinaryField()
    previous = models.BinaryField()
    key = models.BinaryField()
    next_key = models.BinaryField()
    signature = models.BinaryField()
    frontier = models.BinaryField()
    leaves = models.BinaryField()

    class Meta:
        db_table = "audit_epoch"

    def __str__(self) -> str:
        return f"epoch {self.number}"
