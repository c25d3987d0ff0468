"""What officers decide of doubtful pairs, kept as a history: the last decision of a pair is in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import OuterRef, QuerySet, Subquery

from azukari.business.health.columns import IDENTITIES
from azukari.business.health.models import Doubt, NamedIdentity, PersonDecision
from azukari.business.health.persons.types import Verdict
from azukari.core.people.api import Decision
from azukari.kernel.errors import BadInput

TABLE = "health_named_identity"
FIELDS = tuple(name for name in IDENTITIES if name != "identity")


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


def waiting(using: str = DEFAULT_DB_ALIAS) -> list[Doubt]:
    """Pairs to be decided, the likeliest first; those put off stand at the end."""
    later = Verdict.LATER.value
    undecided = [one for one in pairs(using) if not (one.verdict and Verdict(one.verdict).decides)]
    return sorted(undecided, key=lambda one: (one.verdict == later, -one.probability, one.pk))


def counts(using: str = DEFAULT_DB_ALIAS) -> Counts:
    """Numbers only."""
    verdicts = list(pairs(using).values_list("verdict", flat=True))
    decided = [verdicts.count(one.value) for one in (Verdict.LATER, Verdict.LINK, Verdict.APART)]
    return Counts(len(verdicts) - sum(decided), *decided)


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
    found = pairs(using).filter(verdict__in=(Verdict.LINK.value, Verdict.APART.value)).order_by("pk")
    rows: Iterable[tuple[int, int, str]] = found.values_list("left_id", "right_id", "verdict")
    return [Decision(left, right, verdict == Verdict.LINK.value) for left, right, verdict in rows]


def put(doubts: pl.DataFrame, identities: pl.DataFrame, *, at: datetime, using: str = DEFAULT_DB_ALIAS) -> int:
    """Keep the doubtful pairs of `resolve` to be decided, all or none; how many are new. Decisions stay as they are."""
    named = pl.concat([doubts["left"], doubts["right"]]).unique()
    rows = identities.filter(pl.col("identity").is_in(named.implode())).unique("identity").sort("identity")
    with transaction.atomic(using=using):
        before = Doubt.objects.using(using).count()
        NamedIdentity.objects.using(using).bulk_create(_named(rows), ignore_conflicts=True)
        Doubt.objects.using(using).bulk_create(_doubts(doubts, at), ignore_conflicts=True)
        return Doubt.objects.using(using).count() - before


def _named(rows: pl.DataFrame) -> Sequence[NamedIdentity]:
    return [
        NamedIdentity(
            **{name: ("" if value is None and name not in {"birth", "sex"} else value) for name, value in row.items()}
        )
        for row in rows.select(IDENTITIES.keys()).iter_rows(named=True)
    ]


def _doubts(doubts: pl.DataFrame, at: datetime) -> Sequence[Doubt]:
    return [
        Doubt(left_id=left, right_id=right, probability=probability, reasons=reasons, found_at=at)
        for left, right, probability, reasons in doubts.iter_rows()
    ]
