"""Jobs, sets, sheets, slips, blank paper, stops and steps. Nothing here is an item of anybody: subjects are keys.

What Django cannot write stands in `guards`: the legal steps, what each needs, that nothing is deleted, and that a job
closes only when its equations hold. So whoever writes here, the web role or a command, meets the same rules.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from azukari.core.dispatch.types import SheetState, State, StockKind, StopReason
from azukari.core.policy.types import Holds


class DispatchJob(models.Model):
    """One dispatch (発送) under one flow by one contractor. Only its close ever changes."""

    holds: ClassVar[Holds] = Holds(
        facts=("flow", "business", "title", "contractor", "made_at", "by", "closed_at", "closed_by")
    )

    flow = models.CharField("取扱い", max_length=64)
    business = models.CharField("業務", max_length=64)
    title = models.CharField("題", max_length=200)
    contractor = models.CharField("委託先", max_length=200)
    made_at = models.DateTimeField("作成", db_default=Now())
    by = models.CharField("作成した人", max_length=64)
    closed_at = models.DateTimeField("締め", null=True)
    closed_by = models.CharField("締めた人", max_length=64, default="", db_default="")

    class Meta:
        db_table = "dispatch_job"

    def __str__(self) -> str:
        return f"発送 {self.pk}"


class Slip(models.Model):
    """差出票: what the post office took over, in 通. At the end of the transaction as many sets stand on it."""

    holds: ClassVar[Holds] = Holds(facts=("job", "number", "office", "on", "count", "by"))

    job = models.ForeignKey(DispatchJob, on_delete=models.PROTECT, related_name="slips")
    number = models.CharField("差出票の番号", max_length=40)
    office = models.CharField("郵便局", max_length=80)
    on = models.DateField("差出しの日")
    count = models.PositiveIntegerField("通数")
    by = models.CharField("記録した人", max_length=64)

    class Meta:
        db_table = "dispatch_slip"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number", "office", "on"], name="dispatch_slip_once"),
            models.CheckConstraint(condition=Q(count__gt=0), name="dispatch_slip_of_something"),
        ]

    def __str__(self) -> str:
        return f"差出票 {self.number}"


class LetterSet(models.Model):
    """The sheets of one envelope. `previous` is the state before, kept by the trigger so that a CHECK can hold the step.

    `matching_by` is the worker who has the sheets in their hands. `by` and `why` belong to the latest step.
    """

    holds: ClassVar[Holds] = Holds(
        facts=(
            "job", "seq", "reference", "subjects", "sheets", "state", "previous", "generation", "matching_by", "slip",
            "returned_on", "by", "why",
        )
    )  # fmt: skip

    job = models.ForeignKey(DispatchJob, on_delete=models.PROTECT, related_name="sets", db_index=False)
    seq = models.PositiveIntegerField("番")
    reference = models.CharField("業務の番号", max_length=64)
    subjects = ArrayField(models.BigIntegerField(), default=list)
    sheets = ArrayField(models.CharField(max_length=40))
    state = models.CharField("状態", max_length=8, default=State.PLANNED.value)
    previous = models.CharField("前の状態", max_length=8, default="")
    generation = models.PositiveSmallIntegerField("版", default=1)
    matching_by = models.CharField("照合している人", max_length=64, default="")
    slip = models.ForeignKey(Slip, on_delete=models.PROTECT, null=True, related_name="sets")
    returned_on = models.DateField("返戻の日", null=True)
    by = models.CharField("記録した人", max_length=64)
    why = models.CharField("理由", max_length=200, default="")

    class Meta:
        db_table = "dispatch_set"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "seq"], name="dispatch_set_seq_once"),
            models.UniqueConstraint(fields=["job", "reference"], name="dispatch_set_reference_once"),
            models.UniqueConstraint(
                fields=["job", "matching_by"], condition=~Q(matching_by=""), name="dispatch_set_one_in_hand"
            ),
            models.CheckConstraint(condition=Q(state__in=[one.value for one in State]), name="dispatch_set_state"),
            models.CheckConstraint(
                condition=Q(matching_by="") | Q(state__in=[State.PRINTED.value, State.MATCHED.value]),
                name="dispatch_set_in_hand_while_matching",
            ),
            models.CheckConstraint(
                condition=Q(slip=None) ^ Q(state__in=[State.HANDED.value, State.RETURNED.value]),
                name="dispatch_set_on_slip_when_handed",
            ),
            models.CheckConstraint(
                condition=Q(returned_on=None) ^ Q(state=State.RETURNED.value), name="dispatch_set_returned_on_a_day"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["reference"], name="dispatch_set_reference"),
            models.Index(fields=["job", "state", "seq"], name="dispatch_set_state_seq"),
            GinIndex(fields=["subjects"], name="dispatch_set_subjects"),
        ]

    def __str__(self) -> str:
        return f"発送 {self.job_id} の {self.seq}"


class Sheet(models.Model):
    """One sheet of one generation: `number` counts from 1 in the order of the set's `sheets`."""

    holds: ClassVar[Holds] = Holds(facts=("set", "generation", "number", "state", "previous", "by"))

    set = models.ForeignKey(LetterSet, on_delete=models.PROTECT, related_name="pieces", db_index=False)
    generation = models.PositiveSmallIntegerField("版", default=1)
    number = models.PositiveSmallIntegerField("枚目")
    state = models.CharField("状態", max_length=8, default=SheetState.PLANNED.value)
    previous = models.CharField("前の状態", max_length=8, default="")
    by = models.CharField("記録した人", max_length=64, default="")

    class Meta:
        db_table = "dispatch_sheet"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["set", "generation", "number"], name="dispatch_sheet_once"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in SheetState]), name="dispatch_sheet_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.set_id} 第{self.generation}版 {self.number}"


class StockMove(models.Model):
    """Blank paper, in 枚, by the name of the enclosure printed on it. A negative count corrects an earlier line."""

    holds: ClassVar[Holds] = Holds(facts=("job", "name", "kind", "count", "at", "by"))

    job = models.ForeignKey(DispatchJob, on_delete=models.PROTECT, related_name="stock")
    name = models.CharField("用紙", max_length=40)
    kind = models.CharField("動き", max_length=8)
    count = models.IntegerField("枚数")
    at = models.DateTimeField("記録", db_default=Now())
    by = models.CharField("記録した人", max_length=64)

    class Meta:
        db_table = "dispatch_stock"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=[one.value for one in StockKind]), name="dispatch_stock_kind"),
            models.CheckConstraint(condition=~Q(count=0), name="dispatch_stock_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.kind} {self.count}"


class Stop(models.Model):
    """A scan that stopped the work. One at a time waits for each worker of a job; all of them are kept."""

    holds: ClassVar[Holds] = Holds(facts=("job", "by", "reason", "seq", "words", "at", "seen_at"))

    job = models.ForeignKey(DispatchJob, on_delete=models.PROTECT, related_name="stops")
    by = models.CharField("だれが", max_length=64)
    reason = models.CharField("理由", max_length=20)
    seq = models.PositiveIntegerField("番", null=True)
    words = models.CharField("読んだ紙", max_length=60, default="")
    at = models.DateTimeField("いつ", db_default=Now())
    seen_at = models.DateTimeField("確かめた時", null=True)

    class Meta:
        db_table = "dispatch_stop"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "by"], condition=Q(seen_at=None), name="dispatch_stop_one_waits"),
            models.CheckConstraint(
                condition=Q(reason__in=[one.value for one in StopReason]), name="dispatch_stop_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by} {self.reason}"


class Step(models.Model):
    """What became of a set, step by step. Written by the trigger on `LetterSet`, whoever made the step."""

    read_only: ClassVar[bool] = True
    holds: ClassVar[Holds] = Holds(facts=("set", "state", "generation", "by", "why", "at"))

    set = models.ForeignKey(LetterSet, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField("状態", max_length=8)
    generation = models.PositiveSmallIntegerField("版")
    by = models.CharField("記録した人", max_length=64)
    why = models.CharField("理由", max_length=200)
    at = models.DateTimeField("いつ", db_default=Now())

    class Meta:
        db_table = "dispatch_step"

    def __str__(self) -> str:
        return f"{self.set_id} {self.state}"
