"""The call centre's turn: the next household, and what came of the call. All inside flow 809-1.

A household is called once for all its members. Whose turn it is stands twice: here in SQL, and as `rules.household_to_call`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Count, Q

from azukari.business.health.models import Call, CallSubject, Handing
from azukari.business.health.programmes import parameters, rules
from azukari.business.health.programmes.handing import COLUMNS
from azukari.business.health.programmes.rules import day_words
from azukari.business.health.programmes.types import Callee, CallResult, Channel
from azukari.kernel.errors import BadInput, Busy

# What is told to the person alone stands last, under its own heading.
TOLD_LAST = ("特定保健指導区分", "特定保健指導利用履歴", "受診結果", "問診結果")
FIRST = ("住所", "性別")
NEXT = """
SELECT household FROM health_callsubject
 WHERE handing_id = %(handing)s AND NOT closed
 GROUP BY household
HAVING bool_and((taken_at IS NULL OR taken_by = %(caller)s OR taken_at + %(lease)s <= %(now)s)
            AND (last_called_at IS NULL OR last_called_at + %(rest)s <= %(now)s))
 ORDER BY min(calls), min(coalesce(last_called_at, 'epoch'::timestamptz)), household LIMIT 1"""
TAKE = """
UPDATE health_callsubject SET taken_by = %(caller)s, taken_at = %(now)s
 WHERE handing_id = %(handing)s AND household = %(household)s AND NOT closed
   AND (taken_at IS NULL OR taken_by = %(caller)s OR taken_at + %(lease)s <= %(now)s)"""
TRIES = 5


@dataclass(frozen=True, slots=True)
class Work:
    """A list to call, as far as it came: 人, and calls (件) by result."""

    handing: int
    made_on: Any
    people: int
    closed: int
    open: int
    results: Mapping[str, int]

    @property
    def share(self) -> int:
        """Per cent of the people nobody has to call any more."""
        return round(100 * self.closed / self.people) if self.people else 0


def work(key: int | None = None, *, using: str = DEFAULT_DB_ALIAS) -> list[Work]:
    """The lists entrusted to the caller's contractor, the latest first, or the one of a key. Numbers only."""
    rows = Handing.objects.using(using).filter(flow=Channel.CALLS.value).order_by("-pk")
    rows = rows if key is None else rows.filter(pk=key)
    return [_work(row, using) for row in rows]


def _work(row: Handing, using: str) -> Work:
    people = CallSubject.objects.using(using).filter(handing_id=row.pk)
    counted = people.aggregate(people=Count("pk"), closed=Count("pk", filter=Q(closed=True)))
    by_result = Call.objects.using(using).filter(subject__handing_id=row.pk).values("result").order_by("result")
    results = {one["result"]: one["count"] for one in by_result.annotate(count=Count("pk"))}
    told = {result.value: results.get(result.value, 0) for result in CallResult}
    return Work(row.pk, row.made_on, counted["people"], counted["closed"], counted["people"] - counted["closed"], told)


def take_next(handing: int, *, caller: str, now: datetime, using: str = DEFAULT_DB_ALIAS) -> int | None:
    """Give the caller the household whose turn it is, theirs for a while; None when nobody's turn it is.

    Raises Busy when others were faster each time.
    """
    asked: dict[str, Any] = {
        "handing": handing, "caller": caller, "now": now, "lease": parameters.lease(), "rest": parameters.rest(),
    }  # fmt: skip
    for _ in range(TRIES):
        with connections[using].cursor() as cursor:
            cursor.execute(NEXT, asked)
            row = cursor.fetchone()
            if row is None:
                return None
            cursor.execute(TAKE, {**asked, "household": row[0]})
            if cursor.rowcount:
                return int(row[0])
    raise Busy("次の方を開けません。", "ほかの人が先に開きました。", "もう一度「次の方」を押してください。")


def opened(handing: int, *, caller: str, now: datetime, using: str = DEFAULT_DB_ALIAS) -> list[CallSubject]:
    """The household that the caller has open, in the order of their keys; nobody when none is."""
    since = now - parameters.lease()
    rows = CallSubject.objects.using(using).filter(
        handing_id=handing, taken_by=caller, taken_at__gt=since, closed=False
    )
    found = list(rows.order_by("-taken_at", "household", "pk"))
    return [row for row in found if row.household == found[0].household]


def callees(rows: Sequence[CallSubject], flags: Sequence[str]) -> list[Callee]:
    """What the screen shows of each: the 15 items of 諮問809(1) in the words of the paper."""
    columns = COLUMNS[Channel.CALLS]
    found = []
    for row, flag in zip(rows, flags, strict=True):
        values = {item: getattr(row, column) for item, column in columns.items()}
        items = {
            item: day_words(value) if hasattr(value, "year") else str(value or "") for item, value in values.items()
        }
        found.append(Callee(row.pk, row.name, row.phone, row.born, row.calls + 1, {**items, "同一世帯フラグ": flag}))
    return found


def flags_of(handing: int, rows: Sequence[CallSubject], *, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """同一世帯フラグ of these rows, told from everybody of the hand-over whom the flow shows."""
    households = {row.household for row in rows}
    there = CallSubject.objects.using(using).filter(handing_id=handing, household__in=households).order_by("pk")
    everybody = list(there.values_list("household", flat=True))
    by_household = dict(zip(everybody, rules.same_household(everybody), strict=True))
    return [by_household.get(row.household, "0") for row in rows]


def record(
    handing: int, results: Mapping[int, CallResult], *, caller: str, now: datetime, using: str = DEFAULT_DB_ALIAS
) -> list[int]:
    """What came of one call, for each person the caller had open; their keys. All or nothing.

    Raises BadInput when these are not the people the caller has open: nothing is recorded then.
    """
    rows = opened(handing, caller=caller, now=now, using=using)
    if not rows or {row.pk for row in rows} != set(results):
        raise BadInput(
            "記録していません。",
            "開いている方と、送られた内容が合いません。時間が過ぎたか、名簿が変わりました。",
            "「次の方」を押して、表示された方から続けてください。",
        )
    for row in rows:
        Call(
            subject_id=row.pk,
            contractor=row.contractor,
            attempt=row.calls + 1,
            at=now,
            result=results[row.pk].value,
            by=caller,
        ).save(using=using, force_insert=True)
    return [row.pk for row in rows]


def put_back(handing: int, *, caller: str, now: datetime, using: str = DEFAULT_DB_ALIAS) -> None:
    """The caller does not call those who are open now; anybody may."""
    for row in opened(handing, caller=caller, now=now, using=using):
        CallSubject.objects.using(using).filter(pk=row.pk).update(taken_by="", taken_at=None)
