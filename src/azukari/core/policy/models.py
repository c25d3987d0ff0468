"""What the row policies read: who is named under which flow, which places there are, and the compiled consultations.

All of them are written by commands as the owner do, the last three by `apply` alone; the web role can read them and
nothing more, so that nobody who has taken over the web can name themselves under a flow or invent a place.
None of these tables holds an item of a resident: an actor is a key, a person is a surrogate key.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import DateRangeField
from django.db import models

from azukari.core.policy.types import Holds


class Enrolment(models.Model):
    """One actor named under one flow or register entry for a half-open period; periods of a pair never overlap.

    `contractor` is the contractor the actor works for under this flow, `person` the resident's own surrogate key for
    `own_record` entries. The row policies narrow rows by these two, so a page cannot widen them.
    """

    holds: ClassVar[Holds] = Holds(facts=("actor", "flow", "period", "contractor", "person"))
    read_only: ClassVar[bool] = True

    actor = models.CharField("利用者", max_length=64)
    flow = models.CharField("取扱い", max_length=64)
    period = DateRangeField("期間")
    contractor = models.CharField("委託先", max_length=200, null=True)  # noqa: DJ001 (NULL is "of no contractor")
    person = models.BigIntegerField("本人", null=True)

    class Meta:
        verbose_name = "名簿"

    def __str__(self) -> str:
        return f"{self.actor} {self.flow} {self.period}"


class PlaceRow(models.Model):
    """A place where items may be handled, as `types.Place`."""

    holds: ClassVar[Holds] = Holds(facts=("code", "name", "stands_for", "contractor", "ward_terminal"))
    read_only: ClassVar[bool] = True

    code = models.CharField("符号", max_length=64, primary_key=True)
    name = models.CharField("名称", max_length=200)
    stands_for = models.CharField("諮問での書き方", max_length=200)
    contractor = models.CharField("委託先", max_length=200, null=True)  # noqa: DJ001 (NULL is "of no contractor")
    ward_terminal = models.BooleanField("区の端末")

    class Meta:
        verbose_name = "取扱場所"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class FlowRow(models.Model):
    """A flow or register entry as compiled: its role, its direction and the half-open period in which it grants.

    `most` is the number the council was told, `per` year or month; both NULL where the paper tells none.
    """

    holds: ClassVar[Holds] = Holds(
        facts=("flow", "role", "direction", "since", "until", "screen", "most", "per", "pseudonymised")
    )
    read_only: ClassVar[bool] = True

    flow = models.CharField("取扱い", max_length=64, primary_key=True)
    role = models.CharField("役割", max_length=63, unique=True)
    direction = models.CharField("向き", max_length=32)
    since = models.DateField("開始")
    until = models.DateField("終了", null=True)
    screen = models.BooleanField("区の端末以外の画面")
    most = models.PositiveIntegerField("諮問した件数", null=True)
    per = models.CharField("件数の期間", max_length=8, null=True)  # noqa: DJ001 (NULL is "not told")
    pseudonymised = models.BooleanField("仮名でだけ渡す", default=False)

    class Meta:
        verbose_name = "取扱い"

    def __str__(self) -> str:
        return self.flow


class FlowPlace(models.Model):
    """A place of a flow in the paper's words. `own` says that it is the contractor's own facility."""

    holds: ClassVar[Holds] = Holds(facts=("flow", "stands_for", "own"))
    read_only: ClassVar[bool] = True

    flow = models.CharField("取扱い", max_length=64)
    stands_for = models.CharField("諮問での書き方", max_length=200)
    own = models.BooleanField("委託先の施設")

    class Meta:
        verbose_name = "取扱いの場所"
        constraints = (models.UniqueConstraint(fields=("flow", "stands_for"), name="policy_flowplace_once"),)

    def __str__(self) -> str:
        return f"{self.flow} {self.stands_for}"


class FlowMedium(models.Model):
    """A medium of a flow besides the screen, with the narrower media that the paper's word covers, and while it grants.

    `valid` is the flow's own period: a hand-over's foreign key (flow, medium, PERIOD term) leads here.
    """

    holds: ClassVar[Holds] = Holds(facts=("flow", "medium", "valid"))
    read_only: ClassVar[bool] = True

    flow = models.CharField("取扱い", max_length=64)
    medium = models.CharField("媒体", max_length=64)
    valid = DateRangeField("期間")

    class Meta:
        verbose_name = "取扱いの媒体"
        constraints = (models.UniqueConstraint(fields=("flow", "medium"), name="policy_flowmedium_once"),)

    def __str__(self) -> str:
        return f"{self.flow} {self.medium}"
