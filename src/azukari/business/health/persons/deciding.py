"""What officers decide of doubtful pairs, kept as a history: the last decision of a pair is in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Value, When

from azukari.business.health.models import Doubt, PersonDecision
from azukari.business.health.persons.types import Verdict
from azukari.core.people.matching.types import Decision
from azukari.kernel.errors import BadInput

TABLE = "health_named_identity"
DECIDED = tuple(one.value for one in Verdict if one.decides)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many pairs: waiting, put off, and decided one way or the other."""

    waiting: int
    later: int
    same: int
    apart: int


def pairs(using: str = DEFAULT_DB_ALIAS) -> QuerySet[Any]:
    """All pairs (Doubt) with the verdict in force as `verdict` (None: never decided)."""
    last = PersonDecision.objects.using(using).filter(doubt=OuterRef("pk")).order_by("-pk")
    return Doubt.objects.using(using).annotate(verdict=Subquery(last.values("verdict")[:1]))


def waiting(using: str = DEFAULT_DB_ALIAS, *, most: int | None = None) -> list[Doubt]:
    """Pairs to be decided (the first `most`), the likeliest first; those put off stand at the end."""
    undecided = pairs(using).filter(Q(verdict=None) | ~Q(verdict__in=DECIDED))
    put_off = Case(When(verdict=Verdict.LATER.value, then=Value(1)), default=Value(0))
    return list(undecided.order_by(put_off, "-probability", "pk")[:most])


def decided(using: str = DEFAULT_DB_ALIAS, *, most: int | None = None) -> list[Doubt]:
    """Pairs with a decision in force (the first `most`), the newest pair first."""
    return list(pairs(using).filter(verdict__in=DECIDED).order_by("-pk")[:most])


def counts(using: str = DEFAULT_DB_ALIAS) -> Counts:
    """Numbers only."""
    found = dict(pairs(using).order_by("verdict").values_list("verdict").annotate(Count("pk")))
    told = [found.pop(one.value, 0) for one in (Verdict.LATER, Verdict.LINK, Verdict.APART)]
    return Counts(sum(found.values()), *told)


def decide(doubt: Doubt, verdict: Verdict, *, by: str, at: datetime, using: str = DEFAULT_DB_ALIAS) -> PersonDecision:
    """Write a decision. Raises BadInput where there is nothing to take back, or the same is in force already."""
    last = PersonDecision.objects.using(using).filter(doubt=doubt).order_by("-pk").first()
    standing = Verdict(last.verdict) if last else Verdict.WITHDRAWN
    if verdict is Verdict.WITHDRAWN and not standing.decides:
        raise BadInput(
            "取り消す決定がありません。", "まだ決めていないか、もう取り消されています。", "一覧に戻ってください。"
        )
    if verdict is standing and verdict.decides:
        raise BadInput(f"もう「{verdict.value}」と決まっています。", "同じ決定は重ねません。", "一覧に戻ってください。")
    return PersonDecision.objects.using(using).create(doubt=doubt, verdict=verdict.value, at=at, by=by)


def in_force(using: str = DEFAULT_DB_ALIAS) -> list[Decision]:
    """The decisions in force, for `resolve`."""
    rows: Iterable[tuple[int, int, str]] = (
        pairs(using).filter(verdict__in=DECIDED).order_by("pk").values_list("left_id", "right_id", "verdict")
    )
    return [Decision(left, right, verdict == Verdict.LINK.value) for left, right, verdict in rows]
